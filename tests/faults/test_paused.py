"""A process is suspended, or killed again and again: what it does late counts for nothing, and nobody waits for it."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from nb2pkg.adapters.run_store import open_run_store
from tests.faults.world import World, assert_world_ok, wait_for_silence, wait_until

SEED = int(os.environ.get("NB2PKG_FAULT_SEED", "1"))
# For how long the processes of steps are killed, one each tenth of a second.
HUNT_SECONDS = float(os.environ.get("NB2PKG_HUNT_SECONDS", "1.5"))
ONLY_WHEN_THOROUGH = pytest.mark.skipif(HUNT_SECONDS < 5, reason="for `make faults`")
LEASE = 1.0

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="processes are found by /proc"
)

WORK = """\
import os
import time
from pathlib import Path


def write_last():
    \"\"\"Say who has written; the first waits for long before it does.\"\"\"
    is_first = not Path("begun").exists()
    Path("begun").touch()
    if is_first:
        time.sleep(4)
    Path("result.new").write_text(os.environ["NB2PKG_RUN_ID"])
    os.replace("result.new", "result.txt")
    return 1


def slow():
    Path("begun").touch()
    time.sleep(60)
"""
ONE = "steps:\n  it: {{function: work:{}, outputs: [one{}]}}\n"
NOTEBOOK = json.dumps(
    {
        "cells": [{
            "cell_type": "code", "id": "a", "execution_count": None, "metadata": {}, "outputs": [],
            "source": "open('begun', 'w').close()\nimport time\ntime.sleep(60)",
        }],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
    }
)  # fmt: skip
FUNCTION = {"work.py": WORK, "pipeline.yaml": ONE.format("slow", "")}
KERNEL = {"slow.ipynb": NOTEBOOK, "pipeline.yaml": "steps:\n  it: {notebook: slow.ipynb}\n"}


def begun(world: World, *words: str) -> subprocess.Popen[bytes]:
    """A run whose step has begun, and is in the record."""
    runner = world.start("run", ".", *words)
    wait_until((world.folder / "begun").exists)
    wait_until(lambda: live_groups(world))
    return runner


def live_groups(world: World) -> list[int]:
    with contextlib.closing(sqlite3.connect(world.home / "runs.sqlite")) as connection:
        return [row[0] for row in connection.execute("SELECT process_group FROM processes")]


def command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def children(pid: int) -> list[int]:
    found = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def statuses(world: World) -> dict[str, str]:
    return {run["id"]: run["status"] for run in world.json("runs", "list")["runs"]}


# -- who runs the pipeline


@pytest.mark.parametrize(
    "whole",
    [False, pytest.param(True, marks=ONLY_WHEN_THOROUGH)],
    ids=["alone", "with all that it started"],
)
def test_who_comes_back_late_changes_nothing_of_what_was_made_since(
    tmp_path: Path, whole: bool
) -> None:
    world = World.fresh(
        tmp_path, {"work.py": WORK, "pipeline.yaml": ONE.format("write_last", ", result.txt")}
    )
    world.extra = {"NB2PKG_LEASE_SECONDS": str(LEASE)}
    runner = begun(world, "--json")
    paused = world.processes() if whole else [runner.pid]
    for pid in paused:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(3 * LEASE)
    later = world.json("run", ".")
    for pid in paused:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    output, messages = runner.communicate(timeout=20)

    assert later["status"] == "succeeded"
    assert runner.returncode == 5, messages
    assert json.loads(output)["status"] == "crashed"
    assert b"warning[NB546]: another process has marked this run as crashed" in messages
    wait_for_silence(world)
    assert world.outputs() == {"result.txt": later["id"]}
    [first] = set(statuses(world)) - {later["id"]}
    assert statuses(world) == {later["id"]: "succeeded", first: "crashed"}
    assert [step["status"] for step in world.json("runs", "show", first)["steps"]] == ["crashed"]
    assert world.json("run", ".", "--dry-run")["steps"][0]["why"] == f"from run {later['id']}"
    assert_world_ok(world, None, {"result.txt": later["id"]})


@pytest.mark.parametrize(
    "files",
    [pytest.param(FUNCTION, marks=ONLY_WHEN_THOROUGH), KERNEL],
    ids=["function", "notebook"],
)
def test_who_comes_back_late_ends_what_it_had_started(
    tmp_path: Path, files: dict[str, str]
) -> None:
    world = World.fresh(tmp_path, files)
    world.extra = {"NB2PKG_LEASE_SECONDS": str(LEASE)}
    runner = begun(world, "--json")
    groups = live_groups(world)
    [id] = statuses(world)
    os.kill(runner.pid, signal.SIGSTOP)
    time.sleep(3 * LEASE)
    # From another machine, from where nothing of ours can be ended.
    with contextlib.closing(open_run_store(str(world.home / "runs.sqlite"))) as store:
        assert store.mark_crashed(id, "its lease ran out", time.time())
    assert set(groups) <= set(world.processes())
    os.kill(runner.pid, signal.SIGCONT)
    output, messages = runner.communicate(timeout=20)

    assert runner.returncode == 5, messages
    assert json.loads(output)["status"] == "crashed"
    wait_for_silence(world)
    run = world.json("runs", "show", id)
    assert (run["status"], run["message"]) == ("crashed", "its lease ran out")


# -- the processes of a step


@pytest.mark.parametrize(
    ("files", "mark"),
    [
        (FUNCTION, "function_step"),
        pytest.param(FUNCTION, "spawner.py", marks=ONLY_WHEN_THOROUGH),
        pytest.param(KERNEL, "ipykernel_launcher", marks=ONLY_WHEN_THOROUGH),
        (KERNEL, "notebook_step"),
        pytest.param(KERNEL, "spawner.py", marks=ONLY_WHEN_THOROUGH),
    ],
    ids=["function", "function's spawner", "kernel", "papermill", "notebook's spawner"],
)
def test_a_step_that_is_suspended_takes_no_longer_than_it_may(
    tmp_path: Path, files: dict[str, str], mark: str
) -> None:
    world = World.fresh(tmp_path, files)
    runner = begun(world, "--timeout", "4", "--no-warm", "--json")
    [stopped] = [pid for pid in world.processes() if mark in command(pid)]
    os.kill(stopped, signal.SIGSTOP)
    began = time.monotonic()
    output, messages = runner.communicate(timeout=60)

    # It was let go on; and a kernel that hears of an interrupt in another thread than its first is given ten seconds.
    assert time.monotonic() - began < (20 if mark == "ipykernel_launcher" else 9)
    assert runner.returncode == 1, messages
    [step] = json.loads(output)["steps"]
    [attempt] = step["attempts"]
    assert (attempt["status"], attempt["message"]) == ("timed_out", "it took longer than 4 s")
    wait_for_silence(world)
    assert world.json("runs", "show", "last")["status"] == "failed"


def test_steps_that_are_killed_again_and_again_succeed_once_each(tmp_path: Path) -> None:
    steps = [
        f"  s{number}: {{function: work:short, outputs: [o{number}], retries: 100, retry_delay: 0.05}}\n"
        for number in range(8)
    ]
    work = "import time\n\n\ndef short():\n    time.sleep(0.2)\n    return 1\n"
    world = World.fresh(tmp_path, {"work.py": work, "pipeline.yaml": "steps:\n" + "".join(steps)})
    chance = random.Random(SEED)
    runner = world.start("run", ".", "-j", "4", "--json")
    kills = 0
    until = time.monotonic() + HUNT_SECONDS
    while runner.poll() is None and time.monotonic() < until:
        spawners = [pid for pid in children(runner.pid) if "spawner.py" in command(pid)]
        prey = [pid for spawner in spawners for pid in children(spawner)]
        if prey:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(prey), signal.SIGKILL)
                kills += 1
        time.sleep(0.1)
    output, messages = runner.communicate(timeout=60)

    assert runner.returncode == 0, messages
    run: dict[str, Any] = json.loads(output)
    assert run["status"] == "succeeded" and len(run["steps"]) == 8
    failed = 0
    for step in run["steps"]:
        *before, last = step["attempts"]
        assert last["status"] == "succeeded"
        assert {attempt["status"] for attempt in before} <= {"failed"}
        assert all("ended by SIGKILL" in attempt["message"] for attempt in before)
        assert [attempt["number"] for attempt in step["attempts"]] == list(
            range(1, len(before) + 2)
        )
        failed += len(before)
    assert 0 < failed <= kills
    assert world.json("runs", "show", "last")["steps"] == run["steps"]
    assert_world_ok(world)
