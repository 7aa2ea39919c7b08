"""When clocks are put forward and back."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from nb2pkg.scheduling.clock_changes import ClockChange, changes_in_year

HOUR = timedelta(hours=1)


def change(at: str, before: float, after: float) -> ClockChange:
    return ClockChange(datetime.fromisoformat(at), before * HOUR, after * HOUR)


@pytest.mark.parametrize(
    ("zone", "year", "changes"),
    [
        ("UTC", 2026, []),
        ("Europe/Stockholm", 2026, [change("2026-03-29T01:00", 1, 2), change("2026-10-25T01:00", 2, 1)]),
        ("Australia/Lord_Howe", 2026, [change("2026-04-04T15:00", 11, 10.5), change("2026-10-03T15:30", 10.5, 11)]),
        ("Asia/Kathmandu", 1985, [change("1985-12-31T18:30", 5.5, 5.75)]),
        ("America/St_Johns", 2011, [change("2011-03-13T03:31", -3.5, -2.5), change("2011-11-06T04:30", -2.5, -3.5)]),
        ("Pacific/Apia", 2011, [
            change("2011-04-02T14:00", -10, -11), change("2011-09-24T14:00", -11, -10),
            change("2011-12-30T10:00", -10, 14),
        ]),
    ],
)  # fmt: skip
def test_they_are_those_of_the_database(zone: str, year: int, changes: list[ClockChange]) -> None:
    assert list(changes_in_year(ZoneInfo(zone), year)) == changes


def test_a_fixed_distance_has_none() -> None:
    assert changes_in_year(timezone(timedelta(hours=5)), 2026) == ()


def test_a_change_at_new_year_is_that_of_one_year() -> None:
    found = [
        c for year in range(1940, 2030) for c in changes_in_year(ZoneInfo("Africa/Tripoli"), year)
    ]

    assert len({c.at for c in found}) == len(found)
    assert all(a.after == b.before for a, b in itertools.pairwise(found))
