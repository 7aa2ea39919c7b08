"""What became of the moments at which a schedule was due?

Times are seconds since 1970 in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Fate(str, Enum):
    """What became of one due moment."""

    WAITING = "waiting"  # for its time, for the run before, or for a free place
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CRASHED = "crashed"  # who ran it died before it could say
    CANCELLED = "cancelled"
    SKIPPED = "skipped"  # the run before had not ended, or another one took its place
    MISSED = "missed"  # nothing could run when it was due, and it is not made up for

    @property
    def is_over(self) -> bool:
        """Whether nothing more will become of it."""
        return self not in (Fate.WAITING, Fate.RUNNING)

    @property
    def is_bad(self) -> bool:
        """Whether something should have run, and has not run well."""
        return self in (Fate.FAILED, Fate.CRASHED, Fate.MISSED)


class Origin(str, Enum):
    """Why something is due."""

    TIME = "time"
    MADE_UP = "made-up"  # its time was missed
    HAND = "hand"  # somebody asked for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One run for a due moment. fate: RUNNING until it has ended; why: in a sentence."""

    run: str
    fate: Fate
    began_at: float
    ended_at: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One due moment of a schedule, and what became of it.

    due: when; no schedule has two of the same
    not_before: it does not begin earlier
    claimed_at: when it was first written down, with its fate
    count, until: of missed ones, it may stand for several, the last of which was due at `until`
    is_to_end: its run is asked to end
    """

    due: float
    fate: Fate
    not_before: float
    claimed_at: float
    origin: Origin = Origin.TIME
    why: str = ""
    tries: tuple[Try, ...] = ()
    ended_at: float | None = None
    count: int = 1
    until: float | None = None
    is_to_end: bool = False

    @property
    def run(self) -> str | None:
        """The run of the last try."""
        return self.tries[-1].run if self.tries else None


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a tick: whoever holds the token that the store knows."""

    schedule: str
    due: float
    token: str
