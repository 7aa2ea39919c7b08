"""How many seconds a duration stands for, and how one is shown."""

from __future__ import annotations

import math

import pytest

from nb2pkg.pipeline.durations import LONGEST_SECONDS, seconds_of, shown

DURATIONS: dict[str, tuple[object, float]] = {
    "int": (90, 90.0),
    "float": (0.5, 0.5),
    "a year": (LONGEST_SECONDS, LONGEST_SECONDS),
    "number in text": (" 90 ", 90.0),
    "seconds": ("30s", 30.0),
    "milliseconds": ("250 ms", 0.25),
    "minutes": ("30m", 1800.0),
    "min": ("2min", 120.0),
    "hours": ("1.5h", 5400.0),
    "days": ("1d", 86400.0),
    "several": ("1h 30m", 5400.0),
    "without space": ("1h30m15s", 5415.0),
}


@pytest.mark.parametrize(("duration", "seconds"), DURATIONS.values(), ids=DURATIONS.keys())
def test_a_duration_is_a_number_of_seconds(duration: object, seconds: float) -> None:
    assert seconds_of(duration) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "duration",
    [
        0, -1, 0.0, math.nan, math.inf, -math.inf, 10**400, LONGEST_SECONDS + 1, True, False, None, [], {},
        "", "  ", "0", "0s", "-1s", "1e3", "1e400", "inf", "s", "h1", "soon", "1:30", "1h30", "1h 30", "90 90",
        "5 30m", "1.s", ".5h", "１h", "367d", "9" * 49 + "s", "1s" * 25, "1 hour", "1h;",
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_duration_above_zero_and_up_to_a_year_is_none(duration: object) -> None:
    assert seconds_of(duration) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (0.3, "0.3 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (12.4, "12 s"),
        (59.4, "59 s"),
        (59.6, "1 m"),
        (200, "3 m 20 s"),
        (3599.4, "59 m 59 s"),
        (3599.6, "1 h"),
        (7500, "2 h 5 m"),
        (90000, "25 h"),
    ],
)
def test_a_duration_is_shown_as_people_say_it(seconds: float, text: str) -> None:
    assert shown(seconds) == text
