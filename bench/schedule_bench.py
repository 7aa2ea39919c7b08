"""What does keeping schedules cost: planning, waiting, and a hundred that are due at the same minute?"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

from peers import ROOT, nb2pkg
from timing import environment

from nb2pkg.scheduling import Timing, read_expression
from nb2pkg.scheduling.deciding import due_between

_FOLDER = ROOT / "build" / "bench" / "schedule"
_MANY = 100
_WEEK = 7 * 86_400.0
_IDLE_SECONDS = 60.0
_ZONES = ("Europe/Stockholm", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")
_TIMES = (
    "* * * * *", "*/5 * * * *", "0 * * * *", "0 2 * * *", "30 7 * * 1-5", "*/15 8-18 * * *",
    "0 0 1 * *", "0 3 * * 0",
)  # fmt: skip


def measure_schedules() -> bool:
    """Measure all, and say whether each limit is kept."""
    shutil.rmtree(_FOLDER, ignore_errors=True)
    _FOLDER.mkdir(parents=True)
    (_FOLDER / "work.py").write_text("def step():\n    return 1\n")
    (_FOLDER / "pipeline.yaml").write_text("steps: {step: {function: work:step}}\n")
    found = [
        ("planning a week of 100 schedules of 8 kinds", _planning(_TIMES), 2.0, "s"),
        ("planning a week of 100 schedules of each minute", _planning(_TIMES[:1]), 2.0, "s"),
        *_idle(),
        *_all_at_once(),
    ]
    print(f"{'schedules':<52} {'measured':>9}   limit")
    for what, measured, limit, unit in found:
        word = "" if limit is None else "ok" if measured <= limit else "MISSED"
        shown = "" if limit is None else f"{limit:g} {unit}"
        print(f"  {what:<50} {measured:>9.3g}   {shown or unit:<9} {word}".rstrip())
    return all(limit is None or measured <= limit for _, measured, limit, _ in found)


_Row = tuple[str, float, "float | None", str]


def _planning(times: tuple[str, ...]) -> float:
    timings = [
        Timing(cron=cron, expression=read_expression(cron), timezone=_ZONES[n % len(_ZONES)])
        for n, cron in enumerate(times * (_MANY // len(times) + 1))
    ][:_MANY]
    begin = datetime(2026, 3, 25).timestamp()  # clocks change within the week
    started = time.perf_counter()
    for timing in timings:
        due_between(timing, begin, begin + _WEEK)
    return time.perf_counter() - started


def _idle() -> list[_Row]:
    _add("idle", "0 3 1 1 *")
    daemon = _daemon("idle")
    try:
        time.sleep(5)
        before = _cpu_seconds(daemon.pid)
        time.sleep(_IDLE_SECONDS)
        share = 100 * (_cpu_seconds(daemon.pid) - before) / _IDLE_SECONDS
        memory = _peak_megabytes(daemon.pid)
    finally:
        _end(daemon)
    return [
        ("an idle daemon of 100 schedules, of a core", share, 0.5, "%"),
        ("its memory at most", memory, 80.0, "MB"),
    ]


def _all_at_once() -> list[_Row]:
    _add("busy", "* * * * *")
    daemon = _daemon("busy")
    try:
        time.sleep(60 - time.time() % 60 + 50)
    finally:
        _end(daemon)
    claimed, began = [], []
    for number in range(_MANY):
        words = ["schedule", "history", f"s{number:03}", "--json"]
        for tick in json.loads(_call("busy", *words))["ticks"]:
            due = _seconds(tick["due"])
            claimed.append(_seconds(tick["claimed_at"]) - due)
            began += [_seconds(one["began_at"]) - due for one in tick["tries"]]
    assert len(claimed) >= _MANY, "not all schedules were due"
    return [
        ("100 due at one moment: the last is claimed after", max(claimed), 1.0, "s"),
        ("of those that began: the last, after", max(began), None, "s"),
    ]


def _add(home: str, cron: str) -> None:
    words = ["schedule", "add", str(_FOLDER), "--cron", cron, "--tz", "UTC", "--name"]
    for number in range(_MANY):
        _call(home, *words, f"s{number:03}")


def _call(home: str, *words: str) -> str:
    command = [*nb2pkg(), *words]
    done = subprocess.run(command, env=_environment(home), capture_output=True, check=True)
    return done.stdout.decode()


def _daemon(home: str) -> subprocess.Popen[bytes]:
    words = [*nb2pkg(), "schedule", "run", "--quiet", "--allow-root"]
    return subprocess.Popen(words, env=_environment(home))


def _end(daemon: subprocess.Popen[bytes]) -> None:
    daemon.send_signal(signal.SIGTERM)
    daemon.wait(120)


def _environment(home: str) -> dict[str, str]:
    return {**environment(), "NB2PKG_HOME": str(_FOLDER / home)}


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return int(kilobytes) / 1000


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()


if __name__ == "__main__":
    sys.exit(not measure_schedules())
