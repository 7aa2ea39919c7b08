"""Which parameters a notebook's cell declares."""

from __future__ import annotations

import pytest

from nb2pkg.pipeline.notebook_parameters import Declared, declared_parameters
from nb2pkg.pipeline.parameter_types import ANYTHING, DictOf, ListOf, OneOf, ParameterType, Plain
from nb2pkg.pipeline.pipeline import NO_DEFAULT, Json

INT, STR = Plain("int"), Plain("str")

CELLS: dict[str, tuple[str, list[tuple[str, ParameterType, Json]]]] = {
    "nothing": ("", []),
    "literal": ("x = 1", [("x", INT, 1)]),
    "negative": ("x = -1.5", [("x", Plain("float"), -1.5)]),
    "none": ("x = None", [("x", ANYTHING, None)]),
    "list": ("xs = ['a']", [("xs", ListOf("list", STR), ["a"])]),
    "mapping": ("m = {'a': [1]}", [("m", DictOf(ANYTHING), {"a": [1]})]),
    "annotated": ("x: float = 1", [("x", Plain("float"), 1)]),
    "optional": ("x: int | None = None", [("x", OneOf((Plain("None"), INT)), None)]),
    "declared only": ("x: int", [("x", INT, NO_DEFAULT)]),
    "computed": ("x = f(1)", [("x", ANYTHING, NO_DEFAULT)]),
    "computed and annotated": ("x: int = f(1)", [("x", INT, NO_DEFAULT)]),
    "tuple": ("x = (1, 2)", [("x", ANYTHING, NO_DEFAULT)]),
    "set": ("x = {1}", [("x", ANYTHING, NO_DEFAULT)]),
    "keys": ("x = {1: 2}", [("x", ANYTHING, NO_DEFAULT)]),
    "bytes": ("x = b'a'", [("x", ANYTHING, NO_DEFAULT)]),
    "unhashable": ("x = {[]: 1}", [("x", ANYTHING, NO_DEFAULT)]),
    "number that python cannot show": ("x = 0x" + "f" * 5000, [("x", ANYTHING, NO_DEFAULT)]),
    "several targets": ("x = y = 1", [("x", INT, 1), ("y", INT, 1)]),
    "parts": ("a, (b, *c) = f()", [(n, ANYTHING, NO_DEFAULT) for n in "abc"]),
    "parts of a literal": ("a, [b, c] = 1, ('x', f())", [("a", INT, 1), ("b", STR, "x"), ("c", ANYTHING, NO_DEFAULT)]),
    "starred literal": ("[a, b] = *x, 1", [("a", ANYTHING, NO_DEFAULT), ("b", ANYTHING, NO_DEFAULT)]),
    "attribute": ("x.y = 1\nx['a'] = 2", []),
    "annotated attribute": ("x.y: int = 1", []),
    "later counts": ("x = 1\nx = 'a'", [("x", STR, "a")]),
    "raised": ("x = 1\nx += 1", [("x", ANYTHING, NO_DEFAULT)]),
    "inside": ("if True:\n    x = 1\ndef f():\n    y = 1", []),
    "long union": ("x: " + "|".join(["int"] * 2000) + " = 1", [("x", ANYTHING, 1)]),
    "magic": ("%matplotlib inline\nx: int = 1\ny=2\nelse: z = 3\na == b\nc.d = 1", [("x", ANYTHING, NO_DEFAULT), ("y", ANYTHING, NO_DEFAULT)]),
    "nul": ("x = 1\0", [("x", ANYTHING, NO_DEFAULT)]),
}  # fmt: skip


@pytest.mark.parametrize(("source", "declared"), CELLS.values(), ids=CELLS.keys())
def test_a_cell_declares_what_it_assigns(
    source: str, declared: list[tuple[str, ParameterType, Json]]
) -> None:
    assert [(d.name, d.type, d.default) for d in declared_parameters(source)] == declared


OTHERS = {
    "r": ("data.path <- 'x'\nn = 5  # rows\nn == 5", ["data.path", "n"]),
    "julia": ("rate::Float64 = 0.1\nname=\"x\"", ["rate", "name"]),
}  # fmt: skip


@pytest.mark.parametrize(("source", "names"), OTHERS.values(), ids=OTHERS.keys())
def test_of_other_languages_the_names_are_known(source: str, names: list[str]) -> None:
    declared = declared_parameters(source, "other")

    assert [d.name for d in declared] == names
    assert {d.default for d in declared} == {NO_DEFAULT}


ABOUTS = {
    "comment": ("x = 1  # how many", "how many"),
    "umlauts": ("größe = 'ö'  # Größe", "Größe"),
    "several lines": ("x = [\n  1,  # first\n]  # all", "all"),
    "semicolon": ("x = 1;  # last", "last"),
    "not the last": ("x = 1; y = 2  # y", ""),
    "hash in a text": ("x = '# no'", ""),
    "form feed in a text": ("x = 'a\x0cb'  # page", "page"),
    "separator above": ("# a\u2028b\nx = 1  # below", "below"),
    "carriage returns": ("# a\r\nx = 1  # below\r\n", "below"),
}


@pytest.mark.parametrize(("source", "about"), ABOUTS.values(), ids=ABOUTS.keys())
def test_a_comment_behind_it_says_what_it_is_for(source: str, about: str) -> None:
    assert declared_parameters(source)[0].about == about


def test_each_knows_its_line() -> None:
    source = "a = 1\n\nb = 2\n"

    assert [d.line for d in declared_parameters(source)] == [1, 3]
    assert [d.line for d in declared_parameters("!ls\n" + source)] == [2, 4]
    assert declared_parameters(source)[0] == Declared(name="a", type=INT, default=1)
