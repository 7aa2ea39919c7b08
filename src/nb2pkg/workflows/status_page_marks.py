"""What became of the times at which a schedule was due, as marks in a row?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from nb2pkg.scheduling import Fate, Origin, Tick
from nb2pkg.workflows.run_page_text import in_line
from nb2pkg.workflows.run_page_words import counted
from nb2pkg.workflows.status_page_addresses import run_address
from nb2pkg.workflows.status_page_times import span, told

# The classes of the style: a colour each. The mark says the same to who does not see it.
TONES = {
    Fate.WAITING: "idle",
    Fate.RUNNING: "live",
    Fate.SUCCEEDED: "good",
    Fate.FAILED: "bad",
    Fate.CRASHED: "bad",
    Fate.CANCELLED: "open",
    Fate.SKIPPED: "idle",
    Fate.MISSED: "bad",
}
MARKS = {
    Fate.WAITING: "○",
    Fate.RUNNING: "▸",
    Fate.SUCCEEDED: "✓",
    Fate.FAILED: "✗",
    Fate.CRASHED: "!",
    Fate.CANCELLED: "■",
    Fate.SKIPPED: "–",
    Fate.MISSED: "?",
}
ORIGINS = {Origin.MADE_UP: "made up for", Origin.HAND: "asked for by hand"}
_LONGEST_WHY = 200


def marks(ticks: Sequence[Tick], zone: tzinfo, base: str) -> str:
    """Give a mark for each tick, from the oldest to the newest; a link where there is a run. `ticks`: the newest first."""
    if not ticks:
        return '<span class="quiet">none yet</span>'
    items = [f"<li>{_mark(tick, zone, base)}</li>" for tick in reversed(ticks)]
    return f'<ol class="marks" aria-label="what became of the last {len(ticks):,}, the oldest first">{"".join(items)}</ol>'


def badge(fate: Fate) -> str:
    """Say a fate with its mark."""
    return (
        f'<span class="badge {TONES[fate]}"><span aria-hidden="true">{MARKS[fate]}</span> '
        f"{fate.value}</span>"
    )


def sentence(tick: Tick, zone: tzinfo) -> str:
    """Say what became of a tick in a line, as text that is not escaped."""
    parts = [f"{tick.fate.value}, due {told(tick.due, zone)}"]
    if tick.count > 1 and tick.until is not None:
        parts = [
            f"{tick.fate.value} {counted(tick.count, 'time')}, due from {told(tick.due, zone)} to {told(tick.until, zone)}"
        ]
    if tick.origin in ORIGINS:
        parts.append(ORIGINS[tick.origin])
    seconds = took(tick)
    if seconds is not None:
        parts.append(f"took {span(seconds)}")
    if len(tick.tries) > 1:
        parts.append(f"{len(tick.tries)} tries")
    why = why_of(tick)
    return "; ".join([*parts, why[:_LONGEST_WHY]] if why else parts)


def why_of(tick: Tick) -> str:
    """Why a tick has not gone well, as far as it is known."""
    return tick.why or (tick.tries[-1].why if tick.tries else "")


def took(tick: Tick) -> float | None:
    """How long the last try of a tick took, in seconds; None while there is none that has ended."""
    last = tick.tries[-1] if tick.tries else None
    return None if last is None or last.ended_at is None else last.ended_at - last.began_at


def _mark(tick: Tick, zone: tzinfo, base: str) -> str:
    said = in_line(sentence(tick, zone))
    kind = f"{TONES[tick.fate]} {tick.fate.value}"
    address = run_address(tick.run) if tick.run is not None else None
    if address is None:
        return (
            f'<span class="square {kind}" role="img" aria-label="{said}" title="{said}">'
            f"{MARKS[tick.fate]}</span>"
        )
    return f'<a class="square {kind}" href="{base}{address}" aria-label="{said}" title="{said}">{MARKS[tick.fate]}</a>'
