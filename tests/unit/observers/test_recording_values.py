"""Values on their way into tests: named, written as expressions, kept in files, and read back."""

from __future__ import annotations

import ast
import collections
import datetime
import decimal
import enum
import math
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from nb2pkg.observers import (
    call_hooks,
    digests,
    expressions,
    keeping,
    type_names,
    value_files,
)
from nb2pkg.observers import (
    recorded_values as recorded,
)
from nb2pkg.observers.type_names import type_name, union

KEY = "AKIA" + "ABCDEFGHIJKLMNOP"


@dataclass
class Account:
    owner: str
    balance: float


class Point(NamedTuple):
    x: int
    y: int


class Colour(enum.Enum):
    RED = 1


class Basket:
    def __init__(self) -> None:
        self.items = ["a"]


# -- types


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "None"), (True, "bool"), (3, "int"), (2.5, "float"), ("a", "str"), (b"a", "bytes"),
        (np.int64(3), "int"), (np.float32(3), "float"), (np.bool_(True), "bool"),
        ([1, 2], "list[int]"), ([1, "a"], "list[int | str]"), ([1, 2.5], "list[float]"),
        ([1, None], "list[int | None]"), ([], "list[typing.Any]"), ((), "tuple[()]"),
        ((1, "a"), "tuple[int, str]"), (tuple(range(9)), "tuple[int, ...]"),
        ({"a": 1.5}, "dict[str, float]"), ({"a": [1]}, "dict[str, list[int]]"),
        ({"a": 1, "b": "x", "c": 2j, "d": b""}, "dict[str, typing.Any]"), ({1, 2}, "set[int]"),
        (collections.Counter("ab"), "collections.Counter[str]"),
        (collections.defaultdict(int, a=1), "collections.defaultdict[str, int]"),
        (datetime.date(2024, 5, 1), "datetime.date"), (pd.Timestamp("2024-05-01"), "pandas.Timestamp"),
        (pd.DataFrame({"a": [1]}), "pandas.DataFrame"), (pd.Series([1]), "pandas.Series"),
        (np.zeros(3), "numpy.ndarray"), (pd.DataFrame({"a": [1]}).groupby("a"), "pandas.api.typing.DataFrameGroupBy"),
        (LinearRegression(), "sklearn.linear_model.LinearRegression"),
        (len, "collections.abc.Callable[..., typing.Any]"), (int, "type[typing.Any]"),
        ((n for n in [1]), "collections.abc.Iterator[typing.Any]"), (range(3), "range"),
    ],
)  # fmt: skip
def test_a_type_is_named_as_people_write_it(value: Any, name: str) -> None:
    assert type_name(value) == name
    ast.parse(name, mode="eval")


def test_a_class_without_a_public_name_is_called_by_its_base() -> None:
    class Inner(Account):
        pass

    assert type_name(Inner("a", 1.0)) == f"{__name__}.Account"


def test_a_circle_ends() -> None:
    rows: list[Any] = []
    rows.append(rows)

    assert type_name(rows).startswith("list[list[")


@pytest.mark.parametrize(
    ("names", "joined"),
    [
        (["int", "float"], "float"), (["str", "None"], "str | None"),
        (["list[typing.Any]", "list[int]"], "list[int]"), (["int | None", "str"], "int | str | None"),
        (["int", "str", "bytes", "dict[str, int]"], type_names.ANY),
        (["dict[str, int | None]", "None"], "dict[str, int | None] | None"),
    ],
)  # fmt: skip
def test_types_of_several_calls_are_joined(names: list[str], joined: str) -> None:
    assert union(names) == joined


# -- expressions


def made(text: str, imports: set[str]) -> Any:
    space: dict[str, Any] = {"made": recorded.made}
    for statement in imports:
        if "recorded" not in statement:
            exec(statement, space)
    return eval(text, space)


@pytest.mark.parametrize(
    "value",
    [
        None, True, -3, 2.5, math.inf, "it's", b"\x00", 1j, [1, [2]], (1,), (), {1, 2}, set(), frozenset({3}),
        {"a": (1, None)}, range(1, 9, 2), datetime.datetime(2024, 5, 1, 12), datetime.timedelta(days=2),
        decimal.Decimal("1.10"), Path("a/b"), np.float64(2.5), np.int32(3), np.bool_(True),
        np.array([1, 2]), np.array([[1.5], [2.5]], dtype="float32"), np.array([], dtype="int64"),
        pd.Timestamp("2024-05-01", tz="UTC"), pd.Series(pd.to_datetime(["2024-05-01"])).max(), pd.Timedelta("2h"), pd.Series([1.0, 2.0], name="a"),
        pd.Series({"a": 1, "b": "x"}), pd.Series([1, 2], index=[5, 6]), pd.Series([], dtype="float64"),
        pd.DataFrame({"a": [1, 2], "b": ["x", None]}), Account("Ann", 12.5), Point(1, 2), Colour.RED, Basket(),
        LogisticRegression(C=0.5), {"p": Point(1, 2), "a": [Account("Ann", 1.0)]},
    ],
    ids=lambda value: re.sub(r" at 0x\w+", "", repr(value)),
)  # fmt: skip
def test_an_expression_makes_the_value_anew(value: Any) -> None:
    expression = expressions.Expressions(__name__).of(value)

    again = made(expression.text, expression.imports)

    assert type(again) is type(value)
    assert digests.describe(again)["digest"] == digests.describe(value)["digest"]


def test_not_a_number_is_one_too() -> None:
    assert math.isnan(made(expressions.Expressions("x").of(math.nan).text, set()))


@pytest.mark.parametrize(
    "value",
    [
        (n for n in [1]), lambda: 1, LinearRegression().fit([[1], [2]], [1, 2]), list(range(1000)), object(),
    ],
    ids=["generator", "lambda", "model", "many", "object"],
)  # fmt: skip
def test_what_has_no_expression_is_told(value: Any) -> None:
    with pytest.raises(expressions.Inexpressible):
        expressions.Expressions("x").of(value)


# -- files


TABLES = {
    "plain": pd.DataFrame({"a": [1, 2], "b": ["x", "y, z"], "c": [0.1, np.nan]}),
    "dates": pd.DataFrame({"day": pd.to_datetime(["2024-05-01", "2024-05-02"])}),
    "zones": pd.DataFrame({"day": pd.to_datetime(["2024-05-01"]).tz_localize("Europe/Oslo")}),
    "index": pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="key")),
    "rows of another": pd.DataFrame({"a": [1, 2, 3]}).iloc[[0, 2]],
    "two levels": pd.DataFrame({"a": [1, 2], "b": [1, 1], "c": [5, 6]}).set_index(["a", "b"]),
    "pivot": pd.DataFrame({"r": ["a", "b"], "k": ["x", "y"], "v": [1.0, 2.0]}).pivot_table(
        index="r", columns="k", values="v"
    ),
    "small types": pd.DataFrame({"a": np.array([1, 2], "int8"), "b": np.array([1, 2], "float32")}),
    "nullable": pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}),
    "numbers as names": pd.DataFrame([[1, 2], [3, 4]]),
    "text that looks empty": pd.DataFrame({"a": ["NA", "null", "x"]}),
    "text of digits": pd.DataFrame({"a": ["001", "2"]}),
    "months": pd.Series(
        [1.0, 2.0], index=pd.date_range("2024-01-01", periods=2, freq="MS", name="month"), name="v"
    ),
    "no name": pd.Series([1, 2, 3]),
    "two columns of a name": pd.DataFrame([[1, 2]], columns=["a", "a"]),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_read_back_as_it_was(name: str, tmp_path: Path, fresh_data: None) -> None:
    keeper = keeper_in(tmp_path)

    kept = keeper.keep(TABLES[name], "step/table")

    again = keeper.evaluate(kept["text"], kept["imports"])
    expected = TABLES[name]
    assert digests.describe(again)["digest"] == digests.describe(expected)["digest"]
    recorded.assert_same(again, expected)


@pytest.mark.parametrize(
    "value",
    [
        pd.DataFrame({"a": [object()]}),
        np.array([object()]), {1: 2, "n": list(range(9999))},
    ],
    ids=["objects", "object array", "odd keys"],
)  # fmt: skip
def test_what_no_file_is_true_to_is_not_kept(value: Any, tmp_path: Path, fresh_data: None) -> None:
    keeper = keeper_in(tmp_path)

    assert "text" not in keeper.keep(value, "step/value")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_parts_of_a_value_get_files_of_their_own(tmp_path: Path, fresh_data: None) -> None:
    keeper = keeper_in(tmp_path)
    frames = {"train": pd.DataFrame({"a": range(50)}), "n": 50}

    kept = keeper.keep(frames, "split/frames")

    assert kept["text"] == "{'train': load('split/frames_train.csv'), 'n': 50}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("api_key", "abc"), ("db_password", ["x"]), ("rows", [KEY]), ("t", pd.DataFrame({"k": [KEY] * 40})),
        ("deep", {"a": {"b": KEY}}),
    ],
)  # fmt: skip
def test_secrets_are_never_kept(name: str, value: Any, tmp_path: Path, fresh_data: None) -> None:
    kept = keeper_in(tmp_path).keep(value, "step/value", name)

    assert "secret" in kept["why"]
    assert not any(KEY in path.read_text() for path in tmp_path.rglob("*") if path.is_file())


def test_large_values_are_taken_in_part_and_together() -> None:
    table, labels = pd.DataFrame({"a": range(60_000)}), np.arange(60_000)

    some, shorter = keeping.in_part({"X": table, "y": labels, "small": [1, 2]})

    assert shorter == {"X": [60_000, 200], "y": [60_000, 200]}
    assert some["X"]["a"].tolist() == some["y"].tolist()
    assert some["small"] == [1, 2]


def test_json_stands_on_few_lines() -> None:
    text = value_files.json_text({"a": [1, 2], "b": {"c": list(range(60))}})

    assert text.splitlines()[1] == '  "a": [1, 2],'


# -- comparing


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (1, 2), (1, 1.0), ("a", "b"), (1.0, 1.001), ([1], [1, 2]), ({"a": 1}, {"b": 1}),
        (np.array([1.0]), np.array([1.1])), (np.array([1]), np.array([1.0])), (Account("a", 1.0), Account("a", 2.0)),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [2]})), (pd.Series([1], name="a"), pd.Series([1], name="b")),
        (Basket(), Account("a", 1.0)), (math.nan, 1.0), ((1,), [1]), (pd.Index([1]), pd.Index([2])),
    ],
)  # fmt: skip
def test_what_is_another_value_fails(found: Any, expected: Any) -> None:
    with pytest.raises(AssertionError):
        recorded.assert_same(found, expected)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (0.1 + 0.2, 0.3), (math.nan, math.nan), (np.float64(1), np.float64(1 + 1e-12)), (Basket(), Basket()),
        ({"a": [0.3]}, {"a": [0.1 + 0.2]}), (pd.Series([0.3]), pd.Series([0.1 + 0.2])), (np.array([math.nan]), np.array([math.nan])),
    ],
)  # fmt: skip
def test_rounding_is_no_difference(found: Any, expected: Any) -> None:
    recorded.assert_same(found, expected)


def test_text_may_end_in_other_digits_and_nothing_else() -> None:
    recorded.assert_same_text("loss 0.30000000000000004 of 7", "loss 0.3 of 7")
    for other in ("loss 0.31 of 7", "loss 0.3 of 8", "cost 0.3 of 7"):
        with pytest.raises(AssertionError):
            recorded.assert_same_text(other, "loss 0.3 of 7")


def test_a_summary_of_a_model_tells_what_it_learned() -> None:
    one, same, other = (
        LinearRegression().fit([[1.0], [2.0], [3.0]], y) for y in ([1, 2, 3], [1, 2, 3], [1, 2, 4])
    )

    assert recorded.summary(one) == recorded.summary(same)
    assert recorded.summary(one) != recorded.summary(other)


def test_a_summary_tells_what_has_no_attributes_by_how_it_is_shown() -> None:
    months = [pd.Period(text) for text in ("2024-05", "2024-06")]

    assert recorded.summary(months[0]) != recorded.summary(months[1])


def test_random_generators_go_on_where_they_stood(tmp_path: Path, fresh_data: None) -> None:
    import random

    keeper = keeper_in(tmp_path)
    np.random.seed(1)
    np.random.randn(3)  # an odd number: one is kept for the next call
    version, numbers, gauss = random.getstate()
    state: Any = np.random.get_state()
    keeper.keep([version, list(numbers), gauss], "s/python_random_state")
    keeper.keep(np.array([*state[1], *state[2:]], dtype="float64"), "s/numpy_random_state")
    expected = random.random(), np.random.randn(2).tolist()

    recorded.restore_random_state("s/numpy_random_state.npy", "s/python_random_state.json")

    assert (random.random(), np.random.randn(2).tolist()) == expected


# -- hooks


class Heard:
    def __init__(self) -> None:
        self.told: list[Any] = []

    def entered(self, name: str, variables: dict[str, Any]) -> Any:
        self.told.append((name, dict(variables)))
        return len(self.told)

    def left(self, call: Any, value: Any) -> Any:
        self.told.append((call, value))
        return value


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("def f(a, b=2):\n    'doc'\n    return a + b\nx = f(1)", [("m:f", {"a": 1, "b": 2}), (1, 3)]),
        ("def f(a):\n    if a:\n        return 1\nx = f(0)", [("m:f", {"a": 0}), (1, None)]),
        ("def f():\n    g = lambda: 5\n    def h():\n        return 6\n    return g() + h()\nx = f()", [("m:f", {}), (1, 11)]),
        ("class A:\n    def f(self, a):\n        return a\nx = A().f(4)", 2),
        ("def f():\n    yield 1\nx = list(f())", []),
        ("def f():\n    return sorted(locals())\nx = f()", []),
        ("def deco(g):\n    return g\n@deco\ndef f(): return 1\nx = f()", 2),
    ],
)  # fmt: skip
def test_hooks_hear_calls_and_change_nothing(source: str, told: Any) -> None:
    plain: dict[str, Any] = {}
    exec(source, plain)
    heard = Heard()
    space: dict[str, Any] = {call_hooks.HOOK: heard}

    exec(compile(call_hooks.hooked(ast.parse(source), "m"), "m", "exec"), space)

    assert space["x"] == plain["x"]
    assert (len(heard.told) if isinstance(told, int) else heard.told) == told
    assert [f.__doc__ for f in (space.get("f"),) if f] == [
        f.__doc__ for f in (plain.get("f"),) if f
    ]


# -- what they share


@pytest.fixture
def fresh_data(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The folder that `recorded` reads from is that of one test."""
    monkeypatch.setattr(recorded, "DATA", recorded.DATA)
    yield


def keeper_in(folder: Path) -> Any:
    modules: dict[str, Any] = {
        "recorded_values": recorded, "expressions": expressions, "value_files": value_files,
    }  # fmt: skip
    find: Callable[[str], Any] = modules.__getitem__
    from nb2pkg.checks import SECRET_PATTERNS

    return keeping.Keeper(str(folder), __name__, digests.describe, find, SECRET_PATTERNS)


def test_figures_are_told_by_what_they_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "recorded_values", recorded)
    from matplotlib import pyplot as plt

    from nb2pkg.observers.recorded_figures import Drawn

    def drawn(title: str = "t", colour: str = "red", width: int = 4, last: int = 3) -> Any:
        with Drawn() as seen:
            _, axes = plt.subplots(figsize=(width, 3))
            axes.plot([1, 2, last], [1, 4, 9], color=colour)
            axes.bar([1, 2], [3, 4])
            axes.set_title(title)
            plt.show()
            plt.figure()
            plt.scatter([1], [2])
            return seen.figures()

    first = drawn()

    assert len(first) == 2
    assert drawn() == first
    for change in ({"title": "u"}, {"colour": "blue"}, {"width": 5}, {"last": 4}):
        assert drawn(**change) != first, change
