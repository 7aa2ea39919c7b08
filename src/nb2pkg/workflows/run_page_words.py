"""In which words does a page about a run say what became of it, when, and how much it took?"""

from __future__ import annotations

import json
import math
from datetime import datetime, timezone

from nb2pkg.pipeline.durations import shown
from nb2pkg.pipeline.pipeline import Json
from nb2pkg.pipeline.records import RunStatus, StepStatus

UNKNOWN = "–"
# The classes of the style: a colour each. The mark says the same to who does not see it.
TONES = {
    StepStatus.WAITING: "idle",
    StepStatus.RUNNING: "live",
    StepStatus.SUCCEEDED: "good",
    StepStatus.CACHED: "kept",
    StepStatus.FAILED: "bad",
    StepStatus.TIMED_OUT: "bad",
    StepStatus.CANCELLED: "open",
    StepStatus.CRASHED: "bad",
    StepStatus.SKIPPED: "idle",
}
MARKS = {"idle": "○", "live": "▸", "good": "✓", "kept": "◆", "bad": "✗", "open": "■"}
RUN_TONES = {
    RunStatus.RUNNING: "live",
    RunStatus.SUCCEEDED: "good",
    RunStatus.FAILED: "bad",
    RunStatus.CANCELLED: "open",
    RunStatus.CRASHED: "bad",
}
VERDICTS = {
    RunStatus.RUNNING: "The run is still going on.",
    RunStatus.SUCCEEDED: "The run succeeded.",
    RunStatus.FAILED: "The run failed.",
    RunStatus.CANCELLED: "The run was cancelled.",
    RunStatus.CRASHED: "The run crashed: what ran it died before it could say how it ended.",
}
SHORT_VERDICTS = {
    RunStatus.RUNNING: "running",
    RunStatus.SUCCEEDED: "succeeded",
    RunStatus.FAILED: "failed",
    RunStatus.CANCELLED: "cancelled",
    RunStatus.CRASHED: "crashed",
}
_OF_STEPS = {
    StepStatus.SUCCEEDED: "succeeded",
    StepStatus.CACHED: "taken from an earlier run",
    StepStatus.FAILED: "failed",
    StepStatus.TIMED_OUT: "timed out",
    StepStatus.CRASHED: "crashed",
    StepStatus.CANCELLED: "cancelled",
    StepStatus.SKIPPED: "skipped",
    StepStatus.RUNNING: "running",
    StepStatus.WAITING: "waiting",
}
_LONGEST = 1e10
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def word(status: StepStatus) -> str:
    """Say a status."""
    return status.value.replace("_", " ")


def marked(status: StepStatus) -> str:
    """Say a status with its mark before it."""
    return f"{MARKS[TONES[status]]} {word(status)}"


def tally(statuses: list[StepStatus]) -> str:
    """Say of how many steps what became: `6 steps: 4 succeeded, 1 failed, 1 skipped.`"""
    if not statuses:
        return "It has no steps."
    counts = [(statuses.count(status), told) for status, told in _OF_STEPS.items()]
    told = ", ".join(f"{count} {what}" for count, what in counts if count)
    return f"{counted(len(statuses), 'step')}: {told}."


def counted(count: int, what: str) -> str:
    """Say a number of things: `1 step`, `1,200 steps`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def length(seconds: float | None) -> str:
    """Say a duration."""
    if seconds is None or not 0 <= seconds < _LONGEST:
        return UNKNOWN
    return shown(seconds)


def size(count: int | None) -> str:
    """Say a number of bytes: `512 bytes`, `1.5 kB`, `20 MB`."""
    if count is None or count < 0:
        return UNKNOWN
    amount, unit = float(min(count, 10**17)), _UNITS[0]
    for unit in _UNITS:
        if amount < 999.5 or unit == _UNITS[-1]:
            break
        amount /= 1000
    if unit == _UNITS[0] or amount >= 10:
        return f"{amount:,.0f} {unit}"
    return f"{amount:.1f} {unit}"


def moment(at: float | None) -> str:
    """Say a time: `2026-03-04 02:00:13 UTC`."""
    known = _utc(at)
    return UNKNOWN if known is None else f"{known:%Y-%m-%d %H:%M:%S} UTC"


def clock(at: float | None) -> str:
    """Say a time of the day in UTC: `02:00:13`."""
    known = _utc(at)
    return UNKNOWN if known is None else f"{known:%H:%M:%S}"


def number(value: float) -> str:
    """Say a number with six figures that count; whole numbers in full."""
    try:
        if float(value).is_integer() and abs(value) < 10**15:
            return f"{int(value):,}"
        return f"{value:.6g}"
    except (OverflowError, ValueError):
        return "a number too large to show"


def as_json(value: Json, *, indent: int | None = None) -> str:
    """Say a parameter's value as JSON, so that "7" and 7 differ."""
    try:
        return json.dumps(value, ensure_ascii=False, indent=indent)
    except (ValueError, TypeError, RecursionError):
        return "a value that cannot be shown"


def _utc(at: float | None) -> datetime | None:
    if at is None or not math.isfinite(at):
        return None
    try:
        return datetime.fromtimestamp(at, timezone.utc)
    except (OverflowError, ValueError, OSError):
        return None
