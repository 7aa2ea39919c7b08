"""Work on untrusted input, done where a crash, a hang or a flood of memory is only a finding.

The work runs in a child process with limits on time and memory and on a large stack; what it
returns comes back as JSON. Nothing is ever unpickled.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

from nb2pkg.adapters.guarded_child import answer_of, run_child
from nb2pkg.adapters.guarded_outcomes import raise_stop
from nb2pkg.ports.extracting import Entry, Json
from nb2pkg.problems import BadNotebook, Location


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardLimits:
    """How much a piece of work may take; times in seconds, memory in bytes of address space."""

    wall_seconds: float = 120.0
    cpu_seconds: int = 60
    memory_bytes: int = 3 * 2**30


class GuardedProcess:
    """The port `Guard`: every call is a process of its own.

    Forking is cheap, but unsafe beside other threads; then, and where there is no fork, a fresh
    interpreter does the work.
    """

    def __init__(self, limits: GuardLimits | None = None, *, fork: bool | None = None) -> None:
        self._limits = limits or GuardLimits()
        self._fork = hasattr(os, "fork") and threading.active_count() == 1 if fork is None else fork

    def call(self, entry: Entry, data: bytes, options: Json) -> Json:
        """Give what `entry(data, options, progress)` returns."""
        if self._fork:
            lines, code = _forked(entry, data, options, self._limits)
        else:
            lines, code = _spawned(entry, data, options, self._limits)
        outcome, cell = _last_words(lines)
        if outcome is None:
            raise _lost(cell, code, self._limits)
        if "value" in outcome:
            return outcome["value"]
        raise_stop(outcome["stop"])


# -- the two ways ------------------------------------------------------------------------------------


def _forked(
    entry: Entry, data: bytes, options: Json, limits: GuardLimits
) -> tuple[list[bytes], int]:
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.close(reader)
        run_child(entry, data, options, writer, limits.cpu_seconds, limits.memory_bytes)
    os.close(writer)
    try:
        text = _read_all(reader, limits.wall_seconds)
    finally:
        os.close(reader)
        # The whole group: a formatter or an interpreter may still be at work for the child.
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(OSError):
                kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    return text.split(b"\n"), os.waitstatus_to_exitcode(status)


def _read_all(reader: int, wall_seconds: float) -> bytes:
    """Read until the child closes its end, or its time is over."""
    deadline = time.monotonic() + wall_seconds
    pieces: list[bytes] = []
    with selectors.DefaultSelector() as selector:
        selector.register(reader, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                return b"".join(pieces)
            piece = os.read(reader, 1 << 20)
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)


def _spawned(
    entry: Entry, data: bytes, options: Json, limits: GuardLimits
) -> tuple[list[bytes], int]:
    header = {
        "module": entry.__module__,
        "name": entry.__qualname__,
        "options": options,
        "path": sys.path,
        "cpu_seconds": limits.cpu_seconds,
        "memory_bytes": limits.memory_bytes,
    }
    # -P and no -m: the current folder, the notebook's, must not come onto the path.
    command = [sys.executable, "-c", _START]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=os.name != "nt"
    )
    try:
        text, _ = child.communicate(
            json.dumps(header).encode() + b"\n" + data, timeout=limits.wall_seconds
        )
    except subprocess.TimeoutExpired:
        child.kill()
        text, _ = child.communicate()
    return text.split(b"\n"), child.returncode


_START = """
import json, sys
sys.path.pop(0)
header = json.loads(sys.stdin.buffer.readline())
sys.path[:] = header["path"]
from nb2pkg.adapters.guarded_child import run_spawned
run_spawned(header)
"""


# -- what came back ----------------------------------------------------------------------------------


def _last_words(lines: list[bytes]) -> tuple[Json, int | None]:
    """The outcome, if there is one, and the cell that the child was at last."""
    cell = None
    for line in lines:
        if line.startswith(b"{"):
            with contextlib.suppress(ValueError):
                return json.loads(line), cell
        elif line.isdigit():
            cell = int(line)
    return None, cell


def _lost(cell: int | None, code: int, limits: GuardLimits) -> BadNotebook:
    """What to say of a child that died without a word: the cell it was at is the likely cause."""
    where = "the notebook" if cell is None else f"cell {cell}"
    if code in (-getattr(signal, "SIGXCPU", 24), -getattr(signal, "SIGKILL", 9)):
        what = f"took too long ({limits.cpu_seconds} s) or too much memory to analyse"
    else:
        what = f"made Python's own parser crash ({code})"
    return BadNotebook(
        "NB109",
        f"{where} {what}",
        hint='split the expression, or tag the cell "skip"',
        location=Location(cell=cell),
    )


__all__ = ["GuardLimits", "GuardedProcess", "answer_of"]
