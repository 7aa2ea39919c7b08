"""At which moments an expression fires, where clocks are changed and where they are not."""

from __future__ import annotations

import itertools
import os
import time
from bisect import bisect_right
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from nb2pkg.scheduling import CronExpression, fires, next_fire, read_expression
from tests.unit.scheduling.cron_loop import Clock, clock_of, days_of, fires_of, jumps

WHOLE_GRID = os.environ.get("NB2PKG_CRON_GRID") == "all"
UTC = timezone.utc
# Two years each, in which something happens: half an hour, a day that was skipped, a quarter of an hour
# forward, changes a minute after midnight, a month off each year, leap days, three hours at once.
ZONES = {
    "Europe/Stockholm": 2024,
    "America/New_York": 2026,
    "Australia/Lord_Howe": 2025,
    "Pacific/Apia": 2011,
    "Asia/Kathmandu": 1985,
    "America/St_Johns": 2010,
    "Africa/Casablanca": 2024,
    "UTC": 2024,
    "Antarctica/Casey": 2009,
}
EXPRESSIONS = [
    "* * * * *", "*/5 * * * *", "*/7 * * * *", "*/15 * * * *", "*/30 * * * *", "0 * * * *", "59 * * * *",
    "1,31 * * * *", "0-59 * * * *", "0-59/20 0-23 * * *", "0-59 0-23 * * *", "*/10 2 * * *", "*/30 0-3 * * *",
    "*/20 23 * * *", "0 */2 * * *", "30 */3 * * *", "0 */1 * * *", "15 1-4 * * *", "15 1-4/2 * * *", "0 0 * * *",
    "1 0 * * *", "5 0 * * *", "30 0 * * *", "0 1 * * *", "30 1 * * *", "0 2 * * *", "30 2 * * *", "59 2 * * *",
    "0 3 * * *", "0,15,30,45 1,2,3 * * *", "30 23 * * *", "59 23 * * *", "0 12 * * 1-5", "30 2 * * sun", "0 2 * * 7",
    "0 9 1,15 * *", "0 0 13 * fri", "0 0 */10 * 1", "0 0 1-7 * */7", "30 2 29 2 *", "0 4 31 * *", "15 2 * mar,oct 0",
    "0 0 1 1 *", "45 1 28-31 3,10 *", "* 2 * * 0",
]  # fmt: skip


def clocks(zone: str) -> list[Clock]:
    """Two years of a clock; without the environment variable only the days around its jumps, and a few more."""
    year = ZONES[zone]
    begin, end = datetime(year, 1, 1), datetime(year + 2, 1, 1)
    if WHOLE_GRID:
        return [clock_of(zone, begin, end)]
    hours = clock_of(zone, begin, begin + timedelta(days=3))
    found = [hours]
    info = ZoneInfo(zone)
    day = timedelta(days=1)
    moment = begin + 3 * day
    while moment < end:
        before, after = ((moment + n * day).replace(tzinfo=UTC).astimezone(info) for n in (0, 1))
        if before.utcoffset() != after.utcoffset():
            found.append(clock_of(zone, moment - day, moment + 2 * day))
        moment += day
    return found


def fires_between(
    expression: CronExpression, zone: str, after: datetime, until: datetime
) -> list[datetime]:
    found = fires(expression, ZoneInfo(zone), after.replace(tzinfo=UTC))
    return list(itertools.takewhile(lambda moment: moment < until.replace(tzinfo=UTC), found))


@pytest.mark.parametrize("zone", ZONES)
def test_it_fires_when_cron_does(zone: str) -> None:
    for clock in clocks(zone):
        end = clock.begin + timedelta(minutes=len(clock.walls))
        for text in EXPRESSIONS:
            found = fires_between(read_expression(text), zone, clock.begin, end)

            assert found == fires_of(text, clock), text


@pytest.mark.parametrize("zone", ZONES)
def test_where_one_starts_to_look_makes_no_difference(zone: str) -> None:
    info = ZoneInfo(zone)
    for clock in clocks(zone):
        for text in EXPRESSIONS[::3]:
            expected = fires_of(text, clock)
            expression = read_expression(text)
            for jump in jumps(clock):
                for minutes in (0, *range(-100, 240, 17)):
                    after = clock.begin + timedelta(
                        minutes=jump + minutes, seconds=minutes % 3 * 20
                    )
                    place = bisect_right(expected, after.replace(tzinfo=UTC))
                    if place < len(expected):
                        found = next_fire(expression, info, after.replace(tzinfo=UTC))

                        assert found == expected[place], (text, after)


DAYS = [
    "0 0 29 2 *",
    "0 0 13 * 5",
    "0 0 29 2 */7",
    "0 0 31 * */6",
    "0 0 * 2 0",
    "0 0 30 4,6 mon",
    "0 0 */9 11 */3",
]


@pytest.mark.parametrize("text", DAYS)
def test_rare_days_are_found_in_a_hundred_and_fifty_years(text: str) -> None:
    begin, count = date(1999, 12, 31), 55_000
    expected = days_of(text, begin + timedelta(days=1), count)

    after = datetime(begin.year, begin.month, begin.day, 12, tzinfo=UTC)
    found = itertools.islice(fires(read_expression(text), UTC, after), len(expected))

    assert [moment.date() for moment in found] == expected


def in_zone(text: str, zone: str, after: str, count: int) -> list[str]:
    """What fires after a moment in UTC, as the zone's clocks show it."""
    info = ZoneInfo(zone)
    found = fires(read_expression(text), info, datetime.fromisoformat(after).replace(tzinfo=UTC))
    return [f"{moment.astimezone(info):%d %H:%M%z}" for moment in itertools.islice(found, count)]


CHANGES = {
    "fixed time that is skipped": (
        "30 2 * * *", "Europe/Stockholm", "2026-03-28T00:00", ["28 02:30+0100", "29 03:00+0200", "30 02:30+0200"],
    ),
    "fixed times that are skipped are one": (
        "0,30 2,3 * * *", "Europe/Stockholm", "2026-03-28T12:00", ["29 03:00+0200", "29 03:30+0200", "30 02:00+0200"],
    ),
    "interval while an hour is skipped": (
        "*/30 * * * *", "Europe/Stockholm", "2026-03-29T00:15", ["29 01:30+0100", "29 03:00+0200", "29 03:30+0200"],
    ),
    "interval at a certain hour that is skipped": (
        "*/30 2 * * *", "Europe/Stockholm", "2026-03-28T12:00", ["30 02:00+0200", "30 02:30+0200"],
    ),
    "fixed time that comes twice": (
        "30 2 * * *", "Europe/Stockholm", "2026-10-24T12:00", ["25 02:30+0200", "26 02:30+0100"],
    ),
    "fixed time after its first time": (
        "30 2 * * *", "Europe/Stockholm", "2026-10-25T00:30", ["26 02:30+0100"],
    ),
    "fixed time seen from the second time": (
        "30 2 * * *", "Europe/Stockholm", "2026-10-25T01:10", ["26 02:30+0100"],
    ),
    "interval while an hour is repeated": (
        "*/30 * * * *", "Europe/Stockholm", "2026-10-25T00:15",
        ["25 02:30+0200", "25 02:00+0100", "25 02:30+0100", "25 03:00+0100"],
    ),
    "half an hour": ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00", ["04 02:30+1100", "05 02:15+1100"]),
    "day that never was": (
        "30 9 * * *", "Pacific/Apia", "2011-12-29T00:00", ["29 09:30-1000", "31 09:30+1400", "01 09:30+1400"],
    ),
    "three hours forward are a correction": (
        "30 3 * * *", "Antarctica/Casey", "2011-10-27T00:00", ["29 03:30+1100", "30 03:30+1100"],
    ),
    "three hours back hold back": (
        "30 23 * * *", "Antarctica/Casey", "2010-03-04T00:00", ["04 23:30+1100", "05 23:30+0800"],
    ),
    "midnight that is skipped": (
        "0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00", ["04 01:00-0200", "05 00:00-0200"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "zone", "after", "expected"), CHANGES.values(), ids=CHANGES)
def test_what_a_change_of_the_clocks_does(
    text: str, zone: str, after: str, expected: list[str]
) -> None:
    assert in_zone(text, zone, after, len(expected)) == expected


def test_a_leap_day_on_a_weekday_may_take_forty_years() -> None:
    after = datetime(2088, 3, 1, tzinfo=UTC)

    found = next_fire(read_expression("0 0 29 2 */7"), ZoneInfo("America/New_York"), after)

    assert found == datetime(2128, 2, 29, 5, tzinfo=UTC)


def test_what_never_comes_ends() -> None:
    never = CronExpression(
        minutes=(0,), hours=(0,), days=(31,), months=(2,), weekdays=(0,), stars=frozenset({"day"})
    )

    assert next_fire(never, UTC, datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_the_calendar_ends() -> None:
    assert next_fire(read_expression("@yearly"), UTC, datetime(9999, 1, 1, tzinfo=UTC)) is None


def test_a_moment_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        fires(read_expression("@daily"), UTC, datetime(2026, 1, 1))


def test_a_moment_within_a_minute_is_after_it() -> None:
    expression = read_expression("* * * * *")

    for seconds in (0, 0.000001, 59.999999):
        after = datetime(2026, 1, 1, 12, 0, tzinfo=UTC) + timedelta(seconds=seconds)
        assert next_fire(expression, UTC, after) == datetime(2026, 1, 1, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["* * * * *", "0-59 0-23 * * *"])
def test_a_week_of_minutes_takes_no_time(text: str) -> None:
    after = datetime(2026, 3, 25, tzinfo=UTC)
    began = time.process_time()

    for _ in range(20):
        found = fires(read_expression(text), ZoneInfo("Europe/Stockholm"), after)
        assert sum(1 for _ in itertools.islice(found, 7 * 24 * 60 - 60)) == 10020

    # A fifth of a second on a machine of its own: a hundred schedules take a second.
    assert time.process_time() - began < 2
