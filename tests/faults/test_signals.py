"""Somebody asks a run to stop: once in an orderly way, twice at once; and nothing is left behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.world import World, wait_for_silence

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="processes are found by /proc"
)

WORK = """\
import signal
import time
from pathlib import Path


def orderly():
    Path("begun").touch()
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        Path("tidied").touch()
        raise


def stubborn():
    Path("begun").touch()
    while True:
        try:
            time.sleep(60)
        except KeyboardInterrupt:
            pass
"""


def begun(world: World, *words: str) -> subprocess.Popen[bytes]:
    """A run whose step has begun."""
    runner = world.start("run", ".", *words)
    deadline = time.monotonic() + 30
    while not (world.folder / "begun").exists():
        assert time.monotonic() < deadline
        assert runner.poll() is None, runner.communicate()
        time.sleep(0.02)
    return runner


def world_of(tmp_path: Path, function: str) -> World:
    pipeline = f"steps:\n  one: {{function: work:{function}}}\n  two: {{function: work:orderly, needs: [one]}}\n"
    return World.fresh(tmp_path, {"work.py": WORK, "pipeline.yaml": pipeline})


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_once_is_orderly(tmp_path: Path, number: signal.Signals, code: int) -> None:
    world = world_of(tmp_path, "orderly")
    runner = begun(world)

    runner.send_signal(number)
    _, messages = runner.communicate(timeout=15)

    assert runner.returncode == code, messages
    assert (world.folder / "tidied").exists(), "the step could clean up"
    run = world.json("runs", "show", "last")
    assert (run["status"], run["message"]) == ("cancelled", f"stopped by signal {int(number)}")
    assert [step["status"] for step in run["steps"]] == ["cancelled", "skipped"]
    wait_for_silence(world)


def test_twice_is_at_once(tmp_path: Path) -> None:
    world = world_of(tmp_path, "stubborn")
    runner = begun(world)

    runner.send_signal(signal.SIGINT)
    time.sleep(0.5)
    started = time.monotonic()
    runner.send_signal(signal.SIGINT)
    runner.communicate(timeout=15)

    assert time.monotonic() - started < 5
    assert runner.returncode == 130
    assert world.json("runs", "show", "last")["status"] == "cancelled"
    wait_for_silence(world)


def test_a_step_that_does_not_stop_is_ended(tmp_path: Path) -> None:
    world = world_of(tmp_path, "stubborn")
    runner = begun(world, "--timeout", "1", "--json")

    output, _ = runner.communicate(timeout=40)

    step = json.loads(output)["steps"][0]
    assert (step["status"], step["attempts"][0]["message"]) == (
        "timed_out",
        "it took longer than 1 s",
    )
    wait_for_silence(world)


def test_a_kernel_that_ignores_interrupts_is_ended(tmp_path: Path) -> None:
    source = "import signal\\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\\nwhile True: pass"
    notebook = (
        '{"cells": [{"cell_type": "code", "id": "a", "execution_count": null, "metadata": {}, '
        f'"outputs": [], "source": "{source}"}}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 5}}'
    )
    world = World.fresh(tmp_path, {"busy.ipynb": notebook})

    done = world.call("run", "busy.ipynb", "out.ipynb", "--timeout", "2")

    assert done.returncode == 1
    assert b"error[NB541]: step busy, cell 1 of 1: it took longer than 2 s" in done.stderr
    cell = json.loads((world.folder / "out.ipynb").read_text())["cells"][0]
    assert cell["metadata"]["papermill"]["status"] == "failed"
    wait_for_silence(world)


def test_nobody_reads_what_is_printed(tmp_path: Path) -> None:
    world = World.fresh(tmp_path)

    done = subprocess.run(
        f"{sys.executable} -m nb2pkg run . --json-lines | head -n 1",
        shell=True,
        cwd=world.folder,
        env=world.environment,
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert b"Traceback" not in done.stderr, done.stderr
    wait_for_silence(world)
    assert world.json("runs", "list")["runs"][0]["status"] != "running"
