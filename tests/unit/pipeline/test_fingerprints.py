"""What identifies the run of a step: nothing that matters may change without the key."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from typing import Any

import pytest

from nb2pkg.pipeline.fingerprints import KeyParts, canonical, code_text, key_of, sha256_of

PARTS = KeyParts(
    kind="notebook",
    code="x = 1",
    parameters={"a": 1},
    inputs={"df": "00"},
    files={"data.csv": "11"},
    variables={"REGION": "22"},
    outputs=[["X", "y"]],
    environment="33",
)
CHANGES: dict[str, dict[str, Any]] = {
    "kind": {"kind": "function"},
    "code": {"code": "x = 2"},
    "parameter": {"parameters": {"a": 2}},
    "type of a parameter": {"parameters": {"a": 1.0}},
    "name of a parameter": {"parameters": {"b": 1}},
    "input": {"inputs": {"df": "01"}},
    "file": {"files": {"data.csv": "12"}},
    "variable": {"variables": {}},
    "groups": {"outputs": [["X"], ["y"]]},
    "order of values": {"outputs": [["y", "X"]]},
    "environment": {"environment": "34"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_key_changes_with_each_part(change: dict[str, Any]) -> None:
    assert key_of(replace(PARTS, **change)) != key_of(PARTS)


def test_the_key_does_not_depend_on_the_order_in_which_things_are_told() -> None:
    one = replace(PARTS, parameters={"a": 1, "b": {"c": 1, "d": 2}})
    other = replace(PARTS, parameters={"b": {"d": 2, "c": 1}, "a": 1}, outputs=(("X", "y"),))

    assert key_of(one) == key_of(other)
    assert len(key_of(one)) == 64


DISTINCT: list[Any] = [
    1, 1.0, True, "1", 0, 0.0, -0.0, False, "", None, "null", "true", [], {}, [1], ["1"], [[1]], [1, 1], {"a": 1},
    {"a": 1.0}, {"a": None}, {"map": {}}, {"map": {"a": 1}}, math.nan, math.inf, -math.inf, "nan", {"float": "nan"},
    {"float": "inf"}, "é", "e\u0301", "\ud800", "a\0b", "\\u0000", 10**30, 1e30,
]  # fmt: skip


def test_values_that_differ_have_texts_that_differ() -> None:
    texts = [canonical(value) for value in DISTINCT]

    assert len(set(texts)) == len(DISTINCT)
    assert all(text.isascii() and text.isprintable() for text in texts)


def test_a_list_and_a_tuple_are_one_value() -> None:
    assert canonical((1, (2,))) == canonical([1, [2]])


def test_a_sha256_takes_what_no_text_file_holds() -> None:
    assert sha256_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert sha256_of("\ud800") != sha256_of("?")


SAME = {
    "comment": ("x = 1  # one", "x = 1"),
    "layout": ("x = f( 1,\n 2 )", "x = f(1, 2)"),
    "quotes": ("x = 'a'", 'x = "a"'),
}
OTHER = {
    "value": ("x = 1", "x = 2"),
    "type": ("x = 1", "x = 1.0"),
    "order": ("a()\nb()", "b()\na()"),
    "docstring": ('def f():\n    "a"', 'def f():\n    "b"'),
    "comment of a magic": ("%time x  # one", "%time x"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME.keys())
def test_code_is_the_same_without_comments_and_layout(one: str, other: str) -> None:
    assert code_text(one) == code_text(other)


@pytest.mark.parametrize(("one", "other"), OTHER.values(), ids=OTHER.keys())
def test_code_that_may_do_something_else_is_other_code(one: str, other: str) -> None:
    assert code_text(one) != code_text(other)


@pytest.mark.parametrize("source", ["%matplotlib inline", "a\0b", "x = " + "(" * 5000, "'\ud800'"])
def test_what_is_no_python_counts_as_it_is(source: str) -> None:
    assert code_text(source) == source


def test_code_that_nests_deeper_than_python_can_look_counts_as_it_is() -> None:
    source = "x = " + " + ".join(["a"] * 2000)

    assert code_text(source) == source


def test_an_odd_escape_makes_neither_noise_nor_another_key() -> None:
    quiet = code_text(r"x = '\d'")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        strict = code_text(r"x = '\d'")

    assert quiet == strict != r"x = '\d'"
