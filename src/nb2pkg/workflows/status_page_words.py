"""In which words does a page say when a schedule runs, and what it does where that cannot be kept?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nb2pkg.scheduling import (
    CatchUpPolicy,
    CronExpression,
    Job,
    Notify,
    OverlapPolicy,
    Timing,
    crontab_text,
)
from nb2pkg.workflows.run_page_words import counted
from nb2pkg.workflows.status_page_times import span

OVERLAPS = {
    OverlapPolicy.SKIP: "left out while the run before has not ended",
    OverlapPolicy.QUEUE: "waits for the run before to end",
    OverlapPolicy.ALLOW: "begins although the run before has not ended",
    OverlapPolicy.CANCEL_OLD: "begins, and the run before is ended",
}
CATCH_UPS = {
    CatchUpPolicy.LATEST: "the latest of them is made up for",
    CatchUpPolicy.ALL: "all of them are made up for",
    CatchUpPolicy.NONE: "none of them is made up for",
}
_WEEKDAYS = ("Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays")
_MONTHS = (
    "", "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_MOST_TIMES = 4
_HOST = re.compile(r"https?://([^\s/?#@]+)(?:[/?#]|$)")


def times(timing: Timing) -> str:
    """Say when a schedule runs: `weekdays at 07:30`, or as it is written where words would be long."""
    return in_words(timing.expression) or timing.cron


def written(timing: Timing) -> str:
    """The five fields of a crontab, if those say more than `times` does; else nothing."""
    fields = crontab_text(timing.expression)
    return "" if fields == times(timing) else fields


def in_words(expression: CronExpression) -> str | None:
    """Say when an expression fires; None where that takes more than a few words."""
    days, clock = _days(expression), _clock(expression)
    if days is None or clock is None:
        return None
    if not clock.startswith("at "):
        return clock if days == "daily" else f"{clock}, {days}"
    return f"{days} {clock}"


def policies(timing: Timing) -> list[tuple[str, str]]:
    """Say what happens where times cannot be kept; each with what it is about."""
    told = [
        ("overlap", OVERLAPS[timing.overlap]),
        ("missed times", CATCH_UPS[timing.catch_up]),
    ]
    if timing.retries:
        told.append(("retries", f"up to {counted(timing.retries, 'time')}"))
    if timing.jitter_seconds:
        told.append(("jitter", f"begins up to {span(timing.jitter_seconds)} later, by chance"))
    if timing.grace_seconds is not None:
        told.append(("grace", f"missed if it cannot begin within {span(timing.grace_seconds)}"))
    return told


def options(job: Job) -> list[tuple[str, str]]:
    """Say how runs go, where that was asked for."""
    given = job.options
    told = [
        ("steps at once", str(given.jobs) if given.jobs != 1 else ""),
        ("output", given.output or ""),
        ("timeout", span(given.timeout_seconds) if given.timeout_seconds is not None else ""),
        ("kernel", given.kernel or ""),
        ("Python", given.python or ""),
    ]
    return [(what, said) for what, said in told if said]


def told_to(notify: Notify) -> str:
    """Say who is told, without what may be secret: the rest of an address, the arguments of a program."""
    told = []
    if notify.command:
        told.append(f"the program {notify.command[0]}")
    if notify.webhook.startswith("$"):
        told.append(f"the webhook in {notify.webhook}")
    elif notify.webhook:
        host = _HOST.match(notify.webhook)
        told.append(f"a webhook at {host[1]}" if host is not None else "a webhook")
    told += notify.emails
    return ", ".join(told) or "nobody"


def _clock(expression: CronExpression) -> str | None:
    minutes, hours = expression.minutes, expression.hours
    if len(hours) == 24:
        step = _step(minutes, 60)
        if step is not None:
            return "every minute" if step == 1 else f"every {step} minutes"
        return _on(minutes)
    if minutes == (0,) and len(hours) > _MOST_TIMES:
        step = _step(hours, 24)
        return None if step is None else f"every {step} hours"
    clocks = [f"{hour:02}:{minute:02}" for hour in hours for minute in minutes]
    return f"at {_joined(clocks)}" if len(clocks) <= _MOST_TIMES else None


def _on(minutes: Sequence[int]) -> str | None:
    if minutes == (0,):
        return "every hour"
    if len(minutes) > _MOST_TIMES:
        return None
    return f"every hour, {_joined([f'{minute:02}' for minute in minutes])} past"


def _days(expression: CronExpression) -> str | None:
    days, weekdays, months = expression.days, expression.weekdays, expression.months
    every_day, every_weekday = len(days) == 31, len(weekdays) == 7
    if (every_day and every_weekday) or (
        # With a star in neither, one of them is enough: `1-31` and `1-5` are all days.
        (every_day or every_weekday) and not expression.wants_both_days
    ):
        told = "daily"
    elif every_day:
        known = {(1, 2, 3, 4, 5): "weekdays", (0, 6): "weekends"}
        told = known.get(tuple(weekdays)) or _joined([_WEEKDAYS[day] for day in weekdays])
    elif every_weekday and days == (1,) and len(months) == 12:
        told = "monthly"
    elif every_weekday and len(days) <= _MOST_TIMES:
        told = f"on day {_joined([str(day) for day in days])} of the month"
    else:
        return None
    if len(months) == 12:
        return told
    return f"{told} in {_joined([_MONTHS[month] for month in months])}"


def _step(numbers: Sequence[int], whole: int) -> int | None:
    """The step of numbers that come evenly, from 0 and round the clock."""
    if len(numbers) < 2 or whole % len(numbers):
        return None
    step = whole // len(numbers)
    return step if tuple(numbers) == tuple(range(0, whole, step)) else None


def _joined(words: Sequence[str]) -> str:
    return " and ".join(([", ".join(words[:-1])] if words[1:] else []) + [words[-1]])
