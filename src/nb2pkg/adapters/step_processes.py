"""How do steps run, each in processes of its own, and how does each of them come to an end?

The port `StepProcesses`. A function is one process; a notebook is two: its kernel, and papermill beside it.
All are started by spawners, and lead sessions of their own, so that what they start can be ended with them.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import selectors
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nb2pkg.adapters.content_folder import disk_errors
from nb2pkg.adapters.footprints import digested
from nb2pkg.adapters.kernel_commands import KernelCommand, kernel_command
from nb2pkg.adapters.kernel_watching import FOOTPRINT, WATCHING, watch_program, watch_spec
from nb2pkg.adapters.memory_limit import memory_limit
from nb2pkg.adapters.passed_on import environment_of_steps
from nb2pkg.adapters.processes import signal_name
from nb2pkg.adapters.run_remains import read_text
from nb2pkg.adapters.socket_folder import SocketFolder
from nb2pkg.adapters.spawning import PROGRAMS, Exited, Spawned, Spawning
from nb2pkg.adapters.step_log import StepLog
from nb2pkg.pipeline.records import Attempt, LiveProcess, StepStatus
from nb2pkg.ports.running import (
    Footprint,
    StepEnded,
    StepEvent,
    StepJob,
    StepPrinted,
    StepProgress,
    StepStarted,
    StopAsked,
)
from nb2pkg.problems import EnvironmentFailure

_INTERRUPT_SECONDS = 10.0  # from an interrupt to SIGTERM
_TERM_SECONDS = 3.0  # from SIGTERM to SIGKILL
_LEFT_OVER_SECONDS = 5.0  # for a kernel to end after papermill has
_LONGEST_WORDS = 500  # bytes of a log that a message shows
_PAPERMILL = ("papermill", "nb2pkg.adapters.notebook_step", "nb2pkg.adapters.papermill_engine",
              "nb2pkg.adapters.adopted_kernel", "jupyter_client.asynchronous", "dateutil.parser")  # fmt: skip
_KERNEL = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger",
           "IPython.core.completer", "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger",
           "IPython.core.oinspect", "IPython.extensions.storemagic", "faulthandler", "pdb", "sqlite3", "tornado.platform.asyncio")  # fmt: skip
# What papermill would read notebooks from and write them to elsewhere: it is given files.
_FAR_PLACES = ("azure", "boto3", "botocore", "gcsfs", "pyarrow")
# A quarter of what a kernel imports is for those who stop in it.
_NOBODY_DEBUGS = ("debugpy",)
# What a step runs is nothing that its user has typed.
_NO_HISTORY = "--HistoryManager.hist_file=:memory:"
_INLINE = "module://matplotlib_inline.backend_inline"
_OWN_MODULES = str(Path(__file__).resolve().parent.parent.parent)


@dataclass(slots=True)
class _Process:
    """A process of a step, and what it told when it ended."""

    spawned: Spawned
    spawning: Spawning
    exited: Exited | None = None


@dataclass(slots=True)
class _Running:
    """A step that runs."""

    job: StepJob
    log: StepLog
    started_at: float
    began: float
    connection: str | None = None
    worker: _Process | None = None
    kernel: _Process | None = None
    pipes: dict[int, str] = field(default_factory=dict)
    events: bytes = b""
    cell: int | None = None
    cells: int | None = None
    deadline: float | None = None
    stop_status: StepStatus | None = None
    stop_message: str = ""
    stage: int = 0
    kernel_deadline: float | None = None

    @property
    def processes(self) -> list[_Process]:
        """Those that were started."""
        return [process for process in (self.kernel, self.worker) if process is not None]


class StepSupervisor:
    """Starts steps, listens to them, and ends them."""

    def __init__(
        self,
        folder: str,
        root: str,
        *,
        is_warm: bool = True,
        tells_lines: bool = False,
        kernel_imports: Sequence[str] = (),
        function_imports: Sequence[str] = (),
    ) -> None:
        """Get ready. folder: the run's own; root: in which steps run.

        kernel_imports, function_imports: what may be imported before any of them begins
        """
        self._folder = folder
        self._is_warm = is_warm
        self._tells_lines = tells_lines
        self._root = root
        self._kernel_imports = tuple(kernel_imports)
        self._function_imports = tuple(function_imports)
        self._spawnings: dict[tuple[str, str], Spawning] = {}
        self._steps: dict[str, _Running] = {}
        self._told: list[StepEvent] = []
        self._asked = 0
        with disk_errors(folder):
            self._sockets = SocketFolder()
            self._selector = selectors.DefaultSelector()
            self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._selector.register(self._wake_read, selectors.EVENT_READ, "wake")
        self._before: dict[int, Any] = {}
        self._listen_to_signals()

    # -- the port

    def start(self, job: StepJob) -> None:
        """Start a step; what becomes of it is told by events."""
        with disk_errors(self._folder):
            os.makedirs(job.folder, mode=0o700, exist_ok=True)
            os.makedirs(job.artifacts, exist_ok=True)
            log = StepLog(
                os.path.join(job.folder, "log.txt"),
                os.path.join(job.folder, "log.jsonl"),
                secrets=job.secrets,
            )
        running = _Running(job=job, log=log, started_at=time.time(), began=time.monotonic())
        self._steps[job.step] = running
        try:
            with disk_errors(self._folder):
                if job.kind == "notebook":
                    self._start_notebook(running)
                else:
                    self._start_function(running)
        except EnvironmentFailure as error:
            self._kill_all(running)
            self._finish(running, str(error))
            return
        if job.timeout_seconds is not None:
            running.deadline = running.began + job.timeout_seconds
        for process in running.processes:
            live = LiveProcess(
                run=job.run,
                step=job.step,
                group=process.spawned.pid,
                process_start=process.spawned.start,
            )
            self._told.append(StepStarted(step=job.step, process=live, at=running.started_at))

    def events(self, until: float | None) -> Iterable[StepEvent]:
        """Wait for what happens next, at most until a time of the monotonic clock."""
        while not self._told:
            now = time.monotonic()
            self._watch_clocks(now)
            for spawning in [one for one in self._spawnings.values() if one.has_news]:
                with disk_errors(self._folder):
                    self._hear_spawner(spawning)
            if self._told or (until is not None and now >= until):
                break
            for key, _ in self._selector.select(self._patience(now, until)):
                # What was heard before in this round may have closed it.
                if self._selector.get_map().get(key.fd) is key:
                    with disk_errors(self._folder):
                        self._hear(key.fd, key.data)
        told, self._told = self._told, []
        return told

    def stop(self, step: str, status: StepStatus, message: str) -> None:
        """End a step in an orderly way, and with force where that takes too long."""
        running = self._steps.get(step)
        if running is None or running.stop_status is not None:
            return
        running.stop_status, running.stop_message = status, message
        running.stage = 1
        running.deadline = time.monotonic() + _INTERRUPT_SECONDS
        if running.kernel is not None:
            _signal(running.worker, signal.SIGTERM)
            _signal(running.kernel, signal.SIGINT)
        else:
            _signal(running.worker, signal.SIGINT)

    def kill(self, step: str) -> None:
        """End a step at once, with everything that it has started."""
        running = self._steps.get(step)
        if running is not None:
            running.stop_status = running.stop_status or StepStatus.CANCELLED
            running.stop_message = running.stop_message or "it was cancelled"
            self._kill_all(running)

    def close(self) -> None:
        """End whatever still runs."""
        for running in self._steps.values():
            self._kill_all(running)
            with contextlib.suppress(OSError):
                running.log.close()
        self._steps.clear()
        for spawning in reversed(self._spawnings.values()):
            spawning.close()
        self._spawnings.clear()
        for number, before in self._before.items():
            signal.signal(number, before)
        self._selector.close()
        for descriptor in (self._wake_read, self._wake_write):
            os.close(descriptor)
        self._sockets.close()

    # -- starting

    def _start_function(self, running: _Running) -> None:
        job = running.job
        spec = {
            **_common(job),
            "programs": str(PROGRAMS),
            "observers": str(PROGRAMS.parent / "observers"),
            "artifacts_source": job.options["artifacts_source"],
            "inputs": {name: list(place) for name, place in job.inputs.items()},
            "outputs": [list(group) for group in job.outputs],
            "artifacts": job.artifacts,
        }
        request = self._program(job.interpreter, spec, file=str(PROGRAMS / "function_step.py"))
        spawning = self._spawning(job.interpreter, "function", job)
        running.worker = self._spawn(running, spawning, request, events=False)

    def _start_notebook(self, running: _Running) -> None:
        job = running.job
        if job.options.get("prepare_only"):
            self._start_papermill(running, None)
            return
        command = kernel_command(job.kernel, job.interpreter, job.language)
        connection = self._connection(running, command)
        running.connection = connection
        arguments = ["-f", connection, _NO_HISTORY]
        role = "kernel" if self._forks(command) else "command"
        if role == "kernel":
            request: dict[str, Any] = {
                "kind": "program",
                "file": str(WATCHING),
                "spec": {**watch_spec(job), "arguments": arguments},
            }
        else:
            words = [word.replace("{connection_file}", connection) for word in command.argv]
            if command.is_plain:
                words.append(_NO_HISTORY)
            request = {"kind": "command", "command": words, "parent_variable": "JPY_PARENT_PID"}
        spawning = self._spawning(command.interpreter or sys.executable, role, job)
        request["environment"] = {**command.environment, **job.environment}
        running.kernel = self._spawn(running, spawning, request, events=False)
        self._start_papermill(running, command)

    def _forks(self, command: KernelCommand) -> bool:
        return self._is_warm and command.interpreter is not None and command.is_plain

    def _start_papermill(self, running: _Running, command: KernelCommand | None) -> None:
        job = running.job
        spec = {
            **_common(job),
            "source_path": job.source_path,
            "notebook": os.path.join(job.folder, "notebook.ipynb"),
            "cell_timeout_seconds": job.cell_timeout_seconds,
            "start_timeout_seconds": job.start_timeout_seconds,
            "kernel_name": command.name if command else (job.kernel or "python3"),
            "language_name": job.language,
            "options": {k: v for k, v in job.options.items() if k != "artifacts_source"},
        }
        if running.kernel is not None and command is not None:
            spec["kernel"] = {
                "connection": running.connection,
                "pid": running.kernel.spawned.pid,
            }
            spec["kernel_exit"] = os.path.join(job.folder, "kernel.exit")
            if command.interpreter is not None and not self._forks(command):
                spec["watch"] = watch_program(job)
        request = self._program(sys.executable, spec, module="nb2pkg.adapters.notebook_step")
        spawning = self._spawning(sys.executable, "papermill", job)
        running.worker = self._spawn(running, spawning, request, events=True)

    def _program(
        self, interpreter: str, spec: Mapping[str, Any], *, file: str = "", module: str = ""
    ) -> dict[str, Any]:
        """The request for a program of ours: forked, or started anew with its spec in a file."""
        if self._is_warm:
            return {"kind": "program", "file": file, "module": module, "spec": spec}
        words = [interpreter, *([file] if file else ["-m", module])]
        return {"kind": "command", "command": words, "input": json.dumps(spec)}

    def _spawning(self, interpreter: str, role: str, job: StepJob) -> Spawning:
        """The spawner for processes of a kind."""
        key = (interpreter, role) if self._is_warm else (sys.executable, "")
        if key not in self._spawnings:
            log = os.path.join(self._folder, f"{role or 'spawner'}.log")
            spawning = self._branched(log, job) if role == "papermill" else None
            if spawning is None:
                environment = self._environment(role, job)
                spawning = Spawning.started(key[0], environment, self._root, log)
            self._spawnings[key] = spawning
            self._selector.register(spawning, selectors.EVENT_READ, spawning)
            if self._is_warm:
                self._prepare(spawning, *key, job)
        return self._spawnings[key]

    def _prepare(self, spawning: Spawning, interpreter: str, role: str, job: StepJob) -> None:
        """Let a spawner import what its processes will want."""
        if role == "function":
            spawning.prepare(self._function_imports)
        elif role == "papermill":
            spawning.prepare(_PAPERMILL, _FAR_PLACES)
        elif role == "kernel":
            spawning.prepare(_KERNEL, _NOBODY_DEBUGS)
            if interpreter == sys.executable:
                # Papermill's branches off before anything of the user's is imported.
                self._spawning(interpreter, "papermill", job)
            spawning.prepare(self._kernel_imports)

    def _branched(self, log: str, job: StepJob) -> Spawning | None:
        """A spawner for papermill out of the one for kernels; None where they have little in common.

        It finds none of the user's modules: they could be called like those that papermill is made of.
        """
        kernels = self._spawnings.get((sys.executable, "kernel"))
        if kernels is None:
            return None
        try:
            return kernels.branch(
                log,
                folder=self._root,
                first=[_OWN_MODULES],
                not_from=list(job.import_folders),
                environment={},
                unset=[] if "MPLBACKEND" in os.environ else ["MPLBACKEND"],
            )
        except EnvironmentFailure:
            return None

    def _environment(self, role: str, job: StepJob) -> dict[str, str]:
        environment = environment_of_steps()
        first = [_OWN_MODULES] if role == "papermill" else list(job.import_folders)
        paths = [*first, *filter(None, [environment.get("PYTHONPATH")])]
        if paths:
            environment["PYTHONPATH"] = os.pathsep.join(paths)
        if role == "kernel":
            # As a kernel sets it, before matplotlib is imported.
            environment.setdefault("MPLBACKEND", _INLINE)
        return environment

    def _spawn(
        self, running: _Running, spawning: Spawning, request: Mapping[str, Any], *, events: bool
    ) -> _Process:
        pairs = [os.pipe() for _ in range(3 if events else 2)]
        given = [write for _, write in pairs]
        whole = {
            "environment": dict(running.job.environment),
            "folder": running.job.root,
            **request,
        }
        text = whole.pop("input", None)
        if text is not None:
            # A file that has no name: what is in it may be secret, and nobody has to remove it.
            given.insert(0, _nameless_file(str(text)))
            whole["has_input"] = True
        try:
            spawned = spawning.start(whole, given)
        except EnvironmentFailure:
            for read, _ in pairs:
                os.close(read)
            raise
        finally:
            for descriptor in given:
                os.close(descriptor)
        for (read, _), name in zip(pairs, ("stdout", "stderr", "events"), strict=False):
            os.set_blocking(read, False)
            running.pipes[read] = name
            self._selector.register(read, selectors.EVENT_READ, running)
        return _Process(spawned, spawning)

    def _connection(self, running: _Running, command: KernelCommand) -> str:
        """Write the file that says how the kernel is reached: by files of our own folder."""
        place = self._sockets.place()
        path = f"{place}.json"
        if command.interpreter is None:
            from jupyter_client.connect import write_connection_file

            write_connection_file(path, kernel_name=command.name)
            return path
        about = {
            "transport": "ipc",
            "ip": place,
            **{
                f"{n}_port": i
                for i, n in enumerate(("shell", "iopub", "stdin", "control", "hb"), 1)
            },
            "key": secrets.token_hex(16),
            "signature_scheme": "hmac-sha256",
            "kernel_name": command.name,
        }
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(about, file)
        return path

    # -- listening

    def _hear(self, descriptor: int, source: Any) -> None:
        if source == "wake":
            self._hear_signals()
        elif isinstance(source, Spawning):
            self._hear_spawner(source)
        else:
            self._hear_pipe(source, descriptor)

    def _hear_spawner(self, spawning: Spawning) -> None:
        try:
            news = spawning.news()
        except EnvironmentFailure as error:
            self._lose(spawning, str(error))
            return
        for exited in news:
            for running in list(self._steps.values()):
                for process in running.processes:
                    if process.spawning is spawning and process.spawned.number == exited.number:
                        process.exited = exited
                        self._look_at_end(running, process)

    def _lose(self, spawning: Spawning, why: str) -> None:
        """The spawner has ended: so have the steps that it started."""
        self._selector.unregister(spawning)
        for key in [key for key, one in self._spawnings.items() if one is spawning]:
            del self._spawnings[key]
        spawning.close()
        for running in list(self._steps.values()):
            if any(process.spawning is spawning for process in running.processes):
                self._kill_all(running)
                for process in running.processes:
                    process.exited = process.exited or Exited(
                        number=0, exit=-signal.SIGKILL, cpu_seconds=0.0, memory_bytes=0
                    )
                self._finish(running, why)

    def _hear_pipe(self, running: _Running, descriptor: int) -> None:
        name = running.pipes[descriptor]
        try:
            data = os.read(descriptor, 1 << 18)
        except BlockingIOError:
            return
        if not data:
            self._close_pipe(running, descriptor)
        elif name == "events":
            self._hear_step(running, data)
        else:
            lines = running.log.take(name, data)
            if self._tells_lines:
                self._told += [StepPrinted(step=running.job.step, line=line) for line in lines]

    def _hear_step(self, running: _Running, data: bytes) -> None:
        """How far a notebook is."""
        *lines, running.events = (running.events + data).split(b"\n")
        for line in lines:
            with contextlib.suppress(ValueError, KeyError, TypeError):
                told = json.loads(line)
                running.cell, running.cells = int(told["cell"]), int(told["cells"])
                self._told.append(
                    StepProgress(step=running.job.step, cell=running.cell, cells=running.cells)
                )

    def _close_pipe(self, running: _Running, descriptor: int) -> None:
        self._selector.unregister(descriptor)
        os.close(descriptor)
        del running.pipes[descriptor]

    # -- ending

    def _look_at_end(self, running: _Running, process: _Process) -> None:
        """A process of a step has ended: is the step over?"""
        assert process.exited is not None
        if process is running.kernel:
            with open(os.path.join(running.job.folder, "kernel.exit"), "w") as file:
                file.write(str(process.exited.exit))
        if running.worker is not None and running.worker.exited is None:
            return
        if running.kernel is not None and running.kernel.exited is None:
            running.kernel_deadline = time.monotonic() + _LEFT_OVER_SECONDS
            return
        self._finish(running, "")

    def _finish(self, running: _Running, problem: str) -> None:
        """Tell how a step ended."""
        for descriptor in list(running.pipes):
            with contextlib.suppress(OSError):
                while data := os.read(descriptor, 1 << 18):
                    if running.pipes[descriptor] == "events":
                        self._hear_step(running, data)
                    else:
                        running.log.take(running.pipes[descriptor], data)
            self._close_pipe(running, descriptor)
        running.log.close()
        del self._steps[running.job.step]
        job = running.job
        try:
            outcome = _told(job, "outcome.json")
            touched = _told(job, FOOTPRINT) or outcome.get("footprint")
            files = _files_below(job.artifacts)
        except OSError as error:
            outcome, touched, files = {}, None, []
            problem = problem or f"{error.filename}: {error.strerror}"
        status, message = _judged(running, outcome, problem)
        exits = [process.exited for process in running.processes if process.exited is not None]
        attempt = Attempt(
            number=job.number,
            status=status,
            started_at=running.started_at,
            ended_at=time.time(),
            seconds=time.monotonic() - running.began,
            cpu_seconds=sum(exited.cpu_seconds for exited in exits),
            memory_bytes=max((exited.memory_bytes for exited in exits), default=None),
            cell=running.cell,
            cells=running.cells,
            message=message,
            traceback="" if status is StepStatus.SUCCEEDED else outcome.get("traceback") or "",
            exit=exits[-1].exit if exits else None,
        )
        notebook = os.path.join(job.folder, "notebook.ipynb")
        is_good = status is StepStatus.SUCCEEDED
        self._told.append(
            StepEnded(
                step=job.step,
                attempt=attempt,
                files=tuple(files) if is_good else (),
                notebook=notebook if os.path.exists(notebook) else None,
                footprint=digested(touched, job) if is_good else Footprint(),
                metrics=outcome.get("metrics") or {},
                notes=(outcome["message"],) if is_good and outcome.get("message") else (),
            )
        )
        for name in ("outcome.json", FOOTPRINT, "kernel.exit", "notebook.ipynb.part"):
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(job.folder, name))

    def _kill_all(self, running: _Running) -> None:
        running.stage = 3
        running.deadline = None
        for process in running.processes:
            _signal(process, signal.SIGKILL)

    # -- time

    def _patience(self, now: float, until: float | None) -> float | None:
        times = [r.deadline for r in self._steps.values() if r.deadline is not None]
        times += [r.kernel_deadline for r in self._steps.values() if r.kernel_deadline is not None]
        times += [until] if until is not None else []
        return max(0.0, min(times) - now) if times else None

    def _watch_clocks(self, now: float) -> None:
        for running in list(self._steps.values()):
            if running.kernel_deadline is not None and now >= running.kernel_deadline:
                running.kernel_deadline = None
                _signal(running.kernel, signal.SIGKILL)
            if running.deadline is None or now < running.deadline:
                continue
            if running.stage == 0:
                seconds = running.job.timeout_seconds
                self.stop(
                    running.job.step, StepStatus.TIMED_OUT, f"it took longer than {seconds:g} s"
                )
            elif running.stage == 1:
                running.stage, running.deadline = 2, now + _TERM_SECONDS
                _signal(running.kernel or running.worker, signal.SIGTERM)
            else:
                self._kill_all(running)

    # -- signals

    def _listen_to_signals(self) -> None:
        def asked(number: int, frame: Any) -> None:
            with contextlib.suppress(BlockingIOError):
                os.write(self._wake_write, bytes([number]))

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Only a program's main thread may; elsewhere whoever calls us decides about signals.
            with contextlib.suppress(ValueError):
                self._before[number] = signal.signal(number, asked)

    def _hear_signals(self) -> None:
        with contextlib.suppress(BlockingIOError):
            for number in os.read(self._wake_read, 64):
                self._asked += 1
                self._told.append(StopAsked(signal=number, at_once=self._asked > 1))


def _nameless_file(text: str) -> int:
    with tempfile.TemporaryFile() as file:
        file.write(text.encode("utf-8"))
        file.seek(0)
        return os.dup(file.fileno())


def _common(job: StepJob) -> dict[str, Any]:
    return {
        "work": job.work,
        "root": job.root,
        "folder": job.folder,
        "run_folder": job.run_folder,
        "import_folders": list(job.import_folders),
        "parameters": dict(job.parameters),
        "secrets": list(job.secrets),
        "outcome": os.path.join(job.folder, "outcome.json"),
    }


def _told(job: StepJob, name: str) -> dict[str, Any]:
    """What a process of the step says of how it ended; nothing where it could not.

    Raises:
        OSError: it did, and that cannot be read.
    """
    try:
        with open(os.path.join(job.folder, name), encoding="utf-8") as file:
            found = json.load(file)
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _judged(running: _Running, outcome: Mapping[str, Any], problem: str) -> tuple[StepStatus, str]:
    """What became of a step, and why."""
    worker = running.worker.exited if running.worker is not None else None
    is_done = outcome.get("status") == "succeeded" and worker is not None and worker.exit == 0
    if is_done and outcome.get("kind") != "stopped":
        # It may have come to its end while it was asked to stop.
        return StepStatus.SUCCEEDED, ""
    if running.stop_status is not None:
        return running.stop_status, running.stop_message
    if outcome.get("kind") == "timed_out":
        return StepStatus.TIMED_OUT, str(outcome["message"])
    if outcome.get("message"):
        message = str(outcome["message"])
        kernel = running.kernel.exited if running.kernel is not None else None
        if outcome.get("kind") == "died" and kernel is not None:
            message += _used(kernel)
        return StepStatus.FAILED, message
    if problem:
        return StepStatus.FAILED, problem
    if worker is None:
        return StepStatus.FAILED, "it could not be started"
    if worker.exit < 0:
        name = signal_name(-worker.exit)
        memory = ": it may have run out of memory" if name == "SIGKILL" else ""
        return StepStatus.FAILED, f"its process was ended by {name}{memory}{_used(worker)}"
    said = _last_words(running.job)
    last = f'; the last that it printed: "{said}"' if said else " and said nothing"
    return StepStatus.FAILED, f"its process ended with exit code {worker.exit}{last}"


def _used(exited: Exited) -> str:
    """How much memory a process had used, and how much there was for it if that may have ended it."""
    if not exited.memory_bytes:
        return ""
    limit = memory_limit() if exited.exit == -signal.SIGKILL else None
    most = f" of at most {limit / 1e6:,.0f} MB" if limit else ""
    return f"; it had used {exited.memory_bytes / 1e6:,.0f} MB{most}"


def _last_words(job: StepJob) -> str:
    """The end of what a step printed: where it could not write down what is wrong, it may stand there."""
    lines = read_text(os.path.join(job.folder, "log.txt"), _LONGEST_WORDS).split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _signal(process: _Process | None, number: int) -> None:
    """Send a signal to a process and all of its group, as long as it has not ended.

    One that somebody has stopped would not hear it, and a spawner that is stopped would not tell of its end.
    """
    if process is not None and process.exited is None:
        for one in (number, signal.SIGCONT):
            with contextlib.suppress(OSError):
                os.killpg(process.spawned.pid, one)
        process.spawning.wake()


def _files_below(folder: str) -> list[str]:
    found = []
    for place, folders, names in os.walk(folder, onerror=_unless_gone):
        folders.sort()
        for name in names:
            path = os.path.join(place, name)
            if (
                not name.startswith(".saving-")
                and os.path.isfile(path)
                and not os.path.islink(path)
            ):
                found.append(os.path.relpath(path, folder).replace(os.sep, "/"))
    return sorted(found)


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
