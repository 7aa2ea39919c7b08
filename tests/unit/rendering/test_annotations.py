"""Types that a run has seen, as a module says them."""

from __future__ import annotations

import ast

import pytest

from nb2pkg.planning import annotated
from nb2pkg.planning.observed import Observed, SeenFunction, SeenStep, SeenValue
from nb2pkg.rendering.annotated_definition import annotated_definition
from tests.builders import formatted, md, notebook, plan_and_graph, sources


def module_of(step: str, observed: Observed, *cells: object) -> str:
    plan, _ = plan_and_graph(notebook(*cells))  # type: ignore[arg-type]
    path = f"steps/{step}.py"
    return formatted({path: sources(annotated(plan, observed))[path]})[path]


def seen(arguments: dict[str, str], *returns: str) -> SeenStep:
    return SeenStep(
        arguments={name: SeenValue(type=kind) for name, kind in arguments.items()},
        returns=tuple(SeenValue(type=kind) for kind in returns),
    )


CELLS = (
    "import pandas as pd", md("## Load"), "df = pd.DataFrame({'a': [1]})", md("## Add"),
    "more = df.assign(b=2)\nn = len(more)", md("## Show"), "print(more, n)",
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "annotation", "imported"),
    [
        ("pandas.DataFrame", "pd.DataFrame", "import pandas as pd"),
        ("numpy.ndarray", "np.ndarray", "import numpy as np"),
        ("dict[str, pandas.Series | None]", "dict[str, pd.Series | None]", "import pandas as pd"),
        ("collections.abc.Callable[..., typing.Any]", "Callable[..., Any]", "from collections.abc import Callable"),
        ("datetime.date", "date", "from datetime import date"),
        ("elsewhere.deep.Thing", "Any", "from typing import Any"),
        ("dict[str, tuple[pandas.DataFrame, pandas.DataFrame, pandas.Series, list[int]]]", "dict[str, Any]", "from typing import Any"),
        ("typing.Any", "Any", "from typing import Any"),
    ],
)  # fmt: skip
def test_an_annotation_uses_the_names_that_the_module_has(
    kind: str, annotation: str, imported: str
) -> None:
    text = module_of("add", Observed(steps={"add": seen({"df": kind}, kind, "int")}), *CELLS)

    assert f"def add(df: {annotation}) -> tuple[{annotation}, int]:" in " ".join(
        text.split()
    ).replace("( ", "(")
    assert imported in text


def test_nothing_is_said_of_what_was_none() -> None:
    text = module_of("add", Observed(steps={"add": seen({"df": "None"}, "None", "int")}), *CELLS)

    assert "None" not in text.partition("def add")[2].partition('"""')[0]


def test_a_name_that_the_notebook_uses_otherwise_is_not_taken() -> None:
    cells = ("date = 3", md("## Load"), "when = date + 1", md("## Use"), "print(when, date)")
    text = module_of("use", Observed(steps={"use": seen({"when": "datetime.date"})}), *cells)

    assert "from datetime import date" not in text


DEFINITIONS = [
    ("def f(a, b=2): return a", {"a": "str", "b": "int"}, "str", "def f(a: str, b: int=2) -> str: return a"),
    ("def f(a, b=None):\n    return a", {"a": "str", "b": "float"}, "None", "def f(a: str, b: float | None=None) -> None:\n    return a"),
    ("def f(a: int, b):\n    return a", {"a": "str", "b": "str"}, "int", "def f(a: int, b: str) -> int:\n    return a"),
    ("def f(a, b=-1.5):\n    if a:\n        return\n    return a", {"a": "int", "b": "int"}, "int", "def f(a: int, b: float=-1.5) -> int | None:\n    if a:\n        return\n    return a"),
    ("def f(a=()):\n    return a", {"a": "tuple[()]"}, "int", "def f(a=()) -> int:\n    return a"),
    ("def f(a) -> int:\n    return a", {"a": "int"}, "str", "def f(a: int) -> int:\n    return a"),
    ("def f(a, *rest, b, **more):\n    return a", {"a": "int", "b": "int"}, "int", "def f(a: int, *rest: Any, b: int, **more: Any) -> int:\n    return a"),
    ("def f(\n    é,  # ( a comment\n    b=(1, ')'),\n):\n    return é", {"é": "int", "b": "tuple[int, str]"}, "int", "def f(\n    é: int,  # ( a comment\n    b: tuple[int, str]=(1, ')'),\n) -> int:\n    return é"),
    ("@staticmethod\n@cache(lambda x: (x))\nasync def f(): return 1", {}, "int", "@staticmethod\n@cache(lambda x: (x))\nasync def f() -> int: return 1"),
    ("def f(x): return lambda y: (y, x)", {"x": "int"}, "Any", "def f(x: int) -> Any: return lambda y: (y, x)"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "arguments", "returns", "expected"), DEFINITIONS)
def test_a_definition_gets_annotations_where_it_has_none(
    source: str, arguments: dict[str, str], returns: str, expected: str
) -> None:
    cells = (md("## Go"), "a = 1", "print(a)")
    function = SeenFunction(arguments=arguments, returns=returns)
    plan, _ = plan_and_graph(notebook(*cells))
    plan = annotated(plan, Observed(functions={"steps.go:f": function}))

    text = annotated_definition(source, "steps.go", plan)

    assert text == expected
    ast.parse(text)


def test_methods_are_annotated_but_for_self() -> None:
    plan, _ = plan_and_graph(notebook(md("## Go"), "a = 1", "print(a)"))
    function = SeenFunction(arguments={"self": "p.A", "x": "int"}, returns="int")
    plan = annotated(plan, Observed(functions={"steps.go:A.f": function}))

    text = annotated_definition("class A:\n    def f(self, x):\n        return x", "steps.go", plan)

    assert text == "class A:\n    def f(self, x: int) -> int:\n        return x"
