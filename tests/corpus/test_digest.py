"""Values that a user would call equal have one digest, others do not, in every process alike."""

import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped,unused-ignore]
import pytest

from .digest import _nb2pkg_digest
from .digest_cell import digest_cell, read_digests, without_digests

digest: Callable[[Any], str] = _nb2pkg_digest


def frame(**changes: Any) -> pd.DataFrame:
    """Make a small frame, changed where asked."""
    columns = {"a": [1, 2], "b": ["x", None], "c": [0.5, float("nan")]}
    return pd.DataFrame({**columns, **changes})


class Report:
    """A report that computes its text when somebody looks."""

    @cached_property
    def text(self) -> str:
        """Give the text."""
        return "done"


def looked_at(report: Report) -> Report:
    """Look at the report, and give it back."""
    assert report.text
    return report


def a_class_called(module: str) -> Any:
    """Make an object of a class `Model` that says it lives in `module`."""
    return type("Model", (), {"__module__": module})()


DIFFERENT: dict[str, tuple[Any, Any]] = {
    "int and float": (1, 1.0),
    "an element": ([1, [2]], [1, [3]]),
    "a list and a tuple": ([1], (1,)),
    "dict order": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "an array's dtype": (np.array([1, 2], "i4"), np.array([1, 2], "i8")),
    "an array's shape": (np.zeros((2, 3)), np.zeros((3, 2))),
    "a cell of a frame": (frame(), frame(a=[1, 3])),
    "a missing value": (frame(), frame(b=["x", "None"])),
    "a column's dtype": (frame(), frame(a=[1.0, 2.0])),
    "a column's name": (frame(), frame().rename(columns={"a": "A"})),
    "a frame's index": (frame(), frame().set_axis([1, 2])),
    "a series' name": (pd.Series([1], name="a"), pd.Series([1], name="b")),
    "an attribute deep inside": (
        SimpleNamespace(model=SimpleNamespace(coef=[1.0])),
        SimpleNamespace(model=SimpleNamespace(coef=[1.1])),
    ),
    "a generator's state": (np.random.default_rng(1), np.random.default_rng(2)),
    "a subclass of a container": ({"a": 1}, OrderedDict(a=1)),
}

ALIKE: dict[str, tuple[Any, Any]] = {
    "frames": (frame(), frame()),
    "sets": ({"a", "b", "c"}, {"c", "b", "a"}),
    "addresses in a text": ("<Model at 0x7f00aa11>", "<Model at 0x7f00bb22>"),
    "a class that moved": (a_class_called("__main__"), a_class_called("churn.steps.train")),
    "an object somebody looked at": (Report(), looked_at(Report())),
    "plain objects": (object(), object()),
    "lambdas": (lambda: 1, lambda: 1),
    "iterators": (iter([1]), iter([2])),
}


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=DIFFERENT)
def test_a_difference_that_a_user_would_see_shows(pair: tuple[Any, Any]) -> None:
    assert digest(pair[0]) != digest(pair[1])


@pytest.mark.parametrize("pair", ALIKE.values(), ids=ALIKE)
def test_what_a_user_would_call_equal_has_one_digest(pair: tuple[Any, Any]) -> None:
    assert digest(pair[0]) == digest(pair[1])


def test_a_value_that_holds_itself_has_a_digest() -> None:
    ring: list[Any] = [1]
    ring.append(ring)

    assert len(digest(ring)) == 16


@dataclass
class Broken:
    """An object that fails whoever looks."""

    look: Callable[[], None] = print

    def __getattribute__(self, name: str) -> Any:
        """Fail."""
        raise RuntimeError(name)


def test_an_object_that_cannot_be_looked_at_has_a_digest() -> None:
    assert len(digest(Broken())) == 16


def test_the_cell_prints_the_digests_of_its_variables_in_any_process() -> None:
    cell = digest_cell(["rows", "group"])
    program = f"rows = {{'b', 'a'}}\ngroup = [object()]\n{cell}"
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]

    assert read_digests(runs[0]) == read_digests(runs[1])
    assert list(read_digests(runs[0])) == ["rows", "group"]


def test_digest_lines_are_told_apart_from_what_the_notebook_prints() -> None:
    text = "one\nno endDIGEST x 0123456789abcdef\nDIGEST y 0123456789abcdef\n\ntwo"

    assert read_digests(text) == dict.fromkeys("xy", "0123456789abcdef")
    assert without_digests(text) == "one\nno end\n\ntwo"
