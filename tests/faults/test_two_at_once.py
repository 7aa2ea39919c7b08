"""Two runs want one output; one holds it and is killed; numbers of processes come back: nobody is misled."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nb2pkg.adapters.this_machine import boot_id, process_start
from tests.faults.world import World, wait_for_silence, wait_until

PAIRS = int(os.environ.get("NB2PKG_PAIRS", "5"))

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="processes are found by /proc"
)


def notebook(*sources: str) -> str:
    cells = [
        {"cell_type": "code", "id": f"c{number}", "execution_count": None, "outputs": [], "source": source,
         "metadata": {"tags": ["parameters"]} if number == 0 else {}}
        for number, source in enumerate(sources)
    ]  # fmt: skip
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def printed(path: Path) -> str:
    cells = json.loads(path.read_text())["cells"]
    return "".join("".join(o.get("text", "")) for cell in cells for o in cell.get("outputs", ()))


SAYS_WHO = {"say.ipynb": notebook("name: str = ''", "for _ in range(200):\n    print(name)")}
SLOW = {
    "slow.ipynb": notebook("", "open('begun', 'w').close()\nimport time\ntime.sleep(60)"),
    "fast.ipynb": notebook("", "print('fast')"),
    "work.py": "import time\n\n\ndef slow():\n    open('begun', 'w').close()\n    time.sleep(60)\n",
    "pipeline.yaml": "steps: {slow: {function: work:slow}}\n",
}


# -- one output


@pytest.mark.parametrize("number", range(PAIRS))
def test_of_two_runs_with_one_output_one_is_refused_or_comes_later(
    tmp_path: Path, number: int
) -> None:
    world = World.fresh(tmp_path, SAYS_WHO)
    pair = {
        who: world.start("run", "say.ipynb", "-o", "out.ipynb", "-p", f"name={who}", "--json")
        for who in ("ada", "bob")
    }
    ended = {who: (*runner.communicate(timeout=60), runner.returncode) for who, runner in pair.items()}  # fmt: skip

    good = {who: json.loads(out) for who, (out, _, code) in ended.items() if code == 0}
    refused = {who: json.loads(out) for who, (out, _, code) in ended.items() if code == 6}
    assert good and len(good) + len(refused) == 2, ended
    # Who was refused has run nothing, and is told by whom.
    assert len(world.json("runs", "list")["runs"]) == len(good)
    ids = [answer["id"] for answer in good.values()]
    for answer in refused.values():
        assert re.search(f"out.ipynb is being written by (run {ids[0]}|another run)", str(answer))
    # The file is whole, and that of a run whose record names it.
    kept = {
        answer["steps"][0]["notebook"]["sha256"]: f"{who}\n" * 200 for who, answer in good.items()
    }
    out = world.folder / "out.ipynb"
    assert printed(out) == kept[hashlib.sha256(out.read_bytes()).hexdigest()]
    assert not list(world.folder.glob(".*"))


def test_of_two_pipelines_with_one_folder_of_outputs_one_is_refused(tmp_path: Path) -> None:
    world = World.fresh(tmp_path, SLOW)
    runner = world.start("run", ".", "-o", "out")
    wait_until((world.folder / "begun").exists)

    second = world.call("run", ".", "-o", "../project/out")

    runner.kill()
    runner.communicate()
    wait_for_silence(world)
    assert second.returncode == 6
    assert b"error[NB311]" in second.stderr
    assert len(world.json("runs", "list")["runs"]) == 1


# -- locks and records of processes that are gone


def test_who_holds_an_output_and_is_killed_is_in_nobody_s_way(tmp_path: Path) -> None:
    world = World.fresh(tmp_path, SLOW)
    runner = world.start("run", "slow.ipynb", "-o", "out.ipynb")
    wait_until((world.folder / "begun").exists)
    refused = world.call("run", "fast.ipynb", "-o", "out.ipynb")
    runner.kill()
    runner.wait()

    # At once: what the killed one has started may still live.
    second = world.call("run", "fast.ipynb", "-o", "out.ipynb")

    runner.communicate()
    assert refused.returncode == 6
    assert second.returncode == 0, second.stderr
    assert printed(world.folder / "out.ipynb") == "fast\n"
    statuses = [run["status"] for run in world.json("runs", "list")["runs"]]
    assert statuses == ["succeeded", "crashed"]
    wait_for_silence(world)


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """Somebody else's process, which leads a group of its own."""
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def change(world: World, sql: str, *values: Any) -> None:
    with contextlib.closing(sqlite3.connect(world.home / "runs.sqlite")) as connection, connection:
        connection.execute(sql, values)


def killed(world: World) -> None:
    """A run whose runner is killed; nobody has looked at its record since."""
    runner = world.start("run", ".")
    wait_until((world.folder / "begun").exists)
    wait_until(lambda: rows(world, "SELECT count(*) FROM processes") == [(1,)])
    runner.kill()
    runner.communicate()
    wait_for_silence(world)


def rows(world: World, sql: str) -> list[Any]:
    with contextlib.closing(sqlite3.connect(world.home / "runs.sqlite")) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("is_of_another_boot", [False, True], ids=["another start", "another boot"])
def test_a_number_that_came_back_is_not_taken_for_the_runner(
    tmp_path: Path, bystander: subprocess.Popen[bytes], is_of_another_boot: bool
) -> None:
    world = World.fresh(tmp_path, SLOW)
    killed(world)
    # Its number is another process's now, which began at another time, or after the machine did anew.
    started = process_start(bystander.pid)
    holder = (bystander.pid, started, boot_id()[::-1]) if is_of_another_boot else (bystander.pid, started - 1, boot_id())  # fmt: skip
    change(world, "UPDATE runs SET holder_pid = ?, holder_start = ?, holder_boot = ?", *holder)

    [seen] = world.json("runs", "list")["runs"]

    assert seen["status"] == "crashed"
    assert bystander.poll() is None


def test_a_runner_that_lives_is_not_taken_for_dead(
    tmp_path: Path, bystander: subprocess.Popen[bytes]
) -> None:
    world = World.fresh(tmp_path, SLOW)
    killed(world)
    started = process_start(bystander.pid)
    change(world, "UPDATE runs SET holder_pid = ?, holder_start = ?", bystander.pid, started)

    [seen] = world.json("runs", "list")["runs"]

    assert seen["status"] == "running"


def test_a_group_s_number_that_came_back_is_not_killed(
    tmp_path: Path, bystander: subprocess.Popen[bytes]
) -> None:
    world = World.fresh(tmp_path, SLOW)
    killed(world)
    before = process_start(bystander.pid) - 1
    change(
        world, "UPDATE processes SET process_group = ?, process_start = ?", bystander.pid, before
    )

    [seen] = world.json("runs", "list")["runs"]

    assert seen["status"] == "crashed"
    assert bystander.poll() is None


def test_what_a_dead_run_has_left_running_is_ended(
    tmp_path: Path, bystander: subprocess.Popen[bytes]
) -> None:
    world = World.fresh(tmp_path, SLOW)
    killed(world)
    sql = "UPDATE processes SET process_group = ?, process_start = ?"
    change(world, sql, bystander.pid, process_start(bystander.pid))

    looking = world.start("runs", "list")

    assert bystander.wait(5) == -9
    looking.communicate()
