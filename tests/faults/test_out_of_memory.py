"""A step takes more memory than there is: it is told of, with how much that was, and the others go on."""

from __future__ import annotations

import contextlib
import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.world import World, wait_for_silence

LIMIT = 400_000_000
GROUPS = Path("/sys/fs/cgroup")

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="processes are found by /proc"
)

WORK = """\
import time


def hungry():
    taken = []
    while True:
        taken.append(bytearray(10_000_000))


def greedy():
    return bytearray(1 << 50)


def modest():
    time.sleep(1)
    return 1


def after(one):
    return one + 1
"""
OTHERS = """\
  modest: {function: work:modest, outputs: [one]}
  after:  {function: work:after, needs: [modest], outputs: [two]}
  never:  {function: work:modest, needs: [it]}
"""
FUNCTION = "steps:\n  it: {function: work:hungry}\n" + OTHERS
NOTEBOOK = "steps:\n  it: {notebook: it.ipynb}\n" + OTHERS


@pytest.fixture
def small_group() -> Iterator[tuple[str, ...]]:
    """How a command begins that may use no more than LIMIT, with all that it starts: else one of them is killed."""
    for parent, limit in (
        (GROUPS / "memory", "memory.limit_in_bytes"),
        (GROUPS, "memory.max"),
    ):
        group = parent / f"nb2pkg-{secrets.token_hex(4)}"
        with contextlib.suppress(OSError):
            if limit == "memory.max":
                (parent / "cgroup.subtree_control").write_text("+memory")
            group.mkdir()
            try:
                (group / limit).write_text(str(LIMIT))
                join = f'echo $$ > {group}/cgroup.procs && exec "$@"'
                yield ("sh", "-c", join, "sh")
            finally:
                group.rmdir()
            return
    pytest.skip("no control group for memory can be made here")


def cell(source: str) -> str:
    code: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
    }
    cells = [{**code, "id": "a", "source": "print('begun')"}, {**code, "id": "b", "source": source}]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def world_of(folder: Path, pipeline: str, source: str = "") -> World:
    files = {"work.py": WORK, "pipeline.yaml": pipeline, "it.ipynb": cell(source)}
    return World.fresh(folder, files)


def ended(world: World, *words: str, prefix: tuple[str, ...] = ()) -> dict[str, Any]:
    """The record of a run that one step has spoiled, and nothing else."""
    runner = world.start("run", ".", "-j", "2", "--keep-going", *words, prefix=prefix)
    _, messages = runner.communicate(timeout=90)

    assert runner.returncode == 1, messages
    assert b"Traceback (most" not in messages, messages
    wait_for_silence(world)
    run: dict[str, Any] = world.json("runs", "show", "last")
    assert run["status"] == "failed"
    statuses = {step["name"]: step["status"] for step in run["steps"]}
    assert statuses == {
        "it": "failed", "modest": "succeeded", "after": "succeeded", "never": "skipped"
    }  # fmt: skip
    return run


def said(run: dict[str, Any]) -> str:
    [attempt] = run["steps"][0]["attempts"]
    return str(attempt["message"])


def assert_told_how_much(run: dict[str, Any], message: str) -> None:
    found = re.search(r"it had used ([\d,]+) MB of at most 400 MB$", message)
    assert found, message
    used = int(found[1].replace(",", ""))
    assert 100 < used < 410
    [attempt] = run["steps"][0]["attempts"]
    assert attempt["memory_bytes"] == pytest.approx(used * 1e6, rel=0.01)


@pytest.mark.parametrize("how", ["--warm", "--no-warm"])
def test_a_function_that_takes_too_much(
    tmp_path: Path, small_group: tuple[str, ...], how: str
) -> None:
    world = world_of(tmp_path, FUNCTION)

    run = ended(world, how, prefix=small_group)

    message = said(run)
    assert message.startswith("its process was ended by SIGKILL: it may have run out of memory; ")
    assert_told_how_much(run, message)


def test_a_notebook_that_takes_too_much(tmp_path: Path, small_group: tuple[str, ...]) -> None:
    source = "taken = []\nwhile True:\n    taken.append(bytearray(10_000_000))"
    world = world_of(tmp_path, NOTEBOOK, source)

    run = ended(world, prefix=small_group)

    message = said(run)
    assert message.startswith(
        "the kernel died in cell 2 (ended by SIGKILL: it may have run out of memory); "
    )
    assert_told_how_much(run, message)
    [attempt] = run["steps"][0]["attempts"]
    assert (attempt["cell"], attempt["cells"]) == (2, 2)
    assert run["steps"][0]["notebook"], "what it had shown until then is kept"


def test_a_function_that_is_given_no_more(tmp_path: Path) -> None:
    run = ended(world_of(tmp_path, FUNCTION.replace("hungry", "greedy")))

    assert said(run) == "MemoryError"


def test_a_notebook_that_is_given_no_more(tmp_path: Path) -> None:
    run = ended(world_of(tmp_path, NOTEBOOK, "bytearray(1 << 50)"))

    assert said(run) == "MemoryError"
