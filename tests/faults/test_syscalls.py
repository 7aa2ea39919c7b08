"""One call to the system is the last that a process makes, or fails: each in turn, as SQLite is tested."""

from __future__ import annotations

import os
import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.faults.struck import Blow, Struck, run_struck, why_not
from tests.faults.world import World, assert_world_ok, told_before

EACH = os.environ.get("NB2PKG_SYSCALLS") == "all"
SEED = int(os.environ.get("NB2PKG_FAULT_SEED", "1"))

Case = TypeVar("Case")

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

FUNCTIONS = {
    "work.py": '''\
"""Two steps, of which the last writes a file whole."""

import os


def first(seed=1):
    return list(range(seed, seed + 5))


def last(values):
    with open("last.txt.new", "w") as file:
        file.write(str(sum(values)))
    os.replace("last.txt.new", "last.txt")
    return sum(values)
''',
    "pipeline.yaml": """\
parameters: {seed: 1}
steps:
  first: {function: work:first, outputs: [values]}
  last:  {function: work:last, needs: [first], outputs: [total, last.txt]}
""",
}
NOTEBOOK = {
    "note.ipynb": '{"cells": [{"cell_type": "code", "id": "a", "execution_count": null, "metadata": {}, '
    '"outputs": [], "source": "print(\'x\' * 20_000)"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    "pipeline.yaml": "steps: {note: {notebook: note.ipynb}}\n",
}
EXPECTED = {"last.txt": "15"}
TEMPORARY = tempfile.gettempdir()

RENAME = "?rename,?renameat,?renameat2"
UNLINK = "?unlink,?unlinkat"
MKDIR = "?mkdir,?mkdirat"
# Who makes which calls, and about how often: from there a few are drawn where not each is tried.
MADE = (
    ("runner", RENAME, 9),
    ("runner", "fsync", 9),
    ("runner", "fdatasync", 14),
    ("runner", "write", 18),
    ("runner", "pwrite64", 82),
    ("runner", UNLINK, 20),
    ("runner", MKDIR, 34),
    ("recorder", "fdatasync", 8),
    ("recorder", "pwrite64", 42),
    ("function", RENAME, 2),
    ("function", "write", 3),
    ("function", UNLINK, 3),
    ("function", MKDIR, 2),
    ("papermill", RENAME, 3),
    ("papermill", "fsync", 1),
    ("papermill", "write", 34),
)
# What fails once, and from then on; a `+` says that.
FAILING = (
    ("runner", RENAME, "EROFS+", 9),
    ("runner", RENAME, "EPERM", 9),
    ("runner", "fsync", "EIO", 9),
    ("runner", "fdatasync", "EIO", 14),
    ("runner", "fdatasync", "EIO+", 14),
    ("runner", "write", "ENOSPC", 18),
    ("runner", "write", "EIO+", 18),
    ("runner", "pwrite64", "ENOSPC+", 82),
    ("runner", "pwrite64", "EIO", 82),
    ("runner", UNLINK, "EPERM+", 20),
    ("runner", UNLINK, "EROFS", 20),
    ("runner", MKDIR, "ENOSPC+", 34),
    ("runner", MKDIR, "EPERM", 34),
    ("recorder", "fdatasync", "EIO", 8),
    ("recorder", "fdatasync", "EIO+", 8),
    ("recorder", "pwrite64", "ENOSPC+", 42),
    ("recorder", "pwrite64", "EIO", 42),
    ("function", RENAME, "EROFS+", 3),
    ("function", "write", "ENOSPC", 2),
    ("function", UNLINK, "EPERM+", 3),
    ("function", MKDIR, "EPERM+", 1),
    ("papermill", RENAME, "EPERM", 3),
    ("papermill", "fsync", "EIO", 1),
    ("papermill", "write", "ENOSPC", 34),
)
# What opening a file may fail with; the files are those of the world, by their place in all that are opened.
OPENING = ("EMFILE", "EROFS", "ENAMETOOLONG", "EIO")
# Of SQLite, which keeps the reason to itself; of Python; of a file that nobody can look at.
OTHER_WORDS = (
    "disk I/O error",
    "no space left on the disk",
    "unable to open database file",
    "attempt to write a readonly database",
    "No usable temporary directory found",
    "it did not write last.txt",
)
# Where that fails, standard error or what ZeroMQ wakes its threads by, nobody can be told.
NOWHERE_TO_SAY = ("write(2, ", r'"\1\0\0\0\0\0\0\0", 8)')
SAYING = {
    "EIO": "Input/output error",
    "ENOSPC": "No space left on device",
    "EROFS": "Read-only file system",
    "EPERM": "Operation not permitted",
    "EMFILE": "Too many open files",
    "ENAMETOOLONG": "File name too long",
}


def some(cases: Sequence[Case], most: int = 8) -> Sequence[Case]:
    """All cases, or a few of them, drawn by the seed."""
    return cases if EACH else random.Random(SEED).sample(cases, most)


def name(value: object) -> str:
    return str(value).partition(",")[0].strip("?")


@pytest.mark.parametrize(("whom", "kinds", "about"), some(MADE), ids=name)
def test_who_is_killed_at_a_call(tmp_path: Path, whom: str, kinds: str, about: int) -> None:
    wrong = []
    hits = 0
    for number in numbers(about, whom, kinds):
        blow = Blow(whom=whom, kinds=kinds, what="signal=KILL", number=number)
        world = world_for(whom, tmp_path / str(number))
        struck = run_struck(world, blow)
        hits += struck.was_hit
        try:
            assert_world_ok(world, told_before(struck.output), expected(whom))
        except AssertionError as error:
            wrong.append(f"{blow}: {str(error)[:500]}")
        if not struck.was_hit:
            break
    print(f"{whom} {name(kinds)}: killed {hits} times")

    assert not wrong, "\n".join(wrong)
    assert hits or not EACH, "no such call is made"


@pytest.mark.parametrize(("whom", "kinds", "error", "about"), some(FAILING), ids=name)
def test_a_call_that_fails(tmp_path: Path, whom: str, kinds: str, error: str, about: int) -> None:
    error, goes_on = error.rstrip("+"), error.endswith("+")
    wrong = []
    hits = 0
    for number in numbers(about, whom, kinds, error):
        what = f"error={error}"
        blow = Blow(whom=whom, kinds=kinds, what=what, number=number, goes_on=goes_on)
        struck, problem = after_failing(tmp_path / str(number), blow, SAYING[error])
        hits += struck.was_hit
        wrong += problem
        if not struck.was_hit:
            break
    print(f"{whom} {name(kinds)} {error}: failed {hits} times")

    assert not wrong, "\n".join(wrong)
    assert hits or not EACH, "no such call is made"


@pytest.mark.parametrize("error", some(OPENING, 1))
def test_a_file_that_cannot_be_opened(tmp_path: Path, error: str) -> None:
    all_of_them = Blow(whom="runner", kinds="openat", what=f"error={error}", number=65_535)
    usual = run_struck(world_for("runner", tmp_path / "usual"), all_of_them)
    calls = usual.calls.splitlines()
    # From where the pipeline is read on; before, Python imports what we are made of.
    first = next(i for i, call in enumerate(calls, start=1) if "/pipeline.yaml" in call)
    ours = [i for i, call in enumerate(calls, start=1) if str(tmp_path) in call and i >= first]
    wrong = []
    for number in ours if EACH else random.Random(f"{SEED} {error}").sample(ours, 1):
        blow = Blow(whom="runner", kinds="openat", what=f"error={error}", number=number)
        _, problem = after_failing(tmp_path / str(number), blow, SAYING[error])
        wrong += problem
    print(f"runner openat {error}: failed {len(ours)} times")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("limit", range(9, 24, 1 if EACH else 8))
def test_few_files_may_be_open(tmp_path: Path, limit: int) -> None:
    world = world_for("runner", tmp_path)
    prefix = ("sh", "-c", f'ulimit -n {limit}; exec "$@"', "sh")
    runner = world.start("run", ".", "--json-lines", prefix=prefix)
    output, messages = runner.communicate(timeout=60)

    struck = Struck(code=runner.returncode, output=output, messages=messages, calls="")
    assert_told(world, struck, SAYING["EMFILE"])
    assert_world_ok(world, told_before(output), EXPECTED)


@pytest.mark.parametrize("how", ["--warm", "--no-warm"] if EACH else ["--warm"])
def test_a_step_that_has_ended_before_its_beginning_is_heard_of(tmp_path: Path, how: str) -> None:
    world = world_for("runner", tmp_path)
    blow = Blow(whom="runner", kinds="recvfrom", what="delay_enter=700000", number=1)

    struck = run_struck(world, blow, how)

    assert struck.code == 0, struck.messages
    assert_world_ok(world, told_before(struck.output), EXPECTED)


def after_failing(folder: Path, blow: Blow, saying: str) -> tuple[Struck, list[str]]:
    """Let a call fail; give what is wrong then."""
    world = world_for(blow.whom, folder)
    struck = run_struck(world, blow)
    try:
        assert_told(world, struck, saying)
        assert_world_ok(world, told_before(struck.output), expected(blow.whom))
    except AssertionError as problem:
        return struck, [f"{blow}: {struck.hits[:1]}: {str(problem)[:700]}"]
    return struck, []


def numbers(about: int, *what: object) -> Iterator[int]:
    """The numbers of the calls that are struck, until one is not there."""
    if EACH:
        yield from range(1, 10_000)
    else:
        yield random.Random(f"{SEED} {what}").randint(1, about)


def world_for(whom: str, folder: Path) -> World:
    return World.fresh(folder, NOTEBOOK if whom == "papermill" else FUNCTIONS)


def expected(whom: str) -> dict[str, str]:
    return {} if whom == "papermill" else EXPECTED


def assert_told(world: World, struck: Struck, saying: str) -> None:
    """It is said what is wrong and where, as of something that is not our fault."""
    messages = struck.messages.decode()
    assert "Traceback (most" not in messages and "internal error" not in messages, messages
    if struck.code == 0:
        return
    assert struck.code in (1, 5), (struck.code, messages)
    statuses = [run["status"] for run in world.json("runs", "list")["runs"]]
    if not any("write(1, " in call for call in struck.hits):
        assert not statuses or statuses[0] in ("failed", "crashed"), statuses
    if any(one in call for call in struck.hits for one in NOWHERE_TO_SAY):
        return
    if struck.code == 1:
        said = str([step["attempts"][-1]["message"] for step in failed_steps(world)])
        assert any(one in said for one in (saying, *OTHER_WORDS)), said
    else:
        assert re.search(r"error\[NB5\d\d\]", messages), messages
        assert any(one in messages for one in (saying, *OTHER_WORDS)), messages
        places = (str(world.home), str(world.folder), "pipeline.yaml", "standard output", TEMPORARY)
        assert any(place in messages for place in places), messages


def failed_steps(world: World) -> list[dict[str, Any]]:
    steps = world.json("runs", "show", "last")["steps"]
    return [step for step in steps if step["status"] == "failed"]
