"""A run says that it is looked after, whatever it is busy with; one that others took over is stopped."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path

import pytest

from nb2pkg.adapters.run_store import open_run_store
from tests.faults.world import World, wait_for_silence, wait_until

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="processes are found by /proc"
)

WORK = """\
import time
from pathlib import Path


def quick():
    return 1


def slow():
    Path("begun").touch()
    time.sleep(60)
"""


def test_an_upload_that_takes_longer_than_the_lease_does_not_lose_it(tmp_path: Path) -> None:
    world = World.fresh(
        tmp_path,
        {"work.py": WORK, "pipeline.yaml": "steps: {a: {function: work:quick, outputs: [one]}}\n"},
    )
    afar = tmp_path / "afar"
    world.program = (str(Path(__file__).with_name("unsteady_place.py")),)
    world.extra = {"NB2PKG_LEASE_SECONDS": "1", "NB2PKG_CACHE": f"unsteady://{afar}"}
    Path(f"{afar}.trouble").write_text("slow 1.2")

    runner = world.start("run", ".", "--json")
    wait_until(lambda: list(tmp_path.glob("home/spool/*/file-*")))
    seen = []
    while runner.poll() is None:
        # Whoever looks at the records marks those whose lease has run out.
        seen += [run["status"] for run in world.json("runs", "list")["runs"]]
    output, messages = runner.communicate()

    assert runner.returncode == 0, messages
    assert json.loads(output)["status"] == "succeeded"
    assert seen.count("running") >= 2 and set(seen) <= {"running", "succeeded"}
    assert world.json("runs", "show", "last")["status"] == "succeeded"


def test_a_run_that_others_have_marked_as_crashed_stops_its_steps(tmp_path: Path) -> None:
    world = World.fresh(
        tmp_path, {"work.py": WORK, "pipeline.yaml": "steps: {a: {function: work:slow}}\n"}
    )
    world.extra = {"NB2PKG_LEASE_SECONDS": "1.5"}
    runner = world.start("run", ".", "--json")
    wait_until((world.folder / "begun").exists)
    [run] = world.json("runs", "list")["runs"]

    with contextlib.closing(open_run_store(str(world.home / "runs.sqlite"))) as store:
        assert store.mark_crashed(run["id"], "somebody said so", time.time())
    output, messages = runner.communicate(timeout=10)

    assert runner.returncode == 5, messages
    assert b"warning[NB546]: another process has marked this run as crashed" in messages
    assert json.loads(output)["status"] == "crashed"
    after = world.json("runs", "show", "last")
    assert (after["status"], after["message"]) == ("crashed", "somebody said so")
    assert after["steps"][0]["status"] == "crashed"
    wait_for_silence(world)
