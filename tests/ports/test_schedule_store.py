"""What every store of schedules keeps, whatever happens: on SQLite, and on a real PostgreSQL server."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nb2pkg.adapters.run_store import open_run_store, open_schedule_store
from nb2pkg.pipeline.records import Holder, RunRecord, RunStatus, StepRecord
from nb2pkg.ports.running import Lease, LeaseLost, RunQuery, RunStore, StoreAway
from nb2pkg.ports.scheduling import Claimed, Daemon, Notice, ScheduleStore, Stray, Taken
from nb2pkg.problems import EnvironmentFailure, UsageError
from nb2pkg.scheduling import (
    CatchUpPolicy,
    Claim,
    Fate,
    Job,
    JobOptions,
    Notify,
    Origin,
    OverlapPolicy,
    Tick,
    Timing,
    read_expression,
)
from nb2pkg.scheduling.deciding import (
    Decision,
    Standing,
    asked_for,
    begun,
    due_between,
    ended,
    paused,
    unpaused,
)
from tests.ports.behind_its_back import change_behind_its_back, rows_behind_its_back
from tests.ports.postgres_server import CuttingProxy, PostgresServer

_ROOT = Path(__file__).parents[2]
_ODD = (
    "naïve ☃ 𝛼 \u202eabc\u2066 \x00\x1b[2J\r\n\t'; DROP TABLE ticks; -- \" % _ \\ {} ? %s $1 \udce9"
)
_HERE = Holder(host="here", boot="b1", pid=10, process_start=100)
_THERE = Holder(host="there", boot="b2", pid=20, process_start=200)
_START = 1_800_000_000.0  # a full hour: 2027-01-15 08:00 UTC
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
_YEAR = 365 * _DAY
_HIDDEN = 121.0  # after this a notice that was taken and never given is there again
_TEAM = Notify(emails=("team@example.org",))

OpenStore = Callable[[], ScheduleStore]


@pytest.fixture
def open_store(url: str) -> Iterator[OpenStore]:
    """Open the store as often as asked, each time as another process would."""
    with contextlib.ExitStack() as opened:

        def open_store() -> ScheduleStore:
            return opened.enter_context(contextlib.closing(open_schedule_store(url)))

        yield open_store


@pytest.fixture
def store(open_store: OpenStore) -> ScheduleStore:
    return open_store()


@pytest.fixture
def runs(url: str) -> Iterator[RunStore]:
    with contextlib.closing(open_run_store(url)) as runs:
        yield runs


# -- what a test needs


def timing(cron: str = "* * * * *", zone: str = "UTC", **values: Any) -> Timing:
    return Timing(cron=cron, expression=read_expression(cron), timezone=zone, **values)


def job(name: str = "nightly", cron: str = "* * * * *", **values: Any) -> Job:
    """A schedule that is due each minute; what `Timing` knows may be given too."""
    given = {key: values.pop(key) for key in list(values) if key in (*Timing.__slots__, "zone")}
    owner = values.get("owner", "ada")
    known: dict[str, Any] = {
        "id": f"{owner}-{name}",
        "name": name,
        "owner": owner,
        "target": "/work/pipeline.yaml",
        "timing": timing(cron, **given),
    }
    return Job(**{**known, **values})


def take(
    store: ScheduleStore, now: float, *, daemon: str = "d1", most: int = 100, owner: str = "ada"
) -> Taken:
    return store.take(owner, daemon, now, most, lambda job, tick: begun(tick, new_run(), now))


def take_one(store: ScheduleStore, now: float, **values: Any) -> Claimed:
    [claimed] = take(store, now, **values).claimed
    return claimed


def end(
    store: ScheduleStore, claim: Claim, now: float, fate: Fate = Fate.SUCCEEDED, why: str = ""
) -> bool:
    return store.end(claim, lambda job, tick: ended(tick, fate, why, job.timing, now), now)


def ask(store: ScheduleStore, id: str, now: float) -> Decision | None:
    return store.alter(id, lambda standing: asked_for(standing, now), now)


def pause(store: ScheduleStore, id: str, now: float) -> Decision | None:
    return store.alter(id, lambda standing: paused(standing, now), now)


_numbers = itertools.count()


def new_run() -> str:
    return f"run-{next(_numbers)}"


def run(id: str, **values: Any) -> RunRecord:
    given: dict[str, Any] = {
        "id": id,
        "pipeline": "churn",
        "target": "/work/pipeline.yaml",
        "pipeline_sha256": "0" * 64,
        "parameters": {},
        "user": "ada",
        "host": "here",
        "version": "0.2.0",
        "environment": "e" * 64,
        "folder": f"/runs/{id}",
        "started_at": _START,
        "steps": (StepRecord(name="a", kind="notebook", work="a.ipynb"),),
    }
    return RunRecord(**{**given, **values})


def daemon(id: str = "d1", holder: Holder = _HERE, owner: str = "ada") -> Daemon:
    return Daemon(
        id=id,
        owner=owner,
        holder=holder,
        version="0.2.0",
        since=_START,
        seen_at=_START,
        is_late=False,
    )


def ticks(store: ScheduleStore, id: str = "ada-nightly") -> tuple[Tick, ...]:
    return store.ticks(id, limit=10_000)


def fates(store: ScheduleStore, id: str = "ada-nightly") -> dict[float, str]:
    """What became of each due moment, in seconds after the beginning."""
    return {tick.due - _START: tick.fate.value for tick in reversed(ticks(store, id))}


def state_of(store: ScheduleStore, name: str = "nightly", recent: int = 5) -> Any:
    [state] = [one for one in store.jobs("ada", recent=recent) if one.job.name == name]
    return state


def rewrite(url: str, id: str, old: str, new: str) -> None:
    """Change a schedule's document as another nb2pkg could have written it."""
    [document] = rows_behind_its_back(url, f"SELECT document FROM schedules WHERE id = '{id}'")
    assert old in document
    changed = document.replace(old, new)
    sha256 = hashlib.sha256(changed.encode()).hexdigest()
    quoted = changed.replace("'", "''")
    change_behind_its_back(
        url, f"UPDATE schedules SET document = '{quoted}', sha256 = '{sha256}' WHERE id = '{id}'"
    )


# -- schedules


def test_a_schedule_comes_back_as_it_was_written(open_store: OpenStore) -> None:
    odd = Job(
        id="8f3a",
        name=_ODD,
        owner=_ODD,
        target=f"/data/caf\udce9/{_ODD}/pipeline.yaml",
        timing=timing(
            "every 15 minutes",
            "Europe/Stockholm",
            overlap=OverlapPolicy.CANCEL_OLD,
            catch_up=CatchUpPolicy.ALL,
            retries=3,
            jitter_seconds=0.1 + 0.2,
            grace_seconds=1e9 / 3,
        ),
        parameters={"text": _ODD, _ODD: [{"a": None, "b": [1, 2.5, True]}], "big": 2**70},
        options=JobOptions(
            jobs=4,
            output=_ODD,
            output_below="/srv/\udcff",
            output_allows_hidden=False,
            timeout_seconds=7.5,
            kernel=_ODD,
            python="/opt/\udcff",
        ),
        notify=Notify(
            command=("tell", _ODD, ""), webhook="$HOOK", emails=("a@example.org", "b@example.org")
        ),
        origin=_ODD,
        created_at=1763683200.123456,
    )
    assert open_store().add(odd, _START)

    store = open_store()
    [state] = store.jobs(_ODD, recent=5)

    assert state.job == odd
    assert (state.is_paused, state.recent, state.last_success) == (False, (), None)
    assert store.jobs(None, recent=5) == (state,)
    [claimed] = take(store, _START + _HOUR + 1, owner=_ODD, most=1).claimed
    assert claimed.job == odd


def test_what_becomes_of_a_tick_comes_back_as_it_was_written(store: ScheduleStore) -> None:
    store.add(job(retries=1, catch_up=CatchUpPolicy.NONE), _START)
    first = take_one(store, _START + 60.25)
    end(store, first.claim, _START + 61.125, Fate.FAILED, _ODD)
    # What was missed is said with the moments; only so many are kept apart.
    take(store, _START + 2 * _DAY)

    found = ticks(store)
    [tried] = [tick for tick in found if tick.tries]
    assert (tried.due, tried.fate, tried.not_before) == (_START + 60, Fate.RUNNING, _START + 91.125)
    assert [(one.fate, one.began_at, one.ended_at, one.why) for one in tried.tries] == [
        (Fate.FAILED, _START + 60.25, _START + 61.125, _ODD),
        (Fate.RUNNING, _START + 2 * _DAY, None, ""),
    ]
    together = found[-2]
    assert (together.fate, together.count) == (Fate.MISSED, 2 * 1440 - 1 - 1000)
    assert together.until is not None and together.until < found[-3].due
    assert [tick.due for tick in found] == sorted((tick.due for tick in found), reverse=True)


def test_no_two_schedules_of_one_owner_share_a_name(store: ScheduleStore) -> None:
    assert store.add(job(), _START)

    assert not store.add(job(id="another"), _START)
    assert store.add(job(owner="bob"), _START)
    assert store.add(job("Nightly"), _START)
    # Who adds a schedule again did not hear the first time that it counts.
    assert store.add(job(), _START)
    assert [state.job.id for state in store.jobs(None, recent=0)] == [
        "ada-Nightly",
        "ada-nightly",
        "bob-nightly",
    ]


def test_of_many_who_add_one_name_at_once_one_has_done_it(open_store: OpenStore) -> None:
    stores = [open_store() for _ in range(6)]
    together = threading.Barrier(len(stores))

    def add(number: int) -> bool:
        stores[number].jobs("ada", recent=0)
        together.wait(10)
        return stores[number].add(job(id=f"id{number}"), _START)

    with ThreadPoolExecutor(len(stores)) as pool:
        added = list(pool.map(add, range(len(stores))))

    assert sorted(added) == [False] * 5 + [True]
    assert state_of(stores[0]).job.id == f"id{added.index(True)}"


def test_changes_that_are_not_of_its_times_lose_no_due_moment(store: ScheduleStore) -> None:
    store.add(job(cron="0 2 * * *"), _START)
    # It was due an hour ago, and nobody has looked since.
    now = _START + 19 * _HOUR
    assert store.change(job(cron="0 2 * * *", target="/other.yaml"), now)

    look = store.next_look("ada", now)
    assert look is not None and look <= now
    claimed = take_one(store, now)
    assert claimed.job.target == "/other.yaml"
    assert claimed.tick.due == _START + 18 * _HOUR


@pytest.mark.parametrize(
    "changed",
    [job(cron="*/2 * * * *"), job(zone="Europe/Stockholm")],
    ids=["expression", "zone"],
)
def test_a_schedule_with_other_times_begins_anew(store: ScheduleStore, changed: Job) -> None:
    store.add(job(), _START)
    assert store.change(changed, _START + 10 * _MINUTE)

    assert take(store, _START + 10 * _MINUTE) == Taken()
    assert take_one(store, _START + 12 * _MINUTE).job == changed
    assert min(tick.due for tick in ticks(store)) > _START + 10 * _MINUTE


def test_a_change_keeps_what_rests_and_what_runs(store: ScheduleStore) -> None:
    store.add(job(), _START)
    claimed = take_one(store, _START + 60)
    pause(store, "ada-nightly", _START + 61)

    store.change(job(cron="0 2 * * *"), _START + 62)

    assert state_of(store).is_paused
    assert store.next_look("ada", _START + 62) is None
    assert end(store, claimed.claim, _START + 63)
    assert fates(store) == {60: "succeeded"}


def test_what_is_gone_is_not_changed(store: ScheduleStore) -> None:
    assert not store.change(job(), _START)
    assert pause(store, "ada-nightly", _START) is None
    assert not store.remove("ada-nightly")
    assert store.jobs(None, recent=5) == ()
    assert ticks(store) == ()
    assert store.next_look("ada", _START) is None


def test_a_schedule_cannot_take_the_name_of_another(store: ScheduleStore) -> None:
    store.add(job("one"), _START)
    store.add(job("two"), _START)
    store.add(job("three", owner="bob"), _START)

    with pytest.raises(UsageError, match="'one'") as caught:
        store.change(job("one", id="ada-two"), _START)

    assert caught.value.code == "NB313"
    assert state_of(store, "two").job == job("two")
    assert store.change(job("three", id="ada-two"), _START)
    assert state_of(store, "three").job.id == "ada-two"


def test_a_removed_schedule_takes_its_ticks_along_and_nothing_else(
    store: ScheduleStore, runs: RunStore, url: str
) -> None:
    store.add(job(notify=_TEAM), _START)
    store.add(job("other"), _START)
    claims = {one.job.name: one for one in take(store, _START + 60).claimed}
    gone = claims["nightly"]
    end(store, gone.claim, _START + 61, Fate.FAILED)

    assert store.remove("ada-nightly")

    assert not store.remove("ada-nightly")
    assert [state.job.name for state in store.jobs("ada", recent=5)] == ["other"]
    assert rows_behind_its_back(url, "SELECT DISTINCT schedule FROM ticks") == ["ada-other"]
    assert store.notices("ada", _START + 62, 10) == ()
    assert end(store, claims["other"].claim, _START + 63)
    assert store.add(job(), _START + 70)
    assert ticks(store) == ()


def test_of_a_schedule_that_is_removed_while_it_is_taken_nothing_stays(
    open_store: OpenStore, url: str
) -> None:
    taker, remover = open_store(), open_store()
    taker.add(job(), _START)
    remover.jobs("ada", recent=0)
    with ThreadPoolExecutor(1) as pool:
        removed: list[Future[bool]] = []

        def begin(job: Job, tick: Tick) -> Tick:
            removed.append(pool.submit(remover.remove, job.id))
            with pytest.raises(StillWaiting):
                removed[0].result(0.3)
            return begun(tick, "r1", _START + 60)

        [claimed] = taker.take("ada", "d1", _START + 60, 1, begin).claimed
        assert removed[0].result(10)

    assert rows_behind_its_back(url, "SELECT due FROM ticks") == []
    assert not end(taker, claimed.claim, _START + 61)


def test_schedules_are_listed_by_their_names_with_what_became_of_them_lately(
    store: ScheduleStore,
) -> None:
    for name in ("zeta", "Alpha", "ünder", "beta"):
        store.add(job(name), _START)
    for number in range(1, 5):
        now = _START + number * _MINUTE
        for claimed in take(store, now).claimed:
            fate = Fate.SUCCEEDED if number < 3 else Fate.FAILED
            end(store, claimed.claim, now + 1, fate)
    pause(store, "ada-beta", _START + 250)

    found = store.jobs("ada", recent=2)

    assert [state.job.name for state in found] == ["Alpha", "beta", "zeta", "ünder"]
    for state in found:
        assert [tick.due for tick in state.recent] == [_START + 240, _START + 180]
        assert [tick.fate for tick in state.recent] == [Fate.FAILED] * 2
        assert state.last_success == _START + 120
        assert state.is_paused == (state.job.name == "beta")
    assert [tick.due - _START for tick in store.ticks("ada-zeta", limit=2)] == [240, 180]
    assert [
        tick.due - _START for tick in store.ticks("ada-zeta", limit=2, before=_START + 180)
    ] == [120, 60]
    assert store.ticks("ada-zeta", limit=0) == ()
    assert store.jobs("ada", recent=0)[0].recent == ()


# -- owners


def test_nobody_sees_or_runs_what_is_anothers(store: ScheduleStore) -> None:
    for owner in ("ada", "bob", "Ada", "a", "%", "' OR 1=1 --"):
        store.add(job(owner=owner, notify=_TEAM), _START)
    store.beat(daemon("d-bob", _HERE, "bob"), -1)

    taken = take(store, _START + 60, owner="bob", daemon="d-bob")

    assert [claimed.job.owner for claimed in taken.claimed] == ["bob"]
    assert ticks(store, "bob-nightly") and not ticks(store, "ada-nightly")
    assert [state.job.owner for state in store.jobs("bob", recent=5)] == ["bob"]
    assert [one.id for one in store.daemons("bob")] == ["d-bob"]
    assert store.daemons("ada") == ()
    assert store.next_look("nobody", _START + 60) is None
    assert take(store, _START + 60, owner="nobody") == Taken()
    assert store.strays("ada", "here", "d1") == ()
    assert len(store.strays("bob", "here", "d1")) == 1
    end(store, taken.claimed[0].claim, _START + 61, Fate.FAILED)
    assert store.notices("ada", _START + 62, 10) == ()
    assert len(store.notices("bob", _START + 62, 10)) == 1


def test_the_clock_of_one_owners_daemon_does_not_concern_another(store: ScheduleStore) -> None:
    store.add(job(owner="bob"), _START)
    take(store, _START + _DAY, owner="bob")
    store.add(job(), _START)

    assert store.next_look("ada", _START + 1) == _START + 60


# -- damage


_DAMAGES: dict[str, Callable[[str, str], None]] = {
    "changed": lambda url, id: change_behind_its_back(
        url, f"UPDATE schedules SET document = replace(document, 'work', 'home') WHERE id = '{id}'"
    ),
    "empty": lambda url, id: change_behind_its_back(
        url, f"UPDATE schedules SET document = '' WHERE id = '{id}'"
    ),
    "another's": lambda url, id: rewrite(url, id, f'"id":"{id}"', '"id":"x"'),
    "no JSON": lambda url, id: rewrite(url, id, '{"id"', "{id"),
    "no object": lambda url, id: rewrite(url, id, '{"id"', '1 {"id"'),
    "without times": lambda url, id: rewrite(url, id, '"timing":', '"timings":'),
    "newer policy": lambda url, id: rewrite(url, id, '"overlap":"skip"', '"overlap":"merge"'),
    "newer words": lambda url, id: rewrite(url, id, '"cron":"* * * * *"', '"cron":"at dawn"'),
}
_TICK_DAMAGES = {
    "its fate": "UPDATE ticks SET fate = 'odd' WHERE schedule = 'ada-nightly' AND fate <> 'running'",
    "its tries": "UPDATE ticks SET tries = '[{]' WHERE schedule = 'ada-nightly'",
    "its try": "UPDATE ticks SET tries = '[1]' WHERE schedule = 'ada-nightly'",
    "its origin": "UPDATE ticks SET origin = '' WHERE schedule = 'ada-nightly'",
}


@pytest.fixture(params=_DAMAGES)
def damage(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    return _DAMAGES[request.param]


def test_a_damaged_schedule_is_told_and_the_others_go_on(
    open_store: OpenStore, url: str, damage: Callable[[str, str], None]
) -> None:
    store = open_store()
    for name in ("early", "nightly", "other"):
        store.add(job(name), _START)
    damage(url, "ada-nightly")

    for _ in range(2):
        with pytest.raises(EnvironmentFailure, match=r"schedule nightly .*is not as it was") as not_read:  # fmt: skip
            store.jobs("ada", recent=5)
        with pytest.raises(EnvironmentFailure, match="schedule nightly") as not_altered:
            pause(store, "ada-nightly", _START)
        assert (not_read.value.code, not_altered.value.code) == ("NB510", "NB510")
    taken = take(store, _START + 60)

    assert [one.job.name for one in taken.claimed] == ["early", "other"]
    assert [problem for problem in taken.problems if "nightly" in problem] == list(taken.problems)
    assert len(taken.problems) == 1
    # It is told once by each who finds it.
    assert take(store, _START + 61).problems == ()
    assert len(take(open_store(), _START + 62).problems) == 1
    # Nor is it in the way of being replaced.
    assert store.change(job(target="/mended.yaml"), _START + 90)
    assert take_one(store, _START + 120).job.target == "/mended.yaml"


def test_what_is_wrong_with_a_schedule_again_is_told_again(store: ScheduleStore, url: str) -> None:
    store.add(job(), _START)
    _DAMAGES["newer policy"](url, "ada-nightly")
    first = take(store, _START + 60).problems
    store.change(job(), _START + 70)
    assert take(store, _START + 120).problems == ()
    _DAMAGES["newer words"](url, "ada-nightly")

    assert len(first) == len(take(store, _START + 180).problems) == 1


def test_what_one_nb2pkg_cannot_read_another_one_may_still_run(
    store: ScheduleStore, url: str
) -> None:
    store.add(job(), _START)
    _DAMAGES["newer policy"](url, "ada-nightly")
    assert take(store, _START + 60).problems
    rewrite(url, "ada-nightly", '"overlap":"merge"', '"overlap":"skip"')

    # As the newer one sees it that it was meant for.
    look = store.next_look("ada", _START + 61)
    assert look is not None and look <= _START + 61
    assert take_one(store, _START + 61).tick.due == _START + 60


def test_a_zone_that_is_not_known_here_is_told_and_the_others_go_on(
    store: ScheduleStore, url: str
) -> None:
    for name in ("early", "nightly", "other"):
        store.add(job(name), _START)
    rewrite(url, "ada-nightly", '"timezone":"UTC"', '"timezone":"Mars/Jezero"')

    taken = take(store, _START + 60)

    assert [one.job.name for one in taken.claimed] == ["early", "other"]
    [problem] = taken.problems
    assert "nightly" in problem and "'Mars/Jezero'" in problem
    assert take(store, _START + 61).problems == ()
    assert state_of(store).job.timing.timezone == "Mars/Jezero"
    with pytest.raises(EnvironmentFailure, match=r"nightly.*Mars/Jezero"):
        pause(store, "ada-nightly", _START + 62)
    store.change(job(), _START + 90)
    assert take_one(store, _START + 120).job.name == "nightly"


@pytest.mark.parametrize("statement", _TICK_DAMAGES.values(), ids=_TICK_DAMAGES)
def test_a_damaged_tick_is_told_and_other_schedules_go_on(
    store: ScheduleStore, url: str, statement: str
) -> None:
    store.add(job(overlap=OverlapPolicy.ALLOW, retries=1, notify=_TEAM), _START)
    store.add(job("other", notify=_TEAM), _START)
    for claimed in take(store, _START + 60).claimed:
        end(store, claimed.claim, _START + 61, Fate.FAILED)
    change_behind_its_back(url, statement)

    if statement != _TICK_DAMAGES["its fate"]:
        taken = take(store, _START + 120)
        assert [one.job.name for one in taken.claimed] == ["other"]
        assert len(taken.problems) == 1 and "nightly" in taken.problems[0]
    for read in (
        lambda: store.jobs("ada", recent=5),
        lambda: store.ticks("ada-nightly", limit=5),
    ):
        with pytest.raises(EnvironmentFailure, match="nightly") as caught:
            read()
        assert caught.value.code == "NB510"
    assert [notice.job.name for notice in store.notices("ada", _START + 130, 10)] == ["other"]
    assert store.remove("ada-nightly")
    assert state_of(store, "other").job == job("other", notify=_TEAM)


def test_a_run_whose_schedule_cannot_be_read_any_more_ends_all_the_same(
    store: ScheduleStore, url: str, damage: Callable[[str, str], None]
) -> None:
    store.add(job(retries=5), _START)
    claimed = take_one(store, _START + 60)
    damage(url, "ada-nightly")

    assert end(store, claimed.claim, _START + 61, Fate.FAILED, "no")

    assert not end(store, claimed.claim, _START + 62)
    [tick] = ticks(store)
    assert (tick.fate, tick.why) == (Fate.FAILED, "no")


def test_a_run_whose_zone_is_not_known_any_more_ends_and_may_be_tried_again(
    store: ScheduleStore, url: str
) -> None:
    store.add(job(retries=5), _START)
    claimed = take_one(store, _START + 60)
    rewrite(url, "ada-nightly", '"timezone":"UTC"', '"timezone":"Mars/Jezero"')

    assert end(store, claimed.claim, _START + 61, Fate.FAILED, "no")

    assert fates(store) == {60: "waiting"}
    assert len(take(store, _START + 62).problems) == 1


def test_a_tick_that_cannot_be_read_any_more_keeps_no_daemon_from_its_other_work(
    store: ScheduleStore, url: str
) -> None:
    store.add(job(), _START)
    store.add(job("other"), _START)
    claims = {one.job.name: one.claim for one in take(store, _START + 60).claimed}
    change_behind_its_back(url, _TICK_DAMAGES["its tries"])

    assert not end(store, claims["nightly"], _START + 61)
    assert [one.claim for one in store.strays("ada", "here", "d2")] == [claims["other"]]
    assert end(store, claims["other"], _START + 61)


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("UPDATE runs SET document = '', sha256 = 'x'", RunStatus.RUNNING),
        ("UPDATE runs SET status = 'odd'", RunStatus.CRASHED),
    ],
)
def test_a_run_with_a_damaged_record_is_a_stray_as_any_other(
    store: ScheduleStore, runs: RunStore, url: str, statement: str, status: RunStatus
) -> None:
    store.add(job(), _START)
    claimed = take_one(store, _START + 60)
    runs.begin(run(str(claimed.tick.run)), _HERE, 30, claimed.claim)
    change_behind_its_back(url, statement)

    [stray] = store.strays("ada", "here", "d2")
    assert stray.run_status is status


def test_notices_of_a_damaged_schedule_are_in_nobodys_way(
    store: ScheduleStore, url: str, damage: Callable[[str, str], None]
) -> None:
    for name in ("early", "nightly", "other"):
        store.add(job(name, notify=_TEAM), _START)
    for claimed in take(store, _START + 60).claimed:
        end(store, claimed.claim, _START + 61, Fate.FAILED)
    damage(url, "ada-nightly")

    told = [notice.job.name for notice in store.notices("ada", _START + 62, 2)]
    told += [notice.job.name for notice in store.notices("ada", _START + 63, 2)]

    assert sorted(told) == ["early", "other"]
    # Who mends it hears of it.
    store.change(job(notify=_TEAM), _START + 64)
    assert [one.job.name for one in store.notices("ada", _START + 64 + _HIDDEN, 9)].count("nightly")


# -- taking


def test_no_more_is_taken_than_there_is_room_for_and_others_may_take_the_rest(
    open_store: OpenStore,
) -> None:
    store, other = open_store(), open_store()
    for number in range(5):
        store.add(job(f"job{number}"), _START)
    now = _START + 60

    first = take(store, now, most=2)

    assert len(first.claimed) == 2
    assert len(first.decided) == 5
    for claimed in first.claimed:
        assert claimed.tick.fate is Fate.RUNNING
        assert store.ticks(claimed.job.id, limit=5) == (claimed.tick,)
    assert store.next_look("ada", now) == now
    assert take(store, now, most=0) == Taken()
    second = take(other, now, most=9, daemon="d2")
    assert {one.job.name for one in first.claimed} | {one.job.name for one in second.claimed} == {
        f"job{number}" for number in range(5)
    }
    assert len(second.claimed) == 3
    assert store.next_look("ada", now) == now + 60


def test_where_there_is_little_room_what_was_due_first_is_first(store: ScheduleStore) -> None:
    for name, minute in (("a", 40), ("b", 20), ("c", 30), ("d", 10)):
        store.add(job(name, cron=f"{minute} * * * *"), _START)

    found = [take_one(store, _START + 50 * _MINUTE, most=1).job.name for _ in range(4)]

    assert found == ["d", "b", "c", "a"]


def test_nobody_who_waits_for_a_place_is_passed_by_those_who_come_later(
    store: ScheduleStore,
) -> None:
    for name in ("a", "b"):
        store.add(job(name, overlap=OverlapPolicy.QUEUE), _START)
    begun_first: list[tuple[str, float]] = []
    for minute in range(1, 9):
        now = _START + minute * _MINUTE
        for late in range(3):  # there is no place yet
            assert take(store, now + late, most=0).claimed == ()
        claimed = take_one(store, now + 3, most=1)
        begun_first.append((claimed.job.name, claimed.tick.due - _START))
        end(store, claimed.claim, now + 4)

    assert begun_first == [(name, 60 * minute) for minute in range(1, 5) for name in ("a", "b")]


def test_a_tick_is_due_once_and_another_look_is_due_when_the_next_one_is(
    store: ScheduleStore,
) -> None:
    store.add(job(cron="*/10 * * * *", jitter_seconds=100), _START)
    assert store.next_look("ada", _START) == _START + 600
    assert take(store, _START + 599) == Taken()

    decided = take(store, _START + 600)
    assert decided.claimed == ()
    [(name, tick)] = decided.decided
    assert (name, tick.fate, tick.due) == ("nightly", Fate.WAITING, _START + 600)
    assert store.next_look("ada", _START + 600) == tick.not_before
    assert take(store, tick.not_before - 0.01) == Taken()
    claimed = take_one(store, tick.not_before)
    assert claimed.tick.due == _START + 600
    assert take(store, tick.not_before) == Taken()
    assert store.next_look("ada", tick.not_before) == _START + 1200


_ENDS: dict[str, Callable[[ScheduleStore, Claim, float], object]] = {
    "a run ends": lambda store, claim, now: end(store, claim, now),
    "a run fails": lambda store, claim, now: end(store, claim, now, Fate.FAILED),
    "another run is asked for": lambda store, claim, now: ask(store, claim.schedule, now),
    "its target changes": lambda store, claim, now: store.change(
        job(cron="0 * * * *", target="/new.yaml", overlap=OverlapPolicy.ALLOW, retries=1), now
    ),
}


@pytest.mark.parametrize("what", _ENDS.values(), ids=_ENDS)
def test_what_is_due_when_something_else_is_written_down_is_not_passed_over(
    store: ScheduleStore, what: Callable[[ScheduleStore, Claim, float], object]
) -> None:
    store.add(job(cron="0 * * * *", overlap=OverlapPolicy.ALLOW, retries=1), _START)
    claimed = take_one(store, _START + _HOUR)
    # The next one is due since a moment ago, and nobody has looked yet.
    now = _START + 2 * _HOUR + 0.2

    what(store, claimed.claim, now)

    look = store.next_look("ada", now)
    assert look is not None and look <= now
    assert _START + 2 * _HOUR in [one.tick.due for one in take(store, now).claimed]


def test_a_callback_that_raises_leaves_everything_as_it_was(store: ScheduleStore) -> None:
    for number in range(3):
        store.add(job(f"job{number}"), _START)
    calls = itertools.count()

    def begin(job: Job, tick: Tick) -> Tick:
        if next(calls) == 1:
            raise RuntimeError("no")
        return begun(tick, new_run(), _START + 60)

    with pytest.raises(RuntimeError):
        store.take("ada", "d1", _START + 60, 9, begin)

    assert [ticks(store, f"ada-job{number}") for number in range(3)] == [(), (), ()]
    assert len(take(store, _START + 60).claimed) == 3


_TAKER = """
import json, os, sys
from nb2pkg.adapters.run_store import open_run_store, open_schedule_store
from nb2pkg.pipeline.records import Holder, RunRecord, RunStatus
from nb2pkg.scheduling import Fate
from nb2pkg.scheduling.deciding import begun, ended

url, name, ahead = sys.argv[1], sys.argv[2], float(sys.argv[3])
schedules, runs = open_schedule_store(url), open_run_store(url)
holder = Holder(host="here", boot="b", pid=os.getpid(), process_start=1)
number = 0

def begin(job, tick):
    global number
    number += 1
    return begun(tick, f"{name}-{number}", now)

for line in sys.stdin:
    now = float(line) + ahead
    done = []
    while (look := schedules.next_look("ada", now)) is not None and look <= now:
        for claimed in schedules.take("ada", name, now, 2, begin).claimed:
            run = claimed.tick.run
            record = RunRecord(
                id=run, pipeline="p", target="/p", pipeline_sha256="", parameters={}, user="u", host="here",
                version="1", environment="", folder="/f", started_at=now, steps=(),
            )
            runs.finish(runs.begin(record, holder, 30, claimed.claim), RunStatus.SUCCEEDED, "", now)
            is_ours = schedules.end(
                claimed.claim, lambda job, tick: ended(tick, Fate.SUCCEEDED, "", job.timing, now), now
            )
            done.append((claimed.job.id, claimed.tick.due, run, is_ours))
    print(json.dumps(done), flush=True)
"""


def test_many_processes_run_each_of_an_hours_moments_once(
    store: ScheduleStore, runs: RunStore, url: str
) -> None:
    jobs = [
        job("minutes"),
        job("allow", overlap=OverlapPolicy.ALLOW, jitter_seconds=30),
        job("queue", overlap=OverlapPolicy.QUEUE, jitter_seconds=25, catch_up=CatchUpPolicy.ALL),
        job("cancel", cron="*/2 * * * *", overlap=OverlapPolicy.CANCEL_OLD, retries=2),
        job("sometimes", cron="7,23,59 * * * *", grace_seconds=60),
        job("stockholm", cron="*/5 9 * * *", zone="Europe/Stockholm"),
        job("other", owner="bob"),
    ]
    for one in jobs:
        store.add(one, _START)
    last = _START + _HOUR + 40
    # Clocks of several machines differ a little.
    takers = [
        subprocess.Popen(
            [sys.executable, "-c", _TAKER, url, f"d{number}", str(0.2 * number)],
            env={**os.environ, "PYTHONPATH": str(_ROOT / "src")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    done: list[tuple[str, float, str, bool]] = []
    try:
        now = _START
        while now <= last:
            for taker in takers:
                assert taker.stdin is not None
                taker.stdin.write(f"{now}\n")
                taker.stdin.flush()
            for taker in takers:
                assert taker.stdout is not None
                done += [tuple(one) for one in json.loads(taker.stdout.readline())]
            now += 20
    finally:
        for taker in takers:
            taker.communicate(timeout=20)

    mine = [one for one in jobs if one.owner == "ada"]
    wanted = Counter((one.id, due) for one in mine for due in due_between(one.timing, _START, last))
    assert sum(wanted.values()) > 200
    assert Counter((id, due) for id, due, _, _ in done) == wanted
    assert all(is_ours for *_, is_ours in done)
    assert len({run.split("-")[0] for _, _, run, _ in done}) > 1  # several had a part in it
    written = {(one.id, tick.due): tick for one in mine for tick in ticks(store, one.id)}
    assert set(written) == set(wanted)
    for id, due, run_id, _ in done:
        tick = written[id, due]
        assert [(one.run, one.fate) for one in tick.tries] == [(run_id, Fate.SUCCEEDED)]
        assert (tick.fate, tick.origin) == (Fate.SUCCEEDED, Origin.TIME)
    records = runs.runs(RunQuery(limit=10_000))
    assert sorted(one.id for one in records) == sorted(run_id for _, _, run_id, _ in done)
    assert ticks(store, "bob-other") == ()


# -- claims


def test_only_who_holds_the_claim_ends_a_tick(open_store: OpenStore) -> None:
    store = open_store()
    store.add(job(), _START)
    claimed = take_one(store, _START + 60)
    for other in (
        replace(claimed.claim, token="0" * 32),
        replace(claimed.claim, token=""),
        replace(claimed.claim, due=_START + 120),
        replace(claimed.claim, schedule="ada-other"),
    ):
        assert not end(store, other, _START + 61, Fate.FAILED)
    assert fates(store) == {60: "running"}

    assert end(open_store(), claimed.claim, _START + 62, Fate.SUCCEEDED, "fine")

    [tick] = ticks(store)
    assert (tick.fate, tick.ended_at, tick.why) == (Fate.SUCCEEDED, _START + 62, "fine")
    assert not end(store, claimed.claim, _START + 63, Fate.FAILED)
    assert ticks(store) == (tick,)


def test_of_many_who_end_a_tick_at_once_one_has_done_it(open_store: OpenStore) -> None:
    stores = [open_store() for _ in range(4)]
    stores[0].add(job(overlap=OverlapPolicy.ALLOW, catch_up=CatchUpPolicy.ALL), _START)
    claims = [one.claim for one in take(stores[0], _START + 8 * _MINUTE).claimed]
    together = threading.Barrier(len(stores))

    def end_all(number: int) -> list[float]:
        stores[number].jobs("ada", recent=0)
        together.wait(10)
        why = f"by {number}"
        return [
            claim.due
            for claim in claims
            if end(stores[number], claim, _START + 500, Fate.FAILED, why)
        ]

    with ThreadPoolExecutor(len(stores)) as pool:
        by_whom = list(pool.map(end_all, range(len(stores))))

    assert sorted(due for dues in by_whom for due in dues) == [claim.due for claim in claims]
    assert {tick.due: tick.why for tick in ticks(stores[0])} == {
        due: f"by {number}" for number, dues in enumerate(by_whom) for due in dues
    }


def test_a_tick_that_another_daemon_took_over_is_lost_to_the_first(
    open_store: OpenStore, runs: RunStore
) -> None:
    first, second = open_store(), open_store()
    first.add(job(retries=3), _START)
    lost = take_one(first, _START + 60)
    [stray] = second.strays("ada", "here", "d2")
    assert end(second, stray.claim, _START + 70, Fate.CRASHED, "its daemon died")

    # While it waits nobody has it, and then another one does.
    for now in (_START + 71, _START + 140):
        assert not end(first, lost.claim, now)
        with pytest.raises(LeaseLost, match="r1"):
            runs.begin(run("r1"), _HERE, 30, lost.claim)
        if now < _START + 100:
            again = take_one(second, _START + 100, daemon="d2")
    assert again.tick.due == lost.tick.due
    assert again.claim.token != lost.claim.token
    assert [one.fate for one in again.tick.tries] == [Fate.CRASHED, Fate.RUNNING]
    runs.begin(run("r2"), _HERE, 30, again.claim)
    assert end(second, again.claim, _START + 150)
    assert fates(second) == {60: "succeeded"}


def test_a_run_that_is_tried_again_waits_and_counts_as_taken_by_nobody(
    store: ScheduleStore, url: str
) -> None:
    store.add(job(cron="0 * * * *", retries=1), _START)
    claimed = take_one(store, _START + _HOUR)
    now = _START + _HOUR + 10
    end(store, claimed.claim, now, Fate.FAILED, "no")

    [tick] = ticks(store)
    assert (tick.fate, tick.ended_at) == (Fate.WAITING, None)
    assert rows_behind_its_back(url, "SELECT token FROM ticks") == [None]
    assert rows_behind_its_back(url, "SELECT daemon FROM ticks") == [None]
    assert store.strays("ada", "here", "d2") == ()
    assert store.asked_to_end("d1") == ()
    assert store.next_look("ada", now) == tick.not_before > now
    again = take_one(store, tick.not_before, daemon="d2")
    assert end(store, again.claim, tick.not_before + 1, Fate.FAILED, "no again")
    assert fates(store) == {3600: "failed"}


_GONE: dict[str, Callable[[ScheduleStore, Claim], object]] = {
    "never given": lambda store, claim: None,
    "ended": lambda store, claim: end(store, claim, _START + 61),
    "waits again": lambda store, claim: end(store, claim, _START + 61, Fate.FAILED),
    "removed": lambda store, claim: store.remove(claim.schedule),
}


@pytest.mark.parametrize("lost", _GONE)
def test_no_run_begins_for_a_claim_that_is_lost(
    store: ScheduleStore, runs: RunStore, url: str, lost: str
) -> None:
    store.add(job(retries=1), _START)
    claim = take_one(store, _START + 60).claim
    _GONE[lost](store, claim)
    if lost == "never given":
        claim = replace(claim, token="f" * 32)

    with pytest.raises(LeaseLost, match="r1"):
        runs.begin(run("r1"), _HERE, 30, claim)

    assert runs.run("r1") is None
    assert rows_behind_its_back(url, "SELECT run FROM steps") == []
    assert runs.abandoned("here") == ()


def test_a_run_that_is_to_begin_while_its_tick_ends_does_not(
    store: ScheduleStore, runs: RunStore
) -> None:
    store.add(job(), _START)
    claim = take_one(store, _START + 60).claim
    runs.run("r1")
    with ThreadPoolExecutor(1) as pool:
        beginning: list[Future[Lease]] = []

        def change(job: Job, tick: Tick) -> Tick:
            beginning.append(pool.submit(runs.begin, run("r1"), _HERE, 30, claim))
            with pytest.raises(StillWaiting):
                beginning[0].result(0.3)
            return ended(tick, Fate.CRASHED, "its daemon died", job.timing, _START + 61)

        assert store.end(claim, change, _START + 61)
        with pytest.raises(LeaseLost):
            beginning[0].result(10)

    assert runs.run("r1") is None


def test_a_run_begins_for_a_claim_that_holds_and_again_after_a_doubt(
    store: ScheduleStore, runs: RunStore
) -> None:
    store.add(job(), _START)
    claimed = take_one(store, _START + 60)
    for _ in range(2):
        lease = runs.begin(run("r1"), _HERE, 30, claimed.claim)

    runs.renew(lease, 30)
    assert runs.run("r1") == run("r1")


# -- strays


def _stray(store: ScheduleStore) -> Stray | None:
    found = store.strays("ada", "here", "d2")
    assert len(found) < 2
    return found[0] if found else None


@pytest.mark.parametrize(
    ("holder", "lease_seconds", "left", "seen"),
    [
        pytest.param(_THERE, 60, False, None, id="alive elsewhere"),
        pytest.param(_THERE, -1, False, (_THERE, True), id="late elsewhere"),
        pytest.param(_HERE, 60, False, (_HERE, False), id="heard of here"),
        pytest.param(_HERE, -1, False, (_HERE, True), id="late here"),
        pytest.param(_THERE, 60, True, (None, True), id="left"),
        pytest.param(None, 60, False, (None, True), id="never heard of"),
    ],
)
def test_strays_are_ticks_of_daemons_that_may_be_dead(
    store: ScheduleStore,
    holder: Holder | None,
    lease_seconds: float,
    left: bool,
    seen: tuple[Holder | None, bool] | None,
) -> None:
    store.add(job(), _START)
    if holder is not None:
        store.beat(daemon("d1", holder), lease_seconds)
    claimed = take_one(store, _START + 60)
    if left:
        store.leave("d1")

    stray = _stray(store)

    assert (stray and (stray.holder, stray.is_late)) == seen
    if stray is not None:
        assert (stray.claim, stray.tick) == (claimed.claim, claimed.tick)
        assert stray.run_status is None
    assert store.strays("ada", "here", "d1") == ()
    end(store, claimed.claim, _START + 61)
    assert _stray(store) is None


@pytest.mark.parametrize("status", [None, RunStatus.RUNNING, RunStatus.FAILED, RunStatus.CRASHED])
def test_a_stray_tells_what_became_of_its_run(
    store: ScheduleStore, runs: RunStore, status: RunStatus | None
) -> None:
    store.add(job(retries=1), _START)
    # What it says is of the last try.
    first = take_one(store, _START + 60)
    runs.begin(run(str(first.tick.run)), _HERE, 30, first.claim)
    end(store, first.claim, _START + 61, Fate.FAILED)
    claimed = take_one(store, _START + 92)
    id = str(claimed.tick.run)
    if status is not None:
        lease = runs.begin(run(id), _HERE, 30, claimed.claim)
        if status is RunStatus.FAILED:
            runs.finish(lease, status, "no", _START + 93)
        elif status is RunStatus.CRASHED:
            runs.mark_crashed(id, "gone", _START + 93)

    stray = _stray(store)

    assert stray is not None and stray.run_status is status


def test_a_daemon_that_gathers_strays_does_so_while_others_do(open_store: OpenStore) -> None:
    stores = [open_store() for _ in range(3)]
    for number in range(10):
        stores[0].add(job(f"job{number}"), _START)
    take(stores[0], _START + 60)
    together = threading.Barrier(len(stores))

    def gather(number: int) -> int:
        stores[number].jobs("ada", recent=0)
        together.wait(10)
        found = stores[number].strays("ada", "here", f"g{number}")
        return sum(end(stores[number], one.claim, _START + 61, Fate.CRASHED) for one in found)

    with ThreadPoolExecutor(len(stores)) as pool:
        assert sum(pool.map(gather, range(len(stores)))) == 10


# -- ends that are asked for


def test_a_run_that_another_daemon_is_to_displace_is_asked_to_end_where_it_runs(
    open_store: OpenStore, runs: RunStore
) -> None:
    first, second = open_store(), open_store()
    first.add(job(overlap=OverlapPolicy.CANCEL_OLD, retries=3), _START)
    old = take_one(first, _START + 60)
    runs.begin(run("r1"), _HERE, 30, old.claim)
    assert first.asked_to_end("d1") == ()

    taken = take(second, _START + 120, daemon="d2")

    assert taken.claimed == ()
    assert [tick.due for _, tick in taken.decided] == [_START + 60, _START + 120]
    assert second.asked_to_end("d2") == ()
    assert first.asked_to_end("d1") == (old.claim,)
    # It keeps its claim until it has ended; then the next one begins.
    assert runs.run("r1") is not None
    assert end(first, old.claim, _START + 125, Fate.CANCELLED, "stopped")
    assert first.asked_to_end("d1") == ()
    new = take_one(second, _START + 125, daemon="d2")
    assert new.tick.due == _START + 120
    found = {tick.due: tick for tick in ticks(first)}
    assert found[_START + 60].fate is Fate.CANCELLED
    assert "took its place" in found[_START + 60].why
    assert not found[_START + 60].is_to_end


# -- daemons


def test_daemons_are_known_until_they_leave(store: ScheduleStore) -> None:
    before = time.time()
    assert not store.beat(daemon("d1", _HERE), 30)
    assert not store.beat(replace(daemon("d2", _THERE), since=_START + 1), -1)
    assert not store.beat(daemon("d3", _HERE, "bob"), 30)

    first, second = store.daemons("ada")
    assert replace(first, seen_at=_START) == daemon("d1", _HERE)
    assert (second.id, second.holder, second.is_late) == ("d2", _THERE, True)
    assert before - 5 < first.seen_at < time.time() + 5
    assert [one.id for one in store.daemons(None)] == ["d1", "d3", "d2"]
    store.leave("d1")
    store.leave("nobody")
    assert [one.id for one in store.daemons("ada")] == ["d2"]


def test_a_daemon_hears_that_it_was_late(store: ScheduleStore) -> None:
    assert not store.beat(daemon(), 30)
    assert not store.beat(daemon(), -1)

    assert store.beat(daemon(), 30)
    assert not store.beat(daemon(), 30)
    [found] = store.daemons("ada")
    assert not found.is_late


def test_daemons_that_died_long_ago_are_forgotten(store: ScheduleStore) -> None:
    store.beat(daemon("alive"), 30)
    store.beat(daemon("died an hour ago"), -_HOUR)
    store.beat(daemon("died last year"), -_YEAR)

    assert store.forget(100) == 0

    assert sorted(one.id for one in store.daemons("ada")) == ["alive", "died an hour ago"]


# -- notices


def told(store: ScheduleStore, now: float, most: int = 10) -> list[tuple[str, str, float]]:
    return [
        (one.job.name, one.what, one.tick.due - _START) for one in store.notices("ada", now, most)
    ]


def test_a_failure_and_the_recovery_from_it_are_told_once(store: ScheduleStore) -> None:
    store.add(job(notify=_TEAM), _START)
    outcomes = {
        60: (Fate.SUCCEEDED, []),
        120: (Fate.FAILED, [("nightly", "failed", 120)]),
        180: (Fate.CRASHED, [("nightly", "failed", 180)]),
        240: (Fate.SUCCEEDED, [("nightly", "recovered", 240)]),
        300: (Fate.SUCCEEDED, []),
        360: (Fate.CANCELLED, []),
        420: (Fate.SUCCEEDED, []),
    }
    for seconds, (fate, expected) in outcomes.items():
        now = _START + seconds
        end(store, take_one(store, now).claim, now + 1, fate)

        notices = store.notices("ada", now + 2, 10)

        assert [(one.job.name, one.what, one.tick.due - _START) for one in notices] == expected
        for notice in notices:
            assert (notice.tick.fate, notice.tries, notice.job.notify) == (fate, 0, _TEAM)
            store.given(notice, again_at=None)
    assert told(store, _START + _DAY) == []


def test_of_a_failure_that_is_tried_again_nothing_is_told_until_the_last_try(
    store: ScheduleStore,
) -> None:
    store.add(job(cron="0 * * * *", retries=1, notify=_TEAM), _START)
    end(store, take_one(store, _START + _HOUR).claim, _START + _HOUR + 1, Fate.FAILED)
    assert told(store, _START + _HOUR + 2) == []

    end(store, take_one(store, _START + _HOUR + 40).claim, _START + _HOUR + 41, Fate.FAILED)

    assert told(store, _START + _HOUR + 42) == [("nightly", "failed", 3600)]


def test_nothing_is_told_of_schedules_that_tell_nobody(store: ScheduleStore) -> None:
    store.add(job(catch_up=CatchUpPolicy.NONE), _START)
    end(store, take_one(store, _START + 60).claim, _START + 61, Fate.FAILED)
    take(store, _START + _HOUR)
    assert told(store, _START + _DAY) == []

    # Nor of what was before somebody wanted to know.
    store.change(job(catch_up=CatchUpPolicy.NONE, notify=_TEAM), _START + _HOUR + 1)
    assert told(store, _START + _DAY) == []


@pytest.mark.parametrize("minutes", [10, 3000])
def test_of_many_that_were_missed_together_is_told_once(store: ScheduleStore, minutes: int) -> None:
    store.add(job(catch_up=CatchUpPolicy.NONE, notify=_TEAM), _START)
    now = _START + minutes * _MINUTE + 30
    began = time.process_time()
    take(store, now)

    assert time.process_time() - began < 2
    assert told(store, now) == [("nightly", "missed", (minutes - 1) * 60)]


def test_who_has_a_notice_in_hand_is_the_only_one_for_a_while(open_store: OpenStore) -> None:
    stores = [open_store() for _ in range(4)]
    for number in range(10):
        stores[0].add(job(f"job{number}", notify=_TEAM), _START)
    for claimed in take(stores[0], _START + 60).claimed:
        end(stores[0], claimed.claim, _START + 61, Fate.FAILED)
    now = _START + 62
    together = threading.Barrier(len(stores))

    def get(number: int) -> list[Notice]:
        stores[number].jobs("ada", recent=0)
        together.wait(10)
        return [one for _ in range(5) for one in stores[number].notices("ada", now, 3)]

    with ThreadPoolExecutor(len(stores)) as pool:
        found = [notice for notices in pool.map(get, range(len(stores))) for notice in notices]

    assert sorted(one.job.name for one in found) == [f"job{number}" for number in range(10)]
    assert len({one.id for one in found}) == 10


def test_a_notice_outlives_the_daemon_that_was_to_give_it(open_store: OpenStore) -> None:
    dying = open_store()
    dying.add(job(notify=_TEAM), _START)
    end(dying, take_one(dying, _START + 60).claim, _START + 61, Fate.FAILED)
    [first] = dying.notices("ada", _START + 62, 10)
    dying.close()

    store = open_store()
    assert told(store, _START + 62 + _HIDDEN - 2) == []
    [again] = store.notices("ada", _START + 62 + _HIDDEN, 10)
    assert again == first
    store.given(again, again_at=None)
    assert told(store, _START + _DAY) == []


def test_a_notice_that_could_not_be_given_comes_again_when_it_is_to(store: ScheduleStore) -> None:
    store.add(job(notify=_TEAM), _START)
    end(store, take_one(store, _START + 60).claim, _START + 61, Fate.FAILED)
    [notice] = store.notices("ada", _START + 62, 10)

    store.given(notice, again_at=_START + 200)
    assert told(store, _START + 199) == []
    [again] = store.notices("ada", _START + 200, 10)

    assert again == replace(notice, tries=1)
    store.given(again, again_at=_START + 900)
    assert [one.tries for one in store.notices("ada", _START + 900, 10)] == [2]


def test_no_two_notices_have_one_id(store: ScheduleStore) -> None:
    # A receiver drops what has the id of something that it has got.
    store.add(job(cron="0 2 * * *", overlap=OverlapPolicy.ALLOW, notify=_TEAM), _START)
    for moment in (0.1, 0.2, 0.2, 0.3001, 0.3002):
        ask(store, "ada-nightly", _START + moment)
    claims = [one.claim for one in take(store, _START + 1).claimed]
    for claim in claims:
        end(store, claim, _START + 2, Fate.FAILED)

    found = store.notices("ada", _START + 3, 10)

    assert len({notice.id for notice in found}) == len(claims) == 5


def test_a_schedule_tells_those_whom_it_names_by_now(store: ScheduleStore) -> None:
    store.add(job(notify=_TEAM), _START)
    end(store, take_one(store, _START + 60).claim, _START + 61, Fate.FAILED)
    others = Notify(emails=("others@example.org",))
    store.change(job(notify=others), _START + 62)

    [notice] = store.notices("ada", _START + 63, 10)
    assert notice.job.notify == others


# -- a clock that is put back


@pytest.mark.parametrize("back", [_HOUR, _YEAR], ids=["an hour", "a year"])
def test_a_clock_that_was_put_back_makes_nothing_run_twice_and_nothing_wait(
    store: ScheduleStore, back: float
) -> None:
    store.add(job(), _START - _YEAR)
    pause(store, "ada-nightly", _START - _YEAR)
    began = _START - 10 * _MINUTE
    store.alter("ada-nightly", lambda standing: unpaused(standing, began), began)
    begun_at: list[float] = []

    def pass_time(begin: float, minutes: int) -> None:
        for minute in range(minutes + 1):
            now = begin + minute * _MINUTE
            for claimed in take(store, now).claimed:
                begun_at.append(claimed.tick.due)
                end(store, claimed.claim, now + 1)

    pass_time(began, 10)
    earlier = _START - back + 0.5
    assert store.next_look("ada", earlier) == earlier
    pass_time(earlier, 75)

    assert store.next_look("ada", earlier + 75 * _MINUTE) == earlier + 76 * _MINUTE - 0.5
    assert len(begun_at) == len(set(begun_at))
    # In the hour that came again, those ten had run; in a year that did, none.
    ran_before = 10 if back == _HOUR else 0
    assert len(begun_at) == 10 + 75 - ran_before
    # And once it is right again, it goes on from there.
    pass_time(_START + 2 * _HOUR + 30, 10)
    assert len(begun_at) == len(set(begun_at))
    assert {_START + 2 * _HOUR + minute * _MINUTE for minute in range(11)} <= set(begun_at)


def test_clocks_that_differ_by_less_than_a_second_are_not_put_back(store: ScheduleStore) -> None:
    store.add(job(), _START)
    take(store, _START + 60)

    assert store.next_look("ada", _START + 59.1) == _START + 120
    assert store.next_look("ada", _START + 58.9) == _START + 58.9


@pytest.mark.parametrize("back", [_HOUR, _YEAR], ids=["an hour", "a year"])
def test_what_was_asked_for_and_what_is_tried_again_does_not_wait_for_the_old_time(
    store: ScheduleStore, back: float
) -> None:
    yearly: Any = {"cron": "0 0 1 1 *", "retries": 3}
    store.add(job("tried", **yearly), _START - 10)
    store.add(job("asked", **yearly), _START - 10)
    ask(store, "ada-tried", _START)
    end(store, take_one(store, _START + 1).claim, _START + 1, Fate.FAILED)
    ask(store, "ada-asked", _START + 2)
    now = _START - back

    assert store.next_look("ada", now) == now
    assert [one.job.name for one in take(store, now).claimed] == ["asked"]
    look = store.next_look("ada", now)
    assert look is not None and now < look < now + 60
    assert [one.job.name for one in take(store, look).claimed] == ["tried"]


def test_a_notice_does_not_wait_until_a_clock_that_was_put_back_is_as_late_again(
    store: ScheduleStore,
) -> None:
    store.add(job(notify=_TEAM), _START)
    end(store, take_one(store, _START + 60).claim, _START + 61, Fate.FAILED)

    assert told(store, _START - _YEAR) == [("nightly", "failed", 60)]
    assert told(store, _START - _YEAR + 1) == []


def test_who_gives_a_notice_late_does_not_keep_a_newer_one_from_being_given(
    store: ScheduleStore,
) -> None:
    store.add(job(cron="0 * * * *", catch_up=CatchUpPolicy.NONE, notify=_TEAM), _START)
    take(store, _START + _HOUR + 600)
    [missed] = store.notices("ada", _START + _HOUR + 600, 10)
    # The same moment comes again, and this time something runs.
    take(store, _START + _HOUR - 60)
    end(store, take_one(store, _START + _HOUR).claim, _START + _HOUR + 1, Fate.FAILED)

    store.given(missed, again_at=None)

    assert told(store, _START + _HOUR + 2) == [("nightly", "failed", 3600)]


# -- forgetting


def test_old_ticks_are_forgotten_but_for_those_that_are_open_or_not_told(
    store: ScheduleStore,
) -> None:
    store.add(job(overlap=OverlapPolicy.ALLOW, notify=_TEAM), _START)
    store.add(job("few"), _START)
    store.add(job("other", owner="bob"), _START)
    for number in range(1, 21):
        now = _START + number * _MINUTE
        for claimed in take(store, now).claimed:
            if claimed.job.name == "few":
                if number > 3:
                    continue
            elif number == 2:
                continue
            end(store, claimed.claim, now + 1, Fate.FAILED if number == 4 else Fate.SUCCEEDED)
        for notice in store.notices("ada", now + 2, 10):
            if notice.what == "recovered":
                store.given(notice, again_at=None)
        if number == 4:
            pause(store, "ada-few", now + 3)

    assert store.forget(5) == 20 - 5 - 2

    left = fates(store)
    assert list(left) == [120, 240, *(number * 60 for number in range(16, 21))]
    assert (left[120], left[240]) == ("running", "failed")
    assert len(ticks(store, "ada-few")) == 4
    assert store.forget(5) == 0
    assert store.forget(0) == 5 + 3
    assert list(fates(store)) == [120, 240]


# -- many at once


def test_who_pauses_a_schedule_that_is_being_taken_waits_and_loses_nothing(
    open_store: OpenStore,
) -> None:
    taker, pauser = open_store(), open_store()
    taker.add(job(overlap=OverlapPolicy.ALLOW, catch_up=CatchUpPolicy.ALL), _START)
    pauser.jobs("ada", recent=0)
    now = _START + 180
    with ThreadPoolExecutor(1) as pool:
        pausing: list[Future[Decision | None]] = []

        def begin(job: Job, tick: Tick) -> Tick:
            pausing.append(pool.submit(pause, pauser, job.id, now + 1))
            with pytest.raises(StillWaiting):
                pausing[0].result(0.3)
            return begun(tick, new_run(), now)

        [claimed] = taker.take("ada", "d1", now, 1, begin).claimed
        decision = pausing[0].result(10)

    assert decision is not None
    assert [tick.fate for tick in decision.standing.open] == [Fate.RUNNING]
    assert state_of(taker).is_paused
    assert fates(taker) == {60: "running", 120: "skipped", 180: "skipped"}
    assert take(taker, now + 600) == Taken()
    assert end(taker, claimed.claim, now + 601)


def test_who_takes_while_a_schedule_is_being_paused_gets_nothing_of_it(
    open_store: OpenStore,
) -> None:
    taker, pauser = open_store(), open_store()
    taker.add(job(), _START)
    now = _START + 60
    with ThreadPoolExecutor(1) as pool:
        taking: list[Future[Taken]] = []

        def work(standing: Standing) -> Decision:
            taking.append(pool.submit(take, taker, now))
            with pytest.raises(StillWaiting):
                taking[0].result(0.3)
            return paused(standing, now)

        pauser.alter("ada-nightly", work, now)

        assert taking[0].result(10) == Taken()
    assert fates(taker) == {60: "skipped"}


def test_what_many_ask_for_at_once_is_all_there(open_store: OpenStore) -> None:
    stores = [open_store() for _ in range(4)]
    stores[0].add(job(cron="0 2 * * *", overlap=OverlapPolicy.QUEUE), _START)
    together = threading.Barrier(len(stores))

    def ask_often(number: int) -> None:
        stores[number].jobs("ada", recent=0)
        together.wait(10)
        for _ in range(5):  # all at the very same time
            ask(stores[number], "ada-nightly", _START + 1)

    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(ask_often, range(len(stores))))

    assert [tick.fate for tick in ticks(stores[0])] == [Fate.WAITING] * 20


# -- a server that goes away


@pytest.fixture
def remote(postgres_url: str) -> Iterator[ScheduleStore]:
    with contextlib.closing(open_schedule_store(postgres_url)) as store:
        yield store


def _calls(store: ScheduleStore, claim: Claim, notice: Notice) -> dict[str, Callable[[], object]]:
    return {
        "add": lambda: store.add(job("new"), _START),
        "change": lambda: store.change(job(target="/new.yaml", notify=_TEAM), _START),
        "remove": lambda: store.remove("ada-nightly"),
        "jobs": lambda: store.jobs("ada", recent=5),
        "ticks": lambda: ticks(store),
        "alter": lambda: pause(store, "ada-nightly", _START + 130),
        "beat": lambda: store.beat(daemon(), 30),
        "leave": lambda: store.leave("d1"),
        "daemons": lambda: store.daemons("ada"),
        "next_look": lambda: store.next_look("ada", _START),
        "take": lambda: take(store, _START + 130),
        "asked_to_end": lambda: store.asked_to_end("d1"),
        "end": lambda: end(store, claim, _START + 130),
        "strays": lambda: store.strays("ada", "here", "d2"),
        "notices": lambda: store.notices("ada", _START + 130, 10),
        "given": lambda: store.given(notice, again_at=None),
        "forget": lambda: store.forget(100),
    }


def _with_something_to_do(store: ScheduleStore) -> tuple[Claim, Notice]:
    """A schedule with a run that has failed and was not told yet, and another run."""
    store.add(job(notify=_TEAM, catch_up=CatchUpPolicy.ALL), _START)
    end(store, take_one(store, _START + 60).claim, _START + 61, Fate.FAILED)
    running = take_one(store, _START + 120)
    [notice] = store.notices("ada", _START + 121, 10)
    return running.claim, notice


def test_while_the_server_is_away_that_is_said_and_then_it_goes_on(
    server: PostgresServer, remote: ScheduleStore
) -> None:
    claim, notice = _with_something_to_do(remote)
    before = ticks(remote)
    server.kill()
    try:
        for _ in range(2):
            for name, call in _calls(remote, claim, notice).items():
                with pytest.raises(StoreAway, match="does not answer") as caught:
                    call()
                assert "hunter2" not in str(caught.value), name
    finally:
        server.start()

    assert ticks(remote) == before
    assert end(remote, claim, _START + 125)
    assert take_one(remote, _START + 180).tick.due == _START + 180
    remote.given(notice, again_at=None)
    assert told(remote, _START + _HOUR) == [("nightly", "recovered", 120)]


def test_who_asked_nothing_meanwhile_sees_nothing_of_a_restart(
    server: PostgresServer, remote: ScheduleStore
) -> None:
    claim, _ = _with_something_to_do(remote)
    server.kill()
    server.start()

    assert end(remote, claim, _START + 125)
    assert fates(remote) == {60: "failed", 120: "succeeded"}


def _doubtful(
    server: PostgresServer, proxy: CuttingProxy, stays_away: bool, store: ScheduleStore, call: Any
) -> Any:
    """Do something whose answer is lost, and again where the store says that it is away."""
    proxy.cut_next_commit(stays_away)
    if stays_away:
        with pytest.raises(StoreAway):
            call()
        proxy.come_back()
    answer = call()
    assert proxy.cuts == 1
    return answer


@pytest.fixture(params=[False, True], ids=["back at once", "back later"])
def stays_away(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def by_proxy(server: PostgresServer, proxy: CuttingProxy) -> Iterator[ScheduleStore]:
    server.empty_database()
    with contextlib.closing(open_schedule_store(proxy.url)) as store:
        yield store


def test_what_was_taken_while_the_answer_was_lost_is_not_lost(
    server: PostgresServer, proxy: CuttingProxy, by_proxy: ScheduleStore, stays_away: bool
) -> None:
    store = by_proxy
    for number in range(3):
        store.add(job(f"job{number}", cron="0 * * * *"), _START)
    now = _START + _HOUR

    taken: Taken = _doubtful(server, proxy, stays_away, store, lambda: take(store, now, most=2))

    assert len(taken.claimed) == 2
    for claimed in taken.claimed:
        assert store.ticks(claimed.job.id, limit=5) == (claimed.tick,)
        assert end(store, claimed.claim, now + 1)
    assert len(take(store, now + 2).claimed) == 1
    assert take(store, now + 3) == Taken()


def test_who_does_not_know_what_it_has_taken_looks_again_at_once(
    proxy: CuttingProxy, by_proxy: ScheduleStore
) -> None:
    by_proxy.add(job(cron="0 * * * *"), _START)
    now = _START + _HOUR
    proxy.cut_next_commit(stays_away=True)
    with pytest.raises(StoreAway):
        take(by_proxy, now)
    with pytest.raises(StoreAway):
        take(by_proxy, now + 1)
    proxy.come_back()

    assert by_proxy.next_look("ada", now + 2) == now + 2
    assert take_one(by_proxy, now + 2).tick.due == now
    assert by_proxy.next_look("ada", now + 3) == now + _HOUR


def test_what_was_taken_and_given_up_for_dead_is_another_daemons(
    server: PostgresServer, proxy: CuttingProxy, by_proxy: ScheduleStore
) -> None:
    by_proxy.add(job(cron="0 * * * *", retries=1), _START)
    now = _START + _HOUR
    proxy.cut_next_commit(stays_away=True)
    with pytest.raises(StoreAway):
        take(by_proxy, now)
    with contextlib.closing(open_schedule_store(proxy.url)) as other:
        proxy.come_back()
        [stray] = other.strays("ada", "here", "d2")
        assert end(other, stray.claim, now + 1, Fate.CRASHED)
        again = take_one(other, now + 40, daemon="d2")

        assert take(by_proxy, now + 41) == Taken()
        assert by_proxy.next_look("ada", now + 41) == now + _HOUR
        assert end(other, again.claim, now + 42)


def test_a_run_that_was_asked_for_while_the_answer_was_lost_is_one(
    server: PostgresServer, proxy: CuttingProxy, by_proxy: ScheduleStore
) -> None:
    by_proxy.add(job(cron="0 2 * * *"), _START)

    decision = _doubtful(
        server, proxy, False, by_proxy, lambda: ask(by_proxy, "ada-nightly", _START + 1)
    )

    assert ticks(by_proxy) == decision.ticks
    assert [tick.fate for tick in decision.ticks] == [Fate.WAITING]


def test_an_end_whose_answer_is_lost_was_written_by_whoever_asks(
    server: PostgresServer, proxy: CuttingProxy, by_proxy: ScheduleStore, stays_away: bool
) -> None:
    by_proxy.add(job(cron="0 * * * *", retries=1), _START)
    claim = take_one(by_proxy, _START + _HOUR).claim
    times = itertools.count(_START + _HOUR + 1)

    assert _doubtful(
        server, proxy, stays_away, by_proxy,
        lambda: end(by_proxy, claim, next(times), Fate.FAILED, "no"),
    )  # fmt: skip

    assert not end(by_proxy, claim, next(times))
    [tick] = ticks(by_proxy)
    assert [(one.fate, one.why) for one in tick.tries] == [(Fate.FAILED, "no")]
    assert tick.fate is Fate.WAITING


@pytest.mark.parametrize("name", ["add", "change", "remove", "alter", "beat", "leave", "given"])
def test_a_write_whose_answer_is_lost_counts_once(
    server: PostgresServer,
    proxy: CuttingProxy,
    by_proxy: ScheduleStore,
    stays_away: bool,
    name: str,
) -> None:
    claim, notice = _with_something_to_do(by_proxy)

    _doubtful(server, proxy, stays_away, by_proxy, _calls(by_proxy, claim, notice)[name])

    assert [state.job.name for state in by_proxy.jobs("ada", recent=5)] == {
        "add": ["new", "nightly"] if "new" < "nightly" else ["nightly", "new"],
        "remove": [],
    }.get(name, ["nightly"])
    if name == "given":
        assert told(by_proxy, _START + _DAY) == []
    if name == "alter":
        assert state_of(by_proxy).is_paused
    if name == "beat":
        assert len(by_proxy.daemons("ada")) == 1


# -- how long it takes


def _kind(url: str) -> str:
    return "PostgreSQL" if "://" in url else "SQLite"


def test_a_hundred_schedules_that_are_due_at_once_are_taken_at_once(
    open_store: OpenStore, url: str
) -> None:
    store = open_store()
    for number in range(100):
        store.add(job(f"job{number}", notify=_TEAM), _START)
    store.next_look("ada", _START)

    began = time.perf_counter()
    taken = take(store, _START + 60, most=1000)
    seconds = time.perf_counter() - began

    print(f"100 schedules on {_kind(url)}: {seconds * 1000:.0f} ms")
    assert len(taken.claimed) == 100
    assert seconds < 1


def test_an_idle_look_costs_next_to_nothing(store: ScheduleStore, url: str) -> None:
    for number in range(100):
        store.add(job(f"job{number}", cron="0 2 * * *"), _START)
    store.next_look("ada", _START)

    began = time.process_time()
    for _ in range(200):
        store.next_look("ada", _START + 1)
    seconds = (time.process_time() - began) / 200

    print(f"an idle look on {_kind(url)}: {seconds * 1000:.2f} ms of CPU time")
    assert seconds < 0.002
