"""Several daemons share a store and are killed at random: every due moment has one fate, and none runs twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from nb2pkg.adapters.run_store import open_schedule_store
from nb2pkg.ports.scheduling import JobState
from nb2pkg.scheduling import Fate, Tick
from tests.faults.world import SOURCE
from tests.ports.postgres_server import server_or_skip

MINUTES = int(os.environ.get("NB2PKG_SCHEDULE_MINUTES", "5"))
SEED = int(os.environ.get("NB2PKG_FAULT_SEED", "1"))
AWAY_SECONDS = 60.0 if MINUTES >= 60 else 5.0
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
    def steps(self) -> Path:
        return self.folder / "steps"

    def step_clock(self, seconds: float) -> None:
        new = self.folder / "steps.new"
        new.write_text(str(seconds))
        new.replace(self.steps)

    @property
    def now(self) -> float:
        return self.wall_start + SPEED * (time.monotonic() - self.monotonic_start)

    def start_daemon(self) -> None:
        words = [str(SPEED), str(self.wall_start), str(self.monotonic_start)]
        words += [str(self.steps)] if self.steps.exists() else []
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
        time.sleep(1.0)  # one that was only just started does not listen yet
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


# What hangs on the daemon rather than on its store is tried on one, unless there is much time.
_BOTH = ["sqlite", "postgres"]
_STORES = _BOTH if MINUTES >= 60 else ["sqlite"]
# The store, how many daemons there are at a time, and how often a run is tried again.
_HOURS = [("sqlite", 2, 0), ("postgres", 3, 0), ("sqlite", 4, 2)]
if MINUTES >= 60:
    _HOURS = [(store, count, 0) for count in (2, 3, 4) for store in _BOTH]
    _HOURS += [(store, 4, 2) for store in _BOTH]


@pytest.fixture(params=_BOTH)
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    chance = random.Random(SEED)
    if request.param == "sqlite":
        yield from _closed(Town(tmp_path, str(tmp_path / "runs.sqlite"), chance))
        return
    with server_or_skip() as server:
        yield from _closed(Town(tmp_path, server.empty_database(), chance))


def _closed(town: Town) -> Iterator[Town]:
    try:
        yield town
    finally:
        for daemon in town.daemons:
            daemon.kill()
            daemon.wait()


@pytest.mark.parametrize(("town", "count", "retries"), _HOURS, indirect=["town"])
def test_daemons_that_are_killed_share_an_hour(town: Town, count: int, retries: int) -> None:
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


@pytest.mark.parametrize("town", _STORES, indirect=True)
def test_a_clock_that_is_put_forward_and_back_runs_nothing_twice(town: Town) -> None:
    town.add("a", "--catch-up", "latest")
    town.step_clock(0.0)
    town.begin_time()
    town.start_daemon()
    for step in (0.0, 3600.0, 0.0, -3600.0, 86_400.0 * 400, 0.0):
        town.step_clock(step)
        time.sleep(3.0)  # a minute and a half
    assert town.drain() == [0]

    counts = town.counts()
    [state] = town.states()
    assert max(counts.values()) == 1
    ran = {_iso(tick.due) for tick in state.recent if tick.tries}
    assert {due for _, due in counts} == ran
    # Each of the times that it shows has moments that ran, but for those that come again.
    assert len(ran) >= 5


def test_a_store_that_is_away_costs_no_due_moment(tmp_path: Path) -> None:
    with server_or_skip() as server:
        town = Town(tmp_path, server.empty_database(), random.Random(SEED))
        for _ in _closed(town):
            town.add("a")
            town.begin_time()
            town.start_daemon()
            time.sleep(4.0)
            server.stop()
            time.sleep(AWAY_SECONDS)
            server.start()
            begin, last = town.wall_start, _last_minute(town.now)
            _wait_until_all_is_over(town, last)
            assert town.drain() == [0]
            [state] = town.states()
            due = [tick.due for tick in state.recent if tick.due <= last]
            assert len(due) == len(set(due)) == int(last // 60 - begin // 60)
            assert max(town.counts().values()) == 1
            said = (tmp_path / "daemon0.log").read_text()
            assert said.count('"event": "store_silent"') == 1
            assert said.count('"event": "store_answers"') == 1


@pytest.mark.parametrize("town", _STORES, indirect=True)
def test_a_daemon_that_was_suspended_goes_on(town: Town) -> None:
    """It counts as late meanwhile: what it had begun goes on, and what it had not is another's."""
    town.add("a")
    town.begin_time()
    town.start_daemon()
    town.start_daemon()
    for _ in range(1 + MINUTES // 30):
        time.sleep(2.0)
        sleeper = town.chance.choice(town.daemons)
        sleeper.send_signal(signal.SIGSTOP)
        time.sleep(5.0)  # longer than its lease
        sleeper.send_signal(signal.SIGCONT)
    last = _last_minute(town.now)
    _wait_until_all_is_over(town, last)
    assert town.drain() == [0, 0]

    [state] = town.states()
    ticks = [tick for tick in state.recent if tick.due <= last]
    assert max(town.counts().values()) == 1
    assert len(ticks) == int(last // 60 - town.wall_start // 60)
    for tick in ticks:
        ran = town.counts()["a", _iso(tick.due)]
        assert tick.fate is Fate.SUCCEEDED if ran else tick.fate is Fate.CRASHED


@pytest.mark.parametrize("town", _STORES, indirect=True)
def test_somebody_is_told_once_whatever_daemon_is_killed(town: Town) -> None:
    told = town.folder / "told.txt"
    command = f"sh -c 'cat >> {told}; echo >> {told}'"
    town.add("a", "--notify-command", command)
    (town.folder / "work.py").write_text("def count():\n    raise ValueError('no data')\n")
    town.begin_time()
    town.start_daemon()
    town.start_daemon()
    for _ in range(3):
        time.sleep(2.5)
        town.kill_one()
        town.start_daemon()
    last = _last_minute(town.now)
    _wait_until_all_is_over(town, last)
    bad = {
        tick.due
        for state in town.states()
        for tick in state.recent
        if tick.due <= last and tick.fate.is_bad
    }
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and len(_notices(told)) < len(bad):
        time.sleep(0.5)
    assert town.drain() == [0, 0]

    notices = _notices(told)
    assert {notice["what"] for notice in notices} == {"failed"}
    # One whose daemon was killed while it told may be told again, by the same id.
    ids = Counter(notice["id"] for notice in notices)
    assert len(ids) >= len(bad)
    assert max(ids.values()) <= 2


def _notices(told: Path) -> list[dict[str, Any]]:
    if not told.exists():
        return []
    return [json.loads(line) for line in told.read_text().splitlines() if line.strip()]


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
