"""What Debian's cron does, minute by minute: told once more, and slowly, to compare with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1)
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Clock:
    """What a clock on the wall shows in each minute from a moment on, in minutes since 1970."""

    begin: datetime
    walls: Sequence[int]


def clock_of(zone: str, begin: datetime, end: datetime) -> Clock:
    """The clock of a zone between two moments, which are in UTC and have no zone."""
    info = ZoneInfo(zone)
    walls = []
    moment = begin
    while moment < end:
        wall = moment.replace(tzinfo=timezone.utc).astimezone(info).replace(tzinfo=None)
        walls.append((wall - EPOCH) // timedelta(minutes=1))
        moment += timedelta(minutes=1)
    return Clock(begin, walls)


def jumps(clock: Clock) -> list[int]:
    """The minutes, counted from the beginning, at which the clock does not just go on."""
    return [i for i in range(1, len(clock.walls)) if clock.walls[i] != clock.walls[i - 1] + 1]


def fires_of(text: str, clock: Clock) -> list[datetime]:
    """The moments after its beginning at which cron starts a job, once each, in UTC."""
    table = _Table(text)
    found = []
    virtual = clock.walls[0]
    for minute, now in enumerate(clock.walls):
        behind = now - virtual
        if behind == 1:
            virtual = now
            runs = table.fits(now)
        elif minute == 0:
            runs = False
        elif -180 < behind <= 0:
            runs = table.is_wild and table.fits(now)
        elif 0 < behind <= 5:
            runs = any(table.fits(wall) for wall in range(virtual + 1, now + 1))
            virtual = now
        elif 5 < behind <= 180:
            missed = range(virtual + 1, now + 1)
            runs = table.fits(now) if table.is_wild else any(table.fits(wall) for wall in missed)
            virtual = now
        else:
            virtual = now
            runs = table.fits(now)
        if runs:
            found.append((clock.begin + timedelta(minutes=minute)).replace(tzinfo=timezone.utc))
    return found


class _Table:
    """One line of a crontab."""

    def __init__(self, text: str) -> None:
        fields = text.split()
        self._sets = [set(_numbers(f, *r)) for f, r in zip(fields, _RANGES, strict=True)]
        if self._sets[4] & {0, 7}:
            self._sets[4] |= {0, 7}
        self.is_wild = fields[0][0] == "*" or fields[1][0] == "*"
        self._both = fields[2][0] == "*" or fields[4][0] == "*"
        self._minutes = {60 * h + m for h in self._sets[1] for m in self._sets[0]}
        self._days: dict[int, bool] = {}

    def fits(self, wall: int) -> bool:
        day, minute = divmod(wall, _DAY_MINUTES)
        if minute not in self._minutes:
            return False
        if day not in self._days:
            self._days[day] = self.has_day(EPOCH.date() + timedelta(days=day))
        return self._days[day]

    def has_day(self, day: date) -> bool:
        in_month, in_week = day.day in self._sets[2], day.isoweekday() in self._sets[4]
        is_day = (in_month and in_week) if self._both else (in_month or in_week)
        return is_day and day.month in self._sets[3]


def days_of(text: str, begin: date, count: int) -> list[date]:
    """Which of so many days a line of a crontab names."""
    table = _Table(text)
    days = (begin + timedelta(days=n) for n in range(count))
    return [day for day in days if table.has_day(day)]


def _numbers(field: str, low: int, high: int) -> Iterator[int]:
    for item in field.split(","):
        span, _, step = item.partition("/")
        first, _, last = (f"{low}-{high}" if span == "*" else span).partition("-")
        begin = _number(first)
        yield from range(begin, _number(last or first) + 1, int(step or 1))


def _number(text: str) -> int:
    if text in _MONTHS:
        return _MONTHS.index(text) + 1
    return _WEEKDAYS.index(text) if text in _WEEKDAYS else int(text)
