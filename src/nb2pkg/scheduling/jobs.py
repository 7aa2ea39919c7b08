"""What is kept of a schedule: what it runs, when, and who is told?

Times are seconds since 1970 in UTC, durations seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nb2pkg.scheduling.notify import NOBODY, Notify
from nb2pkg.scheduling.timing import Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOptions:
    """How the runs of a schedule go; each is an option of `nb2pkg run`, but those of who schedules for others.

    output: where executed notebooks go; may have `{parameter}`s
    output_below: the folder that they may not leave, whatever is filled in; None: they may
    output_allows_hidden: whether they may be hidden there
    """

    jobs: int = 1
    output: str | None = None
    output_below: str | None = None
    output_allows_hidden: bool = True
    timeout_seconds: float | None = None
    kernel: str | None = None
    python: str | None = None


DEFAULT_OPTIONS = JobOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A schedule as it is kept.

    id: no other schedule has had it; name: no other one of the same owner has it
    owner: the user of the machine as whom it runs
    target: the absolute path of what is run
    parameters: what its runs set; none of them is secret
    origin: the key below `schedule` in the target's own file, if it comes from there; else empty
    """

    id: str
    name: str
    owner: str
    target: str
    timing: Timing
    parameters: Mapping[str, Any] = field(default_factory=dict)
    options: JobOptions = DEFAULT_OPTIONS
    notify: Notify = NOBODY
    origin: str = ""
    created_at: float = 0.0
