"""The far end of a spawner: processes that begin where their imports are done already."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nb2pkg.adapters.processes import signal_name
from nb2pkg.problems import EnvironmentFailure

PROGRAMS = Path(__file__).resolve().parent.parent / "step_programs"
_START_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spawned:
    """A process that runs: the number of its request, its id, and when it began in clock ticks."""

    number: int
    pid: int
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exited:
    """A process that ended, with what it used; `exit` is negative for a signal."""

    number: int
    exit: int
    cpu_seconds: float
    memory_bytes: int


class Spawning:
    """Starts processes through one spawner."""

    def __init__(
        self,
        name: str,
        log: str,
        control: socket.socket,
        pid: int,
        process: subprocess.Popen[bytes] | None,
    ) -> None:
        """Hold one end of its socket.

        name: of the program, for messages; log: the file that it complains to; process: None where another
            spawner waits for its end
        """
        self._pid = pid
        self._name = name
        self._log = log
        self._process = process
        self._buffer = b""
        self._waiting: list[Exited] = []
        self._numbers = 0
        self._socket = control

    @classmethod
    def started(
        cls, interpreter: str, environment: Mapping[str, str], folder: str, log: str
    ) -> Spawning:
        """Start a spawner on an interpreter, in a folder.

        Raises:
            EnvironmentFailure: the interpreter cannot be started (NB521).
        """
        ours, theirs = socket.socketpair()
        try:
            with open(log, "ab") as complaints, theirs:
                process = subprocess.Popen(
                    # As kernels are started: debugpy complains otherwise, for those who use it.
                    [
                        interpreter,
                        "-Xfrozen_modules=off",
                        str(PROGRAMS / "spawner.py"),
                        str(theirs.fileno()),
                    ],
                    pass_fds=(theirs.fileno(),),
                    stdin=subprocess.DEVNULL,
                    stdout=complaints,
                    stderr=complaints,
                    cwd=folder,
                    env=dict(environment),
                )
        except OSError as error:
            ours.close()
            raise EnvironmentFailure(
                "NB521", f"{interpreter} cannot be started: {error.strerror or error}"
            ) from error
        return cls(os.path.basename(interpreter), log, ours, process.pid, process)

    def branch(self, log: str, **request: Any) -> Spawning:
        """Start another spawner out of this one, which has imported what this one has.

        request: `folder`; `environment` and `unset`, variables; `first`, where it finds modules before all else;
            `not_from`, folders where it finds none

        Raises:
            EnvironmentFailure: it cannot be started, or this one has imported something from those folders (NB520).
        """
        ours, theirs = socket.socketpair()
        try:
            with open(log, "ab") as complaints, theirs:
                out = complaints.fileno()
                given = [out, out, theirs.fileno()]
                spawned = self.start({**request, "kind": "spawner"}, given)
        except EnvironmentFailure:
            ours.close()
            raise
        return Spawning(self._name, log, ours, spawned.pid, None)

    def prepare(self, modules: Sequence[str], without: Sequence[str] = ()) -> None:
        """Let it import modules, of which some have to think that others are missing."""
        self._send({"do": "import", "modules": list(modules), "without": list(without)})

    def fileno(self) -> int:
        """The descriptor that becomes readable when there is news."""
        return self._socket.fileno()

    def start(self, request: Mapping[str, Any], descriptors: Sequence[int]) -> Spawned:
        """Start a process with these descriptors as its 1, 2, 3…

        Raises:
            EnvironmentFailure: it cannot be started (NB520).
        """
        self._numbers += 1
        number = self._numbers
        self._send(
            {**request, "do": "start", "id": number, "descriptors": len(descriptors)}, descriptors
        )
        self._socket.settimeout(_START_SECONDS)
        try:
            while True:
                for answer in self._answers():
                    if answer.get("id") == number and "pid" in answer:
                        return Spawned(number=number, pid=answer["pid"], start=answer["start"])
                    if answer.get("id") == number and "failed" in answer:
                        raise EnvironmentFailure(
                            "NB520", f"no process can be started: {answer['failed']}"
                        )
        except TimeoutError as error:
            raise self._gone() from error
        finally:
            self._socket.settimeout(None)

    @property
    def has_news(self) -> bool:
        """Whether an end is known already, as it was told in one breath with a beginning."""
        return bool(self._waiting)

    def news(self) -> list[Exited]:
        """The processes that have ended since the last time.

        Raises:
            EnvironmentFailure: the spawner itself has ended (NB520).
        """
        self._socket.setblocking(False)
        try:
            with contextlib.suppress(BlockingIOError):
                while True:
                    self._answers()
        finally:
            self._socket.setblocking(True)
        found, self._waiting = self._waiting, []
        return found

    def wake(self) -> None:
        """Let it go on where somebody has stopped it."""
        if self._process is None or self._process.returncode is None:
            with contextlib.suppress(OSError):
                os.kill(self._pid, signal.SIGCONT)

    def close(self) -> None:
        """Let it end whatever it has started, and itself."""
        self._socket.close()
        self.wake()
        if self._process is None:
            return
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> list[dict[str, Any]]:
        """What is told next, at least one thing; ends are kept for `news`."""
        while b"\n" not in self._buffer:
            try:
                data = self._socket.recv(1 << 16)
            except ConnectionError as error:
                raise self._gone() from error
            if not data:
                raise self._gone()
            self._buffer += data
        *lines, self._buffer = self._buffer.split(b"\n")
        answers = [json.loads(line) for line in lines]
        for answer in answers:
            if "exit" in answer:
                self._waiting.append(
                    Exited(
                        number=answer["id"],
                        exit=answer["exit"],
                        cpu_seconds=answer["cpu"],
                        memory_bytes=answer["memory"],
                    )
                )
        return answers

    def _send(self, request: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
        data = json.dumps(request).encode("utf-8") + b"\n"
        try:
            sent = socket.send_fds(self._socket, [data], list(descriptors)) if descriptors else 0
            self._socket.sendall(data[sent:])
        except OSError as error:
            raise self._gone() from error

    def _gone(self) -> EnvironmentFailure:
        code = None
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=1)
            code = self._process.poll()
        if code is not None and code < 0:
            last = f"it was ended by {signal_name(-code)}"
        else:
            said = ""
            with contextlib.suppress(OSError):
                said = Path(self._log).read_text(encoding="utf-8", errors="replace").strip()
            ended = "it has ended" if code is None else f"exit code {code}"
            last = said.splitlines()[-1] if said else ended
        return EnvironmentFailure("NB520", f"{self._name} starts no steps: {last}")
