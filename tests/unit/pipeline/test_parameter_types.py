"""Which type an annotation names, and which values and words it takes."""

from __future__ import annotations

import datetime
import math
import warnings
from typing import Any

import pytest

from nb2pkg.pipeline.parameter_types import (
    ANYTHING,
    Choice,
    DictOf,
    ListOf,
    NotOfType,
    OneOf,
    ParameterType,
    Plain,
    checked_value,
    is_type_name,
    type_from_annotation,
    type_name,
    type_of_value,
    value_from_text,
)

INT, FLOAT, STR, BOOL, NONE = (Plain(n) for n in ("int", "float", "str", "bool", "None"))
PATH, DATE, DATETIME = Plain("path"), Plain("date"), Plain("datetime")

ANNOTATIONS: dict[str, ParameterType] = {
    "int": INT,
    " float ": FLOAT,
    "string": STR,
    "boolean": BOOL,
    "number": FLOAT,
    "None": NONE,
    "Path": PATH,
    "pathlib.Path": PATH,
    "datetime.date": DATE,
    "datetime.datetime": DATETIME,
    "list": ListOf("list", ANYTHING),
    "list[int]": ListOf("list", INT),
    "typing.List[int]": ListOf("list", INT),
    "Sequence[str]": ListOf("list", STR),
    "tuple[int, ...]": ListOf("tuple", INT),
    "tuple[int, int]": ListOf("tuple", INT),
    "tuple[int, str]": ListOf("tuple", ANYTHING),
    "frozenset[str]": ListOf("set", STR),
    "list[()]": ANYTHING,
    "dict": DictOf(ANYTHING),
    "dict[str, int]": DictOf(INT),
    "Mapping[str, list[float]]": DictOf(ListOf("list", FLOAT)),
    "int | None": OneOf((NONE, INT)),
    "str | int": OneOf((INT, STR)),
    "Optional[str]": OneOf((NONE, STR)),
    "Union[str, float, int]": OneOf((INT, FLOAT, STR)),
    "int | (str | int)": OneOf((INT, STR)),
    "int | int": INT,
    "int | Frame": ANYTHING,
    "Literal['a', 2, None]": Choice(("a", 2, None)),
    "Literal[-1] | None": OneOf((Choice((-1,)), NONE)),
    "Literal[Colour.RED]": ANYTHING,
    "Literal[b'x']": ANYTHING,
    "Literal[[1]] | None": ANYTHING,
    "Literal[{[]: 1}]": ANYTHING,
    "Literal[0x" + "f" * 4000 + "]": ANYTHING,
    "Annotated[int, 'more']": INT,
    "Final[str]": STR,
    "'int'": INT,
    "list['int']": ListOf("list", INT),
    "Optional[()]": ANYTHING,
    "Union[()]": ANYTHING,
    "Annotated[()]": ANYTHING,
    "dict[()]": ANYTHING,
    "pd.DataFrame": ANYTHING,
    "Callable[[int], str]": ANYTHING,
    "f()": ANYTHING,
    "5": ANYTHING,
    "": ANYTHING,
    "int; str": ANYTHING,
    "x = int": ANYTHING,
    "int[": ANYTHING,
    "a\0b": ANYTHING,
    "[" * 300: ANYTHING,
    "|".join(["int"] * 5000): ANYTHING,
}


@pytest.mark.parametrize(
    ("annotation", "kind"), ANNOTATIONS.items(), ids=[a[:25] for a in ANNOTATIONS]
)
def test_an_annotation_names_a_type(annotation: str, kind: ParameterType) -> None:
    assert type_from_annotation(annotation) == kind


def test_an_odd_escape_in_an_annotation_makes_no_noise() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kind = type_from_annotation(r"Literal['\d']")

    assert kind == Choice((r"\d",))


NAMED = ["int", "list[str]", "any", "list[any]", "dict[str, object]", "Literal['x']", "X | None".replace("X", "date"), "typing.Optional[Path]", "datetime.datetime", "None"]  # fmt: skip
UNNAMED = ["flot", "list[flot]", "int | flot", "dict[str, Frame]", "5", "", "f(int)", "int[", "Optional", "Literal[x]", "int[5]"]  # fmt: skip


@pytest.mark.parametrize("annotation", NAMED)
def test_what_has_only_known_names_is_a_type(annotation: str) -> None:
    assert is_type_name(annotation)


@pytest.mark.parametrize("annotation", UNNAMED)
def test_what_has_an_unknown_name_anywhere_is_no_type(annotation: str) -> None:
    assert not is_type_name(annotation)


VALUES: dict[str, tuple[Any, ParameterType]] = {
    "bool": (True, BOOL),
    "int": (1, INT),
    "float": (1.0, FLOAT),
    "str": ("1", STR),
    "none": (None, ANYTHING),
    "list": ([1, 2], ListOf("list", INT)),
    "tuple": (("a",), ListOf("list", STR)),
    "mixed": ([1, True], ListOf("list", ANYTHING)),
    "empty": ([], ListOf("list", ANYTHING)),
    "nested": ([[1], [2]], ListOf("list", ListOf("list", INT))),
    "mapping": ({"a": 1}, DictOf(ANYTHING)),
    "other": (object(), ANYTHING),
}


@pytest.mark.parametrize(("value", "kind"), VALUES.values(), ids=VALUES.keys())
def test_a_default_stands_for_its_type(value: Any, kind: ParameterType) -> None:
    assert type_of_value(value) == kind


NAMES = ["int", "list", "list[int]", "tuple[str]", "dict", "dict[str, float]", "int | None", "list[int | str]"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_type_is_called_as_python_writes_it(name: str) -> None:
    assert type_name(type_from_annotation(name)) == name


def test_a_choice_is_called_by_its_values_and_not_by_thousands_of_them() -> None:
    assert type_name(Choice(("a", 1, None))) == "one of a, 1, None"
    assert type_name(ANYTHING) == "any value"
    assert len(type_name(Choice(tuple("x" * 1000 + str(n) for n in range(1000))))) < 700


WORDS: dict[str, tuple[str, str, Any]] = {
    "int": ("42", "int", 42),
    "int signed": (" -1_000 ", "int", -1000),
    "int zeros": ("007", "int", 7),
    "float": ("1e-3", "float", 0.001),
    "float whole": ("2", "float", 2.0),
    "float dot": (".5", "float", 0.5),
    "float inf": ("-INF", "float", -math.inf),
    "str": ("007", "str", "007"),
    "str of nothing": ("", "str", ""),
    "str of null": ("null", "str", "null"),
    "bool yes": ("Yes", "bool", True),
    "bool off": ("off", "bool", False),
    "bool 1": ("1", "bool", True),
    "path": ("../a b.csv", "path", "../a b.csv"),
    "date": (" 2024-02-29", "date", "2024-02-29"),
    "datetime": ("2024-03-01T12:00", "datetime", "2024-03-01T12:00"),
    "datetime zone": ("2024-03-01 12:00:00.123+01:00", "datetime", "2024-03-01 12:00:00.123+01:00"),
    "datetime utc": ("2024-03-01T12:00:00Z", "datetime", "2024-03-01T12:00:00Z"),
    "datetime of a day": ("2024-03-01", "datetime", "2024-03-01"),
    "none": ("null", "None", None),
    "optional none": ("", "int | None", None),
    "optional": ("5", "int | None", 5),
    "union": ("5.0", "int | float | str", 5.0),
    "union text": ("five", "int | float | str", "five"),
    "union list": ("[1]", "str | list[int]", [1]),
    "union broken list": ("[1", "str | list[int]", "[1"),
    "list": ("[1, 2]", "list[float]", [1.0, 2.0]),
    "list json": ('["a", "b"]', "list[str]", ["a", "b"]),
    "list words": ("[a, no]", "list[str]", ["a", "no"]),
    "block list": ("- a\n- b", "list[str]", ["a", "b"]),
    "tuple": ("[1, 2]", "tuple[int, int]", [1, 2]),
    "dict": ("{a: 1}", "dict[str, int]", {"a": 1}),
    "choice": ("north", "Literal['north', 5]", "north"),
    "choice int": ("5", "Literal['north', 5]", 5),
    "choice none": ("None", "Literal[None, 'a']", None),
    "choice true": ("true", "Literal[1, True]", True),
    "any int": ("007", "any", 7),
    "any text": ("no", "any", "no"),
    "any list": ("[1, {a: b}]", "any", [1, {"a": "b"}]),
    "any nothing": ("", "any", None),
}


@pytest.mark.parametrize(("text", "kind", "value"), WORDS.values(), ids=WORDS.keys())
def test_a_word_stands_for_a_value_of_the_type(text: str, kind: str, value: Any) -> None:
    read = value_from_text(text, type_from_annotation(kind))

    assert (read, type(read)) == (value, type(value))


NO_WORDS: dict[str, tuple[str, str, str]] = {
    "int": ("notanint", "int", "is no int"),
    "int float": ("1.0", "int", "is no int"),
    "int nothing": ("", "int", "is no int"),
    "int code": ("1;import os", "int", "is no int"),
    "int other digits": ("１２", "int", "is no int"),
    "int too long": ("9" * 1001, "int", "is no int"),
    "float": ("1,5", "float", "is no float"),
    "float words": ("infinity", "float", "is no float"),
    "float too large": ("1e400", "float", "is too large for a float"),
    "bool": ("2", "bool", "is no bool (true or false)"),
    "str": ("a\0b", "str", "holds a NUL character"),
    "path": ("", "path", "is no path"),
    "path nul": ("a\0b", "path", "is no path"),
    "date": ("2023-02-29", "date", "is no date (such as 2024-03-01)"),
    "date short": ("20240301", "date", "is no date"),
    "date week": ("2024-W09-5", "date", "is no date"),
    "date time": ("2024-03-01T12:00", "date", "is no date"),
    "datetime": ("2024-03-01T25:00", "datetime", "is no date and time"),
    "datetime of a zone": ("2024-03-01Z", "datetime", "is no date and time"),
    "datetime of any mark": ("2024-03-01x12:00", "datetime", "is no date and time"),
    "none": ("x", "None", "is not None"),
    "union": ("x", "int | None", "is no int | None"),
    "list": ("1", "list[int]", "is no list[int]"),
    "list element": ("[1, a]", "list[int]", "is no int but a str"),
    "list broken": ("[1", "list[int]", "is no list[int]: not YAML"),
    "list bomb": ("[" * 1000, "list", "is no list: nested too deeply"),
    "list nul": ('["\\0"]', "list[str]", "holds a NUL character"),
    "dict": ("[1]", "dict", "is no dict"),
    "choice": ("east", "Literal['north', 5]", "is not one of north, 5"),
    "any broken": ("[1", "any", "is no any value"),
    "any too large": ("1e400", "any", "is too large for a float"),
}


@pytest.mark.parametrize(("text", "kind", "message"), NO_WORDS.values(), ids=NO_WORDS.keys())
def test_a_word_of_another_type_is_refused(text: str, kind: str, message: str) -> None:
    with pytest.raises(NotOfType) as stop:
        value_from_text(text, type_from_annotation(kind))

    assert str(stop.value).startswith(message)


FITTING: dict[str, tuple[Any, str, Any]] = {
    "int": (1, "int", 1),
    "int as float": (1, "float", 1.0),
    "nan": (math.inf, "float", math.inf),
    "none": (None, "int | None", None),
    "none alone": (None, "None", None),
    "bool": (False, "bool", False),
    "path": ("a/b", "path", "a/b"),
    "tuple": ((1, 2), "tuple[float, ...]", [1.0, 2.0]),
    "dict": ({"a": 1}, "dict[str, float]", {"a": 1.0}),
    "narrowest": (1, "float | int", 1),
    "choice": (2, "Literal[1, 2]", 2),
    "choice of float": (2, "Literal[1.0, 2.0]", 2.0),
    "choice of true": (True, "Literal[1, True]", True),
    "any": ({"a": (1, None, "x")}, "any", {"a": [1, None, "x"]}),
}


@pytest.mark.parametrize(("value", "kind", "same"), FITTING.values(), ids=FITTING.keys())
def test_a_value_comes_out_as_its_type_has_it(value: Any, kind: str, same: Any) -> None:
    read = checked_value(value, type_from_annotation(kind))

    assert (read, type(read)) == (same, type(same))
    assert repr(read) == repr(same)


NOT_FITTING: dict[str, tuple[Any, str, str]] = {
    "bool is no int": (True, "int", "is no int but a bool"),
    "bool is no float": (True, "float", "is no float but a bool"),
    "float is no int": (1.0, "int", "is no int but a float"),
    "int is no str": (7, "str", "is no str but an int"),
    "none": (None, "int", "is no int but None"),
    "something": (0, "None", "is not None but an int"),
    "int is no bool": (1, "bool", "is no bool but an int"),
    "huge": (10**400, "float", "is too large for a float"),
    "text": ("abc", "list[str]", "is no list[str]"),
    "keys": ({1: 2}, "dict", "is no dict"),
    "date": ("soon", "date", "is no date"),
    "choice": (True, "Literal[1]", "is not one of 1"),
    "choice float": (1.0, "Literal[1]", "is not one of 1"),
    "union": ([], "int | str", "is no int | str"),
    "any": ([object()], "any", "cannot be handed to a notebook: it is an object"),
    "any keys": ({1: 2}, "any", "cannot be handed to a notebook: it is a dict"),
    "any day": (
        datetime.date(2024, 3, 1),
        "any",
        "cannot be handed to a notebook: it is a date",
    ),
}


@pytest.mark.parametrize(("value", "kind", "message"), NOT_FITTING.values(), ids=NOT_FITTING.keys())
def test_a_value_of_another_type_is_refused(value: Any, kind: str, message: str) -> None:
    with pytest.raises(NotOfType) as stop:
        checked_value(value, type_from_annotation(kind))

    assert str(stop.value).startswith(message)
