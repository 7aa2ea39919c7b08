"""How much memory do the processes that a command starts use at most?"""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from timing import Command, children_of

_EVERY_SECONDS = 0.02
_SUM_EVERY_SECONDS = 0.1


@dataclass
class Memory:
    """Peaks in bytes. peaks: role → the largest that a process of it was, with what it shares with others

    in_all: of all processes together, where what several share counts once; peaks of a process may
    fall into different moments, so it is less than their sum
    """

    peaks: dict[str, int] = field(default_factory=dict)
    in_all: int = 0
    wall: float = 0.0
    failure: str = ""


def watch_memory(command: Command) -> Memory:
    """Run a command and look at its processes, often, until it ends."""
    command.prepare()
    found = Memory()
    started = time.perf_counter()
    process = subprocess.Popen(
        command.words,
        cwd=command.folder,
        env=command.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    summed_at = 0.0
    while process.poll() is None:
        tree = [process.pid, *children_of(process.pid)]
        for pid in tree:
            role = "main process" if pid == process.pid else _role(pid)
            # The kernel keeps the peak: only what grew since the last look before the end is missed.
            peak = _field(pid, "status", "VmHWM")
            if role and peak:
                found.peaks[role] = max(peak, found.peaks.get(role, 0))
        if time.perf_counter() - summed_at > _SUM_EVERY_SECONDS:
            summed_at = time.perf_counter()
            found.in_all = max(
                found.in_all, sum(_field(pid, "smaps_rollup", "Pss") for pid in tree)
            )
        time.sleep(_EVERY_SECONDS)
    found.wall = time.perf_counter() - started
    if process.returncode:
        found.failure = f"exit {process.returncode}"
    return found


def _role(pid: int) -> str:
    """What a process is there for, by its command line; one that was forked has that of its spawner."""
    words = _command_line(pid)
    if not words:
        return ""
    if "spawner.py" in words:
        log = _output(pid)
        # A spawner writes into a log of its role; whom it forks, into pipes.
        if log.suffix == ".log":
            return f"spawner of {log.stem}"
        log = _output(_field(pid, "status", "PPid", unit=1))
        return {"kernel": "kernel", "papermill": "papermill process"}.get(log.stem, log.stem)
    if "nb2pkg.adapters.notebook_step" in words:
        return "papermill process"
    if "ipykernel" in words:
        return "kernel"
    return words.split()[-1][-30:]


def _command_line(pid: int) -> str:
    try:
        return (
            Path(f"/proc/{pid}/cmdline")
            .read_bytes()
            .replace(b"\0", b" ")
            .decode("utf-8", "replace")
        )
    except OSError:
        return ""


def _output(pid: int) -> Path:
    try:
        return Path(os.readlink(f"/proc/{pid}/fd/1"))
    except OSError:
        return Path()


def _field(pid: int, file: str, name: str, unit: int = 1024) -> int:
    try:
        text = Path(f"/proc/{pid}/{file}").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    for line in text.splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * unit
    return 0
