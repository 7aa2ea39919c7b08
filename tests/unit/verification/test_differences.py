"""Where two values part, and how far they may be apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from nb2pkg.observers.digests import describe
from nb2pkg.verification import Tolerance
from nb2pkg.verification.differences import EXACT, differences


def told(expected: Any, found: Any, tolerance: Tolerance = EXACT) -> list[tuple[Any, ...]]:
    nodes = describe(expected, detailed=True), describe(found, detailed=True)
    return [(d.path, d.count, d.elements) for d in differences("v", *nodes, tolerance=tolerance)]


FRAME = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": ["x", "y", "z"]})


@pytest.mark.parametrize(
    ("expected", "found", "places"),
    [
        (np.zeros((2, 3)), np.array([[0, 0, 0], [0, 5.0, 0]]), [("v", (1, 6), (("[1, 1]", "0.0", "5.0"),))]),
        (FRAME, FRAME.assign(a=[1, 2, 9.0]), [("v column 'a'", (1, 3), (("[2]", "3.0", "9.0"),))]),
        (FRAME, FRAME.assign(b=["x", "?", "z"]), [("v column 'b'", (1, 3), (("[1]", "'y'", "'?'"),))]),
        (FRAME["a"], FRAME["a"] + [0, 0, 1], [("v values", (1, 3), (("[2]", "3.0", "4.0"),))]),
        (list(range(300)), [*range(299), 0], [("v", (1, 300), (("[299]", "299", "0"),))]),
        ({"k": [1, 2]}, {"k": [1, 3]}, [("v['k'][1]", None, ())]),
        (np.zeros(2), np.zeros(3), [("v", None, ())]),
        (FRAME, FRAME.iloc[:2], None),
    ],
)  # fmt: skip
def test_the_innermost_place_and_its_first_elements(expected: Any, found: Any, places: Any) -> None:
    answer = told(expected, found)

    assert answer
    assert places is None or answer == places


@pytest.mark.parametrize(
    ("expected", "found", "tolerance", "is_same"),
    [
        (1.0, 1.0 + 1e-9, Tolerance(relative=1e-8), True),
        (1.0, 1.0 + 1e-7, Tolerance(relative=1e-8), False),
        (np.ones(3), np.ones(3) + 1e-9, Tolerance(absolute=1e-8), True),
        (np.ones(3), np.array([1, 1, 2.0]), Tolerance(absolute=1e-8), False),
        (FRAME, FRAME.assign(a=FRAME["a"] + 1e-9), Tolerance(absolute=1e-8), True),
        (FRAME, FRAME.assign(a=FRAME["a"] + 1e-9, b="q"), Tolerance(absolute=1e-8), False),
        ({"k": [1.0, "x"]}, {"k": [1.0 + 1e-9, "x"]}, Tolerance(relative=1e-8), True),
        (True, False, Tolerance(absolute=5), False),
        ("1.0", "1.1", Tolerance(absolute=5), False),
        (np.array([np.nan, 1.0]), np.array([np.nan, 1.0 + 1e-9]), Tolerance(relative=1e-8), True),
        (np.float64(2), np.float64(2 + 1e-9), Tolerance(relative=1e-8), True),
        (1, 1.0, Tolerance(absolute=5), False),
    ],
)
def test_numbers_may_be_a_little_apart_and_nothing_else(
    expected: Any, found: Any, tolerance: Tolerance, is_same: bool
) -> None:
    assert (told(expected, found, tolerance) == []) is is_same


class Model:
    def __init__(self, cached: Any, fitted: int = 1) -> None:
        self._prediction_data = cached
        self.fitted_ = fitted


def test_what_an_object_keeps_from_a_look_is_told_as_such() -> None:
    nodes = describe(Model(None)), describe(Model([1, 2]))
    [kept] = differences("m", *nodes)

    assert kept.is_kept_look
    assert [d.path for d in differences("m", describe(Model([1])), describe(Model([1], 2)))] == [
        "m.fitted_"
    ]
    [other] = differences("m", describe(Model([1])), describe(Model([2])))
    assert not other.is_kept_look
