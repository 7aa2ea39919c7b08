"""When are the clocks of a time zone put forward or back, and by how much?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache

# Nowhere were clocks changed and changed back within half a day.
_STRIDE = timedelta(hours=12)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ClockChange:
    """A change of a zone's clocks: when, in UTC, and how far they are from UTC before and after it."""

    at: datetime
    before: timedelta
    after: timedelta

    @property
    def forward(self) -> timedelta:
        """How much time the clocks skip; below zero where they repeat some."""
        return self.after - self.before


@lru_cache(maxsize=4096)
def changes_in_year(zone: tzinfo, year: int) -> tuple[ClockChange, ...]:
    """The changes of a year, in UTC's reckoning, the first first."""
    return tuple(_changes(zone, datetime(year, 1, 1), datetime(year + 1, 1, 1)))


def offset_at(zone: tzinfo, moment: datetime) -> timedelta:
    """How far a zone's clocks are from UTC at a moment, given in UTC and without a zone."""
    offset = moment.replace(tzinfo=timezone.utc).astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _changes(zone: tzinfo, begin: datetime, end: datetime) -> Iterator[ClockChange]:
    """Python's zones tell offsets, and not when these change: steps are taken until one does."""
    moment, offset = begin, offset_at(zone, begin)
    while moment < end:
        later = min(moment + _STRIDE, end)
        if offset_at(zone, later) == offset:
            moment = later
            continue
        moment = _first_other(zone, offset, moment, later)
        before, offset = offset, offset_at(zone, moment)
        yield ClockChange(moment, before, offset)


def _first_other(zone: tzinfo, offset: timedelta, before: datetime, after: datetime) -> datetime:
    """The second at which an offset ends that holds at `before` and no longer at `after`."""
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if offset_at(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after
