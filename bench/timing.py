"""How long does a command take, and how much CPU do it and all that it starts use?"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_CHILD_SUBREAPER = 36
_ORPHAN_SECONDS = 30.0
# What would make some tools slower, or lead to other Pythons, kernels or settings than are to be measured.
_NOT_PASSED_ON = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX",
                  "JUPYTER_PATH", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "NB2PKG_STORE", "NB2PKG_HOME",
                  "NB2PKG_CACHE")  # fmt: skip


@dataclass(frozen=True)
class Timing:
    """Seconds, of one run or in the median of several; or why there are none."""

    wall: float = 0.0
    cpu: float = 0.0
    failure: str = ""


@dataclass(frozen=True)
class Command:
    """A command to time. prepare: done before, and not timed; expects: text that it has to print."""

    words: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=lambda: environment())
    prepare: Callable[[], None] = lambda: None
    expects: str = ""


def environment(**more: str) -> dict[str, str]:
    """The same surroundings for all that is timed, and what is said here."""
    return {n: v for n, v in os.environ.items() if n not in _NOT_PASSED_ON} | more


def adopt_orphans() -> None:
    """From now on, processes that outlive who started them become ours, and their CPU is not lost."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)


def time_once(command: Command) -> Timing:
    """Run a command. Its CPU is that of the whole tree of processes.

    What a process has used is added to its parent when that waits for it; what nobody has waited for is
    adopted and waited for here. The wall time ends when the command itself does.
    """
    command.prepare()
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            command.words,
            cwd=command.folder,
            env=command.environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu = usage.ru_utime + usage.ru_stime + _cpu_of_orphans()
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
    if process.returncode:
        lines = text.strip().splitlines() or ["no message"]
        return Timing(failure=f"failed after {wall:.1f} s: {lines[0][:60]}")
    if command.expects not in text:
        return Timing(failure=f"did not say {command.expects!r}")
    return Timing(wall=wall, cpu=cpu)


def time_in_turns(
    commands: Mapping[str, Command], rounds: int, tell: Callable[[str], None] = lambda text: None
) -> dict[str, list[Timing]]:
    """Run all commands once to warm up, and then again and again in turns: A B C, A B C…

    So what else the machine does meanwhile falls on all of them alike. A command that fails is left out
    from then on; the failure is the only thing in its list.
    """
    found: dict[str, list[Timing]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            if found[name] and found[name][0].failure:
                continue
            timing = time_once(command)
            tell(f"{name}, {'warm-up' if not number else f'round {number}'}: {timing}")
            if timing.failure:
                found[name] = [timing]
            elif number:
                found[name].append(timing)
    return found


def median(timings: Sequence[Timing]) -> Timing:
    """The medians of wall and CPU; the failure, where there is one."""
    failure = next((timing.failure for timing in timings if timing.failure), "")
    if failure or not timings:
        return Timing(failure=failure or "not measured")
    return Timing(
        wall=statistics.median(timing.wall for timing in timings),
        cpu=statistics.median(timing.cpu for timing in timings),
    )


def ratio(ours: Sequence[Timing], theirs: Sequence[Timing]) -> Timing | None:
    """The median of the ratios, round by round; None where one of them has failed."""
    if median(ours).failure or median(theirs).failure:
        return None
    pairs = list(zip(ours, theirs, strict=False))
    return Timing(
        wall=statistics.median(our.wall / their.wall for our, their in pairs),
        cpu=statistics.median(our.cpu / their.cpu for our, their in pairs),
    )


def count_again(command: Command) -> tuple[float, float] | None:
    """CPU seconds of one run as we count them, and as `perf stat` does: Linux adds up all descendants.

    None where there is no perf, or it may not count.
    """
    perf = shutil.which("perf")
    if perf is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "perf"
        words = [perf, "stat", "-x", ",", "-e", "task-clock", "-o", str(told), "--", *command.words]
        timing = time_once(
            Command(words, command.folder, command.environment, command.prepare, command.expects)
        )
        text = told.read_text(encoding="utf-8") if told.exists() else ""
    for line in text.splitlines():
        fields = line.split(",")
        if len(fields) > 2 and fields[2].startswith("task-clock") and not timing.failure:
            try:
                return timing.cpu, float(fields[0]) / 1000
            except ValueError:
                return None
    return None


def _cpu_of_orphans() -> float:
    """Wait for those that were adopted, and give what they have used; who does not end is ended."""
    seconds = 0.0
    deadline = time.monotonic() + _ORPHAN_SECONDS
    while True:
        try:
            pid, _, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return seconds
        if pid:
            seconds += usage.ru_utime + usage.ru_stime
        elif time.monotonic() > deadline:
            for child in children_of(os.getpid()):
                os.kill(child, signal.SIGKILL)
            deadline += _ORPHAN_SECONDS
        else:
            time.sleep(0.005)


def children_of(*parents: int) -> list[int]:
    """The processes whose parents these are, and theirs, and so on; none where /proc does not tell."""
    started: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_bytes().rpartition(b")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        started.setdefault(parent, []).append(int(stat.parent.name))
    found: list[int] = []
    todo = list(parents)
    while todo:
        for child in started.get(todo.pop(), ()):
            found.append(child)
            todo.append(child)
    return found
