"""What is kept of a run: what was asked for, and what became of each step.

Times are seconds since 1970 in UTC, durations seconds, sizes bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from nb2pkg.pipeline.pipeline import Json


class RunStatus(str, Enum):
    """What became of a run; `crashed`: who ran it died before it could say."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CRASHED = "crashed"


class StepStatus(str, Enum):
    """What became of a step; `skipped`: a step that it needs did not succeed."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    CACHED = "cached"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    CRASHED = "crashed"
    SKIPPED = "skipped"

    @property
    def is_good(self) -> bool:
        """Whether steps that need it may run."""
        return self in (StepStatus.SUCCEEDED, StepStatus.CACHED)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will become of it."""
        return self not in (StepStatus.WAITING, StepStatus.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A file that a step made: its name, and the sha256 and size of its bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to run a step.

    cell: the 1-based position, among all cells, of the last code cell that was begun; None for functions
    cells: how many cells there are in all
    message: why it did not succeed, in a sentence
    traceback: of the notebook's or the function's own error
    exit: the exit code of its process, or the negative number of the signal that ended it
    """

    number: int
    status: StepStatus
    started_at: float
    ended_at: float | None = None
    seconds: float | None = None
    cpu_seconds: float | None = None
    memory_bytes: int | None = None
    cell: int | None = None
    cells: int | None = None
    message: str = ""
    traceback: str = ""
    exit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """What became of a step.

    kind: `notebook` or `function`; work: the notebook's path, or `module:function`
    why: why it had to run, or where what it gives comes from
    notes: what a reader of the record should know, such as why it cannot be kept for the next run
    from_run: the run that made what a cached step gives
    artifacts: what it made; notebook: the executed notebook
    metrics: numbers that it gave
    """

    name: str
    kind: str
    work: str
    needs: tuple[str, ...] = ()
    status: StepStatus = StepStatus.WAITING
    why: str = ""
    notes: tuple[str, ...] = ()
    key: str = ""
    from_run: str | None = None
    attempts: tuple[Attempt, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    notebook: Artifact | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GitState:
    """The commit that was checked out, and whether files differed from it."""

    commit: str
    is_dirty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """What is kept of a run.

    target: the absolute path of what was run; pipeline_sha256: of the text of the pipeline
    parameters: with `***` for secrets
    environment: what identifies the Python and its packages
    folder: where the run's logs, notebooks and artifacts lie
    resumes: the run that this one went on from
    schedule: the name of the schedule that it was due by; due: when it was
    """

    id: str
    pipeline: str
    target: str
    pipeline_sha256: str
    parameters: Mapping[str, Json]
    user: str
    host: str
    version: str
    environment: str
    folder: str
    started_at: float
    ended_at: float | None = None
    status: RunStatus = RunStatus.RUNNING
    message: str = ""
    git: GitState | None = None
    resumes: str | None = None
    schedule: str | None = None
    due: float | None = None
    steps: tuple[StepRecord, ...] = ()

    def step(self, name: str) -> StepRecord:
        """The record of a step."""
        return next(step for step in self.steps if step.name == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who runs something: enough to know later whether that process still lives.

    boot: identifies one start of the machine; process_start: of the process, in the machine's own clock ticks
    """

    host: str
    boot: str
    pid: int
    process_start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveProcess:
    """A process group that a run has started, to be ended should the run die."""

    run: str
    step: str
    group: int
    process_start: int
