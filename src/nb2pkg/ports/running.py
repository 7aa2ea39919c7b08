"""What do runs of pipelines need from the world?

Times are seconds since 1970 in UTC, durations seconds, sizes bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from nb2pkg.notebook import NotebookFormat
from nb2pkg.pipeline.pipeline import Json
from nb2pkg.pipeline.records import (
    Artifact,
    Attempt,
    Holder,
    LiveProcess,
    RunRecord,
    RunStatus,
    StepRecord,
    StepStatus,
)
from nb2pkg.scheduling import Claim

# -- the records


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write to the record of a run: whoever holds the token that the store knows."""

    run: str
    token: str


class LeaseLost(Exception):
    """Somebody else has taken the run over, or marked it as crashed: nothing more may be written to it."""


class StoreAway(Exception):
    """The store does not answer for now; what was to be written can be tried again. The message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abandoned:
    """A run whose lease has ended, or whose holder is on this machine, and what it had started."""

    run: str
    holder: Holder
    has_expired: bool
    processes: tuple[LiveProcess, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunQuery:
    """Which runs are asked for; None and empty mean any. Newest first, at most `limit`.

    before: only those that started before this time
    """

    pipeline: str | None = None
    target: str | None = None
    statuses: tuple[RunStatus, ...] = ()
    started_from: float | None = None
    before: float | None = None
    limit: int = 100


class RunStore(Protocol):
    """The records of runs. Every call is one transaction: it is done whole, or not at all.

    Each raises EnvironmentFailure (NB510, NB516) where the store cannot be used at all, and StoreAway
    where it may answer later.
    """

    def begin(
        self, run: RunRecord, holder: Holder, lease_seconds: float, claim: Claim | None = None
    ) -> Lease:
        """Write down a new run with all its steps, and give the right to write to it.

        claim: of the scheduled tick that it is for. Raises LeaseLost where somebody else has that by now.
        """

    def renew(self, lease: Lease, lease_seconds: float) -> None:
        """Say that the run is still looked after. Raises LeaseLost."""

    def put_steps(self, lease: Lease, steps: Sequence[StepRecord]) -> None:
        """Write down what became of steps of the run, their attempts included. Raises LeaseLost."""

    def put_processes(
        self, lease: Lease, started: Sequence[LiveProcess], ended: Sequence[LiveProcess]
    ) -> None:
        """Write down which process groups the run has started, and which have ended. Raises LeaseLost."""

    def finish(self, lease: Lease, status: RunStatus, message: str, ended_at: float) -> None:
        """Write down the end of a run, and give the right back. Raises LeaseLost."""

    def run(self, id: str) -> RunRecord | None:
        """The record of a run, with its steps."""

    def runs(self, query: RunQuery) -> tuple[RunRecord, ...]:
        """The records of runs, without their steps."""

    def ids_like(self, prefix: str) -> tuple[str, ...]:
        """Up to ten ids that begin so, newest first."""

    def abandoned(self, host: str) -> tuple[Abandoned, ...]:
        """Runs that are `running` although their lease has ended, or whose holder is on `host`."""

    def mark_crashed(self, run: str, message: str, ended_at: float) -> bool:
        """Mark a running run, and those of its steps that ran, as crashed; no lease counts any more.

        False where it was not running any more. Steps that wait become `skipped`.
        """

    def delete(self, runs: Sequence[str]) -> None:
        """Forget runs that have ended."""

    def close(self) -> None:
        """Give back what is held open."""


@dataclass(frozen=True, slots=True)
class Silence:
    """How long a store has owed an answer, and why as far as it is known. 0.0: it owes none."""

    seconds: float
    why: str


class RecordKeeper(Protocol):
    """Keeps up the record of one run, as long as its lease holds and whatever the run itself is busy with.

    It also says, often enough, that the run is still looked after. What the store does not take now is written
    later, together with what was handed over since.
    """

    def hand_over(
        self,
        steps: Sequence[StepRecord],
        started: Sequence[LiveProcess],
        ended: Sequence[LiveProcess],
    ) -> None:
        """Have it written down what became of steps, and which process groups have started and ended."""

    def finish(self, status: RunStatus, message: str, ended_at: float) -> None:
        """Have the end of the run written down, after all the rest; it gives the lease back."""

    def is_written(self, within_seconds: float) -> bool:
        """Wait until all that was handed over is in the store, and the lease is sure; False where it is not by then.

        Raises:
            LeaseLost: nothing more is written.
            EnvironmentFailure: the store refuses; with what is handed over next, it is tried again.
        """

    def silence(self) -> Silence:
        """How long the store has owed an answer."""

    def close(self) -> None:
        """Write nothing more, and no longer say that the run is looked after."""


# -- files by their content


class ContentStore(Protocol):
    """Files by the sha256 of their bytes, and small JSON documents by a key.

    Nothing is ever half there. What is read is verified; what is damaged counts as absent, and `damaged`
    lists it.
    """

    def put(self, path: str) -> tuple[str, int]:
        """Keep a copy of a file; give its sha256 and size."""

    def fetch(self, sha256: str, to: str) -> bool:
        """Write a kept file to a path, whole and verified; False where it is not there."""

    def has(self, sha256: str) -> bool:
        """Whether there is such a file."""

    def entries(self, key: str) -> Sequence[Json]:
        """The documents of a key, newest first."""

    def add_entry(self, key: str, document: Json) -> None:
        """Keep a document beside those that the key has."""


# -- what steps are made of


class Project(Protocol):
    """The files around a pipeline. Paths are relative to where each of them says."""

    def read(self, path: str) -> bytes | None:
        """A file below the pipeline's folder; None where there is none. Refuses links that lead out."""

    def module(self, name: str) -> tuple[str, str] | None:
        """The path and source of a module of the project's own; None for every other module."""

    def sha256(self, path: str) -> str | None:
        """What identifies a file by its content, seen from the root; None where there is none."""

    def module_sha256(self, path: str) -> str | None:
        """What identifies a module's source as far as it matters."""

    def names_sha256(self, folder: str) -> str | None:
        """What identifies the names in a folder."""

    def matching(self, pattern: str) -> Sequence[str]:
        """The files that a path or pattern stands for, seen from the root, sorted."""

    def environment(self) -> str:
        """What identifies the Python that steps run on, and its packages."""

    def variable(self, name: str) -> str | None:
        """An environment variable."""


class RunPlace(Protocol):
    """The folders of one run. All paths that it gives are absolute."""

    @property
    def root(self) -> str:
        """The folder in which steps run."""

    def artifacts(self, step: str) -> str:
        """The folder for what a step makes."""

    def attempt(self, step: str, number: int) -> str:
        """The folder of one attempt: its log, its executed notebook."""

    def in_root(self, path: str) -> str:
        """A file of the root."""

    def source(self, path: str) -> str:
        """A file of the pipeline's folder."""

    def snapshot(self, step: str, data: bytes, format: NotebookFormat) -> str:
        """Write down a step's notebook as it is now; give the path of an .ipynb with it."""

    def clear(self, folder: str) -> None:
        """Remove what an earlier attempt has left in a folder of this run."""

    def metrics(self, folder: str, files: Sequence[str]) -> Mapping[str, float]:
        """The numbers among the artifacts of a step, and those in one called `metrics`."""


class WallClock(Protocol):
    """The time."""

    def now(self) -> float:
        """Seconds since 1970 in UTC; it may jump."""

    def monotonic(self) -> float:
        """Seconds since some moment; it never goes back."""

    def sleep_until(self, monotonic: float) -> None:
        """Wait until a time of the monotonic clock."""


# -- others that are told


class TrackerFailed(Exception):
    """Somebody who was to be told could not be; the message says why. It stops no run."""


class Tracker(Protocol):
    """Somebody else who is told of a run as it goes, such as an experiment tracker.

    Each call may raise TrackerFailed: then it is not told again of this run.
    """

    def begin(self, run: RunRecord) -> None:
        """A run begins; its steps wait."""

    def step_ended(self, run: RunRecord, step: StepRecord) -> None:
        """Nothing more will become of a step."""

    def end(self, run: RunRecord) -> None:
        """The run is over; the record is whole."""


# -- processes


@dataclass(frozen=True, slots=True, kw_only=True)
class StepJob:
    """One attempt to run a step, ready to start. All paths are absolute.

    run, step, number: which attempt it is
    work: a notebook's snapshot, or `module:function`
    source_path: the notebook as its user knows it
    root: the folder in which it runs; folder: for what belongs to this attempt alone; run_folder: to the run
    import_folders: from which its own modules are imported
    parameters: to inject, or to call with
    inputs: function steps: parameter → path without ending, and the key within where it was stored with others
    outputs: function steps: groups of names, one name a returned value
    artifacts: the folder that it writes its artifacts to
    imports: modules that it imports, and that may be there before it starts
    """

    run: str
    step: str
    number: int
    kind: str
    work: str
    source_path: str
    root: str
    folder: str
    run_folder: str
    import_folders: tuple[str, ...]
    parameters: Mapping[str, Json]
    secrets: tuple[str, ...] = ()
    inputs: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    outputs: tuple[tuple[str, ...], ...] = ()
    artifacts: str = ""
    interpreter: str = ""
    kernel: str | None = None
    language: str = "python"
    environment: Mapping[str, str] = field(default_factory=dict)
    imports: tuple[str, ...] = ()
    timeout_seconds: float | None = None
    cell_timeout_seconds: float | None = None
    start_timeout_seconds: float = 60.0
    options: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What a step was seen to touch. Paths are relative to its root where they lie below it.

    reads, writes: file → sha256, None for one that is gone or that changed while it was used
    listed: folder → what identifies the names in it
    programs: that it started; why_not_kept: reasons why its result cannot stand for another run of it
    """

    reads: Mapping[str, str | None] = field(default_factory=dict)
    writes: Mapping[str, str | None] = field(default_factory=dict)
    listed: Mapping[str, str] = field(default_factory=dict)
    programs: tuple[str, ...] = ()
    why_not_kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """The process of a step runs."""

    step: str
    process: LiveProcess
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProgress:
    """A notebook step has come to a cell; both numbers as in `Attempt`."""

    step: str
    cell: int
    cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPrinted:
    """A step has printed a line."""

    step: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnded:
    """A step's process, and all that it had started, have ended; what it leaves lies in its folder.

    files: names of the files in its folder of artifacts; notebook: the path of the executed notebook
    """

    step: str
    attempt: Attempt
    files: tuple[str, ...] = ()
    notebook: str | None = None
    footprint: Footprint = Footprint()
    metrics: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StopAsked:
    """Somebody asks to stop: at first orderly, the second time at once. `signal` is its number."""

    signal: int
    at_once: bool


StepEvent: TypeAlias = "StepStarted | StepProgress | StepPrinted | StepEnded | StopAsked"


class StepProcesses(Protocol):
    """Runs steps, each in a process of its own."""

    def start(self, job: StepJob) -> None:
        """Start a step; what becomes of it is told by events."""

    def events(self, until: float | None) -> Iterable[StepEvent]:
        """Wait for what happens next, at most until a time of the monotonic clock; may be empty."""

    def stop(self, step: str, status: StepStatus, message: str) -> None:
        """End a step in an orderly way, and with force where that takes too long; its end is told."""

    def kill(self, step: str) -> None:
        """End a step at once, with everything that it has started; its end is told."""

    def close(self) -> None:
        """End whatever still runs."""


__all__ = [
    "Abandoned",
    "Artifact",
    "ContentStore",
    "Footprint",
    "Lease",
    "LeaseLost",
    "Project",
    "RecordKeeper",
    "RunPlace",
    "RunQuery",
    "RunStore",
    "Silence",
    "StepEnded",
    "StepEvent",
    "StepJob",
    "StepPrinted",
    "StepProcesses",
    "StepProgress",
    "StepStarted",
    "StopAsked",
    "StoreAway",
    "Tracker",
    "TrackerFailed",
    "WallClock",
]
