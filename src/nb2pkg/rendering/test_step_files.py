"""What does the test file of one step, or of shared definitions, say?"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nb2pkg.planning.plan import PackagePlan, Placed, SharedModule, Step
from nb2pkg.rendering.step_module import field_names, gives_by_name, result_class
from nb2pkg.rendering.test_definitions import definition_tests
from nb2pkg.rendering.test_module import (
    NEEDS_RECORDED,
    ImportedName,
    TestText,
    imported,
    skipped,
    subject,
    test_module,
)
from nb2pkg.rendering.test_notebook_cells import cell_test
from nb2pkg.rendering.test_plain_values import is_plain_and_quick, literal_values
from nb2pkg.rendering.test_recorded_calls import function_tests, recorded_tests


def step_test_file(step: Step, plan: PackagePlan, cells: Sequence[str] = ()) -> str:
    """The tests of a step: what it takes and gives, its helpers, the notebook's own test cells."""
    the = imported(step.name, plan.package)
    tests = [_takes(step, the), *_gives(step, plan, the)]
    tests.extend(definition_tests(step.helpers, f"{plan.package}.steps.{step.name}"))
    tests.extend(_calls_of(step.helpers, f"steps.{step.name}", plan))
    tests.extend(cell_tests(plan, step.name, cells, step))
    return test_module(
        f"{step.name}: what it takes, what it gives, what it is made of", tests, plan.package
    )


def shared_test_file(module: SharedModule, plan: PackagePlan) -> str | None:
    """The tests of definitions that several steps use; None where there is nothing to test."""
    tests = [
        *definition_tests(module.definitions, f"{plan.package}.steps.{module.name}"),
        *_calls_of(module.definitions, f"steps.{module.name}", plan),
    ]
    if not tests:
        return None
    return test_module(f"{module.name}: what several steps use", tests, plan.package)


def cell_tests(
    plan: PackagePlan, name: str, cells: Sequence[str], step: Step | None = None
) -> list[TestText]:
    """The notebook's own test cells as tests."""
    ending = "as_the_notebook_tests_it"
    return [
        cell_test(plan, f"test_{subject(name)}_{ending}{f'_{n}' if n > 1 else ''}", source, step)
        for n, source in enumerate(cells, 1)
    ]


def _calls_of(definitions: Sequence[Placed], module: str, plan: PackagePlan) -> list[TestText]:
    names = [name for placed in definitions for name in placed.statement.facts.may_bind]
    return function_tests(module, plan, names)


def _takes(step: Step, the: ImportedName) -> TestText:
    expected = [*step.parameters, *step.options]
    lines = [
        f"def test_{subject(step.name)}_takes_what_the_pipeline_gives_it():",
        f"    assert list(inspect.signature({the.name}).parameters) == {expected!r}",
    ]
    if step.is_async:
        lines.append(f"    assert inspect.iscoroutinefunction({the.name})")
    return TestText(text="\n".join(lines), imports=("import inspect", the.statement))


def _gives(step: Step, plan: PackagePlan, the: ImportedName) -> list[TestText]:
    tests: list[TestText] = []
    if gives_by_name(step):
        tests.append(_gives_by_name(step, plan))
    literals = literal_values(step)
    seen = plan.observed.steps.get(step.name)
    if literals is None and seen is not None and seen.call is not None:
        return [*tests, *recorded_tests(step, seen, the, plan)]
    if literals is not None:
        return [*tests, _gives_literals(step, the, list(literals.values()))]
    options = _option_values(step, plan)
    if options is not None and is_plain_and_quick(step, options):
        tests.append(_gives_the_same_twice(step, the, options))
    ending = "gives_what_it_gave" if step.returns else "does_what_it_did"
    name = f"test_{subject(step.name)}_{ending}_in_the_notebook"
    return [*tests, skipped(name, seen.why if seen is not None else NEEDS_RECORDED)]


def _gives_by_name(step: Step, plan: PackagePlan) -> TestText:
    result = imported(result_class(step), f"{plan.package}.steps.{step.name}")
    text = (
        f"def test_{subject(step.name)}_gives_its_values_by_name():\n"
        f"    assert list({result.name}._fields) == {list(field_names(step).values())!r}"
    )
    return TestText(text=text, imports=(result.statement,))


def _gives_literals(step: Step, the: ImportedName, values: Sequence[object]) -> TestText:
    expected = repr(values[0]) if len(values) == 1 else repr(tuple(values))
    text = (
        f"def test_{subject(step.name)}_gives_what_the_notebook_says():\n"
        f"    assert {the.name}() == {expected}"
    )
    if expected in ("None", "True", "False"):
        text = text.replace(f"== {expected}", f"is {expected}")
    return TestText(text=text, imports=(the.statement,))


def _gives_the_same_twice(step: Step, the: ImportedName, options: dict[str, object]) -> TestText:
    call = f"{the.name}({', '.join(f'{name}={value!r}' for name, value in options.items())})"
    text = (
        f"def test_{subject(step.name)}_gives_the_same_twice():\n"
        f"    first = {call}\n\n"
        f"    assert {call} == first"
    )
    return TestText(text=text, imports=(the.statement,))


def _option_values(step: Step, plan: PackagePlan) -> dict[str, object] | None:
    defaults = {parameter.name: parameter.default for parameter in plan.parameters}
    try:
        return {name: ast.literal_eval(defaults[name]) for name in step.options}
    except (KeyError, ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
