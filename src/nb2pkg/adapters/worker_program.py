"""How does a process answer questions one after the other, within limits, and end with whoever asks?

The other side: `worker_process`. This one stays without threads, so that what looks at notebooks can be forked off.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import IO

from nb2pkg.ports.extracting import Json

# Takes what was said of a question, and the question; gives what is to be said of the answer, and the answer.
Answer = Callable[[Json, bytes], tuple[Json, bytes]]
# Says the same of a question that took too long, or too much memory; the text says which, as a clause.
GiveUp = Callable[[str], tuple[Json, bytes]]

_MEMORY_BYTES = 3 * 2**30
# Beyond this, memory is given back by starting anew.
_LARGE_BYTES = 2**30
_TICK_SECONDS = 0.25
# For putting back what was half done. Who asks has less patience, but may be gone.
_LAST_SECONDS = 60.0


class TookTooLong(BaseException):
    """The time for an answer is over. No exception that work itself may be waiting for."""


class _OwnerGone(BaseException):
    """Nobody waits for an answer any more."""


def serve(
    answer: Answer,
    give_up: GiveUp,
    warm_up: Callable[[], None],
    *,
    large_bytes: int = _LARGE_BYTES,
) -> None:
    """Answer what is asked on standard input, on standard output, until the one that asks is gone, or asks for our end.

    large_bytes: who has needed more memory than this ends after its answer
    """
    # Where the system counts what our parent has had as ours, that is what we begin with.
    large_bytes = max(large_bytes, _most_memory())
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # Whatever is started here must neither read the questions nor print between the answers.
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    _keep_from_children(questions.fileno(), answers.fileno())
    _limit_memory()
    warm_up()
    # What is there now stays: it is not looked through for garbage, and not copied for forked processes.
    gc.collect()
    gc.freeze()
    with contextlib.suppress(_OwnerGone):
        clock = _Clock(os.getppid())
        _answer_all(questions, answers, answer, give_up, clock, large_bytes)
        clock.rest()


def _answer_all(
    questions: IO[bytes],
    answers: IO[bytes],
    answer: Answer,
    give_up: GiveUp,
    clock: _Clock,
    large_bytes: int,
) -> None:
    while line := questions.readline():
        header = json.loads(line)
        body = questions.read(header["bytes"])
        retires = False
        try:
            with clock.running(header["seconds"]):
                said, data = answer(header, body)
        except TookTooLong:
            said, data = give_up(f"it took longer than {header['seconds']:g} s")
            retires = True
        except MemoryError:
            said, data = give_up("it needs more memory than it may have")
            retires = True
        retires = retires or _most_memory() > large_bytes
        _write(answers, {**said, "retires": retires, "bytes": len(data)}, data)
        if retires:
            return


def _keep_from_children(*descriptors: int) -> None:
    """Who asks sees that we are gone by the end of a pipe: no forked process may hold it open after us."""

    def close() -> None:
        for descriptor in descriptors:
            os.close(descriptor)

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=close)


class _Clock:
    """Looks, while something is done, whether there is still time for it, and somebody who waits.

    What is done hears of it once: it may have to put back what it has half done, and a second one would end that too.
    """

    def __init__(self, owner: int) -> None:
        self._owner = owner
        self._until = 0.0
        self._has_told = False
        # Windows has no such signals; there the one that asks ends us.
        self._can = hasattr(signal, "setitimer")
        if self._can:
            signal.signal(signal.SIGALRM, self._look)
            signal.signal(signal.SIGTERM, lambda number, frame: self._tell(_OwnerGone))

    @contextlib.contextmanager
    def running(self, seconds: float) -> Iterator[None]:
        """Raise TookTooLong in what is done within, when it takes longer."""
        self._has_told = False
        self._until = time.monotonic() + seconds
        self._set(_TICK_SECONDS)
        try:
            yield
        finally:
            self._set(0.0)

    def rest(self) -> None:
        """Tell nobody anything any more: we end."""
        self._has_told = True

    def _set(self, tick: float) -> None:
        if self._can:
            signal.setitimer(signal.ITIMER_REAL, tick, tick)

    def _look(self, number: int, frame: object) -> None:
        is_over = time.monotonic() > self._until
        if self._has_told:
            # It was raised where nobody hears it, as in a `__del__`, or what it has led to does not end.
            if is_over:
                os._exit(1)
        elif os.getppid() != self._owner:
            self._tell(_OwnerGone)
        elif is_over:
            self._tell(TookTooLong)

    def _tell(self, what: type[BaseException]) -> None:
        if self._has_told:
            return
        self._has_told = True
        self._until = time.monotonic() + _LAST_SECONDS
        raise what


def _write(stream: IO[bytes], header: Json, body: bytes) -> None:
    try:
        stream.write(json.dumps(header).encode() + b"\n")
        stream.write(body)
        stream.flush()
    except BrokenPipeError:
        os._exit(0)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = _MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(_MEMORY_BYTES, hard)
    # macOS knows RLIMIT_AS and refuses to set it.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _most_memory() -> int:
    """How many bytes we have had at most; 0 where the system does not tell."""
    # What Linux tells of resources begins with what our parent had had when it started us, even if it is long free.
    with contextlib.suppress(OSError, ValueError), open("/proc/self/status", "rb") as file:
        for line in file:
            if line.startswith(b"VmHWM:"):
                return int(line.split()[1]) * 1024
    try:
        import resource
    except ImportError:  # Windows
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most * (1 if sys.platform == "darwin" else 1024)
