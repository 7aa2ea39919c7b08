"""The side of the guard that does the work: under limits, with a large stack, answering in JSON."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import sys
import threading
from typing import NoReturn

from nb2pkg.adapters.guarded_outcomes import stop_of
from nb2pkg.ports.extracting import Entry, Json

_STACK_BYTES = 256 * 2**20
# Deep enough for long chains of operators, and well within the stack.
_RECURSION = 12_000


def run_child(
    entry: Entry, data: bytes, options: Json, writer: int, cpu_seconds: int, memory_bytes: int
) -> NoReturn:
    """Do the work in a forked child and end it, without running anything else of the parent's."""
    code = 1
    try:
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        _limit(cpu_seconds, memory_bytes)
        answer_of(entry, data, options, writer)
        code = 0
    finally:
        os._exit(code)


def run_spawned(header: Json) -> None:
    """Do the work in a fresh interpreter: the header names it, the notebook follows on stdin."""
    # What else prints must not get between the lines of the answer.
    writer = os.dup(1)
    os.dup2(2, 1)
    _limit(header["cpu_seconds"], header["memory_bytes"])
    entry = getattr(importlib.import_module(header["module"]), header["name"])
    answer_of(entry, sys.stdin.buffer.read(), header["options"], writer)


def answer_of(entry: Entry, data: bytes, options: Json, writer: int) -> None:
    """Run `entry` on a large stack and write its answer, a line of JSON, after its progress."""

    def progress(cell: int) -> None:
        os.write(writer, b"%d\n" % cell)

    def work() -> None:
        outcome: Json
        try:
            outcome = {"value": entry(data, options, progress)}
        except BaseException as error:
            outcome = {"stop": stop_of(error)}
        text = json.dumps(outcome).encode()
        with os.fdopen(os.dup(writer), "wb") as file:
            file.write(text + b"\n")

    # Nearly all that is made here lives until the answer is written: looking through it again and again
    # for garbage was a sixth of the time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    sys.setrecursionlimit(_RECURSION)
    threading.stack_size(_STACK_BYTES)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def _limit(cpu_seconds: int, memory_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: the time limit of the parent remains
        return
    for kind, wanted in ((resource.RLIMIT_CPU, cpu_seconds), (resource.RLIMIT_AS, memory_bytes)):
        _, hard = resource.getrlimit(kind)
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        # macOS knows RLIMIT_AS and refuses to set it.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, hard))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
