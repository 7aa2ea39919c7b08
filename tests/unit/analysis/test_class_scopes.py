"""What the body of a class binds is seen by its own statements, and by no scope within them."""

from __future__ import annotations

import ast

import pytest

from nb2pkg.analysis.captures import captures_of
from tests.builders import notebook, parsed


@pytest.mark.parametrize(
    ("body", "reads"),
    [
        ("n = 5\n    xs = [n for _ in ()]", {"n"}),
        ("n = 5\n    xs = {k: n for k in ()}", {"n"}),
        ("n = 5\n    xs = list(n for _ in ())", {"n", "list"}),
        ("n = 5\n    xs = [n for _ in () for _ in [n]]", {"n"}),
        ("n = ()\n    xs = [n for n in n]", set()),
        ("n = ()\n    xs = [1 for _ in n]", set()),
        ("n = 5\n    m = n", set()),
    ],
)
def test_a_comprehension_looks_past_the_class_around_it(body: str, reads: set[str]) -> None:
    (cell,) = parsed(notebook(f"class C:\n    {body}"))
    assert set(cell.statements[0].facts.reads) == reads

    inside = f"def f():\n    class C:\n        {body.replace(chr(10), chr(10) + '    ')}"
    assert set(captures_of(ast.parse(inside).body[0]).reads) == reads


@pytest.mark.parametrize(
    ("body", "reads"),
    [
        ("n = 5\n        g = lambda: n", {"n"}),
        ("n = 5\n        def g(self): return n", {"n"}),
        ("n = 5\n        def g(self, a=n): return a", set()),
        ("n = 5\n        class D:\n            m = n", {"n"}),
        ("n = 5\n        class D(n): pass", set()),
    ],
)
def test_so_do_functions_and_classes_within_a_class_of_a_function(
    body: str, reads: set[str]
) -> None:
    function = ast.parse(f"def f():\n    class C:\n        {body}").body[0]

    assert set(captures_of(function).reads) == reads
