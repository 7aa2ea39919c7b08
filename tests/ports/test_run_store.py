"""What every store of runs keeps, whatever happens: on SQLite, and on a real PostgreSQL server."""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nb2pkg.adapters.run_store import open_run_store, open_schedule_store
from nb2pkg.adapters.run_store.postgres_address import connection_parameters
from nb2pkg.adapters.run_store.postgres_database import PostgresDatabase
from nb2pkg.adapters.run_store.schema import MIGRATIONS, Migration
from nb2pkg.adapters.run_store.sql_run_store import SqlRunStore
from nb2pkg.adapters.run_store.sqlite_database import SqliteDatabase
from nb2pkg.pipeline.records import (
    Artifact,
    Attempt,
    GitState,
    Holder,
    LiveProcess,
    RunRecord,
    RunStatus,
    StepRecord,
    StepStatus,
)
from nb2pkg.ports.running import Lease, LeaseLost, RunQuery, RunStore, StoreAway
from nb2pkg.problems import EnvironmentFailure
from nb2pkg.scheduling import Job, Timing, read_expression
from tests.ports.behind_its_back import change_behind_its_back, rows_behind_its_back
from tests.ports.postgres_server import CuttingProxy, PostgresServer

_ROOT = Path(__file__).parents[2]
_ODD = (
    "naïve ☃ 𝛼 \u202eabc\u2066 \x00\x1b[2J\r\n\t'; DROP TABLE runs; -- \" % _ \\ {} ? %s $1 \u2028"
)
_HERE = Holder(host="here", boot="b1", pid=10, process_start=100)
_THERE = Holder(host="there", boot="b2", pid=20, process_start=200)

OpenStore = Callable[[], RunStore]


@pytest.fixture
def open_store(url: str) -> Iterator[OpenStore]:
    """Open the store as often as asked, each time as another process would."""
    opened: list[RunStore] = []

    def open_store() -> RunStore:
        opened.append(open_run_store(url))
        return opened[-1]

    yield open_store
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: OpenStore) -> RunStore:
    return open_store()


def step(name: str, **values: Any) -> StepRecord:
    return StepRecord(name=name, kind="notebook", work=f"{name}.ipynb", **values)


def run(id: str = "r1", steps: Sequence[str | StepRecord] = ("a", "b"), **values: Any) -> RunRecord:
    given: dict[str, Any] = {
        "id": id,
        "pipeline": "churn",
        "target": "/work/churn/pipeline.yaml",
        "pipeline_sha256": "0" * 64,
        "parameters": {"year": 2026},
        "user": "ada",
        "host": "here",
        "version": "0.2.0",
        "environment": "e" * 64,
        "folder": f"/runs/{id}",
        "started_at": 1000.0,
        "steps": tuple(one if isinstance(one, StepRecord) else step(one) for one in steps),
    }
    return RunRecord(**{**given, **values})


def attempt(number: int = 1, status: StepStatus = StepStatus.SUCCEEDED, **values: Any) -> Attempt:
    return Attempt(number=number, status=status, started_at=1000.5, **values)


# -- what was written is read


def test_a_record_comes_back_as_it_was_written(store: RunStore) -> None:
    record = run(
        id="2026-11-21-ü",
        pipeline=_ODD,
        parameters={"text": _ODD, "nested": [{"a": None, "b": [1, 2.5, True]}], "big": 2**70},
        user="Ada Λ",
        git=GitState(commit="c" * 40, is_dirty=True),
        resumes="r0",
        started_at=1763683200.123456,
        message=_ODD,
        steps=[
            step(_ODD, why=_ODD, notes=(_ODD, ""), key="k" * 64),
            step(
                "train",
                needs=(_ODD,),
                status=StepStatus.FAILED,
                attempts=(
                    attempt(1, StepStatus.TIMED_OUT, ended_at=1002.5, message=_ODD, exit=-9),
                    attempt(
                        2,
                        StepStatus.FAILED,
                        ended_at=1010.25,
                        seconds=7.75,
                        cpu_seconds=0.1,
                        memory_bytes=5 * 2**40,
                        cell=3,
                        cells=12,
                        traceback=f"Traceback\n  {_ODD}",
                        exit=1,
                    ),
                ),
                artifacts=(
                    Artifact(name="model.pkl", sha256="f" * 64, size=2**41),
                    Artifact(name=_ODD, sha256="0" * 64, size=0),
                ),
                notebook=Artifact(name="train.ipynb", sha256="9" * 64, size=4096),
                metrics={"auc": 0.1 + 0.2, "tiny": 5e-324, _ODD: -0.0},
            ),
            StepRecord(
                name="report",
                kind="function",
                work="churn.report:write",
                needs=("train", _ODD),
                status=StepStatus.CACHED,
                from_run="r0",
            ),
        ],
    )

    store.begin(record, _HERE, 30)

    assert store.run(record.id) == record
    assert store.runs(RunQuery(pipeline=_ODD)) == (replace(record, steps=()),)


def test_names_that_no_text_can_hold_come_back_too(store: RunStore) -> None:
    # A file's name need not be UTF-8; Python gives its bytes as lone surrogates.
    odd = run(target="/data/caf\udce9/p.yaml", folder="/runs/\udcff", steps=["a\udc80"])
    lease = store.begin(odd, _HERE, 30)
    store.put_steps(lease, [step("a\udc80", status=StepStatus.RUNNING, attempts=(attempt(),))])

    assert [found.target for found in store.runs(RunQuery(target=odd.target))] == [odd.target]
    found = store.run("r1")
    assert found is not None and found.folder == odd.folder
    assert found.step("a\udc80").status is StepStatus.RUNNING


def test_metrics_need_not_be_finite(store: RunStore) -> None:
    metrics = {"loss": math.nan, "ratio": math.inf, "other": -math.inf}
    store.begin(run(steps=[step("a", metrics=metrics)]), _HERE, 30)

    found = store.run("r1")
    assert found is not None
    assert math.isnan(found.step("a").metrics["loss"])
    assert found.step("a").metrics["ratio"] == math.inf
    assert found.step("a").metrics["other"] == -math.inf


def test_a_step_is_what_was_put_last_and_steps_keep_their_order(store: RunStore) -> None:
    lease = store.begin(run(steps=["z", "a", "m"]), _HERE, 30)
    first = step("m", status=StepStatus.RUNNING, attempts=(attempt(1, StepStatus.RUNNING),))
    retried = step(
        "m",
        status=StepStatus.SUCCEEDED,
        attempts=(attempt(1, StepStatus.FAILED, ended_at=1001.0), attempt(2, ended_at=1002.0)),
        metrics={"auc": 0.9},
    )
    store.put_steps(lease, [first])
    store.put_steps(lease, [first, retried, step("a", status=StepStatus.SKIPPED)])

    found = store.run("r1")
    assert found is not None
    assert found.steps == (step("z"), step("a", status=StepStatus.SKIPPED), retried)


def test_a_step_that_the_run_was_begun_without_is_refused_and_nothing_is_written(
    store: RunStore,
) -> None:
    lease = store.begin(run(), _HERE, 30)
    with pytest.raises(ValueError, match="r1"):
        store.put_steps(lease, [step("a", status=StepStatus.RUNNING), step("new")])

    assert store.run("r1") == run()


def test_what_nobody_wrote_is_not_there(store: RunStore) -> None:
    store.begin(run(), _HERE, 30)

    for id in ("r", "r1 ", "R1", "", "%", "_1", "' OR 1=1 --", "r1\x00", "\udcff", "x" * 100_000):
        assert store.run(id) is None


def test_another_process_reads_what_was_acknowledged(open_store: OpenStore) -> None:
    lease = open_store().begin(run(), _HERE, 30)
    other = open_store()
    other.finish(lease, RunStatus.FAILED, "b failed", 1010.0)

    ended = replace(run(), status=RunStatus.FAILED, message="b failed", ended_at=1010.0)
    assert open_store().run("r1") == ended


# -- lists


_LISTED = (
    run("r1", pipeline="churn", started_at=1000.0),
    run("r2", pipeline="churn", started_at=3000.0, status=RunStatus.FAILED),
    run("r3", pipeline="sales", started_at=2000.0, status=RunStatus.SUCCEEDED),
    run("r4", pipeline="sales", started_at=3000.0, target="/other.yaml", status=RunStatus.FAILED),
)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        pytest.param(RunQuery(), "r4 r2 r3 r1", id="all, newest first"),
        pytest.param(RunQuery(limit=2), "r4 r2", id="limit"),
        pytest.param(RunQuery(limit=0), "", id="none wanted"),
        pytest.param(RunQuery(pipeline="churn"), "r2 r1", id="pipeline"),
        pytest.param(RunQuery(pipeline="chur_"), "", id="no wildcards"),
        pytest.param(RunQuery(pipeline="' OR 1=1 --"), "", id="no SQL"),
        pytest.param(RunQuery(target="/other.yaml"), "r4", id="target"),
        pytest.param(RunQuery(statuses=(RunStatus.FAILED,)), "r4 r2", id="status"),
        pytest.param(
            RunQuery(statuses=(RunStatus.RUNNING, RunStatus.SUCCEEDED)), "r3 r1", id="statuses"
        ),
        pytest.param(RunQuery(started_from=2000.0), "r4 r2 r3", id="from includes"),
        pytest.param(RunQuery(before=2000.0), "r1", id="before excludes"),
        pytest.param(
            RunQuery(
                pipeline="sales", statuses=(RunStatus.FAILED,), started_from=1.0, before=math.inf
            ),
            "r4",
            id="everything",
        ),
    ],
)
def test_a_list_has_what_was_asked_for_newest_first(
    store: RunStore, query: RunQuery, ids: str
) -> None:
    for record in _LISTED:
        store.begin(record, _HERE, 30)

    found = store.runs(query)

    assert [record.id for record in found] == ids.split()
    assert all(replace(one, steps=()) in found for one in _LISTED if one.id in ids.split())


@pytest.mark.parametrize(
    ("prefix", "ids"),
    [
        ("", ["a_b", "a%c", "aXb", "B1", "ü1"]),
        ("a", ["a_b", "a%c", "aXb"]),
        ("a_", ["a_b"]),
        ("a%", ["a%c"]),
        ("ü", ["ü1"]),
        ("b", []),
        ("aXb", ["aXb"]),
        ("aXbc", []),
        ("' OR 1=1 --", []),
        ("a\x00", []),
        ("\udcff", []),
    ],
)
def test_ids_are_found_by_how_they_begin(store: RunStore, prefix: str, ids: list[str]) -> None:
    for age, id in enumerate(["a_b", "a%c", "aXb", "B1", "ü1"]):
        store.begin(run(id, started_at=5000.0 - age), _HERE, 30)

    assert store.ids_like(prefix) == tuple(ids)


def test_no_more_than_ten_ids_are_given(store: RunStore) -> None:
    for number in range(12):
        store.begin(run(f"r{number:02}", started_at=float(number)), _HERE, 30)

    assert store.ids_like("r") == tuple(f"r{number:02}" for number in range(11, 1, -1))


# -- leases


def _writes(store: RunStore, lease: Lease) -> dict[str, Callable[[], None]]:
    process = LiveProcess(run="r1", step="a", group=7, process_start=8)
    return {
        "renew": lambda: store.renew(lease, 999),
        "put_steps": lambda: store.put_steps(lease, [step("a", status=StepStatus.RUNNING)]),
        "put nothing": lambda: store.put_steps(lease, []),
        "put_processes": lambda: store.put_processes(lease, [process], []),
        "finish": lambda: store.finish(lease, RunStatus.SUCCEEDED, "", 1.0),
    }


_WRITES = ["renew", "put_steps", "put nothing", "put_processes", "finish"]


@pytest.mark.parametrize("write", _WRITES)
@pytest.mark.parametrize("lost", ["never had it", "finished", "crashed", "deleted"])
def test_without_the_lease_nothing_is_written(store: RunStore, lost: str, write: str) -> None:
    lease = store.begin(run(), _HERE, 30)
    if lost == "never had it":
        lease = Lease("r1", "0" * 32)
    elif lost == "crashed":
        store.mark_crashed("r1", "gone", 1001.0)
    else:
        store.finish(lease, RunStatus.CANCELLED, "enough", 1001.0)
    if lost == "deleted":
        store.delete(["r1"])
    before = store.run("r1"), store.abandoned("here")

    with pytest.raises(LeaseLost, match="r1"):
        _writes(store, lease)[write]()

    assert (store.run("r1"), store.abandoned("here")) == before


def test_every_lease_has_another_token(store: RunStore) -> None:
    leases = [store.begin(run(f"r{number}"), _HERE, 30) for number in range(3)]

    assert len({lease.token for lease in leases}) == 3
    with pytest.raises(LeaseLost):
        store.renew(Lease("r0", leases[1].token), 30)


def test_a_lease_that_has_ended_may_be_renewed_while_nobody_took_it(store: RunStore) -> None:
    lease = store.begin(run(), _THERE, -1)
    assert [run.has_expired for run in store.abandoned("here")] == [True]

    store.renew(lease, 30)

    assert store.abandoned("here") == ()
    store.finish(lease, RunStatus.SUCCEEDED, "", 1010.0)


def test_who_begins_a_run_again_goes_on_with_the_new_lease(store: RunStore) -> None:
    first = store.begin(run(), _HERE, 30)
    second = store.begin(run(), _HERE, 30)

    with pytest.raises(LeaseLost):
        store.renew(first, 30)
    store.put_steps(second, [step("a", status=StepStatus.RUNNING)])


@pytest.mark.parametrize(
    "other",
    [
        (run(), _THERE),
        (run(), replace(_HERE, pid=11)),
        (run(), replace(_HERE, process_start=101)),
        (run(), replace(_HERE, boot="b0")),
        (run(steps=["c"]), _HERE),
    ],
)
def test_two_runs_never_share_an_id(store: RunStore, other: tuple[RunRecord, Holder]) -> None:
    lease = store.begin(run(), _HERE, 30)
    with pytest.raises(ValueError, match="r1"):
        store.begin(*other, 30)

    store.renew(lease, 30)
    assert store.run("r1") == run()


# -- runs that nobody looks after


def test_abandoned_are_those_of_this_machine_and_those_whose_lease_has_ended(
    store: RunStore,
) -> None:
    store.begin(run("far-alive"), _THERE, 30)
    store.begin(run("far-dead", started_at=1001.0), _THERE, -1)
    here = store.begin(run("here-alive", started_at=1002.0), _HERE, 30)
    over = store.begin(run("here-over"), _HERE, 30)
    store.finish(over, RunStatus.SUCCEEDED, "", 1010.0)
    one, two, three = (
        LiveProcess(run="here-alive", step="a", group=group, process_start=2**62)
        for group in (1, 2, 3)
    )
    store.put_processes(here, [one, two], [])
    store.put_processes(here, [two, three], [one])

    found = {each.run: each for each in store.abandoned("here")}

    assert sorted(found) == ["far-dead", "here-alive"]
    assert found["far-dead"].has_expired and found["far-dead"].holder == _THERE
    assert not found["here-alive"].has_expired and found["here-alive"].holder == _HERE
    assert found["here-alive"].processes == (two, three)


def test_a_crashed_run_tells_what_ran_and_what_never_did(store: RunStore) -> None:
    done = step("a", status=StepStatus.SUCCEEDED, attempts=(attempt(ended_at=1001.0),))
    failed, running = attempt(1, StepStatus.FAILED), attempt(2, StepStatus.RUNNING, cell=4)
    lease = store.begin(run(steps=["a", "b", "c"]), _HERE, 30)
    store.put_steps(lease, [done, step("b", status=StepStatus.RUNNING, attempts=(failed, running))])

    assert store.mark_crashed("r1", "the machine was restarted", 1005.0)

    message = "the machine was restarted"
    crashed = replace(running, status=StepStatus.CRASHED, message=message, ended_at=1005.0)
    assert store.run("r1") == replace(
        run(),
        status=RunStatus.CRASHED,
        message=message,
        ended_at=1005.0,
        steps=(
            done,
            step("b", status=StepStatus.CRASHED, attempts=(failed, crashed)),
            step("c", status=StepStatus.SKIPPED),
        ),
    )
    assert store.abandoned("here") == ()


def test_only_running_runs_crash(store: RunStore) -> None:
    lease = store.begin(run(), _HERE, 30)
    store.finish(lease, RunStatus.SUCCEEDED, "", 1010.0)
    before = store.run("r1")

    assert not store.mark_crashed("r1", "gone", 1020.0)
    assert not store.mark_crashed("nobody's", "gone", 1020.0)
    assert store.run("r1") == before


def test_of_many_who_mark_a_run_at_once_one_has_done_it(open_store: OpenStore) -> None:
    stores = [open_store() for _ in range(4)]
    ids = [f"r{number}" for number in range(8)]
    for id in ids:
        stores[0].begin(run(id), _HERE, -1)
    together = threading.Barrier(len(stores))

    def mark(store: RunStore) -> list[str]:
        store.runs(RunQuery())
        together.wait(10)
        return [id for id in ids if store.mark_crashed(id, "gone", 1020.0)]

    with ThreadPoolExecutor(len(stores)) as pool:
        marked = [id for done in pool.map(mark, stores) for id in done]

    assert sorted(marked) == ids


def test_deleted_runs_are_gone_and_running_ones_stay(store: RunStore, url: str) -> None:
    leases = {id: store.begin(run(id), _HERE, 30) for id in ("r1", "r2", "r3")}
    for id in ("r1", "r2"):
        store.put_steps(leases[id], [step("a", attempts=(attempt(),))])
        store.finish(leases[id], RunStatus.SUCCEEDED, "", 1010.0)

    store.delete(["r1", "r3", "r1", "nobody's", "' OR 1=1 --"])

    assert store.run("r1") is None
    assert [record.id for record in store.runs(RunQuery())] == ["r3", "r2"]
    kept = store.run("r2")
    assert kept is not None and kept.step("a").attempts == (attempt(),)
    for table in ("steps", "attempts"):
        rows = rows_behind_its_back(url, f"SELECT DISTINCT run FROM {table} ORDER BY run")
        assert "r1" not in rows and "r2" in rows


# -- damage


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE runs SET document = replace(document, 'ada', 'bob')", "the run itself"),
        ("UPDATE runs SET document = ''", "the run itself"),
        ("UPDATE runs SET sha256 = 'x'", "the run itself"),
        ("UPDATE runs SET status = 'succeeded'", "the run itself"),
        ("UPDATE runs SET status = 'odd'", "the run itself"),
        ("UPDATE runs SET started_at = 5", "the run itself"),
        ("UPDATE steps SET document = replace(document, 'b.ipynb', 'c.ipynb')", "step 'b'"),
        ("UPDATE steps SET status = 'waiting' WHERE step = 'b'", "step 'b'"),
        ("DELETE FROM steps WHERE step = 'b'", "step 'b'"),
        ("UPDATE attempts SET sha256 = '' WHERE number = 2", "attempt 2 of step 'b'"),
        ("UPDATE attempts SET step = 'a' WHERE number = 2", "attempt 2 of step 'a'"),
        ("DELETE FROM attempts WHERE number = 2", "attempt 2 of step 'b'"),
    ],
)
def test_a_changed_row_is_told_and_takes_nothing_else_with_it(
    store: RunStore, url: str, statement: str, what: str
) -> None:
    lease = store.begin(run(), _HERE, 30)
    attempts = (attempt(1), attempt(2))
    store.put_steps(lease, [step("b", status=StepStatus.RUNNING, attempts=attempts)])
    change_behind_its_back(url, statement)
    store.begin(run("sound"), _HERE, 30)

    with pytest.raises(EnvironmentFailure, match=rf"(?s)r1.*{what}") as caught:
        store.run("r1")

    assert caught.value.code == "NB510"
    assert store.run("sound") == run("sound")
    listed = {record.id: record for record in store.runs(RunQuery())}
    assert listed["sound"] == run("sound", steps=())
    damaged = what == "the run itself"
    assert (listed["r1"].message == "this record is damaged") == damaged
    assert (listed["r1"].pipeline, listed["r1"].folder) == ("churn", "/runs/r1")
    # It does not stay in the way either.
    store.mark_crashed("r1", "gone", 1020.0)
    assert "r1" not in {each.run for each in store.abandoned("here")}
    store.delete(["r1"])
    assert store.run("r1") is None


def test_tables_that_are_gone_are_no_traceback(open_store: OpenStore, url: str) -> None:
    open_store().begin(run(), _HERE, 30)
    change_behind_its_back(url, "DROP TABLE steps")

    with pytest.raises(EnvironmentFailure, match="steps") as caught:
        open_store().run("r1")

    assert caught.value.code == "NB510"


# -- versions


_SECOND = Migration(
    sqlite=("ALTER TABLE runs ADD COLUMN place TEXT NOT NULL DEFAULT 'here'",),
    postgres=("ALTER TABLE runs ADD COLUMN place TEXT NOT NULL DEFAULT 'here'",),
)
_BROKEN = Migration(
    sqlite=("CREATE TABLE more (x TEXT)", "CREATE NONSENSE"),
    postgres=("CREATE TABLE more (x TEXT)", "CREATE NONSENSE"),
)


@pytest.fixture
def open_version(url: str) -> Iterator[Callable[..., RunStore]]:
    opened: list[RunStore] = []

    def open_version(*more: Migration) -> RunStore:
        kind = PostgresDatabase if "://" in url else SqliteDatabase
        opened.append(SqlRunStore(kind(url, migrations=(*MIGRATIONS, *more))))
        return opened[-1]

    yield open_version
    for store in opened:
        store.close()


def test_a_newer_nb2pkg_brings_the_store_up_to_date_and_keeps_what_is_there(
    open_version: Callable[..., RunStore], url: str
) -> None:
    old = open_version()
    old.begin(run(), _HERE, 30)
    old.close()

    assert open_version(_SECOND).run("r1") == run()
    change_behind_its_back(url, "UPDATE runs SET place = 'there'")
    assert open_version(_SECOND).run("r1") == run()


def test_a_store_from_before_there_were_schedules_takes_them_and_keeps_its_runs(url: str) -> None:
    kind = PostgresDatabase if "://" in url else SqliteDatabase
    daily = Timing(cron="0 2 * * *", expression=read_expression("0 2 * * *"), timezone="UTC")
    job = Job(id="j1", name="churn", owner="ada", target="/work/churn/pipeline.yaml", timing=daily)
    with contextlib.closing(SqlRunStore(kind(url, migrations=MIGRATIONS[:1]))) as old:
        old.begin(run(), _HERE, 30)

    with (
        contextlib.closing(open_run_store(url)) as runs,
        contextlib.closing(open_schedule_store(url)) as schedules,
    ):
        assert schedules.add(job, 1000.0)
        assert [state.job for state in schedules.jobs("ada", recent=5)] == [job]
        assert runs.run("r1") == run()
        assert [each.run for each in runs.abandoned("here")] == ["r1"]
    assert rows_behind_its_back(url, "SELECT count(*) FROM ticks") == [0]


def test_an_older_nb2pkg_leaves_a_newer_store_alone(
    open_version: Callable[..., RunStore],
) -> None:
    new = open_version(_SECOND)
    new.begin(run(), _HERE, 30)
    new.close()

    newer, known = len(MIGRATIONS) + 1, len(MIGRATIONS)
    with pytest.raises(EnvironmentFailure, match=f"version {newer}.*up to {known}") as caught:
        open_version().begin(run("r2"), _HERE, 30)

    assert caught.value.code == "NB510"
    assert [record.id for record in open_version(_SECOND).runs(RunQuery())] == ["r1"]


def test_a_version_that_cannot_be_reached_is_not_reached_in_part(
    open_version: Callable[..., RunStore],
) -> None:
    old = open_version()
    old.begin(run(), _HERE, 30)
    old.close()
    with pytest.raises(EnvironmentFailure, match="NONSENSE"):
        open_version(_BROKEN).runs(RunQuery())

    assert open_version().run("r1") == run()


def test_many_may_open_a_new_store_at_once(
    open_version: Callable[..., RunStore],
) -> None:
    stores = [open_version(_SECOND) for _ in range(6)]
    together = threading.Barrier(len(stores))

    def begin(number: int) -> None:
        together.wait(10)
        stores[number].begin(run(f"r{number}"), _HERE, 30)

    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(begin, range(len(stores))))

    assert len(stores[0].runs(RunQuery())) == len(stores)


# -- many at once, and the sudden end of some


def test_threads_may_share_a_store(store: RunStore) -> None:
    def work(number: int) -> None:
        lease = store.begin(run(f"r{number}"), _HERE, 30)
        store.renew(lease, 30)
        store.put_steps(lease, [step("a", status=StepStatus.RUNNING)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(12)))

    records = [store.run(f"r{number}") for number in range(12)]
    assert [record and record.step("a").status for record in records] == [StepStatus.RUNNING] * 12


_WRITER = """
import json, os, random, signal, sys, time
from nb2pkg.adapters.run_store import open_run_store, open_schedule_store
from nb2pkg.pipeline.records import *

def write(url, name, count):
    store = open_run_store(url)
    holder = Holder(host="here", boot="b", pid=os.getpid(), process_start=1)

    def told(*what):  # only what the store has acknowledged
        os.write(1, (json.dumps(what) + "\\n").encode())

    for number in range(count):
        id = f"{name}-{number:03}"
        steps = [StepRecord(name=n, kind="function", work="m:f") for n in ("load", "train")]
        lease = store.begin(
            RunRecord(
                id=id, pipeline="p", target="/p", pipeline_sha256="", parameters={"n": number}, user="u", host="here",
                version="1", environment="", folder="/f", started_at=float(number), steps=tuple(steps),
            ),
            holder,
            30,
        )
        told(id, None, "running")
        for step in steps:
            process = LiveProcess(run=id, step=step.name, group=5, process_start=6)
            store.put_processes(lease, [process], [])
            for status in (StepStatus.RUNNING, StepStatus.SUCCEEDED):
                tried = Attempt(number=1, status=status, started_at=1.0, message="x" * 500)
                now = StepRecord(name=step.name, kind="function", work="m:f", status=status, attempts=(tried,))
                store.put_steps(lease, [now])
                told(id, step.name, status.value)
            store.renew(lease, 30)
        store.finish(lease, RunStatus.SUCCEEDED, "", 2.0)
        told(id, None, "succeeded")
    store.close()

def write_and_be_killed(url, name):
    process = os.fork()
    if not process:
        try:
            write(url, name, 10**6)
        finally:
            os._exit(1)
    return process

url, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
if name != "killed":
    write(url, name, count)
else:
    chance = random.Random(7)
    for kill in range(count):
        pair = [write_and_be_killed(url, f"{name}-{kill}-{number}") for number in range(2)]
        for process in pair:
            time.sleep(chance.uniform(0.02, 0.08))  # some moment of its work
            os.kill(process, signal.SIGKILL)
            assert os.waitpid(process, 0)[1] == signal.SIGKILL
"""


def run_writer(url: str, name: str, count: int) -> list[str]:
    """Write that many runs, and give what was acknowledged; as `killed`, by as many pairs, each killed."""
    done = subprocess.run(
        [sys.executable, "-c", _WRITER, url, name, str(count)],
        env={"PYTHONPATH": str(_ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def assert_all_is_there(store: RunStore, acknowledged: Sequence[str]) -> None:
    """Each run and step is at least as far as was acknowledged last, and reads without damage."""
    last = {(id, name): status for id, name, status in map(json.loads, acknowledged)}
    for (id, name), status in last.items():
        record = store.run(id)
        assert record is not None, id
        found = record.status if name is None else record.step(name).status
        assert found.value in (status, "succeeded", "crashed"), (id, name)
        if name is not None and found is not StepStatus.CRASHED:
            assert [each.status for each in record.step(name).attempts] == [found]


def test_processes_that_write_at_the_same_time_lose_nothing(store: RunStore, url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(run_writer, url, f"w{number}", 25) for number in range(4)]
        acknowledged = [line for writer in writers for line in writer.result()]

    assert len(acknowledged) == 4 * 25 * 6
    assert_all_is_there(store, acknowledged)
    assert len(store.runs(RunQuery(statuses=(RunStatus.SUCCEEDED,), limit=1000))) == 100
    assert store.abandoned("here") == ()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_writers_that_are_killed_lose_nothing_that_was_acknowledged(
    store: RunStore, url: str
) -> None:
    acknowledged = run_writer(url, "killed", 10)

    connection = sqlite3.connect(url)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    assert len(acknowledged) > 20
    assert_all_is_there(store, acknowledged)
    left = store.abandoned("here")
    assert left and all(store.mark_crashed(each.run, "killed", 9.0) for each in left)
    assert store.runs(RunQuery(statuses=(RunStatus.RUNNING,))) == ()
    assert_all_is_there(store, acknowledged)


def test_a_run_of_a_thousand_steps_is_written_at_once(store: RunStore) -> None:
    names = [f"step-{number}" for number in range(1000)]
    lease = store.begin(run(steps=names), _HERE, 30)
    done = [step(name, status=StepStatus.SUCCEEDED, attempts=(attempt(),)) for name in names]

    began = time.perf_counter()
    store.put_steps(lease, done)
    seconds = time.perf_counter() - began

    assert store.run("r1") == run(steps=done)
    # Measured 20 ms with SQLite and 120 ms with PostgreSQL; one by one it takes seconds.
    assert seconds < 1


# -- a server that goes away


@pytest.fixture
def remote(postgres_url: str) -> Iterator[RunStore]:
    with contextlib.closing(open_run_store(postgres_url)) as store:
        yield store


def test_while_the_server_is_away_that_is_said_and_then_it_goes_on(
    server: PostgresServer, remote: RunStore
) -> None:
    lease = remote.begin(run(), _HERE, 30)
    done = step("a", status=StepStatus.SUCCEEDED)
    server.kill()
    try:
        for _ in range(2):
            for name, write in _writes(remote, lease).items():
                with pytest.raises(StoreAway, match="does not answer") as caught:
                    write()
                assert "hunter2" not in str(caught.value), name
        with pytest.raises(StoreAway):
            remote.mark_crashed("r1", "gone", 1.0)
        with pytest.raises(StoreAway):
            remote.run("r1")
    finally:
        server.start()

    remote.put_steps(lease, [done])
    assert remote.run("r1") == run(steps=[done, "b"])


def test_who_wrote_nothing_meanwhile_sees_nothing_of_a_restart(
    server: PostgresServer, remote: RunStore
) -> None:
    lease = remote.begin(run(), _HERE, 30)
    server.kill()
    server.start()

    remote.renew(lease, 30)
    assert remote.run("r1") == run()


_DOUBTFUL = ["begin", *_WRITES, "mark_crashed", "delete"]


@pytest.mark.parametrize("write", _DOUBTFUL)
@pytest.mark.parametrize("stays_away", [False, True], ids=["back at once", "back later"])
def test_a_write_whose_answer_is_lost_counts_once(
    server: PostgresServer, proxy: CuttingProxy, write: str, stays_away: bool
) -> None:
    server.empty_database()
    with contextlib.closing(open_run_store(proxy.url)) as store:
        lease = store.begin(run(), _HERE, 30)
        if write == "delete":
            store.finish(lease, RunStatus.SUCCEEDED, "", 1.0)
        writes: dict[str, Callable[[], object]] = {
            **_writes(store, lease),
            "begin": lambda: store.begin(run("r2"), _HERE, 30),
            "mark_crashed": lambda: store.mark_crashed("r1", "gone", 2.0),
            "delete": lambda: store.delete(["r1"]),
        }
        proxy.cut_next_commit(stays_away)
        if stays_away:
            with pytest.raises(StoreAway):
                writes[write]()
            proxy.come_back()

        answer = writes[write]()

        assert proxy.cuts == 1
        found = store.run("r1")
        if write == "begin":
            assert isinstance(answer, Lease)
            store.renew(answer, 30)
        elif write == "put_steps":
            assert found is not None and found.step("a").status is StepStatus.RUNNING
        elif write == "put_processes":
            assert [len(each.processes) for each in store.abandoned("here")] == [1]
        elif write == "finish":
            assert found is not None and found.status is RunStatus.SUCCEEDED
            with pytest.raises(LeaseLost):
                writes[write]()
        elif write == "mark_crashed":
            assert answer is True
            assert writes[write]() is False
        elif write == "delete":
            assert found is None


def test_a_session_of_the_server_that_hangs_is_left_for_another(postgres_url: str) -> None:
    import psycopg

    database = PostgresDatabase(postgres_url, answer_seconds=0.3)
    with contextlib.closing(SqlRunStore(database)) as store:
        lease = store.begin(run(), _HERE, 30)
        with psycopg.connect(postgres_url, autocommit=True) as other:
            [(process,)] = other.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'nb2pkg'"
            ).fetchall()
        os.kill(process, signal.SIGSTOP)
        try:
            store.renew(lease, 30)
        finally:
            os.kill(process, signal.SIGCONT)

        assert store.run("r1") == run()


def test_no_statement_and_no_line_is_waited_for_without_end(postgres_url: str) -> None:
    with contextlib.closing(PostgresDatabase(postgres_url)) as database:
        limits = ("statement_timeout", "idle_in_transaction_session_timeout")
        found = [database.read(lambda t, name=limit: t.rows(f"SHOW {name}")) for limit in limits]

    assert found == [[("30s",)], [("30s",)]]
    # In milliseconds; for a machine that vanishes while it is being sent something.
    parameters = connection_parameters("postgresql://db/runs")
    assert int(parameters["tcp_user_timeout"]) <= 15_000
    assert int(connection_parameters("postgresql://db/runs?connect_timeout=9")["connect_timeout"]) == 9  # fmt: skip


def test_a_server_that_never_answers_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = f"postgresql://ada:hunter2@127.0.0.1:{port}/runs"
        began = time.monotonic()
        with (
            contextlib.closing(open_run_store(url)) as store,
            pytest.raises(
                EnvironmentFailure, match=rf"ada:\*\*\*@127\.0\.0\.1:{port}/runs"
            ) as caught,
        ):
            store.runs(RunQuery())

    assert time.monotonic() - began < 5
    assert caught.value.code == "NB510"


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    store = open_run_store(f"postgres://ada:hunter2@127.0.0.1:{port}/runs")
    with pytest.raises(EnvironmentFailure, match="refused") as caught:
        store.begin(run(), _HERE, 30)

    assert caught.value.code == "NB510"
    assert "hunter2" not in f"{caught.value}{caught.value.hint}"


def test_a_database_that_is_not_there_is_told_by_its_name(postgres_url: str) -> None:
    store = open_run_store(postgres_url.replace("/postgres?", "/nowhere?"))
    with pytest.raises(EnvironmentFailure, match=r'"nowhere" does not exist') as caught:
        store.runs(RunQuery())

    assert caught.value.code == "NB510"
    assert "hunter2" not in f"{caught.value}{caught.value.hint}"


def test_tables_of_others_in_the_same_database_are_left_alone(postgres_url: str) -> None:
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute("DROP TABLE IF EXISTS public.runs")
        other.execute("CREATE TABLE public.runs (run_uuid TEXT)")
        with contextlib.closing(open_run_store(postgres_url)) as store:
            store.begin(run(), _HERE, 30)
        assert other.execute("SELECT count(*) FROM public.runs").fetchall() == [(0,)]
        other.execute("DROP TABLE public.runs")
