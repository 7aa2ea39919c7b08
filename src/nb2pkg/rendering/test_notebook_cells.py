"""How does a `test:NAME` cell of the notebook become a test of the package?"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Sequence

from nb2pkg.analysis import indent, name_facts, walk
from nb2pkg.dataflow import BUILTINS
from nb2pkg.planning.plan import PackagePlan, Step
from nb2pkg.rendering.docstrings import clean_text
from nb2pkg.rendering.test_module import NEEDS_RECORDED, NOT_RECORDED, TestText
from nb2pkg.rendering.test_recorded_calls import RecordedValues, values_of_call

_UNPARSABLE = (SyntaxError, ValueError, MemoryError, RecursionError)


def cell_test(plan: PackagePlan, name: str, source: str, step: Step | None = None) -> TestText:
    """The cell as a test called `name`, or as a skipped one that says what it needs.

    step: the one that it tests, whose recorded call may give it what it reads
    """
    try:
        # Checked as it will stand, since a function can hold less than a cell can.
        text = _as_function(name, source.strip("\n"))
        compile(text, name, "exec", dont_inherit=True)
        tree = ast.parse(source)
    except _UNPARSABLE:
        return _waiting(name, source, "the notebook's cell is not plain Python")
    if not any(_asserts(node) for node in walk(tree)):
        return _waiting(name, source, "the notebook's cell asserts nothing")
    read = {n for statement in tree.body for n in _names_read(statement)}
    bound = {n for statement in tree.body for n in name_facts(statement).may_bind}
    imports: list[str] = []
    values: list[str] = []
    for wanted in sorted(read - bound):
        found = _imports_of(wanted, plan)
        if found is None:
            values.append(wanted)
        else:
            imports.extend(found)
    made = RecordedValues((), ())
    if values:
        recorded = values_of_call(values, step, plan) if step is not None else None
        if recorded is None:
            was_run = bool(plan.observed.steps)
            return _waiting(name, source, NOT_RECORDED if was_run else NEEDS_RECORDED)
        made = recorded
    # Inside the function, so that no name of the notebook meets a name of the test module.
    lines = [*dict.fromkeys(imports), *made.lines, source.strip("\n")]
    return TestText(text=_as_function(name, "\n".join(lines), made.fixtures))


def _as_function(name: str, source: str, fixtures: Sequence[str] = ()) -> str:
    return f"def {name}({', '.join(fixtures)}):\n{indent(source, '    ')}"


def _names_read(statement: ast.stmt) -> Iterator[str]:
    facts = name_facts(statement)
    yield from facts.all_reads | facts.captures | facts.deletes


def _imports_of(name: str, plan: PackagePlan) -> tuple[str, ...] | None:
    """The statements that give a test this name; None where only a run can."""
    if name in plan.homes:
        return (f"from {plan.package}.{plan.homes[name]} import {name}",)
    if name in plan.imports:
        return tuple(text.partition("  # ")[0] for text in plan.imports[name])
    if any(step.name == name for step in plan.steps):
        return (f"from {plan.package} import {name}",)
    if any(parameter.name == name for parameter in plan.parameters):
        return (f"from {plan.package} import Parameters", f"{name} = Parameters().{name}")
    return () if name in BUILTINS else None


def _asserts(node: ast.AST) -> bool:
    if isinstance(node, (ast.Assert, ast.Raise)):
        return True
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name.startswith(("assert", "raises"))


def _waiting(name: str, source: str, reason: str) -> TestText:
    """A skipped test that keeps the cell's text as comments, for the person who finishes it."""
    kept = clean_text(textwrap.dedent(source)).strip("\n")
    comments = "\n".join(f"    # {line}".rstrip() for line in kept.split("\n"))
    return TestText(
        text=f"def {name}():\n{comments}\n    pytest.skip({reason!r})", imports=("import pytest",)
    )
