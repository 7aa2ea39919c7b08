"""Where on an axis of time does a moment lie, and which moments are written below it?"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

_MOST_INTERVALS = 5
_DAY = 86400.0
_STEPS = (
    *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30),
    *(60.0 * minutes for minutes in (1, 2, 5, 10, 15, 30)),
    *(3600.0 * hours for hours in (1, 2, 3, 6, 12)),
    *(_DAY * days for days in (1, 2, 7, 14)),
)


@dataclass(frozen=True, slots=True)
class Axis:
    """From the first to the last moment, in seconds since 1970."""

    start: float
    end: float

    def place(self, at: float) -> float:
        """Where a moment lies, in percent."""
        return min(max((at - self.start) / (self.end - self.start), 0.0), 1.0) * 100

    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Moments, in percent, with what is written there: the time since the start."""
        span = self.end - self.start
        step = _step(span)
        count = int(span / step + 1e-9)
        return tuple((n * step / span * 100, _told(n * step)) for n in range(count + 1))


def axis(moments: Iterable[float]) -> Axis:
    """Give the axis on which these moments lie; what is no moment does not count."""
    known = [at for at in moments if math.isfinite(at) and abs(at) < 1e12]
    start, end = min(known, default=0.0), max(known, default=0.0)
    return Axis(start, max(end, start + 0.001))


def _step(span: float) -> float:
    for step in _STEPS:
        if span / step <= _MOST_INTERVALS:
            return step
    days = span / _DAY / _MOST_INTERVALS
    power = 10.0 ** math.floor(math.log10(days))
    return _DAY * next(power * n for n in (1, 2, 5, 10) if power * n >= days * 0.999999)


def _told(seconds: float) -> str:
    """`0`, `0.5 s`, `10 s`, `1 m 30 s`, `2 h`, `3 d 12 h`."""
    if seconds < 60:
        return f"{seconds:g} s" if seconds else "0"
    parts = [
        (seconds // _DAY, "d"),
        (seconds % _DAY // 3600, "h"),
        (seconds % 3600 // 60, "m"),
        (seconds % 60, "s"),
    ]
    return " ".join(f"{count:,.0f} {unit}" for count, unit in parts if count)
