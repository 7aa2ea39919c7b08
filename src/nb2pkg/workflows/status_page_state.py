"""How does a schedule stand: what was the last news of it, does it begin in time, how old is its last success?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nb2pkg.ports.scheduling import Daemon, JobState
from nb2pkg.scheduling import Fate, Origin, Tick
from nb2pkg.scheduling.deciding import ON_TIME_SECONDS
from nb2pkg.scheduling.freshness import freshness as fresh
from nb2pkg.workflows.status_page_times import due_after, span


@dataclass(frozen=True, slots=True)
class Told:
    """Something said of a schedule. tone: a class of the style; mark: says the same without a colour."""

    tone: str
    mark: str
    words: str


def condition(state: JobState, now: float) -> Told:
    """Say in a word or two how a schedule stands."""
    if any(tick.fate is Fate.RUNNING for tick in state.recent):
        return Told("live", "▸", "running")
    if state.is_paused:
        return Told("idle", "‖", "paused")
    last = _last_ended(state)
    if last is None:
        return Told("idle", "○", "no run yet")
    if last.fate.is_bad:
        return Told("bad", "✗", f"last {last.fate.value}")
    if freshness(state, now).tone == "bad":
        return Told("bad", "✗", "stale")
    if last.fate is Fate.SUCCEEDED:
        return Told("good", "✓", "fine")
    return Told("open", "■", f"last {last.fate.value}")


def freshness(state: JobState, now: float) -> Told:
    """Say how old the last success is, and whether there should have been another one since."""
    job, last = state.job, state.last_success
    age = None if last is None else span(now - last)
    if state.is_paused:
        return Told("idle", "○", "no success yet" if age is None else f"succeeded {age} ago")
    try:
        found = fresh(job.timing, job.created_at, last, state.recent, now)
    except (ValueError, OverflowError, OSError):  # this machine does not know the zone
        return Told("idle", "○", "not known")
    if found.is_stale:
        return Told(
            "bad", "✗", "stale: " + ("no success yet" if age is None else f"succeeded {age} ago")
        )
    if age is None:
        return Told("idle", "○", "no success yet")
    return Told("good", "✓", f"succeeded {age} ago")


def lateness(state: JobState, now: float, *, has_daemon: bool) -> Told | None:
    """Say how late the last run began, or that something waits; None where there is nothing to say."""
    overdue = None if has_daemon else overdue_since(state, now)
    if overdue is not None:
        return Told("bad", "✗", f"due {span(now - overdue)} ago, and not begun")
    for tick in state.recent:
        if tick.fate is Fate.WAITING and tick.not_before < now - ON_TIME_SECONDS:
            return Told("open", "○", f"has waited for {span(now - tick.not_before)}")
        if tick.tries:
            return _begun(tick)
    return None


def overdue_since(state: JobState, now: float) -> float | None:
    """When a schedule was due that nothing is written down of, where it should be; the first such moment."""
    if state.is_paused:
        return None
    newest = max((tick.until or tick.due for tick in state.recent), default=0.0)
    due = due_after(state.job.timing, max(newest, state.job.created_at))
    return due if due is not None and due < now - ON_TIME_SECONDS else None


def alive(daemons: Sequence[Daemon], owner: str) -> bool:
    """Whether a daemon of an owner is heard of."""
    return any(daemon.owner == owner and not daemon.is_late for daemon in daemons)


def late_seconds(tick: Tick) -> float | None:
    """How much later than it should a tick's first run began; None where none has."""
    return max(0.0, tick.tries[0].began_at - tick.not_before) if tick.tries else None


def how_late(seconds: float) -> str:
    """Say how late something began."""
    return "in time" if seconds < 1 else f"{span(seconds)} late"


def _begun(tick: Tick) -> Told:
    late = late_seconds(tick) or 0.0
    if tick.origin is Origin.MADE_UP:
        return Told("open", "■", f"made up for, {span(late)} late")
    if late <= ON_TIME_SECONDS:
        return Told("good", "✓", f"began {how_late(late)}")
    return Told("open", "■", f"began {span(late)} late")


def _last_ended(state: JobState) -> Tick | None:
    return next((tick for tick in state.recent if tick.fate.is_over), None)
