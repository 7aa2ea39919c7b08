"""Runs of pipelines, notebooks and functions, and their records: real processes, stores and clocks."""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from nb2pkg import __version__
from nb2pkg.adapters import this_machine
from nb2pkg.adapters.bounded_outputs import refuse_outside
from nb2pkg.adapters.content_folder import ContentFolder
from nb2pkg.adapters.kernel_interpreter import UnresolvedKernel, interpreter_of_kernel
from nb2pkg.adapters.project_files import ProjectFiles
from nb2pkg.adapters.published_outputs import claimed, publish, refuse_unfit
from nb2pkg.adapters.run_folders import RunFolder
from nb2pkg.adapters.run_remains import (
    read_text,
    remove_run_folders,
    sweep_leftovers,
    sweep_results,
)
from nb2pkg.adapters.run_store import network_file_system
from nb2pkg.adapters.run_targets import Target, find_target
from nb2pkg.adapters.state_home import (
    cache_address,
    cache_mode,
    is_private,
    lease_seconds,
    state_home,
    store_url,
)
from nb2pkg.adapters.system_clock import SystemClock
from nb2pkg.api.stores import open_runs, open_true_runs, reap_runs
from nb2pkg.pipeline.fingerprints import sha256_of
from nb2pkg.pipeline.output_paths import filled_path
from nb2pkg.pipeline.pipeline import CachePolicy, FunctionWork, NotebookWork, Pipeline
from nb2pkg.pipeline.preloading import preloadable
from nb2pkg.pipeline.reading import read_pipeline
from nb2pkg.pipeline.records import RunRecord, RunStatus, StepRecord, StepStatus
from nb2pkg.ports.running import (
    ContentStore,
    RunQuery,
    RunStore,
    StepProcesses,
    StoreAway,
    Tracker,
)
from nb2pkg.problems import BadPipeline, EnvironmentFailure, Nb2pkgError, UsageError
from nb2pkg.scheduling import Claim
from nb2pkg.workflows.preparing_run import (
    Given,
    GivenText,
    GivenValue,
    PreparedRun,
    pipeline_of_notebook,
    prepare_run,
    require_all,
    values_of,
)
from nb2pkg.workflows.run_differences import RunDifference, differences
from nb2pkg.workflows.run_events import (
    Listener,
    Noticed,
    RunBegan,
    RunEvent,
    RunOver,
    StepChanged,
)
from nb2pkg.workflows.run_pipeline import PlannedStep, RunWish, plan_steps, run_pipeline
from nb2pkg.workflows.telling import telling

_PARAMETER_VARIABLE = "NB2PKG_PARAM_"
_LARGEST_SHOWN = 200_000_000
_LONGEST_LOG = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How a run is to go; each field is an option of `nb2pkg run`, but those of who runs something for others.

    output: where the executed notebook of a single notebook goes, or a folder for those of a pipeline
    output_below: the folder that it may not leave, whatever is filled in and wherever links lead; None: it may
    output_allows_hidden: whether it may be hidden there, as by a name that begins with a dot
    root: the folder in which steps run, instead of the pipeline's own
    mlflow: a tracking URI; lineage: a file or address for OpenLineage events
    """

    jobs: int = 1
    force: bool = False
    only: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    keeps_going: bool = False
    resume: str | None = None
    output: str | None = None
    output_below: str | None = None
    output_allows_hidden: bool = True
    root: str | None = None
    python: str | None = None
    kernel: str | None = None
    warm: bool | None = None
    waits: bool = False
    report_mode: bool = False
    prepare_only: bool = False
    start_timeout_seconds: float = 60.0
    cell_timeout_seconds: float | None = None
    timeout_seconds: float | None = None
    tells_lines: bool = False
    mlflow: str | None = None
    mlflow_experiment: str | None = None
    lineage: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What a run gave. outputs: the executed notebooks that were asked for: step → path."""

    record: RunRecord
    outputs: Mapping[str, str]

    @property
    def is_good(self) -> bool:
        """Whether it reached its end."""
        return self.record.status is RunStatus.SUCCEEDED

    @property
    def id(self) -> str:
        """The run's id."""
        return self.record.id

    @property
    def status(self) -> str:
        """`succeeded`, `failed`, `cancelled` or `crashed`."""
        return self.record.status.value

    def step(self, name: str) -> StepRecord:
        """What became of a step."""
        return self.record.step(name)

    def artifact(self, step: str, name: str) -> str:
        """Give the path of a file that a step made, by its name, with or without ending.

        Raises:
            UsageError: the step made no such file, or it is not kept any more (NB308).
        """
        return artifact_path(self.record, step, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What a scheduled run is for. run: the id that it has to have; claim: what allows it to begin."""

    run: str
    schedule: str
    due: float
    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a run would do."""

    pipeline: str
    parameters: Mapping[str, Any]
    steps: tuple[PlannedStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """All that is settled before a run begins."""

    target: Target
    prepared: PreparedRun
    wish: RunWish
    project: ProjectFiles
    root: str


def run(
    target: str = ".",
    parameters: Mapping[str, Any] | None = None,
    options: RunOptions = RunOptions(),
    *,
    texts: Mapping[str, GivenText] | None = None,
    listen: Listener = lambda event: None,
) -> RunResult:
    """Run a pipeline, or a single notebook, and give its record.

    target: a `pipeline.yaml`, a folder with one, an extracted package, or a notebook; `parameters` are values,
    `texts` words of a command line. Steps that ran on the same things before are not run again.

    Raises:
        UsageError: the target, a parameter or the output is not right (NB001, NB304, NB021).
        BadPipeline: the pipeline is not (NB301 to NB310).
        EnvironmentFailure: the disk, the store or a kernel is not as needed.
    """
    return _carried_out(target, parameters or {}, texts or {}, options, listen, None)


def run_scheduled(
    duty: Duty, target: str, parameters: Mapping[str, Any], options: RunOptions
) -> RunResult:
    """Run what a schedule is due to run.

    Raises:
        LeaseLost: somebody else has been given that to do.
        Nb2pkgError: as `run` does.
    """
    return _carried_out(target, parameters, {}, options, lambda event: None, duty)


def plan(
    target: str = ".",
    parameters: Mapping[str, Any] | None = None,
    options: RunOptions = RunOptions(),
    *,
    texts: Mapping[str, GivenText] | None = None,
) -> Planned:
    """Say what a run would do, and why; nothing is run, and nothing written.

    Raises:
        Nb2pkgError: as `run` does.
    """
    home = state_home()
    ready = _ready(target, parameters or {}, texts or {}, options)
    contents = _contents(home)
    steps = plan_steps(ready.prepared, ready.wish, contents, ready.project, ready.target.path)
    return Planned(
        pipeline=ready.prepared.pipeline.name,
        parameters=ready.prepared.shown_values,
        steps=steps,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRun:
    """What could be run: the target's absolute path and name, and what was given, each of its parameter's type."""

    path: str
    name: str
    given: Mapping[str, Any]


def check_run(
    target: str,
    parameters: Mapping[str, Any],
    texts: Mapping[str, GivenText],
    options: RunOptions,
) -> CheckedRun:
    """Check all that `run` checks before a run begins, for one that begins later.

    Raises:
        UsageError: a parameter is secret, which nobody keeps (NB304).
        Nb2pkgError: as `run` does.
    """
    ready = _ready(target, parameters, texts, options)
    _output_path(options, ready, new_run_id(), time.time())
    pipeline = ready.prepared.pipeline
    given = {*parameters, *texts}
    for parameter in pipeline.parameters:
        if parameter.is_secret and parameter.name in given:
            raise UsageError(
                "NB304",
                f"{parameter.name} is secret: a schedule does not keep it",
                hint=f"set {_PARAMETER_VARIABLE}{parameter.name.upper()} where the daemon runs",
            )
    return CheckedRun(
        path=ready.target.path,
        name=pipeline.steps[0].name if ready.target.is_notebook else pipeline.name,
        given={name: ready.prepared.values[name] for name in sorted(given)},
    )


def pipeline_at(target: str) -> tuple[str, Pipeline]:
    """Read a pipeline; give its absolute path, too.

    Raises:
        UsageError: it is no pipeline (NB001).
        BadPipeline: it is not right.
    """
    found = find_target(target)
    if found.is_notebook:
        raise UsageError("NB001", f"{target} is a notebook, and no pipeline")
    try:
        return found.path, read_pipeline(found.data)
    except Nb2pkgError as error:
        error.notebook = error.notebook or found.shown
        raise


def run_records(query: RunQuery) -> tuple[RunRecord, ...]:
    """List runs, newest first, without their steps.

    Raises:
        EnvironmentFailure: the store cannot be used (NB510).
    """
    with open_true_runs() as store:
        return store.runs(query)


def run_record(id: str) -> RunRecord:
    """Give the record of a run; `id` may be its beginning, or `last`.

    Raises:
        UsageError: there is no such run, or there are several (NB308).
    """
    with open_true_runs() as store:
        return _found(store, id)


def find_record(id: str) -> RunRecord | None:
    """Give the record of a run by its whole id; None where there is none."""
    with open_true_runs() as store:
        return store.run(id)


def artifact_path(record: RunRecord, step: str, name: str) -> str:
    """Give the path of a file that a step of a run made; what came from another run is put beside it.

    Raises:
        UsageError: the step made no such file, or it is not kept any more (NB308).
    """
    made = record.step(step).artifacts
    found = [a for a in made if name in (a.name, os.path.splitext(a.name)[0])]
    if not found:
        known = ", ".join(artifact.name for artifact in made) or "none"
        raise UsageError("NB308", f"step {step!r} made no {name!r}", hint=f"artifacts: {known}")
    path = os.path.join(record.folder, "artifacts", step, found[0].name)
    if not os.path.exists(path):
        contents = _contents(state_home())
        if not contents.fetch(found[0].sha256, path):
            raise UsageError("NB308", f"{found[0].name} of step {step!r} is not kept any more")
    return path


def run_difference(first: str, second: str) -> tuple[RunDifference, ...]:
    """Say in what two runs differ.

    Raises:
        UsageError: one of them is not there (NB308).
    """
    with open_true_runs() as store:
        return differences(_found(store, first), _found(store, second))


def run_log(
    id: str, step: str | None = None, *, as_lines: bool = False
) -> tuple[tuple[str, str], ...]:
    """Give the paths of the logs of a run's steps, each with the step's name; the last attempt of each.

    Raises:
        UsageError: there is no such run, or no such step in it (NB308).
    """
    record = run_record(id)
    names = [one.name for one in record.steps]
    if step is not None and step not in names:
        raise UsageError(
            "NB308", f"run {record.id} has no step {step!r}", hint=f"steps: {', '.join(names)}"
        )
    file = "log.jsonl" if as_lines else "log.txt"
    chosen = [one for one in record.steps if step in (None, one.name)]
    paths = [(one.name, log_path(record, one, file)) for one in chosen]
    return tuple((name, path) for name, path in paths if path is not None)


def log_path(record: RunRecord, step: StepRecord, file: str = "log.txt") -> str | None:
    """Where the log of a step's last attempt is; None where it has none."""
    if not step.attempts:
        return None
    return os.path.join(record.folder, "steps", step.name, str(step.attempts[-1].number), file)


def refuse_windows() -> None:
    """Stop where steps cannot run.

    Raises:
        EnvironmentFailure: this is Windows (NB520).
    """
    if os.name == "nt":
        raise EnvironmentFailure(
            "NB520", "steps run on Linux and macOS", hint="on Windows, run nb2pkg within WSL"
        )


def run_report(id: str) -> str:
    """Give the page about a run: one HTML file, safe to open whatever its notebooks hold.

    Raises:
        UsageError: there is no such run (NB308).
    """
    from nb2pkg.workflows.run_page import ExecutedNotebook, RunPage, run_page

    record = run_record(id)
    contents = _contents(state_home())
    notebooks = []
    logs: dict[str, str] = {}
    for step in record.steps:
        if step.notebook is not None:
            path = os.path.join(record.folder, "report.ipynb.part")
            try:
                if contents.fetch(step.notebook.sha256, path):
                    document = json.loads(read_text(path, _LARGEST_SHOWN))
                    notebooks.append(ExecutedNotebook(step=step.name, document=document))
            except (ValueError, RecursionError):
                continue
            finally:
                with suppress(OSError):
                    os.unlink(path)
        log = log_path(record, step)
        if log is not None:
            logs[step.name] = read_text(log, _LONGEST_LOG)
    return run_page(RunPage(record=record, notebooks=tuple(notebooks), logs=logs, now=time.time()))


def prune_runs(
    *, keep: int | None, older_than_seconds: float | None
) -> tuple[tuple[str, ...], int]:
    """Forget runs that have ended, their folders, and what is kept for nobody; give their ids and the bytes.

    keep: how many of the newest stay, per target; older_than_seconds: only runs that began longer ago

    Raises:
        EnvironmentFailure: the store cannot be used (NB510).
    """
    home = state_home()
    with open_true_runs() as store:
        records = store.runs(RunQuery(limit=1_000_000))
        counts: dict[str, int] = {}
        gone = []
        for record in records:
            counts[record.target] = counts.get(record.target, 0) + 1
            is_old = older_than_seconds is None or (
                time.time() - record.started_at > older_than_seconds
            )
            is_kept = keep is not None and counts[record.target] <= keep
            if record.status is not RunStatus.RUNNING and is_old and not is_kept:
                gone.append(record.id)
        store.delete(gone)
        left = {record.id for record in records} - set(gone)
        named = {sha256 for id in left for sha256 in _named_by(store.run(id))}
    address = cache_address(home)
    if "://" in address:
        from nb2pkg.adapters.remote_contents import copies_folder

        # What is kept afar is for others too; here only our copies of it go.
        address = copies_folder(address, home)
    freed = remove_run_folders(home, gone) + sweep_results(address, left, named)
    sweep_leftovers(home)
    if os.name != "nt":
        from nb2pkg.adapters.socket_folder import sweep_socket_folders

        sweep_socket_folders()
    return tuple(gone), freed


def push_results() -> tuple[int, int]:
    """Upload results that could not be when they were made; give how many were, and how many are left.

    Raises:
        UsageError: results are not shared (NB516).
        EnvironmentFailure: where they are shared does not answer (NB544).
    """
    home = state_home()
    address = cache_address(home)
    if "://" not in address:
        raise UsageError(
            "NB516", "results are not shared", hint="name where: NB2PKG_CACHE=s3://BUCKET/FOLDER"
        )
    from nb2pkg.adapters.remote_contents import count_pending, push_pending

    try:
        pushed = push_pending(address, home)
    except StoreAway as error:
        raise EnvironmentFailure("NB544", str(error)) from error
    return pushed, count_pending(address, home)


def _named_by(record: RunRecord | None) -> Iterator[str]:
    """The kept files that a record names."""
    for step in record.steps if record is not None else ():
        if step.notebook is not None:
            yield step.notebook.sha256
        for artifact in step.artifacts:
            yield artifact.sha256


# -- one run


def _carried_out(
    target: str,
    parameters: Mapping[str, Any],
    texts: Mapping[str, GivenText],
    options: RunOptions,
    listen: Listener,
    duty: Duty | None,
) -> RunResult:
    home = state_home()
    ready = _ready(target, parameters, texts, options)
    with open_runs(home) as store, ExitStack() as stack:
        id = duty.run if duty is not None else new_run_id()
        at = time.time() if duty is None else duty.due
        output = _output_path(options, ready, id, at)
        if output is not None:
            options = replace(options, output=output)
            stack.enter_context(claimed(output, home, id, waits=options.waits))
        record = _run(id, ready, options, home, store, listen, duty)
        outputs = _publish_outputs(record, ready, options, home)
    return RunResult(record=record, outputs=outputs)


def _run(
    id: str,
    ready: _Ready,
    options: RunOptions,
    home: str,
    store: RunStore,
    listen: Listener,
    duty: Duty | None,
) -> RunRecord:
    from nb2pkg.adapters.record_thread import RecordThread

    reap_runs(store)
    wish = ready.wish
    resumes = None
    if options.resume is not None:
        # A scheduled try may have died before there was any record of it.
        resumes = _found(store, options.resume) if duty is None else store.run(options.resume)
    if resumes is not None:
        wish = replace(wish, resumed=resumes.id)
    kind = network_file_system(store_url(home))
    if kind:
        listen(Noticed("NB519", f"the records lie on a network file system ({kind})"))
    place = RunFolder(os.path.join(home, "runs", id), ready.target.folder, ready.root)
    place.keep(os.path.basename(ready.target.path), ready.target.data)
    contents = _contents(home)
    cache = cache_address(home)
    if "://" not in cache and not is_private(cache):
        listen(Noticed("NB543", f"others may write to {cache}: it is not used"))
        contents = ContentFolder(os.path.join(place.folder, "cache"))
    trackers = _trackers(options, contents)
    pipeline = ready.prepared.pipeline
    record = RunRecord(
        id=id,
        pipeline=pipeline.name,
        target=ready.target.path,
        pipeline_sha256=sha256_of(ready.target.data.decode("utf-8", "replace")),
        parameters=ready.prepared.shown_values,
        user=this_machine.user_name(),
        host=this_machine.host_name(),
        version=__version__,
        environment=ready.project.environment(),
        folder=place.folder,
        started_at=time.time(),
        git=this_machine.git_state(ready.target.folder),
        resumes=resumes.id if resumes else None,
        schedule=duty.schedule if duty else None,
        due=duty.due if duty else None,
    )

    refuse_windows()

    def open_processes() -> StepProcesses:
        from nb2pkg.adapters.step_processes import StepSupervisor

        steps = ready.prepared.steps
        kernels = [step.code for step in steps if step.kind == "notebook"]
        functions = [step.code for step in steps if step.kind == "function"]
        return StepSupervisor(
            place.folder,
            ready.root,
            # On macOS, some of its own libraries do not survive a fork.
            is_warm=options.warm if options.warm is not None else sys.platform == "linux",
            tells_lines=options.tells_lines,
            # What only one step imports, that may do itself.
            kernel_imports=preloadable(kernels, draws_inline=True) if len(kernels) > 1 else (),
            function_imports=(
                preloadable(functions, draws_inline=False) if len(functions) > 1 else ()
            ),
        )

    done = run_pipeline(
        ready.prepared,
        record,
        wish,
        store=store,
        keep_record=RecordThread,
        contents=contents,
        project=ready.project,
        place=place,
        open_processes=open_processes,
        clock=SystemClock(),
        holder=this_machine.this_holder(),
        claim=duty.claim if duty else None,
        listen=telling(trackers, listen),
    )
    for problem in getattr(contents, "problems", ()):
        listen(Noticed("NB544", problem))
    return done


def _contents(home: str) -> ContentStore:
    """Where results are kept: a folder, or an address beyond this machine."""
    address = cache_address(home)
    if "://" not in address:
        return ContentFolder(os.path.abspath(os.path.expanduser(address)))
    from nb2pkg.adapters.remote_contents import open_contents

    return open_contents(address, home, mode=cache_mode())


def _trackers(options: RunOptions, contents: ContentStore) -> tuple[Tracker, ...]:
    """Those who are told of the run: by its options, else by the environment."""
    mlflow = options.mlflow or os.environ.get("NB2PKG_MLFLOW")
    lineage = options.lineage or os.environ.get("NB2PKG_LINEAGE")
    if not mlflow and not lineage:
        return ()
    from nb2pkg.adapters.trackers import open_trackers

    return open_trackers(
        mlflow_uri=mlflow,
        mlflow_experiment=options.mlflow_experiment or os.environ.get("NB2PKG_MLFLOW_EXPERIMENT"),
        lineage=lineage,
        fetch=contents.fetch,
    )


def _ready(
    shown: str,
    parameters: Mapping[str, Any],
    texts: Mapping[str, GivenText],
    options: RunOptions,
) -> _Ready:
    target = find_target(shown)
    try:
        pipeline = _pipeline(target, options)
        given: dict[str, Given] = dict(_from_environment(pipeline))
        given.update({n: GivenValue(v, "parameters") for n, v in parameters.items()})
        given.update(texts)
        values = values_of(pipeline, given, os.path.basename(target.path))
        if target.format is None:
            # A notebook computes what it does not say.
            require_all(pipeline, values)
        root = options.root or os.path.join(target.folder, pipeline.root)
        root = os.path.realpath(root)
        if not os.path.isdir(root):
            raise UsageError("NB309", f"the root {root} is not a folder")
        imports = _import_folders(target.folder)
        interpreter = _interpreter(pipeline, options)
        project = ProjectFiles(target.folder, root, imports, interpreter)
        prepared = prepare_run(pipeline, values, project)
    except Nb2pkgError as error:
        error.notebook = error.notebook or target.shown
        raise
    wish = RunWish(
        jobs=options.jobs,
        lease_seconds=lease_seconds(),
        force=options.force,
        only=options.only,
        start=options.start,
        keeps_going=options.keeps_going,
        interpreter=interpreter,
        import_folders=imports,
        options={"report_mode": options.report_mode, "prepare_only": options.prepare_only},
        start_timeout_seconds=options.start_timeout_seconds,
        cell_timeout_seconds=options.cell_timeout_seconds,
        artifacts_source=_artifacts_source(pipeline),
    )
    return _Ready(target=target, prepared=prepared, wish=wish, project=project, root=root)


def _pipeline(target: Target, options: RunOptions) -> Pipeline:
    if target.format is None:
        pipeline = read_pipeline(target.data)
    else:
        path = os.path.basename(target.path)
        pipeline = pipeline_of_notebook(target.name, path, target.data, target.format)
        # Whoever runs a single notebook wants it run.
        steps = tuple(replace(step, cache=CachePolicy.NEVER) for step in pipeline.steps)
        pipeline = replace(pipeline, steps=steps)
    if options.kernel is not None:
        pipeline = replace(
            pipeline,
            steps=tuple(
                replace(step, work=NotebookWork(step.work.path, options.kernel))
                if isinstance(step.work, NotebookWork)
                else step
                for step in pipeline.steps
            ),
        )
    if options.timeout_seconds is not None:
        pipeline = replace(
            pipeline,
            steps=tuple(
                replace(step, timeout_seconds=step.timeout_seconds or options.timeout_seconds)
                for step in pipeline.steps
            ),
        )
    return pipeline


def _from_environment(pipeline: Pipeline) -> Iterator[tuple[str, GivenText]]:
    for parameter in pipeline.parameters:
        for name in (parameter.name, parameter.name.upper()):
            variable = _PARAMETER_VARIABLE + name
            if variable in os.environ:
                yield parameter.name, GivenText(os.environ[variable], f"${variable}")
                break


def _import_folders(folder: str) -> tuple[str, ...]:
    source = os.path.join(folder, "src")
    return (source, folder) if os.path.isdir(source) else (folder,)


def _interpreter(pipeline: Pipeline, options: RunOptions) -> str:
    """The Python that steps run on: the one asked for, else that of the notebooks' kernel, else ours."""
    if options.python is not None:
        path = os.path.abspath(os.path.expanduser(options.python))
        if not os.path.isfile(path) or not os.access(path, os.X_OK):
            raise UsageError("NB012", f"{options.python} is no Python interpreter")
        return path
    found = interpreter_of_kernel("python3")
    return sys.executable if isinstance(found, UnresolvedKernel) else str(found)


def _artifacts_source(pipeline: Pipeline) -> str:
    if not any(isinstance(step.work, FunctionWork) for step in pipeline.steps):
        return ""
    from nb2pkg.rendering.artifacts_module import ARTIFACTS_MODULE

    return ARTIFACTS_MODULE


def _output_path(options: RunOptions, ready: _Ready, id: str, at: float) -> str | None:
    if options.output is None:
        return None
    hidden = {one.name for one in ready.prepared.pipeline.parameters if one.is_secret}
    moment = datetime.fromtimestamp(at, timezone.utc)
    output = filled_path(options.output, ready.prepared.values, hidden, id, moment)
    _refuse_outside(output, options)
    if ready.target.is_notebook:
        refuse_unfit(output)
    return output


def _refuse_outside(output: str, options: RunOptions) -> None:
    if options.output_below is not None:
        refuse_outside(output, options.output_below, allows_hidden=options.output_allows_hidden)


def _publish_outputs(
    record: RunRecord, ready: _Ready, options: RunOptions, home: str
) -> dict[str, str]:
    """Put executed notebooks where they were asked for; those of failed steps too: they say why."""
    if options.output is None:
        return {}
    contents = _contents(home)
    found: dict[str, str] = {}
    for step in record.steps:
        if step.notebook is None:
            continue
        path = options.output
        if not ready.target.is_notebook:
            path = os.path.join(options.output, f"{step.name}.ipynb")
        kept = os.path.join(record.folder, "outputs", f"{step.name}.ipynb")
        if contents.fetch(step.notebook.sha256, kept):
            # The run took its time: a link may stand there by now.
            _refuse_outside(path, options)
            publish(kept, path)
            os.unlink(kept)
            found[step.name] = path
    return found


# -- the records


def _found(store: RunStore, id: str) -> RunRecord:
    if id == "last":
        newest = store.runs(RunQuery(limit=1))
        if not newest:
            raise UsageError("NB308", "there is no run yet")
        id = newest[0].id
    record = store.run(id)
    if record is not None:
        return record
    ids = store.ids_like(id) if id else ()
    if len(ids) == 1:
        only = store.run(ids[0])
        if only is not None:
            return only
    if len(ids) > 1:
        raise UsageError("NB308", f"several runs begin with {id!r}: {', '.join(ids)}")
    raise UsageError("NB308", f"there is no run {id!r}", hint="nb2pkg runs list shows them")


def new_run_id() -> str:
    """An id that sorts by time, and that no other run has."""
    # Of itself, `gmtime` may be a moment behind: a run due at 2:00 would bear the name of 1:59:59.
    return time.strftime("%Y%m%d-%H%M%S", time.gmtime(time.time())) + "-" + secrets.token_hex(3)


__all__ = [
    "BadPipeline",
    "Callable",
    "CheckedRun",
    "Duty",
    "EnvironmentFailure",
    "GivenText",
    "Noticed",
    "Planned",
    "RunBegan",
    "RunDifference",
    "RunEvent",
    "RunOptions",
    "RunOver",
    "RunQuery",
    "RunRecord",
    "RunResult",
    "RunStatus",
    "Sequence",
    "StepChanged",
    "StepRecord",
    "StepStatus",
    "artifact_path",
    "check_run",
    "find_record",
    "log_path",
    "new_run_id",
    "pipeline_at",
    "plan",
    "prune_runs",
    "push_results",
    "refuse_windows",
    "run",
    "run_difference",
    "run_log",
    "run_record",
    "run_records",
    "run_report",
    "run_scheduled",
]
