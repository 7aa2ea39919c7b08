"""Is the last success of a schedule as recent as it should be?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nb2pkg.scheduling.deciding import last_due_before
from nb2pkg.scheduling.ticks import Fate, Tick
from nb2pkg.scheduling.timing import Timing

_LEAST_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How a schedule's last success compares with its times.

    due: the moment whose run should have succeeded by now; None where there is none yet
    last_success: when the last tick was due that succeeded
    """

    due: float | None
    last_success: float | None

    @property
    def is_stale(self) -> bool:
        """Whether something should have succeeded that has not."""
        if self.due is None:
            return False
        return self.last_success is None or self.last_success < self.due


def freshness(
    timing: Timing,
    since: float,
    last_success: float | None,
    recent: Sequence[Tick],
    now: float,
    allowed_seconds: float | None = None,
) -> Freshness:
    """What should have succeeded by now, and what has.

    since: from when on the schedule is due
    allowed_seconds: how long after it was due a run may take to succeed; by itself, twice as long as the longest
        of the recent ones, and ten minutes at least, besides the schedule's jitter
    """
    allowed = usual_seconds(recent) if allowed_seconds is None else allowed_seconds
    due = last_due_before(timing, since, now - allowed - timing.jitter_seconds)
    return Freshness(due=due, last_success=last_success)


def usual_seconds(recent: Sequence[Tick]) -> float:
    """How long a run may take to succeed, going by those that have."""
    lengths = [
        tick.ended_at - tick.not_before
        for tick in recent
        if tick.fate is Fate.SUCCEEDED and tick.ended_at is not None
    ]
    return max([_LEAST_SECONDS, *(2 * length for length in lengths)])
