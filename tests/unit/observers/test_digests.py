"""Equal values have equal digests, whoever computes them; others have others."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter, OrderedDict, defaultdict, deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nb2pkg.observers.digests import describe

MAKERS = {
    "int": "1", "float": "0.1 + 0.2", "text": "'é'", "none": "None", "nan": "float('nan')",
    "list": "[1, 'a', None]", "nested": "{'a': [1, {2, 3}], (1, 2): b'x'}", "set": "{'x', 'y', 'z'}",
    "array": "np.arange(12).reshape(3, 4)[:, ::2]", "records": "np.zeros(2, dtype=[('a', 'i4'), ('b', 'U3')])",
    "masked": "np.ma.array([1, 2, 3], mask=[0, 1, 0])", "objects": "np.array(['a', None], dtype=object)",
    "frame": "pd.DataFrame({'a': [1, 2], 'b': ['x', None]}, index=pd.Index([3, 4], name='i'))",
    "categories": "pd.Series(['a', 'b', 'a'], dtype='category')",
    "times": "pd.DataFrame({'t': pd.date_range('2020', periods=3, tz='UTC')})",
    "nullable": "pd.Series([1, None], dtype='Int64')", "multi": "pd.MultiIndex.from_product([[1, 2], list('ab')])",
    "periods": "pd.Series(pd.period_range('2020', periods=2, freq='M'))",
    "sparse": "scipy.sparse.random(9, 9, 0.3, random_state=1)",
    "model": "LinearRegression().fit([[0.], [1.]], [0., 2.])",
    "forest": "RandomForestClassifier(3, random_state=0).fit(np.arange(20.).reshape(10, 2), [0, 1] * 5)",
    "generator": "np.random.default_rng(3)", "counter": "Counter('hello')",
}  # fmt: skip
_IMPORTS = (
    "import numpy as np, pandas as pd, scipy.sparse\nfrom collections import Counter\n"
    "from sklearn.linear_model import LinearRegression\n"
    "from sklearn.ensemble import RandomForestClassifier\n"
)


def test_another_process_tells_the_same() -> None:
    program = (
        f"import sys, json\nsys.path.insert(0, 'src')\n{_IMPORTS}"
        "from nb2pkg.observers.digests import describe\n"
        f"print(json.dumps({{name: describe(eval(text)) for name, text in {MAKERS!r}.items()}}))"
    )
    told = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", program],
                env={"PYTHONHASHSEED": seed},
                capture_output=True,
                check=True,
            ).stdout
        )
        for seed in ("1", "2")
    ]

    assert told[0] == told[1]
    digests = [node["digest"] for node in told[0].values()]
    assert len(set(digests)) == len(digests)
    assert not any("not_compared" in node for node in told[0].values())


FRAME = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        (0.0, -0.0),
        (0.1 + 0.2, 0.3),
        ("a", b"a"),
        ([1, 2], [2, 1]),
        ([1, 2], (1, 2)),
        ([[1], 2], [1, [2]]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (list(range(1000)), [*range(999), 998]),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (np.array([1, 2]), np.array([[1, 2]])),
        (np.array([1, 2], "i4"), np.array([1, 2], "i8")),
        (np.array(["a"], object), np.array(["b"], object)),
        (FRAME, FRAME.rename(columns={"a": "c"})),
        (FRAME, FRAME.set_index("a")),
        (FRAME, FRAME[["b", "a"]]),
        (FRAME, FRAME.astype({"a": "float64"})),
        (FRAME, FRAME.iloc[::-1]),
        (FRAME["a"], FRAME["a"].rename("z")),
        (FRAME["b"].astype("category"), FRAME["b"].astype(pd.CategoricalDtype(["y", "x"]))),
        (Counter("aab"), dict(Counter("aab"))),
        (OrderedDict(a=1), {"a": 1}),
        (defaultdict(list, a=[1]), defaultdict(list, a=[2])),
        (deque([1], maxlen=2), deque([1, 2], maxlen=2)),
        (np.random.default_rng(1), np.random.default_rng(2)),
        (np.random.RandomState(1), np.random.RandomState(2)),
        (pd.Timestamp("2020"), pd.Timestamp("2021")),
        (len, max),
    ],
)
def test_what_is_not_the_same_is_told_apart(one: Any, other: Any) -> None:
    assert describe(one)["digest"] != describe(other)["digest"]


@dataclass
class Point:
    x: int
    y: Any = None


class Slotted:
    __slots__ = ("a",)

    def __init__(self, a: int) -> None:
        self.a = a


def test_objects_are_told_by_their_state_and_bare_class() -> None:
    elsewhere = type("Point", (), {})()
    elsewhere.__dict__.update(x=1, y=None)

    assert describe(Point(1)) == describe(elsewhere)
    assert describe(Point(1))["digest"] != describe(Point(2))["digest"]
    assert describe(Slotted(1))["digest"] != describe(Slotted(2))["digest"]
    assert list(describe(Point(1))["parts"]) == [".x", ".y"]


def test_circles_and_depth_come_to_an_end() -> None:
    circle: list[Any] = [1]
    circle.append(circle)
    other: list[Any] = [2]
    other.append(other)
    deep: Any = 0
    for _ in range(100):
        deep = [deep]

    assert describe(circle)["digest"] != describe(other)["digest"]
    assert any("too deep" in reason for reason in describe(deep)["inside"])


def test_what_no_digest_can_tell_is_said_and_where() -> None:
    told = describe({"rows": [1, (n for n in "ab")], "lock": threading.Lock()})

    assert told["inside"] == [
        "['rows'][1]: a generator is used up by looking at it",
        "['lock']: it is bound to its process",
    ]


def test_looking_changes_nothing() -> None:
    class Counting:
        looks = 0

        def __getattr__(self, name: str) -> Any:
            Counting.looks += 1
            raise AttributeError(name)

    lines = iter([1, 2])
    values = [lines, Counting(), FRAME]

    describe(values)

    assert list(lines) == [1, 2]


def test_a_value_that_cannot_be_looked_at_is_not_compared() -> None:
    class Hostile:
        @property
        def __dict__(self) -> Any:  # type: ignore[override]
            raise RuntimeError("no")

    assert describe(Hostile())["not_compared"] == "looking at it raises RuntimeError"


def test_parts_say_where_frames_differ() -> None:
    one, other = describe(FRAME), describe(FRAME.assign(a=[1, 3]))

    differing = [name for name in one["parts"] if one["parts"][name] != other["parts"][name]]
    assert differing == ["column 'a'"]


def test_a_path_is_what_it_says_however_often_it_was_shown() -> None:
    one, other = Path("a/b"), Path("a/b")
    str(one), one.name, hash(one)

    assert describe(one)["digest"] == describe(other)["digest"] != describe(Path("a/c"))["digest"]


def test_times_are_compared_by_what_they_are() -> None:
    assert describe(pd.Timedelta("2h")) == describe(pd.Timedelta("120min"))
    assert describe(pd.Timedelta("2h"))["digest"] != describe(pd.Timedelta("3h"))["digest"]
    assert describe(pd.Period("2024-05"))["digest"] != describe(pd.Period("2024-06"))["digest"]
