"""When does something run by itself, and what is done where that cannot be kept?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from nb2pkg.scheduling.expressions import CronExpression


class OverlapPolicy(str, Enum):
    """What happens when a run is due and the one before has not ended."""

    SKIP = "skip"  # it is left out
    QUEUE = "queue"  # it waits for the one before
    ALLOW = "allow"  # both run
    CANCEL_OLD = "cancel-old"  # the one before is ended


class CatchUpPolicy(str, Enum):
    """Which of the runs are made up for that fell due while nothing could run."""

    LATEST = "latest"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When something runs by itself. Times are in seconds.

    cron: as it is written; expression: what that says
    timezone: the name of a zone of the tz database, in which the times are meant
    retries: how often a run that fails or crashes is tried again
    jitter_seconds: the most that a run begins later than due, by chance
    grace_seconds: the most that it may begin later at all; None where any delay is better than no run
    """

    cron: str
    expression: CronExpression
    timezone: str
    overlap: OverlapPolicy = OverlapPolicy.SKIP
    catch_up: CatchUpPolicy = CatchUpPolicy.LATEST
    retries: int = 0
    jitter_seconds: float = 0.0
    grace_seconds: float | None = None
