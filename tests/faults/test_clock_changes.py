"""A real daemon lives through the nights on which clocks are put forward and back, by libfaketime.

Its runs see the true time: threads and sockets do not survive libfaketime's quick one for long. They know what they are
due for from the daemon.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.world import SOURCE

_SPEED = 300
_WORK = """\
import os


def count():
    with open("began.txt", "a") as file:
        file.write(os.environ["NB2PKG_SCHEDULE"] + " " + os.environ["NB2PKG_DUE"] + "\\n")
"""
_RUNS_ARE_NOT_FAKED = """\
import os
import sys

if "run" in sys.orig_argv:
    os.environ.pop("LD_PRELOAD")
"""
# Name, times, zone; at two in Stockholm, which skips that hour in March and repeats it in October.
_SCHEDULES = {
    "fixed": ("30 2 * * *", "Europe/Stockholm"),
    "interval": ("*/30 * * * *", "Europe/Stockholm"),
    "elsewhere": ("30 0 * * *", "UTC"),
}
_NIGHTS = {
    # From (UTC), until, and what is due.
    "forward": (
        "2026-03-29 00:20:00",
        "2026-03-29 01:40:00",
        [
            "elsewhere 2026-03-29T00:30:00+00:00",
            "fixed 2026-03-29T01:00:00+00:00",
            "interval 2026-03-29T00:30:00+00:00",
            "interval 2026-03-29T01:00:00+00:00",
            "interval 2026-03-29T01:30:00+00:00",
        ],
    ),
    "back": (
        "2026-10-25 00:20:00",
        "2026-10-25 01:40:00",
        [
            "elsewhere 2026-10-25T00:30:00+00:00",
            "fixed 2026-10-25T00:30:00+00:00",
            "interval 2026-10-25T00:30:00+00:00",
            "interval 2026-10-25T01:00:00+00:00",
            "interval 2026-10-25T01:30:00+00:00",
        ],
    ),
}

pytestmark = pytest.mark.skipif(
    shutil.which("faketime") is None, reason="faketime is not installed (Debian's package faketime)"
)


def test_each_due_moment_of_both_nights_runs_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        said = dict(
            zip(
                _NIGHTS,
                pool.map(lambda night: lived(tmp_path / night, night), _NIGHTS),
                strict=True,
            )
        )

    for night, (_, end, due) in _NIGHTS.items():
        began = (tmp_path / night / "began.txt").read_text().splitlines()
        # A machine that is busy takes longer, and then more falls due.
        last = end.replace(" ", "T")
        assert sorted(line for line in began if line.split()[1] < last) == due, said[night]
        assert len(set(began)) == len(began), said[night]
        events = [json.loads(line) for line in said[night].splitlines() if line.startswith("{")]
        ends = [one["fate"] for one in events if one["event"] == "ended"]
        assert ends == ["succeeded"] * len(began), said[night]


def lived(folder: Path, night: str) -> str:
    """Have a daemon live through a night; give what it said."""
    begin, end, _ = _NIGHTS[night]
    folder.mkdir()
    (folder / "work.py").write_text(_WORK)
    (folder / "pipeline.yaml").write_text("steps: {count: {function: work:count, cache: false}}")
    (folder / "site").mkdir()
    (folder / "site" / "sitecustomize.py").write_text(_RUNS_ARE_NOT_FAKED)
    nb2pkg = f"{sys.executable} -m nb2pkg schedule"
    lines = [
        f"{nb2pkg} add . --name {name} --cron '{cron}' --tz {zone} --overlap queue --catch-up all"
        for name, (cron, zone) in _SCHEDULES.items()
    ]
    lines.append(f"exec {nb2pkg} run --allow-root --json-lines")
    environment = {
        **os.environ,
        "TZ": "UTC",
        # Threads wait by that one; libfaketime has some wait for ever.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "NB2PKG_HOME": str(folder / "home"),
        "PYTHONPATH": os.pathsep.join([str(folder / "site"), str(SOURCE)]),
        "NB2PKG_LEASE_SECONDS": "86400",
    }
    seconds = _seconds_between(begin, end) / _SPEED
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(
            ["faketime", "-f", f"@{begin} x{_SPEED}", "/bin/sh", "-c", " && ".join(lines)],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            time.sleep(seconds)
            _wait_for(folder / "began.txt", _NIGHTS[night][2])
            os.killpg(daemon.pid, signal.SIGTERM)
            daemon.wait(20)
            _wait_for_the_end_of(daemon.pid)
        finally:
            # What faketime has started may outlive it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(daemon.pid, signal.SIGKILL)

    return (folder / "log").read_text()


def _wait_for(began: Path, due: Sequence[str]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if began.exists() and set(due) <= set(began.read_text().splitlines()):
            return
        time.sleep(0.05)


def _wait_for_the_end_of(group: int) -> None:
    """The daemon itself is faketime's child, which does not wait for it."""
    deadline = time.monotonic() + 20
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            time.sleep(0.05)


def _seconds_between(begin: str, end: str) -> float:
    form = "%Y-%m-%d %H:%M:%S"
    return time.mktime(time.strptime(end, form)) - time.mktime(time.strptime(begin, form))
