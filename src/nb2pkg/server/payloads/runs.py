"""Runs of notebooks and pipelines: what they take, how they go, what they left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from nb2pkg.server.payloads.limits import (
    ContentsPath,
    Jobs,
    Name,
    Names,
    RunId,
    Seconds,
    Values,
)
from nb2pkg.server.shapes import Json, NumberBounds

RunStatus = Literal["running", "succeeded", "failed", "cancelled", "crashed"]
StepStatus = Literal[
    "waiting",
    "running",
    "succeeded",
    "cached",
    "failed",
    "timed_out",
    "cancelled",
    "crashed",
    "skipped",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFormRequest:
    """What may a run of a notebook, a pipeline, or a folder with one, be given? What is saved counts."""

    path: ContentsPath


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A parameter. type: in words; schema: the JSON Schema of its values; default: null where it is secret."""

    name: str
    type: str
    schema: dict[str, Json]
    default: Json
    is_required: bool
    about: str
    is_secret: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFormAnswer:
    """What a run may be given; `path` is that of what is run, such as the `pipeline.yaml` of a folder."""

    path: str
    name: str
    is_notebook: bool
    fields: tuple[FormField, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStartRequest:
    """Start a run that goes on whatever becomes of the server. Each member is an option of `nb2pkg run`.

    parameters: values, each of its parameter's type
    output: where the executed notebook goes, or a folder for those of a pipeline; `{run}` is the run's id
    """

    path: ContentsPath
    parameters: Values = field(default_factory=dict)
    output: ContentsPath | None = None
    jobs: Jobs = 1
    force: bool = False
    only: Names = ()
    start: Names = ()
    keep_going: bool = False
    resume: RunId | None = None
    kernel: Name | None = None
    timeout_seconds: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStartAnswer:
    """The run is written down, and goes on by itself."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsQuery:
    """Which runs? The newest first; `path` is that of what was run."""

    limit: Annotated[int, NumberBounds(least=1, most=1_000)] = 50
    status: RunStatus | None = None
    path: ContentsPath | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """A run. path: of what was run, null where that is not below the server's root."""

    id: str
    name: str
    path: str | None
    status: RunStatus
    message: str
    user: str
    host: str
    started_at: str
    ended_at: str | None
    schedule: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsAnswer:
    """Runs, the newest first."""

    runs: tuple[RunSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunQuery:
    """Which run?"""

    id: RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFile:
    """A file that a step made."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStep:
    """What became of a step.

    cell, cells: the cell that was begun last, counting from 1, and how many there are
    message, traceback: why its last attempt did not succeed
    notebook: where the executed notebook was put, below the server's root; null where nobody asked for that
    """

    name: str
    kind: Literal["notebook", "function"]
    needs: tuple[str, ...]
    status: StepStatus
    why: str
    notes: tuple[str, ...]
    from_run: str | None
    attempts: int
    cell: int | None
    cells: int | None
    started_at: str | None
    ended_at: str | None
    seconds: float | None
    memory_bytes: int | None
    message: str
    traceback: str
    artifacts: tuple[RunFile, ...]
    metrics: dict[str, float]
    notebook: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAnswer:
    """A run with its steps. parameters: with `***` for secrets."""

    run: RunSummary
    parameters: dict[str, Json]
    resumes: str | None
    steps: tuple[RunStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCancelRequest:
    """Ask a run to end; asked once more, it ends at once."""

    id: RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCancelAnswer:
    """is_asked: false where the run was over already."""

    is_asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReportQuery:
    """The page about which run?"""

    id: RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLogQuery:
    """What did a step print? From a byte on, or the end of it where none is named."""

    id: RunId
    step: Name
    start: Annotated[int, NumberBounds(least=0, most=2**53)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLogAnswer:
    """A piece of what a step printed in its last attempt; to be asked for again from `next`.

    is_over: whether nothing more will come
    """

    text: str
    start: int
    next: int
    is_over: bool
