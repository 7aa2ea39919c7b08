"""What can be said in a test of a function that has only just been made?"""

from __future__ import annotations

from collections.abc import Sequence

from nb2pkg.planning.plan import PackagePlan
from nb2pkg.rendering.step_module import field_names, gives_by_name, result_class
from nb2pkg.rendering.test_definitions import definition_tests
from nb2pkg.rendering.test_module import TestText, imported, subject
from nb2pkg.rendering.test_plain_values import literal_values


def function_tests(plan: PackagePlan) -> Sequence[TestText]:
    """Tests that hold without knowing any value: what it takes, and what it gives where the code says so."""
    step = plan.steps[0]
    the = imported(step.name, plan.package)
    lines = [
        f"def test_{subject(step.name)}_takes_what_the_notebook_gives_it():",
        f"    assert list(inspect.signature({the.name}).parameters) == {list(step.parameters)!r}",
    ]
    if step.is_async:
        lines.append(f"    assert inspect.iscoroutinefunction({the.name})")
    tests = [TestText(text="\n".join(lines), imports=("import inspect", the.statement))]
    if gives_by_name(step):
        result = imported(result_class(step), plan.package)
        tests.append(
            TestText(
                text=f"def test_{subject(step.name)}_gives_its_values_by_name():\n"
                f"    assert list({result.name}._fields) == {list(field_names(step).values())!r}",
                imports=(result.statement,),
            )
        )
    literals = literal_values(step)
    if literals is not None and step.returns:
        values = list(literals.values())
        expected = repr(values[0]) if len(values) == 1 else repr(tuple(values))
        word = "is" if expected in ("None", "True", "False") else "=="
        tests.append(
            TestText(
                text=f"def test_{subject(step.name)}_gives_what_the_notebook_says():\n"
                f"    assert {the.name}() {word} {expected}",
                imports=(the.statement,),
            )
        )
    return [*tests, *definition_tests(step.helpers, plan.package)]
