"""Which numbers does one field of a cron expression stand for?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nb2pkg.scheduling.bad_expression import BadExpression

_LONGEST_NUMBER = 9
_SHOWN = 20
# Other tools have letters and marks for "the last day" and the like.
_NOT_OF_CRON = frozenset("LW#?")


@dataclass(frozen=True, slots=True)
class FieldKind:
    """One of the five fields; the first of its `words` stands for its lowest number."""

    name: str
    lowest: int
    highest: int
    words: tuple[str, ...] = ()


MINUTE = FieldKind("minute", 0, 59)
HOUR = FieldKind("hour", 0, 23)
DAY = FieldKind("day", 1, 31)
MONTH = FieldKind(
    "month",
    1,
    12,
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
)
# Sunday is 0 and 7; a star counts both, so that `*/7` is Sunday.
WEEKDAY = FieldKind("weekday", 0, 7, ("sun", "mon", "tue", "wed", "thu", "fri", "sat"))
KINDS = (MINUTE, HOUR, DAY, MONTH, WEEKDAY)


def numbers_of(field: str, kind: FieldKind, offset: int = 0) -> tuple[int, ...]:
    """The numbers that a field allows, sorted; Sunday is 0.

    offset: where the field begins in the whole expression, for what is wrong

    Raises:
        BadExpression: it is no list of numbers, ranges and steps, or a number is out of range.
    """
    found: set[int] = set()
    for item, at in _items(field, offset):
        found.update(_item(item, kind, at))
    if kind is WEEKDAY and 7 in found:
        found = found - {7} | {0}
    return tuple(sorted(found))


def _items(field: str, offset: int) -> Iterator[tuple[str, int]]:
    for item in field.split(","):
        yield item, offset
        offset += len(item) + 1


def _item(item: str, kind: FieldKind, at: int) -> range:
    whole, slash, step_text = item.partition("/")
    first, dash, last = whole.partition("-")
    if whole == "*":
        lowest, highest = kind.lowest, kind.highest
    else:
        lowest = _number(first, kind, at)
        highest = _number(last, kind, at + len(first) + 1) if dash else lowest
    if kind is WEEKDAY and highest == 0 < lowest:
        highest = 7
    if highest < lowest:
        raise BadExpression(
            f"{_cut(item)}: the range ends before it begins",
            at,
            len(item),
            f"write {lowest}-{_last_of(kind)},{kind.lowest}-{highest}",
        )
    if not slash:
        return range(lowest, highest + 1)
    if whole != "*" and not dash:
        hint = f"write {lowest}-{_last_of(kind)}/{step_text}" if step_text else None
        raise BadExpression(f"{_cut(item)}: a step needs a range", at, len(item), hint)
    return range(lowest, highest + 1, _step(step_text, item, highest - lowest, at))


def _step(text: str, item: str, longest: int, at: int) -> int:
    if not text.isdecimal():
        raise BadExpression(f"{_cut(item)}: a step is a whole number", at, len(item))
    step = int(text) if len(text) <= _LONGEST_NUMBER else longest + 1
    if step < 1:
        raise BadExpression(f"{_cut(item)}: a step must be at least 1", at, len(item))
    if step > max(longest, 1):
        # cron takes it and runs at the first number alone, which nobody means by "every 90 minutes".
        said = f"{_cut(item)}: a step above {longest} leaves nothing but the first number"
        raise BadExpression(said, at, len(item))
    return step


def _number(text: str, kind: FieldKind, at: int) -> int:
    if not text:
        raise BadExpression(f"{kind.name}: a number is missing", at, 1)
    if text.lower() in kind.words:
        return kind.lowest + kind.words.index(text.lower())
    if not text.isdecimal():
        hint = "L, W, # and ? are not cron's" if _NOT_OF_CRON & set(text.upper()) else None
        raise BadExpression(f"{_cut(text)!r} is no {kind.name}", at, len(text), hint)
    if len(text) > _LONGEST_NUMBER or not kind.lowest <= int(text) <= kind.highest:
        said = f"{kind.name} {_cut(text)} is out of range {kind.lowest}–{kind.highest}"
        raise BadExpression(said, at, len(text))
    return int(text)


def _last_of(kind: FieldKind) -> int:
    """The highest number that is not another name of the lowest."""
    return 6 if kind is WEEKDAY else kind.highest


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
