"""Which fields of a crontab do words such as `@daily` or `weekdays at 07:30` stand for?"""

from __future__ import annotations

import difflib
import re

from nb2pkg.scheduling.bad_expression import BadExpression

_ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
# Day, month and weekday of what stands before `at`.
_DAYS = {
    "daily": "* * *",
    "every day": "* * *",
    "weekdays": "* * 1-5",
    "every weekday": "* * 1-5",
    "weekends": "* * 0,6",
    "every weekend": "* * 0,6",
    "monthly": "1 * *",
    "every month": "1 * *",
    **{f"{name}s": f"* * {number}" for number, name in enumerate(_WEEKDAYS)},
    **{f"every {name}": f"* * {number}" for number, name in enumerate(_WEEKDAYS)},
}
_EVERY = re.compile(r"every[ \t]+(?:([0-9]+)[ \t]+)?(minute|hour)s?", re.IGNORECASE)
_AT = re.compile(r"(?:([^@]*?)[ \t]+)?at[ \t]+(.*)", re.IGNORECASE)
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_FORMS = (
    "five fields such as 0 2 * * *, or: every 15 minutes, every 2 hours, daily at 07:30, "
    "weekdays at 07:30, mondays at 8:00, monthly at 06:00, @hourly"
)
_TIMES = "write hours and minutes, from 0:00 to 23:59"
_ALIKE = 0.88
_LONGEST_NUMBER = 9
_SHOWN = 40


def fields_of_wording(text: str, offset: int = 0) -> str:
    """The five fields that words stand for, as a crontab has them.

    offset: where the words begin in the whole text, for what is wrong

    Raises:
        BadExpression: nobody knows what they mean, or five fields cannot say it.
    """
    if text.startswith("@"):
        return _alias(text, offset)
    every = _EVERY.fullmatch(text)
    if every is not None:
        return _interval(every, offset)
    at = _AT.fullmatch(text)
    days = " ".join((text if at is None else at[1] or "").lower().split())
    if days not in _DAYS:
        said = f"{_cut(text)!r} is not understood"
        raise BadExpression(said, offset, len(text), _hint(days))
    if at is None:
        hint = f"write {days} at 07:30, say"
        raise BadExpression(f"{_cut(text)!r} says no time of day", offset, len(text), hint)
    return f"{_time_of_day(at[2], offset + at.start(2))} {_DAYS[days]}"


def _alias(text: str, offset: int) -> str:
    name = text.lower()
    if name == "@reboot":
        said = "'@reboot' says no time: a schedule does not hang on when a machine starts"
        raise BadExpression(said, offset, len(text), f"there are {', '.join(_ALIASES)}")
    if name not in _ALIASES:
        close = difflib.get_close_matches(name[:_SHOWN], _ALIASES, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(_ALIASES)}"
        raise BadExpression(f"there is no {_cut(text)!r}", offset, len(text), hint)
    return _ALIASES[name]


def _interval(every: re.Match[str], offset: int) -> str:
    """Every so many minutes or hours; a crontab counts anew in each hour and on each day."""
    unit, whole = ("minute", 60) if every[2].lower() == "minute" else ("hour", 24)
    digits = every[1] or "1"
    number = int(digits) if len(digits) <= _LONGEST_NUMBER else 0
    even = [n for n in range(1, whole + 1) if whole % n == 0]
    if number not in even:
        begins = "each hour" if unit == "minute" else "each day"
        said = f"every {_cut(digits)} {unit}s is not even: cron counts anew with {begins}"
        hint = f"even are {', '.join(map(str, even[:-1]))} and {whole} {unit}s"
        raise BadExpression(said, offset + every.start(1), len(digits), hint)
    star = {1: "*", whole: "0"}.get(number, f"*/{number}")
    return f"{star} * * * *" if unit == "minute" else f"0 {star} * * *"


def _time_of_day(text: str, offset: int) -> str:
    """Minute and hour of `07:30`."""
    time = _TIME.fullmatch(text)
    if time is None:
        raise BadExpression(f"{_cut(text)!r} is no time of day", offset, len(text), _TIMES)
    for name, group, highest in (("hour", 1, 23), ("minute", 2, 59)):
        if int(time[group]) > highest:
            said = f"{name} {time[group]} is out of range 0–{highest}"
            raise BadExpression(said, offset + time.start(group), len(time[group]), _TIMES)
    return f"{int(time[2])} {int(time[1])}"


def _hint(days: str) -> str:
    close = difflib.get_close_matches(days[:_SHOWN], _DAYS, n=1, cutoff=_ALIKE)
    return f"did you mean '{close[0]} at 07:30'?" if close else f"write {_FORMS}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
