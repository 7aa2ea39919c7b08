"""When is something to run, as a cron expression says it, and what is wrong with the expression?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nb2pkg.scheduling.bad_expression import BadExpression
from nb2pkg.scheduling.fields import KINDS, FieldKind, numbers_of
from nb2pkg.scheduling.wordings import fields_of_wording

_FIELD_NAMES = " ".join(kind.name for kind in KINDS)
_LONGEST = 1000
_NOT_PLAIN = re.compile(r"[^\t -~]")
_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_MOST_DAYS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTHS = (
    "", "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CronExpression:
    """When something is to run: the numbers of the five fields, each sorted. Sunday is 0.

    stars: names of the fields that are written with a `*` at their beginning; cron has two rules that
        hang on how a field is written
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    stars: frozenset[str] = frozenset()

    @property
    def is_at_fixed_times(self) -> bool:
        """Whether it names times of day, rather than an interval: neither minute nor hour has a star."""
        return not self.stars & {"minute", "hour"}

    @property
    def wants_both_days(self) -> bool:
        """Whether a day has to fit both day fields; with a star in neither, one of them is enough."""
        return bool(self.stars & {"day", "weekday"})


def read_expression(text: str) -> CronExpression:
    """Read a crontab's five fields, an alias such as `@daily`, or words such as `weekdays at 07:30`.

    Raises:
        BadExpression: it is none of these, or a time that never comes, such as 31 February.
    """
    _refuse_characters(text)
    plain = text.strip(" \t")
    offset = len(text) - len(text.lstrip(" \t"))
    if not plain:
        raise BadExpression("it says no time", 0, len(text), "write one such as 0 2 * * *")
    if plain[0] == "@" or plain[0].isalpha():
        return _of_fields(fields_of_wording(plain, offset), 0)
    return _of_fields(plain, offset)


def crontab_text(expression: CronExpression) -> str:
    """The five fields as a crontab has them, in their shortest form."""
    numbers = _numbers(expression)
    return " ".join(
        _field_text(found, kind, has_star=kind.name in expression.stars)
        for found, kind in zip(numbers, KINDS, strict=True)
    )


# -- reading


def _refuse_characters(text: str) -> None:
    if len(text) > _LONGEST:
        said = f"it is longer than {_LONGEST:,} characters"
        raise BadExpression(said, _LONGEST, len(text) - _LONGEST)
    found = _NOT_PLAIN.search(text)
    if found is not None and found[0] in _BREAKS:
        raise BadExpression("there is a line break in it", found.start(), 1)
    if found is not None:
        said = f"the character U+{ord(found[0]):04X} means nothing in it"
        raise BadExpression(said, found.start(), 1)


def _of_fields(text: str, offset: int) -> CronExpression:
    fields = [(match[0], offset + match.start()) for match in re.finditer(r"[^ \t]+", text)]
    if len(fields) != len(KINDS):
        count = "1 field" if len(fields) == 1 else f"{len(fields)} fields"
        said = f"{count}, {len(KINDS)} are needed: {_FIELD_NAMES}"
        hint = "there are no seconds and no years" if len(fields) in (6, 7) else None
        raise BadExpression(said, offset, len(text), hint)
    minutes, hours, days, months, weekdays = (
        numbers_of(field, kind, at) for (field, at), kind in zip(fields, KINDS, strict=True)
    )
    stars = (k.name for (field, _), k in zip(fields, KINDS, strict=True) if field[0] == "*")
    expression = CronExpression(
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=weekdays,
        stars=frozenset(stars),
    )
    _refuse_never(expression, *fields[2])
    return expression


def _refuse_never(expression: CronExpression, day_field: str, at: int) -> None:
    longest = max(_MOST_DAYS[month] for month in expression.months)
    if expression.wants_both_days and expression.days[0] > longest:
        months = _joined([_MONTHS[month] for month in expression.months])
        days = _joined([str(day) for day in expression.days])
        raise BadExpression(f"never fires: no {months} has a day {days}", at, len(day_field))


def _joined(words: Sequence[str]) -> str:
    return " or ".join(([", ".join(words[:-1])] if words[1:] else []) + [words[-1]])


# -- writing


def _numbers(expression: CronExpression) -> tuple[tuple[int, ...], ...]:
    e = expression
    return (e.minutes, e.hours, e.days, e.months, e.weekdays)


def _field_text(numbers: tuple[int, ...], kind: FieldKind, *, has_star: bool) -> str:
    if not has_star:
        return ",".join(_runs(numbers))
    wanted = set(numbers)
    for step in range(1, kind.highest - kind.lowest + 1):
        starred = "*" if step == 1 else f"*/{step}"
        covered = set(numbers_of(starred, kind))
        if covered <= wanted:
            return ",".join([starred, *_runs(sorted(wanted - covered))])
    raise AssertionError(f"no star stands for {numbers}")


def _runs(numbers: Sequence[int]) -> list[str]:
    """Numbers in a row as ranges: `1-5`, `7`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
