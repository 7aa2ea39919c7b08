"""How is a process of ours asked to do something, so that what takes it down takes nothing else down?

A question is a line of JSON that says how many bytes follow, and the bytes; so is the answer. The process ends when
its standard input does, and so with whoever has started it. The other side: `worker_program`.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import IO

from nb2pkg.adapters.passed_on import environment_of_runs
from nb2pkg.adapters.processes import signal_name
from nb2pkg.ports.extracting import Json

_LONGEST_LINE = 1_000_000
_END_SECONDS = 1.0
# The process ends what takes too long by itself, and puts back what was half done; with force only where it does not.
GRACE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a process answers: what it says of it, and the answer itself."""

    header: Json
    body: bytes


class WorkerLost(Exception):
    """A process has ended without an answer; the message says how, as a clause."""


class WorkerProcess:
    """A process that answers questions, one at a time, by the thread that has it."""

    def __init__(self, program: str, grace_seconds: float) -> None:
        """Start a program of ours, by its module's name; grace_seconds: how late it may be before it is killed."""
        self._grace_seconds = grace_seconds
        self._process = subprocess.Popen(
            [sys.executable, "-m", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # A module that lies where we are must not stand for one of Python's own.
            cwd=os.path.abspath(os.sep),
            env=environment_of_runs(),
            start_new_session=os.name != "nt",
        )
        self._is_asked = threading.Lock()
        self._turn = 0
        self._is_late = False

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_gone(self) -> bool:
        """Whether it has ended."""
        return self._process.poll() is not None

    def ask(self, header: Json, body: bytes, seconds: float, start_seconds: float = 0.0) -> Reply:
        """Ask, and wait for the answer, at most so long; start_seconds: and for the process to be there.

        Raises:
            WorkerLost: it has died, or was ended as it took too long.
        """
        with self._is_asked:
            self._turn += 1
            turn = self._turn
        patience = start_seconds + seconds + self._grace_seconds
        watch = threading.Timer(patience, self._end_late, [turn])
        watch.daemon = True
        watch.start()
        try:
            return self._asked({**header, "seconds": seconds, "bytes": len(body)}, body)
        except (OSError, ValueError, EOFError, LookupError, TypeError) as error:
            raise WorkerLost(self._how_it_ended(seconds)) from error
        finally:
            with self._is_asked:
                self._turn += 1  # from now on, nobody is late
            watch.cancel()

    def end(self) -> None:
        """End it; in an orderly way, if it does not take long."""
        process = self._process
        with contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def ask_to_end(self) -> None:
        """Have it end soon, and put back what it has half done; whoever waits for an answer gets none."""
        # On Windows, this is `kill`.
        self._process.terminate()

    def kill(self) -> None:
        """End it at once, whatever it does; whoever waits for an answer gets none."""
        self._process.kill()

    def _asked(self, header: Json, body: bytes) -> Reply:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        stdin.write(json.dumps(header).encode() + b"\n")
        stdin.write(body)
        stdin.flush()
        answer = json.loads(stdout.readline(_LONGEST_LINE))
        return Reply(header=answer, body=_exactly(stdout, answer["bytes"]))

    def _end_late(self, turn: int) -> None:
        with self._is_asked:
            if turn == self._turn:
                self._is_late = True
                self._process.kill()

    def _how_it_ended(self, seconds: float) -> str:
        try:
            code = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return "its answer could not be understood"
        if self._is_late:
            return f"it took longer than {seconds:g} s"
        return f"it was ended by {signal_name(-code)}" if code < 0 else f"it ended with code {code}"


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) != count:
        raise EOFError
    return data
