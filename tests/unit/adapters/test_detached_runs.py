"""Of a run that was not said to begin, nothing is left that could begin later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from nb2pkg.adapters.detached_runs import start_detached
from nb2pkg.api.running import RunQuery, RunStatus, StepStatus, run_record, run_records
from nb2pkg.problems import EnvironmentFailure, UsageError
from tests.server.notebooks import saved

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")

_SOURCE = Path(__file__).parents[3] / "src"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where records are kept; the environment of all that belongs to these runs names it."""
    monkeypatch.setenv("NB2PKG_HOME", str(tmp_path / "records"))
    monkeypatch.setenv("PYTHONPATH", str(_SOURCE))
    return tmp_path / "records"


@pytest.fixture
def order(tmp_path: Path) -> dict[str, Any]:
    target = saved(tmp_path / "a.ipynb", "print(1)")
    return {"target": str(target), "parameters": {}, "options": {}}


def _living(home: Path) -> list[str]:
    """What runs with that home, as it was started; what has ended has no words any more."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                is_of_home = bytes(home) in (place / "environ").read_bytes()
                words = (place / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
            if is_of_home and words:
                found.append(words)
    return found


def _until_all_has_ended(home: Path, seconds: float) -> None:
    until = time.monotonic() + seconds
    while living := _living(home):
        assert time.monotonic() < until, living
        time.sleep(0.05)


def test_a_run_that_does_not_begin_in_time_does_not_begin_later(
    home: Path, order: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    git = programs / "git"
    git.write_text("#!/bin/sh\nexec sleep 60\n")
    git.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)
    with pytest.raises(EnvironmentFailure, match="the run did not begin within 3 s") as raised:
        start_detached(order, 3.0)

    assert raised.value.code == "NB550"
    _until_all_has_ended(home, 2.0)
    assert run_records(RunQuery(limit=10)) == ()


def test_a_run_that_nobody_hears_the_beginning_of_is_not_carried_out(
    home: Path, order: dict[str, Any]
) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "nb2pkg.api.started_run"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdout.close()
        process.stdin.write(json.dumps(order).encode() + b"\n")
    _until_all_has_ended(home, 30.0)

    [record] = run_records(RunQuery(limit=10))
    assert record.status is RunStatus.FAILED
    assert record.message == "nobody waited any more for this run to begin"
    [step] = run_record(record.id).steps
    assert (step.status, step.attempts) == (StepStatus.SKIPPED, ())


def test_what_stands_in_the_way_of_a_run_is_said(home: Path, order: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as raised:
        start_detached({**order, "options": {"python": str(home)}}, 30.0)

    assert raised.value.code == "NB012"
    _until_all_has_ended(home, 10.0)
