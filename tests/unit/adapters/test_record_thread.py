"""The record of a run is kept up beside the run: written, tried again, given up when somebody else has it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from nb2pkg.adapters.record_thread import RecordThread
from nb2pkg.pipeline.records import LiveProcess, RunStatus, StepRecord
from nb2pkg.ports.running import Lease, LeaseLost, StoreAway
from nb2pkg.problems import EnvironmentFailure

_LEASE = Lease("r1", "token")
_LONG = 5.0  # for what happens at once
_PROCESS = LiveProcess(run="r1", step="a", group=1, process_start=1)

StartKeeper = Callable[..., RecordThread]


class Store:
    """What was written, in order; each write is refused by the trouble of the moment."""

    def __init__(self) -> None:
        self.written: list[Any] = []
        self.trouble: Exception | None = None
        self.tried = threading.Semaphore(0)
        self.answers = threading.Event()
        self.answers.set()

    def renew(self, lease: Lease, lease_seconds: float) -> None:
        self._do("renewed")

    def put_steps(self, lease: Lease, steps: Any) -> None:
        self._do({step.name: step.why for step in steps})

    def put_processes(self, lease: Lease, started: Any, ended: Any) -> None:
        self._do(("processes", len(started), len(ended)))

    def finish(self, lease: Lease, status: RunStatus, message: str, ended_at: float) -> None:
        self._do(status.value)

    def _do(self, what: Any) -> None:
        self.tried.release()
        assert self.answers.wait(30)
        if self.trouble is not None:
            raise self.trouble
        self.written.append(what)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def start(store: Store) -> Iterator[StartKeeper]:
    """Begin to keep up a record, under a lease that is long unless it is said otherwise."""
    started: list[RecordThread] = []

    def start(lease_seconds: float = 600.0) -> RecordThread:
        started.append(RecordThread(store, _LEASE, lease_seconds))  # type: ignore[arg-type]
        return started[-1]

    yield start
    store.answers.set()
    for keeper in started:
        keeper.close()


def step(name: str, why: str = "") -> StepRecord:
    return StepRecord(name=name, kind="function", work="m:f", why=why)


def test_what_is_handed_over_is_written_and_the_end_comes_last(
    store: Store, start: StartKeeper
) -> None:
    keeper = start()
    keeper.hand_over([step("a")], [_PROCESS], [])
    assert keeper.is_written(_LONG)
    keeper.finish(RunStatus.SUCCEEDED, "", 1.0)
    assert keeper.is_written(_LONG)

    assert store.written == [("processes", 1, 0), {"a": ""}, "succeeded"]


def test_a_run_that_is_short_beside_its_lease_gives_no_sign_of_life(
    store: Store, start: StartKeeper
) -> None:
    keeper = start(lease_seconds=60)
    for number in range(50):
        keeper.hand_over([step("a", str(number))], [], [])
        assert keeper.is_written(_LONG)
    keeper.close()

    assert store.written == [{"a": str(number)} for number in range(50)]


def test_the_lease_is_renewed_though_nobody_asks_for_it(store: Store, start: StartKeeper) -> None:
    start(lease_seconds=0.15)
    for _ in range(5):
        assert store.tried.acquire(timeout=_LONG)

    assert set(store.written) == {"renewed"}


def test_what_a_store_that_is_away_does_not_take_is_written_once_it_is_back(
    store: Store, start: StartKeeper
) -> None:
    keeper = start()
    store.trouble = StoreAway("no answer")
    keeper.hand_over([step("a", "old"), step("b")], [_PROCESS], [])
    assert store.tried.acquire(timeout=_LONG)
    keeper.hand_over([step("a", "new"), step("c")], [], [_PROCESS])
    assert store.tried.acquire(timeout=_LONG)
    assert not keeper.is_written(0.0)
    silence = keeper.silence()
    store.trouble = None

    assert keeper.is_written(_LONG)
    assert (silence.why, silence.seconds > 0.2) == ("no answer", True)
    assert keeper.silence().seconds == 0
    assert store.written == [("processes", 1, 1), {"a": "new", "b": "", "c": ""}]


def test_a_store_that_hangs_holds_up_nobody(store: Store, start: StartKeeper) -> None:
    keeper = start()
    store.answers.clear()
    keeper.hand_over([step("a")], [], [])
    assert store.tried.acquire(timeout=_LONG)
    began = time.monotonic()

    assert not keeper.is_written(0.05)
    keeper.hand_over([step("b")], [], [])
    assert 0.05 <= keeper.silence().seconds < _LONG
    keeper.close()

    assert time.monotonic() - began < 3


def test_whose_lease_is_lost_hears_of_it_each_time_and_writes_nothing(
    store: Store, start: StartKeeper
) -> None:
    keeper = start()
    store.trouble = LeaseLost("it is marked as crashed")
    keeper.hand_over([step("a")], [], [])
    with pytest.raises(LeaseLost):
        keeper.is_written(_LONG)
    store.trouble = None
    keeper.finish(RunStatus.SUCCEEDED, "", 1.0)

    with pytest.raises(LeaseLost):
        keeper.is_written(_LONG)
    assert store.written == []


def test_a_lost_lease_is_noticed_though_nothing_is_written(
    store: Store, start: StartKeeper
) -> None:
    store.trouble = LeaseLost("it is marked as crashed")
    keeper = start(lease_seconds=0.15)
    assert store.tried.acquire(timeout=_LONG)

    with pytest.raises(LeaseLost):
        keeper.is_written(_LONG)


def test_who_is_late_to_renew_waits_until_the_lease_is_sure(
    store: Store, start: StartKeeper
) -> None:
    """As after a pause of the whole process: the first look must not come before the first sign of life."""
    store.answers.clear()
    keeper = start(lease_seconds=0.15)
    assert store.tried.acquire(timeout=_LONG)

    assert not keeper.is_written(0.0)
    store.trouble = LeaseLost("it is marked as crashed")
    store.answers.set()
    with pytest.raises(LeaseLost):
        keeper.is_written(_LONG)


def test_what_is_refused_is_told_once_and_tried_again_with_the_next(
    store: Store, start: StartKeeper
) -> None:
    keeper = start()
    store.trouble = EnvironmentFailure("NB502", "the disk is full")
    keeper.hand_over([step("a")], [], [])
    with pytest.raises(EnvironmentFailure, match="full"):
        keeper.is_written(_LONG)
    store.trouble = None
    keeper.finish(RunStatus.FAILED, "", 1.0)

    assert keeper.is_written(_LONG)
    assert store.written == [{"a": ""}, "failed"]


def test_nothing_is_renewed_for_a_thread_that_has_ended(store: Store, start: StartKeeper) -> None:
    other = threading.Thread(target=start, kwargs={"lease_seconds": 0.15})
    other.start()
    other.join()

    [keeping] = [thread for thread in threading.enumerate() if thread.name == "nb2pkg-record"]
    keeping.join(_LONG)
    assert not keeping.is_alive()
    assert len(store.written) <= 1
