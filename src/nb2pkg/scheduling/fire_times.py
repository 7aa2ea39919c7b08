"""At which moments does a cron expression fire in a time zone?

By the rules of Debian's cron (`man 8 cron`, and its source where that is more exact). An interval, written
with a `*` at the beginning of its minute or hour, goes by the clock on the wall: nothing while that skips an
hour, and all again while it repeats one. A fixed time fires once: right after the change that skipped it,
and the first time only where it comes twice. A change forward by three hours or more, or back by more than
three, is taken for a correction: what it skips is lost, and what it repeats fires again.
"""

from __future__ import annotations

import calendar
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from nb2pkg.scheduling.clock_changes import ClockChange, changes_in_year, offset_at
from nb2pkg.scheduling.expressions import CronExpression

_NOTHING = timedelta(0)
_MINUTE = timedelta(minutes=1)
_THREE_HOURS = timedelta(hours=3)
_DAY = timedelta(days=1)
# Around 2100, which is no leap year, 29 February comes on a certain weekday after 40 years.
_LONGEST_WAIT_YEARS = 40
_LAST_YEAR = 9998


def next_fire(expression: CronExpression, zone: tzinfo, after: datetime) -> datetime | None:
    """The first moment after `after` at which an expression fires, in UTC; None where there is none.

    Raises:
        ValueError: `after` has no time zone.
    """
    return next(fires(expression, zone, after), None)


def fires(expression: CronExpression, zone: tzinfo, after: datetime) -> Iterator[datetime]:
    """Each moment after `after` at which an expression fires, the first first, without end.

    They are in UTC, since a zone's own times may come twice. Times that a change of the clocks skipped
    fire as one, together with what is due at that moment. It ends where forty years bring none, which
    is so of no expression that was read.

    Raises:
        ValueError: `after` has no time zone.
    """
    if after.utcoffset() is None:
        raise ValueError("the moment has no time zone")
    return _fires(expression, zone, after.astimezone(timezone.utc).replace(tzinfo=None))


# Below, moments are in UTC, and walls are what the clock on the wall shows; neither carries its zone.


def _fires(expression: CronExpression, zone: tzinfo, moment: datetime) -> Iterator[datetime]:
    if moment.year > _LAST_YEAR:
        return
    offset = offset_at(zone, moment)
    reached = _first_wall(expression, zone, moment)
    year = last_year = moment.year
    while year <= min(last_year + _LONGEST_WAIT_YEARS, _LAST_YEAR):
        for change in _changes_after(moment, zone, year):
            for wall in _walls(expression, reached, change.at + offset):
                last_year = year
                yield (wall - offset).replace(tzinfo=timezone.utc)
            reached = max(reached, change.at + offset)
            if _is_made_up_for(expression, reached, change):
                last_year = year
                yield change.at.replace(tzinfo=timezone.utc)
                reached = change.at + change.after + _MINUTE
            elif not _is_held_back(expression, change):
                reached = change.at + change.after
            offset = change.after
        year += 1


def _first_wall(expression: CronExpression, zone: tzinfo, moment: datetime) -> datetime:
    """The first wall, in whole minutes, that is still to come after a moment."""
    wall = moment + offset_at(zone, moment)
    reached = wall.replace(second=0, microsecond=0) + _MINUTE
    for year in sorted({(moment - _THREE_HOURS).year, moment.year}):
        for change in changes_in_year(zone, year):
            if change.at <= moment and _is_held_back(expression, change):
                reached = max(reached, change.at + change.before)
    return reached


def _changes_after(moment: datetime, zone: tzinfo, year: int) -> Iterator[ClockChange]:
    """The changes of a year that come after a moment; the last of them, at its end, changes nothing."""
    yield from (change for change in changes_in_year(zone, year) if change.at > moment)
    end = datetime(year + 1, 1, 1)
    offset = offset_at(zone, end)
    yield ClockChange(end, offset, offset)


def _is_made_up_for(expression: CronExpression, reached: datetime, change: ClockChange) -> bool:
    """Whether a change skips fixed times and is small enough for them to fire right after it."""
    if not expression.is_at_fixed_times or not _NOTHING < change.forward < _THREE_HOURS:
        return False
    return next(_walls(expression, reached, change.at + change.after), None) is not None


def _is_held_back(expression: CronExpression, change: ClockChange) -> bool:
    """Whether what a change repeats does not fire again."""
    return expression.is_at_fixed_times and -_THREE_HOURS <= change.forward < _NOTHING


def _walls(expression: CronExpression, begin: datetime, end: datetime) -> Iterator[datetime]:
    """The times that an expression names, from `begin` on and before `end`."""
    times = _times_of_day(expression.hours, expression.minutes)
    for day in _days(expression, begin, end):
        first = bisect_left(times, begin - day) if day < begin else 0
        last = bisect_left(times, end - day) if end - day < _DAY else len(times)
        for time in times[first:last]:
            yield day + time


@lru_cache(maxsize=256)
def _times_of_day(hours: tuple[int, ...], minutes: tuple[int, ...]) -> tuple[timedelta, ...]:
    return tuple(timedelta(hours=hour, minutes=minute) for hour in hours for minute in minutes)


def _days(expression: CronExpression, begin: datetime, end: datetime) -> Iterator[datetime]:
    """The days that an expression names, those of `begin` and `end` among them, as their midnights."""
    year, month = begin.year, begin.month
    while (year, month) <= (end.year, end.month):
        if month in expression.months:
            for day in _days_of_month(expression, year, month):
                midnight = datetime(year, month, day)
                if begin - _DAY < midnight < end:
                    yield midnight
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _days_of_month(expression: CronExpression, year: int, month: int) -> Iterator[int]:
    # Day 1 of the calendar was a Monday, so that Sundays are the multiples of seven.
    before = date(year, month, 1).toordinal() - 1
    for day in range(1, calendar.monthrange(year, month)[1] + 1):
        fits = (day in expression.days, (before + day) % 7 in expression.weekdays)
        if all(fits) if expression.wants_both_days else any(fits):
            yield day
