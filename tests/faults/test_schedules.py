"""Several daemons share a store and are killed at random: every due moment has one fate, and none runs twice."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from nb2pkg.adapters.run_store import open_schedule_store
from nb2pkg.ports.scheduling import JobState
from nb2pkg.scheduling import Fate, Tick
from tests.faults.world import SOURCE
from tests.ports.postgres_server import running_server

MINUTES = int(os.environ.get("NB2PKG_SCHEDULE_MINUTES", "5"))
SEED = int(os.environ.get("NB2PKG_FAULT_SEED", "1"))
SPEED = 30.0  # a minute takes two seconds
_DAEMON = Path(__file__).with_name("quick_daemon.py")
_WORK = """\
import os
import time


def count():
    with open("began.txt", "a") as file:
        file.write(os.environ["NB2PKG_SCHEDULE"] + " " + os.environ["NB2PKG_DUE"] + "\\n")
    time.sleep(0.2)
"""
_PIPELINE = "steps: {count: {function: work:count, cache: false}}\n"

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="whether processes live is found by /proc"
)


@dataclass
class Town:
    """A store, schedules that fall due each minute, and the daemons that share them."""

    folder: Path
    store: str
    chance: random.Random
    daemons: list[subprocess.Popen[bytes]] = field(default_factory=list)
    wall_start: float = 0.0
    monotonic_start: float = 0.0

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "NB2PKG_HOME": str(self.folder / "home"),
            "NB2PKG_STORE": self.store,
            "NB2PKG_LEASE_SECONDS": "4",
            "PYTHONPATH": os.pathsep.join([str(SOURCE), str(SOURCE.parent)]),
        }

    def add(self, name: str, *more: str) -> None:
        (self.folder / "work.py").write_text(_WORK)
        (self.folder / "pipeline.yaml").write_text(_PIPELINE)
        words = ["schedule", "add", str(self.folder), "--name", name, "--cron", "* * * * *"]
        words += ["--tz", "UTC", "--overlap", "queue", "--catch-up", "all", *more]
        done = subprocess.run(
            [sys.executable, "-m", "nb2pkg", *words], env=self.environment, capture_output=True
        )
        assert done.returncode == 0, done.stderr.decode()

    def begin_time(self) -> None:
        self.wall_start, self.monotonic_start = time.time(), time.monotonic()

    @property
    def now(self) -> float:
        return self.wall_start + SPEED * (time.monotonic() - self.monotonic_start)

    def start_daemon(self) -> None:
        words = [str(SPEED), str(self.wall_start), str(self.monotonic_start)]
        log = (self.folder / f"daemon{len(list(self.folder.glob('daemon*')))}.log").open("wb")
        with log:
            self.daemons.append(
                subprocess.Popen(
                    [sys.executable, str(_DAEMON), *words],
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                )
            )

    def kill_one(self) -> None:
        daemon = self.daemons.pop(self.chance.randrange(len(self.daemons)))
        daemon.kill()
        daemon.wait()

    def drain(self) -> list[int]:
        for daemon in self.daemons:
            daemon.terminate()
        return [daemon.wait(60) for daemon in self.daemons]

    def states(self) -> tuple[JobState, ...]:
        store = open_schedule_store(self.store)
        try:
            return store.jobs(None, recent=100_000)
        finally:
            store.close()

    def counts(self) -> Counter[tuple[str, str]]:
        lines = (self.folder / "began.txt").read_text().split()
        return Counter(zip(lines[::2], lines[1::2], strict=True))


@pytest.fixture(params=["sqlite", "postgres"])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    chance = random.Random(SEED)
    if request.param == "sqlite":
        yield from _closed(Town(tmp_path, str(tmp_path / "runs.sqlite"), chance))
        return
    try:
        with running_server() as server:
            yield from _closed(Town(tmp_path, server.empty_database(), chance))
    except LookupError as why:
        pytest.skip(str(why))


def _closed(town: Town) -> Iterator[Town]:
    try:
        yield town
    finally:
        for daemon in town.daemons:
            daemon.kill()
            daemon.wait()


@pytest.mark.parametrize("retries", [0, 2])
def test_daemons_that_are_killed_share_an_hour(town: Town, retries: int) -> None:
    count = 2 + town.chance.randrange(3)
    town.add("a", "--retries", str(retries))
    town.add("b", "--retries", str(retries))
    town.begin_time()
    begin = town.wall_start
    for _ in range(count):
        town.start_daemon()
    end = begin + 60 * MINUTES
    kills = 0
    while town.now < end:
        time.sleep(town.chance.uniform(2.0, 5.0))
        town.kill_one()
        town.start_daemon()
        kills += 1
    last = _last_minute(town.now)
    _wait_until_all_is_over(town, last)
    # What falls due while they drain is nobody's: the rows of the last moments are not looked at.
    assert town.drain() == [0] * count

    counts = town.counts()
    states = town.states()
    for state in states:
        ticks = [tick for tick in state.recent if tick.due <= last]
        minutes = [begin - begin % 60 + 60 * n for n in range(1, int((last - begin) // 60) + 2)]
        assert sorted(tick.due for tick in ticks) == [due for due in minutes if due <= last]
        for tick in ticks:
            ran = counts[state.job.name, _iso(tick.due)]
            assert tick.fate in (Fate.SUCCEEDED, Fate.CRASHED), tick
            assert len(tick.tries) <= retries + 1
            assert ran <= len(tick.tries)
            assert ran >= (tick.fate is Fate.SUCCEEDED)
            _assert_tries_are_in_order(tick)
    crashed = sum(t.fate is Fate.CRASHED for s in states for t in s.recent if t.due <= last)
    print(
        f"{MINUTES} minutes, {count} daemons, {kills} killed, {len(counts)} moments that ran, "
        f"{crashed} crashed, {max(counts.values())} times at most"
    )
    if not retries:
        assert max(counts.values()) == 1


def _last_minute(now: float) -> float:
    return now - now % 60


def _iso(due: float) -> str:
    from datetime import datetime, timezone

    return datetime.fromtimestamp(due, timezone.utc).isoformat()


def _assert_tries_are_in_order(tick: Tick) -> None:
    for earlier, later in zip(tick.tries, tick.tries[1:], strict=False):
        assert earlier.ended_at is not None
        assert earlier.ended_at <= later.began_at


def _wait_until_all_is_over(town: Town, last: float) -> None:
    """The daemons that live catch up with what the others have left."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        states = town.states()
        ticks = [tick for state in states for tick in state.recent if tick.due <= last]
        if all(tick.fate.is_over for tick in ticks) and len(states) * last == sum(
            max(t.due for t in s.recent if t.due <= last) for s in states
        ):
            return
        time.sleep(0.5)
    logs = [path.read_text()[-2000:] for path in town.folder.glob("daemon*.log")]
    raise AssertionError(
        "\n".join([json.dumps([str(t) for t in ticks if not t.fate.is_over]), *logs])
    )
