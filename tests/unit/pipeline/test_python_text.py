"""Which texts are Python."""

from __future__ import annotations

import ast
import warnings

import pytest

from nb2pkg.pipeline.python_text import tree_of


def test_python_has_a_tree_and_makes_no_noise() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tree = tree_of(r"x = '\d'; y = 1is 2")

    assert tree is not None
    assert [type(node) for node in tree.body] == [ast.Assign, ast.Assign]


@pytest.mark.parametrize(
    "source",
    ["x = ", "%time x", "a\0b", "'\ud800'", "(" * 1000, "-" * 100_000 + "1", "\tx\n x"],
    ids=["open", "magic", "nul", "surrogate", "brackets", "signs", "indentation"],
)
def test_everything_else_has_none(source: str) -> None:
    assert tree_of(source) is None
