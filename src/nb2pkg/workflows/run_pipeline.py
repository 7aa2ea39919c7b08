"""How is a pipeline run: which step when, from what, and what is written down of it?

The record is written before and after everything that it tells of, so that it is true whenever who writes it
is killed.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nb2pkg.pipeline.fingerprints import KeyParts, key_of
from nb2pkg.pipeline.ordering import with_all_after, with_all_needed
from nb2pkg.pipeline.pipeline import FunctionWork, Json, artifact_name
from nb2pkg.pipeline.progress import Progress
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
from nb2pkg.ports.running import (
    ContentStore,
    Lease,
    LeaseLost,
    Project,
    RecordKeeper,
    RunPlace,
    RunStore,
    StepEnded,
    StepEvent,
    StepJob,
    StepPrinted,
    StepProcesses,
    StepProgress,
    StepStarted,
    StopAsked,
    WallClock,
)
from nb2pkg.problems import EnvironmentFailure, UsageError
from nb2pkg.scheduling import Claim
from nb2pkg.workflows.preparing_run import PreparedRun, PreparedStep, Taken
from nb2pkg.workflows.run_events import Listener, Noticed, RunBegan, RunOver
from nb2pkg.workflows.step_results import (
    Hit,
    KeptResult,
    Miss,
    find_result,
    keep_result,
    parts_of,
)
from nb2pkg.workflows.writing_record import RecordWriting

_LONGEST_DELAY = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWish:
    """How a run is to go.

    lease_seconds: for how long the record counts as looked after, unless it is said again
    only, start: steps that alone are run, or from which on all are run anew, whatever is kept
    resumed: a run to go on from, whose results count even where they could not stand for others
    """

    jobs: int = 1
    lease_seconds: float = 60.0
    force: bool = False
    only: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    keeps_going: bool = False
    resumed: str | None = None
    interpreter: str = ""
    import_folders: tuple[str, ...] = ()
    options: Mapping[str, Json] = field(default_factory=dict)
    start_timeout_seconds: float = 60.0
    cell_timeout_seconds: float | None = None
    artifacts_source: str = ""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """What would become of a step: `hit`, `run`, or `unknown` as it hangs on what others give."""

    name: str
    fate: str
    why: str


def plan_steps(
    run: PreparedRun,
    wish: RunWish,
    store: ContentStore,
    project: Project,
    target: str,
) -> tuple[PlannedStep, ...]:
    """Say of each step whether it would run, and why; nothing is run."""
    chosen = _chosen(run, wish)
    forced = _forced(run, wish)
    known: dict[str, KeptResult] = {}
    found: list[PlannedStep] = []
    for prepared in run.steps:
        name = prepared.name
        if name not in chosen:
            found.append(PlannedStep(name, "left out", "not asked for"))
            continue
        waits = [t.producer for t in prepared.takes if t.producer not in known]
        if name in forced:
            found.append(PlannedStep(name, "run", "asked for"))
        elif waits:
            found.append(PlannedStep(name, "unknown", f"depends on what {waits[0]} gives"))
        else:
            parts = parts_of(prepared, _digests(prepared, known), project)
            answer = find_result(
                prepared, parts, store, project, target=target, resumed=wish.resumed
            )
            if isinstance(answer, Hit):
                known[name] = answer.result
                found.append(PlannedStep(name, "hit", answer.why))
            else:
                found.append(PlannedStep(name, "run", answer.why))
    return tuple(found)


def run_pipeline(
    run: PreparedRun,
    record: RunRecord,
    wish: RunWish,
    *,
    store: RunStore,
    keep_record: Callable[[RunStore, Lease, float], RecordKeeper],
    contents: ContentStore,
    project: Project,
    place: RunPlace,
    open_processes: Callable[[], StepProcesses],
    clock: WallClock,
    holder: Holder,
    listen: Listener,
    claim: Claim | None = None,
) -> RunRecord:
    """Run the steps that have to be run; give the record of the run.

    keep_record: keeps up the record under a lease of so many seconds
    claim: of the scheduled tick that it is for

    Raises:
        LeaseLost: somebody else has that claim by now, and nothing was begun.
        EnvironmentFailure: the record cannot be begun, or the disk refuses.
    """
    going = _Going(run, record, wish, contents, project, place, clock, listen)
    record = going.record
    lease = store.begin(record, holder, wish.lease_seconds, claim)
    keeper = keep_record(store, lease, wish.lease_seconds)
    try:
        return going.go(open_processes, RecordWriting(keeper, listen, wish.lease_seconds))
    finally:
        keeper.close()


@dataclass(slots=True)
class _Outcome:
    """What a step gave in this run, and where it lies."""

    result: KeptResult
    is_here: bool  # whether its artifacts are in the run's own folder


class _Going:
    """One run, as it goes."""

    def __init__(
        self,
        run: PreparedRun,
        record: RunRecord,
        wish: RunWish,
        contents: ContentStore,
        project: Project,
        place: RunPlace,
        clock: WallClock,
        listen: Listener,
    ) -> None:
        self._run = run
        self._wish = wish
        self._contents = contents
        self._project = project
        self._place = place
        self._clock = clock
        self._listen = listen
        self._steps = {prepared.name: prepared for prepared in run.steps}
        self._chosen = _chosen(run, wish)
        self._forced = set(_forced(run, wish))
        needs = {
            prepared.name: [n for n in prepared.step.needs if n in self._chosen]
            for prepared in run.steps
            if prepared.name in self._chosen
        }
        self._progress = Progress(needs, keeps_going=wish.keeps_going)
        self._records = {
            prepared.name: StepRecord(
                name=prepared.name,
                kind=prepared.kind,
                work=prepared.step.work.path,
                needs=prepared.step.needs,
                status=StepStatus.WAITING if prepared.name in self._chosen else StepStatus.SKIPPED,
                why="" if prepared.name in self._chosen else "not asked for",
            )
            for prepared in run.steps
        }
        self.record = replace(record, steps=tuple(self._records.values()))
        self._outcomes: dict[str, _Outcome] = {}
        self._parts: dict[str, KeyParts] = {}
        self._delayed: list[tuple[float, str]] = []
        self._processes: StepProcesses | None = None
        self._is_stopping = False
        self._status = RunStatus.SUCCEEDED
        self._message = ""
        self._live: dict[str, list[LiveProcess]] = {}
        self._writing: RecordWriting

    def go(self, open_processes: Callable[[], StepProcesses], writing: RecordWriting) -> RunRecord:
        """Run to the end."""
        self._writing = writing
        try:
            try:
                self._listen(RunBegan(self.record))
                self._go_on(open_processes)
            finally:
                if self._processes is not None:
                    self._processes.close()
        except LeaseLost:
            self._lose()
        except EnvironmentFailure as error:
            self._status, self._message = RunStatus.FAILED, error.message
            self._give_up(error.message)
            self._finish()
            raise
        return self._finish()

    # -- what is next

    def _go_on(self, open_processes: Callable[[], StepProcesses]) -> None:
        self._start_what_can(open_processes)
        while not self._is_done():
            self._writing.write()
            if self._writing.is_given_up and not self._is_stopping:
                self._begin_nothing_more()
                continue
            for event in self._wait():
                self._hear(event)
            self._start_what_can(open_processes)

    def _is_done(self) -> bool:
        return self._progress.is_over and not self._delayed

    def _start_what_can(self, open_processes: Callable[[], StepProcesses]) -> None:
        now = self._clock.monotonic()
        for due, name in list(self._delayed):
            if due <= now:
                self._delayed.remove((due, name))
                self._begin(name, open_processes)
        while self._progress.running - len(self._delayed) < self._wish.jobs:
            ready = self._progress.take()
            if ready is None:
                return
            self._take_up(ready, open_processes)

    def _take_up(self, name: str, open_processes: Callable[[], StepProcesses]) -> None:
        """A step can run: does it have to?"""
        prepared = self._steps[name]
        taken = _digests(prepared, {n: o.result for n, o in self._outcomes.items()})
        parts = parts_of(prepared, taken, self._project)
        self._parts[name] = parts
        answer: Hit | Miss
        if name in self._forced:
            answer = Miss("asked for")
        else:
            answer = find_result(
                prepared,
                parts,
                self._contents,
                self._project,
                target=self.record.target,
                resumed=self._wish.resumed,
            )
        if isinstance(answer, Hit) and self._restored(prepared, answer.result):
            self._outcomes[name] = _Outcome(answer.result, is_here=False)
            self._change(
                name,
                status=StepStatus.CACHED,
                why=answer.why,
                key=answer.result.key,
                from_run=answer.result.run,
                artifacts=answer.result.artifacts,
                notebook=answer.result.notebook,
                metrics=answer.result.metrics,
            )
            self._progress.end(name, StepStatus.CACHED)
            return
        why = answer.why if isinstance(answer, Miss) else "what it gave is damaged"
        self._change(name, why=why, key=key_of(parts))
        self._begin(name, open_processes)

    def _restored(self, prepared: PreparedStep, result: KeptResult) -> bool:
        """Put the files that the pipeline counts on where they belong."""
        for file in result.files:
            if self._project.sha256(file.name) != file.sha256:
                path = self._place.in_root(file.name)
                if not self._contents.fetch(file.sha256, path):
                    return False
        return True

    def _begin(self, name: str, open_processes: Callable[[], StepProcesses]) -> None:
        prepared = self._steps[name]
        lost = self._gather(prepared)
        if lost is not None:
            self._redo(name, lost)
            return
        if self._processes is None:
            self._processes = open_processes()
        number = len(self._records[name].attempts) + 1
        attempt = Attempt(number=number, status=StepStatus.RUNNING, started_at=self._clock.now())
        self._change(
            name,
            status=StepStatus.RUNNING,
            attempts=(*self._records[name].attempts, attempt),
        )
        self._writing.write()
        self._processes.start(self._job(prepared, number))

    def _gather(self, prepared: PreparedStep) -> str | None:
        """Have all that a step takes in the run's folder; give the step whose artifact is lost."""
        for producer in dict.fromkeys(taken.producer for taken in prepared.takes):
            outcome = self._outcomes.get(producer)
            if outcome is None or outcome.is_here:
                continue
            folder = self._place.artifacts(producer)
            for artifact in outcome.result.artifacts:
                if not self._contents.fetch(artifact.sha256, posixpath.join(folder, artifact.name)):
                    return producer
            outcome.is_here = True
        return None

    def _redo(self, name: str, lost: str) -> None:
        """An artifact is damaged: the step that makes it has to run, whatever its record says."""
        self._listen(
            Noticed("NB543", f"what {lost} gave is damaged where it was kept; {lost} is run again")
        )
        del self._outcomes[lost]
        self._forced.add(lost)
        self._progress.put_back(name)
        self._progress.redo(lost)
        self._change(lost, status=StepStatus.WAITING, from_run=None, artifacts=(), notebook=None)

    def _job(self, prepared: PreparedStep, number: int) -> StepJob:
        step = prepared.step
        name = prepared.name
        artifacts = self._place.artifacts(name)
        parameters = dict(prepared.parameters)
        inputs: dict[str, tuple[str, str | None]] = {}
        for taken in prepared.takes:
            path = posixpath.join(self._place.artifacts(taken.producer), taken.name)
            if prepared.kind == "function":
                inputs[taken.parameter] = (path, taken.key)
            else:
                parameters[taken.parameter] = path
        if prepared.folder_parameter is not None:
            parameters[prepared.folder_parameter] = artifacts
        is_notebook = not isinstance(step.work, FunctionWork)
        self._place.clear(artifacts)
        work = step.work.path
        if prepared.source is not None:
            work = self._place.snapshot(name, prepared.source, prepared.format)
        return StepJob(
            run=self.record.id,
            step=name,
            number=number,
            kind=prepared.kind,
            work=work,
            source_path=self._place.source(step.work.path) if is_notebook else step.work.path,
            root=self._place.root,
            folder=self._place.attempt(name, number),
            run_folder=self.record.folder,
            import_folders=self._wish.import_folders,
            parameters=parameters,
            secrets=self._run.secrets,
            inputs=inputs,
            outputs=step.outputs,
            artifacts=artifacts,
            interpreter=self._wish.interpreter,
            kernel=prepared.kernel,
            language=prepared.language,
            environment={
                "NB2PKG_RUN_ID": self.record.id,
                "NB2PKG_STEP": name,
                "NB2PKG_ATTEMPT": str(number),
            },
            imports=tuple(sorted(prepared.code.imports)),
            timeout_seconds=step.timeout_seconds,
            cell_timeout_seconds=step.cell_timeout_seconds or self._wish.cell_timeout_seconds,
            start_timeout_seconds=self._wish.start_timeout_seconds,
            options={**self._wish.options, "artifacts_source": self._wish.artifacts_source},
        )

    # -- what happens

    def _wait(self) -> Iterator[StepEvent]:
        times = [due for due, _ in self._delayed]
        until = min([*times, self._clock.monotonic() + self._writing.seconds_to_wait])
        if self._processes is None:
            self._clock.sleep_until(until)
            return iter(())
        return iter(self._processes.events(until))

    def _hear(self, event: StepEvent) -> None:
        match event:
            case StepStarted():
                self._writing.started(event.process)
                self._live.setdefault(event.step, []).append(event.process)
            case StepEnded():
                self._writing.ended(self._live.pop(event.step, []))
                self._end(event)
            case StopAsked():
                self._cancel(event)
            case StepProgress():
                self._progressed(event)
            case StepPrinted():
                self._listen(event)

    def _progressed(self, event: StepProgress) -> None:
        record = self._records[event.step]
        attempt = replace(record.attempts[-1], cell=event.cell, cells=event.cells)
        self._records[event.step] = replace(record, attempts=(*record.attempts[:-1], attempt))
        self._writing.note(self._records[event.step])
        self._listen(event)

    def _cancel(self, event: StopAsked) -> None:
        self._status = RunStatus.CANCELLED
        self._message = f"stopped by signal {event.signal}"
        self._stop_beginning("the run was cancelled")
        assert self._processes is not None
        for name, status in self._progress.statuses.items():
            if status is StepStatus.RUNNING:
                if event.at_once:
                    self._processes.kill(name)
                else:
                    self._processes.stop(name, StepStatus.CANCELLED, "the run was cancelled")

    def _begin_nothing_more(self) -> None:
        """The store has been away for too long: what runs may end, so that its results are kept."""
        if self._status is RunStatus.SUCCEEDED:
            self._status = RunStatus.FAILED
            seconds = self._wish.lease_seconds
            self._message = f"the record store has not answered for {seconds:g} s"
        self._stop_beginning("the record store does not answer")

    def _stop_beginning(self, why: str) -> None:
        self._is_stopping = True
        self._skip(self._progress.stop(), why)
        for _, name in self._delayed:
            self._change(name, status=StepStatus.CANCELLED, why=why)
            self._progress.end(name, StepStatus.CANCELLED)
        self._delayed.clear()

    def _end(self, event: StepEnded) -> None:
        name = event.step
        prepared = self._steps[name]
        attempt = _without_secrets(event.attempt, self._run.secrets)
        artifacts: tuple[Artifact, ...] = ()
        notebook: Artifact | None = None
        notes = event.notes
        metrics = event.metrics
        if attempt.status is StepStatus.SUCCEEDED:
            missing = self._missing(prepared, event)
            if missing:
                attempt = replace(attempt, status=StepStatus.FAILED, message=missing)
        if attempt.status is StepStatus.SUCCEEDED:
            folder = self._place.artifacts(name)
            artifacts = tuple(self._kept(posixpath.join(folder, f), f) for f in event.files)
            if event.notebook is not None:
                notebook = self._kept(event.notebook, "notebook.ipynb")
            files = tuple(self._kept(self._place.in_root(f), f) for f in prepared.step.files)
            metrics = metrics or self._place.metrics(folder, event.files)
            why = keep_result(
                prepared,
                self._parts[name],
                self._contents,
                target=self.record.target,
                run=self.record.id,
                footprint=event.footprint,
                artifacts=artifacts,
                files=files,
                notebook=notebook,
                metrics=metrics,
            )
            notes += tuple(f"runs again next time: {reason}" for reason in why)
            result = KeptResult(
                key=key_of(self._parts[name]),
                run=self.record.id,
                step=name,
                artifacts=artifacts,
                notebook=notebook,
                reads={},
                writes={},
                listed={},
                metrics=metrics,
            )
            self._outcomes[name] = _Outcome(result, is_here=True)
        elif event.notebook is not None:
            notebook = self._kept(event.notebook, "notebook.ipynb")
        attempts = (*self._records[name].attempts[:-1], attempt)
        is_last = attempt.status is StepStatus.SUCCEEDED or not self._may_retry(prepared, attempt)
        self._change(
            name,
            status=attempt.status if is_last else StepStatus.WAITING,
            attempts=attempts,
            artifacts=artifacts,
            notebook=notebook,
            notes=notes,
            metrics=metrics,
        )
        if not is_last:
            first = prepared.step.retry_delay_seconds
            delay = min(first * 2 ** (attempt.number - 1), max(first, _LONGEST_DELAY))
            due = self._clock.monotonic() + delay
            self._delayed.append((due, name))
            return
        self._skip(self._progress.end(name, attempt.status), f"{name} did not succeed")
        if not attempt.status.is_good and self._status is RunStatus.SUCCEEDED:
            self._status = RunStatus.FAILED
            self._message = f"{name}: {attempt.message}"

    def _may_retry(self, prepared: PreparedStep, attempt: Attempt) -> bool:
        is_own_fault = attempt.status in (StepStatus.FAILED, StepStatus.TIMED_OUT)
        return is_own_fault and not self._is_stopping and attempt.number <= prepared.step.retries

    def _missing(self, prepared: PreparedStep, event: StepEnded) -> str:
        """What the pipeline counts on and the step did not leave."""
        if self._wish.options.get("prepare_only"):
            return ""
        stems = {file.partition(".")[0] for file in event.files}
        names = [artifact_name(group) for group in prepared.step.outputs]
        is_stored = prepared.kind == "function" or prepared.folder_parameter is not None
        lost = [name for name in names if is_stored and name not in stems]
        if lost:
            return f"it did not store its output {', '.join(lost)}"
        gone = [file for file in prepared.step.files if self._project.sha256(file) is None]
        return f"it did not write {', '.join(gone)}" if gone else ""

    def _kept(self, path: str, name: str) -> Artifact:
        sha256, size = self._contents.put(path)
        return Artifact(name=name, sha256=sha256, size=size)

    # -- the record

    def _change(self, name: str, **changes: Json) -> None:
        self._records[name] = replace(self._records[name], **changes)
        self._writing.change(self._records[name])

    def _skip(self, names: Sequence[str], why: str) -> None:
        for name in names:
            self._change(name, status=StepStatus.SKIPPED, why=why)

    def _give_up(self, message: str) -> None:
        for name, status in self._progress.statuses.items():
            if status is StepStatus.RUNNING:
                record = self._records[name]
                attempts = record.attempts
                if attempts and attempts[-1].status is StepStatus.RUNNING:
                    ended = replace(
                        attempts[-1],
                        status=StepStatus.FAILED,
                        message=message,
                        ended_at=self._clock.now(),
                    )
                    attempts = (*attempts[:-1], ended)
                self._change(name, status=StepStatus.FAILED, attempts=attempts)
            elif status is StepStatus.WAITING:
                self._change(name, status=StepStatus.SKIPPED, why=message)

    def _finish(self) -> RunRecord:
        """Write down the end, and tell of it."""
        self.record = replace(
            self.record,
            status=self._status,
            message=self._message,
            ended_at=self._clock.now(),
            steps=tuple(self._records.values()),
        )
        if self._status is not RunStatus.CRASHED:
            self._write_end()
        self._listen(RunOver(self.record))
        return self.record

    def _write_end(self) -> None:
        """Write down the end, waiting for the store if need be."""
        ended = self.record.ended_at
        assert ended is not None
        try:
            if self._writing.finish(self._status, self._message, ended):
                return
        except LeaseLost:
            self._lose()
        else:
            self._status = RunStatus.CRASHED
            self._message = "its end could not be recorded, as the record store does not answer"
            self._listen(Noticed("NB510", f"{self._message}; what its steps gave is kept"))
        self.record = replace(self.record, status=self._status, message=self._message)

    def _lose(self) -> None:
        """Others have taken us for dead, and have said so in the record."""
        self._status = RunStatus.CRASHED
        self._message = "another process has marked this run as crashed: it was stopped"
        self._listen(Noticed("NB546", self._message))


def _chosen(run: PreparedRun, wish: RunWish) -> frozenset[str]:
    """The steps that the run is about."""
    needs = {prepared.name: prepared.step.needs for prepared in run.steps}
    unknown = [name for name in (*wish.only, *wish.start) if name not in needs]
    if unknown:
        raise UsageError(
            "NB304", f"there is no step {unknown[0]!r}", hint=f"steps: {', '.join(needs)}"
        )
    if wish.only:
        return with_all_needed(wish.only, needs)
    return frozenset(needs)


def _forced(run: PreparedRun, wish: RunWish) -> frozenset[str]:
    """The steps that run whatever is kept."""
    needs = {prepared.name: prepared.step.needs for prepared in run.steps}
    if wish.start:
        return with_all_after(wish.start, needs)
    if wish.force:
        return frozenset(wish.only or needs)
    return frozenset()


def _digests(prepared: PreparedStep, results: Mapping[str, KeptResult]) -> dict[str, str]:
    """Parameter → the sha256 of the artifact that it gets."""
    found: dict[str, str] = {}
    for taken in prepared.takes:
        result = results.get(taken.producer)
        if result is not None:
            found[taken.parameter] = _digest_of(taken, result)
    return found


def _digest_of(taken: Taken, result: KeptResult) -> str:
    for artifact in result.artifacts:
        if artifact.name.partition(".")[0] == taken.name or artifact.name == taken.name:
            return artifact.sha256 if taken.key is None else f"{artifact.sha256}:{taken.key}"
    return "missing"


def _without_secrets(attempt: Attempt, secrets: Sequence[str]) -> Attempt:
    message, traceback = attempt.message, attempt.traceback
    for secret in secrets:
        message = message.replace(secret, "***")
        traceback = traceback.replace(secret, "***")
    return replace(attempt, message=message, traceback=traceback)
