"""How does a page tell a moment: on the clocks of a schedule's zone, and how far from now?

Times are seconds since 1970 in UTC, durations seconds.
"""

from __future__ import annotations

import math
from datetime import datetime, timezone, tzinfo

from nb2pkg.scheduling import BadZone, Timing, zone_named
from nb2pkg.scheduling.deciding import next_due
from nb2pkg.workflows.run_page_text import in_line
from nb2pkg.workflows.run_page_words import UNKNOWN, moment

# `%a` would be in the language of whoever has started us.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_UNITS = ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))
_LONGEST = 1e10


def zone_of(timing: Timing) -> tzinfo:
    """The zone of a schedule; UTC where this machine does not know it."""
    try:
        return zone_named(timing.timezone)
    except BadZone:
        return timezone.utc


def due_after(timing: Timing, at: float) -> float | None:
    """When a schedule is due next after a moment; None where that is never, or not known here."""
    try:
        return next_due(timing, at)
    except (ValueError, OverflowError, OSError):
        return None


def told(at: float | None, zone: tzinfo) -> str:
    """Say a moment: `Wed 2026-03-04 03:00 CET`, with seconds where there are any."""
    known = _local(at, zone)
    if known is None:
        return UNKNOWN
    clock = f"{known:%H:%M:%S}" if known.second else f"{known:%H:%M}"
    return f"{_DAYS[known.weekday()]} {known:%Y-%m-%d} {clock} {_zone_name(known)}"


def time_of(at: float | None, zone: tzinfo, text: str = "") -> str:
    """Give a moment as HTML, or another text for it; what points at it is told the time in UTC."""
    known = _local(at, timezone.utc)
    if known is None:
        return UNKNOWN
    local = told(at, zone)
    title = f"{local} = {moment(at)}" if text and zone is not timezone.utc else moment(at)
    shown = in_line(text or local)
    return f'<time datetime="{known:%Y-%m-%dT%H:%M:%SZ}" title="{in_line(title)}">{shown}</time>'


def clock(at: float, zone: tzinfo) -> str:
    """Say a time of the day, in hours and minutes."""
    known = _local(at, zone)
    return UNKNOWN if known is None else f"{known:%H:%M}"


def span(seconds: float) -> str:
    """Say roughly how long something is: `0.4 s`, `12 s`, `3 m 20 s`, `2 h 5 m`, `3 d 4 h`."""
    if not abs(seconds) < _LONGEST:
        return UNKNOWN
    seconds = abs(seconds)
    if seconds < 9.95 and seconds != round(seconds):
        return f"{seconds:.1f} s"
    rest = round(seconds)
    for number, (size, unit) in enumerate(_UNITS):
        if rest < size:
            continue
        smaller = _UNITS[number + 1 : number + 2]
        told = f"{rest // size} {unit}"
        if smaller and (more := rest % size // smaller[0][0]):
            told += f" {more} {smaller[0][1]}"
        return told
    return "0 s"


def from_now(at: float | None, now: float) -> str:
    """Say how far a moment is: `in 3 h`, `5 m 10 s ago`, `now`."""
    if at is None or not math.isfinite(at):
        return UNKNOWN
    far = span(round(at - now))
    if round(at - now) == 0:
        return "now"
    return f"in {far}" if at > now else f"{far} ago"


def _local(at: float | None, zone: tzinfo) -> datetime | None:
    if at is None or not math.isfinite(at):
        return None
    try:
        return datetime.fromtimestamp(at, zone)
    except (OverflowError, ValueError, OSError):
        return None


def _zone_name(known: datetime) -> str:
    """`CET`; many zones have no letters, and are so many hours from UTC."""
    name = known.tzname() or ""
    return f"UTC{name}" if name[:1] in "+-" else name
