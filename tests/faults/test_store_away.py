"""The store of records is away, at any moment and for any time: no step is killed, and no record becomes false."""

from __future__ import annotations

import contextlib
import json
import os
import random
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.world import (
    OUTAGES,
    World,
    assert_world_ok,
    told_before,
    wait_for_silence,
    wait_until,
)
from tests.ports.postgres_server import PostgresServer, server_or_skip

HOLD_SECONDS = float(os.environ.get("NB2PKG_HOLD_SECONDS", "3"))
ONLY_WHEN_THOROUGH = pytest.mark.skipif(OUTAGES < 3, reason="for `make faults`")
SEED = int(os.environ.get("NB2PKG_FAULT_SEED", "1"))

WORK = """\
import time
from pathlib import Path


def first(seconds):
    Path("begun.txt").write_text("")
    time.sleep(seconds)
    return 1


def second(one, seconds):
    time.sleep(seconds)
    return one + 1


def third(two):
    Path("third.txt").write_text(str(two))
"""
PIPELINE = """\
parameters: {seconds: 0.2}
steps:
  first:  {function: work:first, outputs: [one]}
  second: {function: work:second, needs: [first], outputs: [two]}
  third:  {function: work:third, needs: [second], outputs: [third.txt]}
"""
FILES = {"begun.txt": "", "third.txt": "2"}

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="processes are found by /proc"
)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with server_or_skip() as server:
        yield server


@pytest.fixture
def world(server: PostgresServer, tmp_path: Path) -> World:
    """A pipeline whose records are in a database."""
    world = World.fresh(tmp_path, {"work.py": WORK, "pipeline.yaml": PIPELINE})
    world.extra = {"NB2PKG_STORE": server.empty_database()}
    return world


def with_lease(world: World, seconds: float) -> None:
    world.extra = {**world.extra, "NB2PKG_LEASE_SECONDS": str(seconds)}


def shown(world: World) -> dict[str, Any]:
    answer: dict[str, Any] = world.json("runs", "show", "last")
    return answer


def statuses(run: dict[str, Any]) -> list[str]:
    return [step["status"] for step in run["steps"]]


# -- for a while


@pytest.mark.parametrize("number", range(OUTAGES))
def test_an_outage_that_is_over_before_the_run_leaves_no_trace(
    server: PostgresServer, world: World, number: int
) -> None:
    chance = random.Random(SEED * 30_000 + number)
    runner = world.start("run", ".", "-p", "seconds=0.5", "--json-lines")
    wait_until((world.folder / "begun.txt").exists)
    # Anywhere in the run, its end included; killed or just suspended.
    time.sleep(chance.uniform(0, 1.1))
    is_killed = number % 2 == 0
    (server.kill if is_killed else server.pause)()
    try:
        time.sleep(chance.uniform(0.2, 2))
    finally:
        (server.start if is_killed else server.resume)()
    output, messages = runner.communicate(timeout=60)

    assert runner.returncode == 0, messages
    run = shown(world)
    assert run["status"] == "succeeded"
    assert statuses(run) == ["succeeded"] * 3
    assert [len(step["attempts"]) for step in run["steps"]] == [1, 1, 1]
    assert told_before(output) == dict.fromkeys(["first", "second", "third"], "succeeded")
    assert_world_ok(world, told_before(output), FILES)


# -- for good


@pytest.mark.parametrize(
    "is_killed", [True, pytest.param(False, marks=ONLY_WHEN_THOROUGH)], ids=["killed", "suspended"]
)
def test_a_store_that_never_comes_back_ends_the_run_and_costs_no_result(
    server: PostgresServer, world: World, is_killed: bool
) -> None:
    with_lease(world, 1)
    runner = world.start("run", ".", "--json-lines", "-p", "seconds=3.4")
    wait_until((world.folder / "begun.txt").exists)
    (server.kill if is_killed else server.pause)()
    began = time.monotonic()
    try:
        output, messages = runner.communicate(timeout=40)
        seconds = time.monotonic() - began
    finally:
        (server.start if is_killed else server.resume)()

    assert runner.returncode == 5, messages
    # The step that ran has come to its end; then that of the run was tried to be written, for five seconds.
    assert seconds < 14
    notices = [event["message"] for event in map(json.loads, output.splitlines()) if event["event"] == "notice"]  # fmt: skip
    assert [message.rpartition("; ")[2] for message in notices] == [
        "steps go on, and are written down once it answers",
        "what its steps gave is kept",
    ]
    assert "hunter2" not in str(notices)
    wait_for_silence(world)
    run = shown(world)
    assert (run["status"], statuses(run)) == ("crashed", ["crashed", "skipped", "skipped"])
    planned = world.json("run", ".", "-p", "seconds=3.4", "--dry-run")
    assert [step["fate"] for step in planned["steps"]] == ["hit", "run", "unknown"]
    assert_world_ok(world, None, FILES)


@ONLY_WHEN_THOROUGH
def test_the_executed_notebook_is_there_though_its_record_is_not(
    server: PostgresServer, world: World
) -> None:
    source = "open('begun.txt', 'w').close()\\nimport time\\ntime.sleep(2)\\nprint('done')"
    cell = (
        '{"cell_type": "code", "id": "a", "execution_count": null, "metadata": {}, "outputs": [], '
        f'"source": "{source}"}}'
    )
    world.folder.joinpath("long.ipynb").write_text(
        f'{{"cells": [{cell}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 5}}'
    )
    with_lease(world, 1)
    runner = world.start("run", "long.ipynb", "-o", "out.ipynb")
    wait_until((world.folder / "begun.txt").exists)
    server.kill()
    try:
        _, messages = runner.communicate(timeout=40)
    finally:
        server.start()

    assert runner.returncode == 5, messages
    [output] = json.loads((world.folder / "out.ipynb").read_text())["cells"][0]["outputs"]
    assert "".join(output["text"]) == "done\n"


# -- SQLite: another process holds the file


def test_another_process_that_holds_the_file_only_delays(tmp_path: Path) -> None:
    world = World.fresh(tmp_path, {"work.py": WORK, "pipeline.yaml": PIPELINE})
    runner = world.start("run", ".", "-p", "seconds=0.5", "--json-lines")
    wait_until((world.folder / "begun.txt").exists)
    with holding(world):
        began = time.monotonic()
        # No step waits for it.
        wait_until((world.folder / "third.txt").exists)
        steps_took = time.monotonic() - began
        time.sleep(max(0.0, HOLD_SECONDS - steps_took))
    output, messages = runner.communicate(timeout=60)

    assert runner.returncode == 0, messages
    assert steps_took < 15
    assert_world_ok(world, told_before(output), FILES)


@pytest.mark.skipif(HOLD_SECONDS < 35, reason="takes half a minute: NB2PKG_HOLD_SECONDS=40")
def test_who_cannot_begin_as_another_holds_the_file_is_told_by_whom(tmp_path: Path) -> None:
    world = World.fresh(tmp_path, {"work.py": WORK, "pipeline.yaml": PIPELINE})
    world.json("runs", "list")
    with holding(world):
        done = world.call("run", ".")

    assert done.returncode == 5
    assert b"error[NB510]" in done.stderr and b"is in use by another program" in done.stderr
    assert not (world.folder / "begun.txt").exists()
    assert world.call("run", ".", "-p", "seconds=0.1").returncode == 0


@contextlib.contextmanager
def holding(world: World) -> Iterator[None]:
    """Be in the middle of a write to the store."""
    with contextlib.closing(
        sqlite3.connect(world.home / "runs.sqlite", isolation_level=None, timeout=10)
    ) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
