"""How many seconds does `30m` stand for?"""

from __future__ import annotations

import re

_UNITS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "ms": 0.001}
_NUMBER = r"([0-9]+(?:\.[0-9]+)?)"
_ALONE = re.compile(_NUMBER)
# A number within a longer text has a unit: is the 30 of `1h 30` minutes or seconds?
_PART = re.compile(rf"{_NUMBER}\s*(ms|min|s|m|h|d)\s*")
LONGEST_SECONDS = 366 * 86400.0


def seconds_of(duration: object) -> float | None:
    """The seconds of a number, or of a text such as `90`, `1.5h` or `1h 30m`; None where it is no duration.

    None too for what is not above zero, or longer than a year.
    """
    if isinstance(duration, bool):
        return None
    if isinstance(duration, (int, float)):
        seconds = float(duration) if duration <= LONGEST_SECONDS else LONGEST_SECONDS + 1
    elif isinstance(duration, str) and duration.strip() and len(duration) < 50:
        seconds, position, text = 0.0, 0, duration.strip()
        if _ALONE.fullmatch(text):
            seconds, position = float(text), len(text)
        while position < len(text):
            part = _PART.match(text, position)
            if part is None:
                return None
            seconds += float(part[1]) * _UNITS[part[2]]
            position = part.end()
    else:
        return None
    return seconds if 0 < seconds <= LONGEST_SECONDS else None


def shown(seconds: float) -> str:
    """A duration for people: `0.3 s`, `12 s`, `3 m 20 s`, `2 h 5 m`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} m {rest} s" if rest else f"{minutes} m"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} m" if minutes else f"{hours} h"
