"""Schedules: when something runs by itself, and what became of that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from nb2pkg.server.payloads.limits import (
    ContentsPath,
    Jobs,
    Name,
    Names,
    Seconds,
    Values,
    Words,
)
from nb2pkg.server.shapes import Json, NumberBounds

Overlap = Literal["skip", "queue", "allow", "cancel-old"]
CatchUp = Literal["latest", "all", "none"]
ScheduleAction = Literal["pause", "resume", "remove", "trigger"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePreviewRequest:
    """When would that be? cron: five fields, @daily, or words such as `weekdays at 07:30`"""

    cron: Words
    timezone: Name
    count: Annotated[int, NumberBounds(least=1, most=100)] = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePreviewAnswer:
    """What a text stands for, as crontab says it, and the next moments of that."""

    crontab: str
    timezone: str
    next: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleAddRequest:
    """Have something run by itself. Each member is an option of `nb2pkg schedule add`."""

    path: ContentsPath
    cron: Words
    timezone: Name
    name: Name | None = None
    parameters: Values = field(default_factory=dict)
    overlap: Overlap = "skip"
    catch_up: CatchUp = "latest"
    retries: Annotated[int, NumberBounds(least=0, most=100)] = 0
    jitter_seconds: Seconds = 0.0
    grace_seconds: Seconds | None = None
    output: ContentsPath | None = None
    jobs: Jobs = 1
    timeout_seconds: Seconds | None = None
    kernel: Name | None = None
    notify_command: Words | None = None
    notify_webhook: Words | None = None
    notify_emails: Names = ()
    replace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """What became of a due moment."""

    due: str
    fate: str
    why: str
    run: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A schedule. path: of what it runs, null where that is not below the server's root."""

    name: str
    path: str | None
    cron: str
    crontab: str
    timezone: str
    overlap: Overlap
    catch_up: CatchUp
    retries: int
    jitter_seconds: float
    grace_seconds: float | None
    parameters: dict[str, Json]
    output: str | None
    is_from_file: bool
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleState:
    """How a schedule stands: the newest of its due moments that is over, the recent ones, and the next.

    is_stale: whether its last success is older than it should be
    """

    schedule: Schedule
    is_paused: bool
    next_due: str | None
    last: Tick | None
    recent: tuple[Tick, ...]
    last_success: str | None
    is_stale: bool
    late_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleAddAnswer:
    """A schedule that is kept now.

    has_daemon: whether anything runs that starts its runs; `nb2pkg schedule install` sees to that
    """

    schedule: Schedule
    change: Literal["added", "changed", "same"]
    next: tuple[str, ...]
    has_daemon: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulesQuery:
    """All schedules of whoever runs the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulesAnswer:
    """Schedules by name; has_daemon: whether anything runs that starts their runs."""

    schedules: tuple[ScheduleState, ...]
    has_daemon: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleChangeRequest:
    """Change a schedule, or ask it for a run now."""

    name: Name
    action: ScheduleAction


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleChangeAnswer:
    """is_changed: false where it was so already."""

    name: str
    action: ScheduleAction
    is_changed: bool
