"""Where results are shared is in trouble: the run is not, says what is still to be uploaded, and `push` does it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from tests.faults.world import OUTAGES, World, assert_contents_ok, wait_for_silence, wait_until

PROGRAM = Path(__file__).with_name("unsteady_place.py")

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="processes are found by /proc"
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A project whose results are shared."""
    world = World.fresh(tmp_path)
    world.program = (str(PROGRAM),)
    world.extra = {"NB2PKG_CACHE": f"unsteady://{tmp_path}/afar"}
    return world


def afar(world: World) -> Path:
    return world.folder.parent / "afar"


def trouble(world: World, what: str) -> None:
    """From now on, that is wrong with the place."""
    Path(f"{afar(world)}.trouble").write_text(what)


def of_another_machine(world: World) -> World:
    """The same project, where nothing is known but what is shared."""
    return World(world.folder, world.folder.parent / "laptop", extra=world.extra, program=world.program)  # fmt: skip


def assert_shared_ok(world: World) -> None:
    """What lies there is whole, and an entry names nothing that is not there."""
    files = {path.name: path for path in (afar(world) / "files").rglob("*") if path.is_file()}
    for name, path in files.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == name
    for path in (afar(world) / "entries").rglob("*"):
        if path.is_file():
            document = json.loads(path.read_text())["document"]
            assert {artifact["sha256"] for artifact in document.get("artifacts", ())} <= set(files)


def only_when_thorough(what: str) -> ParameterSet:
    return pytest.param(what, marks=pytest.mark.skipif(OUTAGES < 3, reason="for `make faults`"))


@pytest.mark.parametrize(
    "what",
    [
        "refuses",
        "dies 2",
        only_when_thorough("down"),
        only_when_thorough("half 3"),
        only_when_thorough("slow 100"),
    ],
)
def test_a_run_succeeds_and_says_that_an_upload_is_pending_which_push_does(
    world: World, what: str
) -> None:
    trouble(world, what)

    done = world.call("run", ".", "--json")

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["status"] == "succeeded"
    assert [step["status"] for step in answer["steps"]] == ["succeeded"] * 6
    assert done.stderr.count(b"warning[NB544]") == 1
    assert b"nb2pkg runs push" in done.stderr
    assert_shared_ok(world)
    # While it is away, what was made here is used here.
    assert {step["status"] for step in world.json("run", ".")["steps"]} == {"cached"}
    assert world.call("runs", "push").returncode == 5

    trouble(world, "")

    assert world.call("runs", "push").returncode == 0
    assert_shared_ok(world)
    elsewhere = of_another_machine(world).json("run", ".")
    assert [step["status"] for step in elsewhere["steps"]] == ["cached"] * 6
    assert_contents_ok(world)


def test_who_is_killed_in_the_middle_of_an_upload_loses_nothing(world: World) -> None:
    trouble(world, "slow 1")
    runner = world.start("run", ".")
    wait_until(lambda: list(afar(world).glob("files/.*.part")) or list(world.home.glob("spool/*/*")))  # fmt: skip
    runner.kill()
    runner.communicate()
    wait_for_silence(world)
    trouble(world, "")

    assert world.call("runs", "push").returncode == 0

    assert_shared_ok(world)
    again = world.json("run", ".")
    assert again["status"] == "succeeded"
    assert_shared_ok(world)
    elsewhere = of_another_machine(world).json("run", ".")
    assert {step["status"] for step in elsewhere["steps"]} == {"cached"}
