"""Whoever runs a pipeline is killed, at any moment: the record is true, nothing lives on, the next run is whole."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.faults.world import World, assert_world_ok, told_before, wait_for_silence

KILLS = int(os.environ.get("NB2PKG_KILLS", "6"))
KERNEL_KILLS = int(os.environ.get("NB2PKG_KERNEL_KILLS", "1"))
SEED = int(os.environ.get("NB2PKG_FAULT_SEED", "1"))

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="processes are found by /proc"
)


@pytest.mark.parametrize("number", range(KILLS))
def test_a_killed_runner(tmp_path: Path, number: int) -> None:
    chance = random.Random(SEED * 10_000 + number)
    world = World.fresh(tmp_path)
    if chance.random() < 0.5:
        # Some have a history: results are kept, one step has to run again.
        world.call("run", ".")
        (world.folder / "left.txt").unlink()
    runner = world.start("run", ".", "-j", str(chance.choice([1, 2, 3])), "--json-lines")
    time.sleep(chance.uniform(0.15, 1.3))
    runner.kill()
    output, _ = runner.communicate()

    assert_world_ok(
        world,
        told_before(output),
        {"left.txt": "[1, 2, 3, 4, 5]", "report.txt": "5\n10\n15\n20\n25"},
    )


@pytest.mark.parametrize("number", range(KERNEL_KILLS))
def test_a_killed_runner_of_notebooks(tmp_path: Path, number: int) -> None:
    chance = random.Random(SEED * 20_000 + number)
    cells = (
        '{"cells": [{"cell_type": "code", "id": "a", "execution_count": null, "metadata": {}, '
        '"outputs": [], "source": "import time\\nfor i in range(20):\\n    time.sleep(0.05)\\n%s"}], '
        '"metadata": {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}, '
        '"nbformat": 4, "nbformat_minor": 5}'
    )
    # One writes a file at its end; one has a child; one holds the interpreter for a moment.
    files = {
        "a.ipynb": cells % "open('a.txt', 'w').write('a')",
        "b.ipynb": cells
        % "import subprocess\\nsubprocess.Popen(['sleep', '60'])\\ntime.sleep(0.5)",
        "c.ipynb": cells % "import re\\nre.match('(a+)+$', 'a' * 22 + 'b')",
        "pipeline.yaml": "steps:\n  a: {notebook: a.ipynb}\n  b: {notebook: b.ipynb, needs: [a]}\n"
        "  c: {notebook: c.ipynb}\n",
    }
    world = World.fresh(tmp_path, files)
    runner = world.start("run", ".", "-j", "2", "--json-lines")
    time.sleep(chance.uniform(0.5, 5.0))
    runner.kill()
    output, _ = runner.communicate()

    assert_world_ok(world, told_before(output), {"a.txt": "a"})


@pytest.mark.parametrize("what", ["spawner", "step"])
def test_a_killed_helper_is_a_failure_with_a_reason(tmp_path: Path, what: str) -> None:
    world = World.fresh(tmp_path, {"work.py": "import time\n\n\ndef slow():\n    time.sleep(30)\n",
                                   "pipeline.yaml": "steps: {slow: {function: work:slow}}\n"})  # fmt: skip
    runner = world.start("run", ".", "--json")
    deadline = time.monotonic() + 20
    while len(world.processes()) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    found = sorted(world.processes())
    time.sleep(0.3)
    # The runner, the spawner that it has started, and the step that this has forked.
    os.kill(found[1] if what == "spawner" else found[2], signal.SIGKILL)
    output, _ = runner.communicate(timeout=30)

    assert runner.returncode == 1, output
    assert b"SIGKILL" in output
    wait_for_silence(world)


def test_a_runner_that_is_paused_too_long_writes_nothing_more(tmp_path: Path) -> None:
    world = World.fresh(
        tmp_path,
        {
            "work.py": "import time\n\n\ndef slow():\n    time.sleep(2)\n    return 1\n",
            "pipeline.yaml": "steps: {slow: {function: work:slow, outputs: [one]}}\n",
        },
    )
    world.extra = {"NB2PKG_LEASE_SECONDS": "1"}
    runner = world.start("run", ".", "--json")
    deadline = time.monotonic() + 20
    while not world.json("runs", "list")["runs"] and time.monotonic() < deadline:
        time.sleep(0.1)
    os.kill(runner.pid, signal.SIGSTOP)
    time.sleep(3)
    [seen] = world.json("runs", "list")["runs"]
    os.kill(runner.pid, signal.SIGCONT)
    output, _ = runner.communicate(timeout=30)

    assert seen["status"] == "crashed"
    assert b"another process has marked this run as crashed" in output
    [after] = world.json("runs", "list")["runs"]
    assert after["status"] == "crashed"
    wait_for_silence(world)
