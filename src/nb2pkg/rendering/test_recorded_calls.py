"""What do the tests say that repeat a call of the notebook's own run?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nb2pkg.planning.observed import Kept, SeenCall, SeenFunctionCall, SeenStep
from nb2pkg.planning.plan import PackagePlan, Step
from nb2pkg.rendering.step_module import field_names, gives_by_name
from nb2pkg.rendering.test_module import (
    ImportedName,
    TestText,
    function_test_name,
    imported,
    subject,
    test_module_of,
)

_MOST_COLUMNS = 30
_FLOATS = 9  # digits: longer numbers may end otherwise on another machine
_IMMUTABLE = frozenset(
    {"bool", "int", "float", "str", "None", "bytes", "complex", "range", "pandas.Timestamp",
     "pandas.Timedelta", "datetime.date", "datetime.datetime", "datetime.timedelta"}
)  # fmt: skip


def recorded_tests(
    step: Step, seen: SeenStep, the: ImportedName, plan: PackagePlan
) -> list[TestText]:
    """Tests of a step on what it was given when the notebook ran; `inputs` gives it anew."""
    assert seen.call is not None
    call = _Call(step, seen.call, the, plan)
    tests = [call.inputs(), call.gives_the_same()]
    if not seen.call.is_slow:
        if step.returns or call.unchanged:
            tests.append(call.is_repeatable())
        if not seen.call.is_in_part:
            tests.extend(call.columns(seen))
    return [test for test in tests if test.text]


@dataclass(frozen=True, slots=True)
class RecordedValues:
    """The fixtures and lines that give a test the values of a step's recorded call."""

    fixtures: tuple[str, ...]
    lines: tuple[str, ...]


def values_of_call(names: Sequence[str], step: Step, plan: PackagePlan) -> RecordedValues | None:
    """How a test gets these values from calling a step again; None where the call has not all of them."""
    seen = plan.observed.steps.get(step.name)
    if seen is None or seen.call is None or seen.call.is_in_part:
        return None
    taken = [n for n in names if n not in step.returns]
    if not set(taken) <= {*seen.call.inputs, *seen.call.made_by}:
        return None
    call = _Call(step, seen.call, imported(step.name, plan.package), plan)
    return call.values(taken)


class _Call:
    """A step's recorded call, and the tests that repeat it."""

    def __init__(self, step: Step, seen: SeenCall, the: ImportedName, plan: PackagePlan) -> None:
        self._step = step
        self._seen = seen
        self._the = the
        self._plan = plan
        self._has_inputs = bool(seen.inputs or seen.made_by or seen.random_state)
        # What can be changed and was not, where a file says what it was.
        types = {n: v.type for n, v in plan.observed.steps[step.name].arguments.items()}
        self.unchanged = [
            n for n in seen.inputs if n not in seen.changed and types[n] not in _IMMUTABLE
        ]

    def inputs(self) -> TestText:
        """The function that makes the arguments, and lets the random generators stand as they did."""
        if not self._has_inputs:
            return TestText(text="")
        seen, step = self._seen, self._step
        imports = [i for kept in seen.inputs.values() for i in kept.imports]
        lines = [
            "def inputs():",
            f'    """{self._about_inputs()}"""',
        ]
        if seen.random_state:
            files = ", ".join(repr(file) for file in seen.random_state)
            state = [f"    restore_random_state({files})"]
            imports.append("from recorded_values import restore_random_state")
        else:
            state = []
        items = []
        made: list[str] = []
        for name in (*step.parameters, *step.options):
            if name in seen.inputs:
                items.append(f"{name!r}: {seen.inputs[name].text}")
            else:
                maker, place = seen.made_by[name]
                text, more = self._made_by(maker)
                imports += more
                if text not in made:
                    made.append(text)
                variable = f"made_by_{maker}"
                count = len(next(s for s in self._plan.steps if s.name == maker).returns)
                items.append(f"{name!r}: {variable}{f'[{place}]' if count > 1 else ''}")
        lines += [f"    {text}" for text in made]
        lines += state
        lines.append(f"    return {{{', '.join(items)}}}")
        return TestText(text="\n".join(lines), imports=tuple(imports))

    def _about_inputs(self) -> str:
        text = f"What {self._step.name} was given when the notebook ran."
        parts = {f"{left} of {rows}" for rows, left in self._seen.in_part.values()}
        if not parts:
            return text
        return f"{text[:-1]}, in part: {' and '.join(sorted(parts))} rows."

    def _made_by(self, maker: str) -> tuple[str, list[str]]:
        """A value that no file holds is made anew, as the earlier step makes it."""
        step = next(s for s in self._plan.steps if s.name == maker)
        the = imported(maker, self._plan.package)
        call = f"{the.name}(**inputs_of_{maker}())"
        seen = self._plan.observed.steps[maker].call
        imports = [the.statement]
        if seen is not None and (seen.inputs or seen.made_by or seen.random_state):
            module = test_module_of(maker)
            imports.append(f"from {module} import inputs as inputs_of_{maker}")
        else:
            call = f"{the.name}()"
        if step.is_async:
            imports.append("import asyncio")
            call = f"asyncio.run({call})"
        return f"made_by_{maker} = {call}", imports

    def values(self, taken: Sequence[str]) -> RecordedValues:
        """What it gives under its own names, and the arguments `taken` as they are after the call."""
        fixtures, lines = self._place()
        lines.append(self._the.statement)
        if taken:
            lines.append("given_ = inputs()")
        call = self._call("given_" if taken else "inputs()")
        targets = ", ".join(self._step.returns)
        lines.append(f"{targets} = {call}" if targets else call)
        lines += [f"{name} = given_[{name!r}]" for name in taken]
        if self._step.is_async:
            lines.insert(0, "import asyncio")
        return RecordedValues(tuple(fixtures), tuple(lines))

    # -- the tests

    def gives_the_same(self) -> TestText:
        """The call gives, changes, prints, writes and draws what it did."""
        seen, step = self._seen, self._step
        imports = [self._the.statement]
        fixtures, lines = self._place()
        printed = seen.printed or None
        if printed is not None:
            fixtures.append("capsys")
        has_given = bool(seen.changed or seen.made_by)
        if has_given:
            lines.append("given = inputs()")
        if printed is not None and seen.made_by:
            lines.append("capsys.readouterr()  # what was printed to make them")
        call = self._call("given" if has_given else "inputs()")
        asserted = list(self._assertions(imports))
        target = "result = " if any("result" in line for line in asserted) else ""
        if seen.drawn is not None:
            imports += [
                "from recorded_figures import Drawn",
                "from recorded_values import assert_same, load",
            ]
            lines += [
                "with Drawn() as drawn:",
                f"    {target}{call}",
                f"    assert_same(drawn.figures(), load({seen.drawn!r}))",
            ]
        else:
            lines.append(f"{target}{call}")
        if printed is not None:
            asserted.append(self._printed(printed, imports))
        if seen.written or seen.others:
            imports.append("from recorded_values import assert_written")
            others = "".join(f", {name!r}" for name in seen.others)
            asserted.append(
                f"assert_written({seen.written!r}{others})"
                if seen.written
                else f"assert_written(None{others})"
            )
        if not asserted and seen.drawn is None:
            asserted.append("# It has nothing to give, and did not fail.")
        ending = "gives_what_it_gave" if step.returns else "does_what_it_did"
        when = "with_some_rows_of_it" if seen.is_in_part else "in_the_notebook"
        head = f"def test_{subject(step.name)}_{ending}_{when}({', '.join(fixtures)}):"
        if step.is_async:
            imports.append("import asyncio")
        body = [*lines, *([""] if asserted else []), *asserted]
        return TestText(text=_function(head, body), imports=tuple(imports))

    def _call(self, given: str) -> str:
        call = f"{self._the.name}(**{given})" if self._has_inputs else f"{self._the.name}()"
        return f"asyncio.run({call})" if self._step.is_async else call

    def _place(self) -> tuple[list[str], list[str]]:
        """The fixture for steps that work on files, and how it is used."""
        seen = self._seen
        if not (seen.brings or seen.folders or seen.touches):
            return [], []
        paths = ", ".join(repr(path) for path in (*seen.brings, *(f"{f}/" for f in seen.folders)))
        return ["own_folder"], [f"own_folder({paths})"] if paths else []

    def _assertions(self, imports: list[str]) -> Iterator[str]:
        seen = self._seen
        for number, kept in enumerate(seen.returns):
            found = self._part(number)
            if kept is not None:
                yield equality(found, kept, imports)
            elif number in seen.summaries:
                imports += ["from recorded_values import assert_same, load, summary"]
                yield f"assert_same(summary({found}), load({seen.summaries[number]!r}))"
        for name, kept in seen.after.items():
            yield equality(f"given[{name!r}]", kept, imports)

    def _part(self, number: int) -> str:
        """One of the values in `result`."""
        names = self._step.returns
        if len(names) == 1:
            return "result"
        if gives_by_name(self._step):
            return f"result.{list(field_names(self._step).values())[number]}"
        return f"result[{number}]"

    def _printed(self, printed: str, imports: list[str]) -> str:
        if _has_long_numbers(printed):
            imports.append("from recorded_values import assert_same_text")
            return f"assert_same_text(capsys.readouterr().out, {_text(printed)})"
        return f"assert capsys.readouterr().out == {_text(printed)}"

    def is_repeatable(self) -> TestText:
        """The same twice, and its inputs as they were."""
        seen, step = self._seen, self._step
        fixtures, lines = self._place()
        kept = [n for n, one in enumerate(seen.returns) if one is not None]
        imports = [self._the.statement, "from recorded_values import assert_same"]
        given = "given" if self.unchanged else "inputs()"
        if self.unchanged:
            lines.append("given = inputs()")
        asserted = []
        if kept and len(kept) == len(step.returns):
            lines.append(f"first = {self._call(given)}")
            asserted.append(f"assert_same({self._call('inputs()')}, first)")
        else:
            lines.append(self._call(given))
        names = self.unchanged
        if not asserted and not names:
            return TestText(text="")
        words = ["gives_the_same_twice"] if asserted and "first" in asserted[0] else []
        words += ["leaves_its_inputs_alone"] if names else []
        if names and not seen.made_by and not seen.changed:
            asserted.append("assert_same(given, inputs())")
        elif names:
            asserted.extend(equality(f"given[{n!r}]", seen.inputs[n], imports) for n in names)
        head = f"def test_{subject(step.name)}_{'_and_'.join(words)}({', '.join(fixtures)}):"
        if step.is_async:
            imports.append("import asyncio")
        return TestText(text=_function(head, [*lines, "", *asserted]), imports=tuple(imports))

    def columns(self, seen: SeenStep) -> Iterator[TestText]:
        """The columns of the tables that it gives, and what is in them."""
        step = self._step
        asserted = []
        for number, value in enumerate(seen.returns):
            known = number < len(self._seen.returns) and self._seen.returns[number] is not None
            if known and value.columns and len(value.columns) <= _MOST_COLUMNS:
                found = self._part(number)
                types = dict(value.columns)
                asserted.append(f"assert {found}.dtypes.astype(str).to_dict() == {types!r}")
        if not asserted:
            return
        fixtures, lines = self._place()
        head = f"def test_{subject(step.name)}_gives_these_columns({', '.join(fixtures)}):"
        body = [*lines, f"result = {self._call('inputs()')}", "", *asserted]
        yield TestText(text=_function(head, body), imports=(self._the.statement,))


# -- functions of the notebook


def function_tests(module: str, plan: PackagePlan, names: Sequence[str]) -> list[TestText]:
    """Tests of functions on calls that were seen, for the definitions `names` of a module."""
    tests = []
    for name, seen in plan.observed.functions.items():
        place, _, qualified = name.partition(":")
        if place == module and qualified.partition(".")[0] in names:
            for in_part in (False, True):
                calls = [call for call in seen.calls if call.is_in_part is in_part]
                if calls:
                    tests.append(_function_test(qualified, module, calls, plan))
    return tests


def _function_test(
    qualified: str, module: str, calls: Sequence[SeenFunctionCall], plan: PackagePlan
) -> TestText:
    owner, _, method = qualified.rpartition(".")
    the = imported(owner or method, f"{plan.package}.{module}")
    imports = [the.statement]
    asserted = []
    for call in calls:
        imports += [i for kept in call.arguments.values() for i in kept.imports]
        texts = [
            f"{name}={kept.text}" if name in call.by_name else kept.text
            for name, kept in call.arguments.items()
        ]
        of = f"{texts.pop(0)}.{method}" if owner else the.name
        called = f"{of}({', '.join(texts)})"
        if call.is_async:
            called = f"asyncio.run({called})"
            imports.append("import asyncio")
        asserted.append(equality(called, call.returns, imports))
    head = f"def {function_test_name(qualified, in_part=calls[0].is_in_part)}():"
    kept_imports = [i for i in imports if i != the.statement or not owner]
    return TestText(text=_function(head, asserted), imports=tuple(kept_imports))


# -- what tests are made of


def _function(head: str, body: Sequence[str]) -> str:
    return "\n".join([head, *(f"    {line}" if line else "" for line in body)])


def equality(found: str, expected: Kept, imports: list[str]) -> str:
    """`assert x == 3` for what compares exactly, `assert_same(x, …)` for what does not."""
    imports.extend(expected.imports)
    if expected.text in ("None", "True", "False"):
        return f"assert {found} is {expected.text}"
    if _is_exact(expected.text):
        return f"assert {found} == {expected.text}"
    if _is_float(expected.text):
        imports.append("import pytest")
        return f"assert {found} == pytest.approx({expected.text})"
    imports.append("from recorded_values import assert_same")
    return f"assert_same({found}, {expected.text})"


def _is_exact(text: str) -> bool:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return isinstance(value, (str, bytes, int)) or (
        isinstance(value, (list, tuple, set, dict)) and not _has_floats(value)
    )


def _is_float(text: str) -> bool:
    try:
        return isinstance(ast.literal_eval(text), float)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False


def _has_floats(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_has_floats(part) for pair in value.items() for part in pair)
    if isinstance(value, (list, tuple, set)):
        return any(map(_has_floats, value))
    return isinstance(value, (float, complex))


def _has_long_numbers(text: str) -> bool:
    return re.search(rf"\d\.\d{{{_FLOATS},}}", text) is not None


def _text(text: str) -> str:
    """Text as Python writes it, a line of it on each line where there are several."""
    lines = text.splitlines(keepends=True)
    if len(lines) <= 1:
        return repr(text)
    return "(\n" + "\n".join(f"        {line!r}" for line in lines) + "\n    )"
