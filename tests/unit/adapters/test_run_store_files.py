"""A store in a file survives what disks and people do to files, or says what is wrong with it."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nb2pkg.adapters.run_store import open_run_store
from nb2pkg.adapters.run_store.schema import MIGRATIONS
from nb2pkg.adapters.run_store.sql_run_store import SqlRunStore
from nb2pkg.adapters.run_store.sqlite_database import SqliteDatabase
from nb2pkg.pipeline.records import Holder, RunRecord, RunStatus, StepRecord
from nb2pkg.ports.running import Lease, LeaseLost, RunQuery, StoreAway
from nb2pkg.problems import EnvironmentFailure

_ROOT = Path(__file__).parents[3]
_HOLDER = Holder(host="here", boot="b", pid=1, process_start=1)


def run(id: str, size: int = 0) -> RunRecord:
    return RunRecord(
        id=id,
        pipeline="p",
        target="/p.yaml",
        pipeline_sha256="",
        parameters={"text": "x" * size},
        user="u",
        host="here",
        version="1",
        environment="",
        folder="/f",
        started_at=1000.0,
        steps=(StepRecord(name="a", kind="function", work="m:f"),),
    )


def begin(path: Path, *ids: str) -> None:
    with contextlib.closing(open_run_store(str(path))) as store:
        for id in ids:
            store.begin(run(id), _HOLDER, 30)


def ids(path: Path) -> list[str]:
    with contextlib.closing(open_run_store(str(path))) as store:
        return sorted(record.id for record in store.runs(RunQuery()))


def failure(path: Path, code: str) -> str:
    """Say what is told when a run is begun there; the file must stay as it is."""
    is_readable = path.is_file() and os.access(path, os.R_OK)
    before = path.read_bytes() if is_readable else None
    with contextlib.closing(open_run_store(str(path))) as store:
        with pytest.raises(EnvironmentFailure) as caught:
            store.runs(RunQuery())
        with pytest.raises(EnvironmentFailure):
            store.begin(run("more"), _HOLDER, 30)
    assert caught.value.code == code
    assert str(path) in caught.value.message
    assert caught.value.hint
    assert before is None or path.read_bytes() == before
    return caught.value.message


# -- as it should be


def test_only_its_owner_may_read_a_store(tmp_path: Path) -> None:
    path = tmp_path / "share" / "nb2pkg" / "runs.db"
    old = os.umask(0)
    try:
        with contextlib.closing(open_run_store(str(path))) as store:
            store.begin(run("r1"), _HOLDER, 30)
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    finally:
        os.umask(old)

    assert modes == {"runs.db": 0o600, "runs.db-wal": 0o600, "runs.db-shm": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_through_a_link_is_private_too(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "real" / "runs.db")
    begin(tmp_path / "link.db", "r1")

    assert stat.S_IMODE((tmp_path / "real" / "runs.db").stat().st_mode) == 0o600
    assert ids(tmp_path / "real" / "runs.db") == ["r1"]


def test_the_system_knows_whose_file_it_is(tmp_path: Path) -> None:
    begin(tmp_path / "runs.db", "r1")

    with contextlib.closing(sqlite3.connect(tmp_path / "runs.db")) as connection:
        found = [
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("application_id", "user_version", "journal_mode")
        ]
    assert found == [int.from_bytes(b"nb2p", "big"), len(MIGRATIONS), "wal"]


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    open_run_store(str(tmp_path / "new" / "runs.db")).close()

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_empty_is_a_new_store(tmp_path: Path) -> None:
    (tmp_path / "runs.db").touch()
    begin(tmp_path / "runs.db", "r1")

    assert ids(tmp_path / "runs.db") == ["r1"]


def test_where_machines_share_the_file_they_need_not_share_memory(tmp_path: Path) -> None:
    # As /proc/mounts has it: the longest path counts.
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n")
    path = tmp_path / "share" / "runs.db"
    begin(path, "before")

    with contextlib.closing(SqlRunStore(SqliteDatabase(str(path), mounts=str(mounts)))) as store:
        store.begin(run("r1"), _HOLDER, 30)
        beside = sorted(each.name for each in path.parent.iterdir())

    assert beside == ["runs.db"]
    assert ids(path) == ["before", "r1"]


def test_listing_imports_neither_psycopg_nor_asyncio(tmp_path: Path) -> None:
    begin(tmp_path / "runs.db", "r1")
    script = (
        "import sys\n"
        "from nb2pkg.adapters.run_store import open_run_store\n"
        "from nb2pkg.ports.running import RunQuery\n"
        f"store = open_run_store({str(tmp_path / 'runs.db')!r})\n"
        "assert len(store.runs(RunQuery())) == 1\n"
        "store.close()\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(_ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert not {"psycopg", "psycopg_binary", "asyncio"} & set(done.stdout.split())


# -- what is no store


def _text(path: Path) -> None:
    path.write_text("these are my notes\n" * 100)


def _short_text(path: Path) -> None:
    path.write_text("x")


def _garbage_header(path: Path) -> None:
    begin(path, "r1")
    data = path.read_bytes()
    path.write_bytes(random.Random(1).randbytes(100) + data[100:])


def _truncated(path: Path) -> None:
    begin(path, *(f"r{number}" for number in range(30)))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _cut_in_the_header(path: Path) -> None:
    begin(path, "r1")
    path.write_bytes(path.read_bytes()[:60])


def _of_another_program(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE runs (id TEXT)")
        connection.execute("INSERT INTO runs VALUES ('theirs')")


def _of_another_program_with_a_number(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA application_id=252006674")  # fossil's


def _newer(path: Path) -> None:
    begin(path, "r1")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version=7")


def _without_tables(path: Path) -> None:
    begin(path, "r1")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TABLE runs")


def _folder(path: Path) -> None:
    path.mkdir()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_text, "not a database"),
        (_short_text, "too short"),
        (_garbage_header, "not a database"),
        (_truncated, "malformed"),
        (_cut_in_the_header, "too short"),
        (_of_another_program, "another program"),
        (_of_another_program_with_a_number, "another program"),
        (_newer, rf"version 7.*up to {len(MIGRATIONS)}"),
        (_without_tables, "no such table"),
        (_folder, "not a file"),
        (_pipe, "not a file"),
    ],
)
def test_what_is_no_store_is_told_and_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], None], says: str
) -> None:
    path = tmp_path / "runs.db"
    make(path)

    message = failure(path, "NB510")

    assert re.search(says, message)


def test_whatever_bytes_are_changed_there_is_no_traceback_and_no_false_record(
    tmp_path: Path,
) -> None:
    sound = tmp_path / "sound.db"
    names = [f"r{number}" for number in range(20)]
    begin(sound, *names)
    data = sound.read_bytes()
    chance = random.Random(3)
    path = tmp_path / "runs.db"
    told = 0

    for _ in range(150):
        flipped = bytearray(data)
        place = chance.randrange(len(data))
        flipped[place : place + 20] = chance.randbytes(20)
        path.write_bytes(flipped)
        with contextlib.closing(open_run_store(str(path))) as store:
            for name in names:
                try:
                    assert store.run(name) in (run(name), None)
                except EnvironmentFailure as failure:
                    assert failure.code in ("NB510", "NB502")
                    told += 1
            for ask in (
                lambda store=store: store.runs(RunQuery()),
                lambda store=store: store.ids_like("r"),
                lambda store=store: store.abandoned("here"),
                lambda store=store: store.mark_crashed("r1", "gone", 1.0),
                lambda store=store: store.begin(run("new"), _HOLDER, 30),
            ):
                with contextlib.suppress(EnvironmentFailure):
                    ask()
        for beside in tmp_path.glob("runs.db-*"):
            beside.unlink()

    assert told


def test_text_that_is_none_takes_no_list_with_it(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    begin(path, "r1", "r2")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE runs SET pipeline = CAST(x'70ff' AS TEXT) WHERE id = 'r1'")

    with contextlib.closing(open_run_store(str(path))) as store:
        listed = {record.id: record.message for record in store.runs(RunQuery())}
    assert listed == {"r1": "this record is damaged", "r2": ""}


# -- what a sudden end leaves


def test_a_write_that_was_cut_off_is_undone(tmp_path: Path) -> None:
    """A hot journal: SQLite's note of what stood where a transaction had begun to write."""
    path = tmp_path / "runs.db"
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/x {tmp_path} nfs rw 0 0\n")
    with contextlib.closing(SqlRunStore(SqliteDatabase(str(path), mounts=str(mounts)))) as store:
        store.begin(run("r1"), _HOLDER, 30)
    script = (
        "import os, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('PRAGMA cache_size=1')\n"
        "connection.execute('BEGIN IMMEDIATE')\n"
        "connection.execute(\"UPDATE runs SET status = 'failed', document = hex(randomblob(100000))\")\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert (tmp_path / "runs.db-journal").stat().st_size > 0

    with contextlib.closing(open_run_store(str(path))) as store:
        assert store.run("r1") == run("r1")


def test_a_lost_wal_loses_the_latest_and_nothing_more(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    begin(path, "r1")
    with contextlib.closing(open_run_store(str(path))) as store:
        store.begin(run("r2"), _HOLDER, 30)
        # As a backup of the one file would have it.
        shutil.copy(path, tmp_path / "copy.db")

    assert ids(tmp_path / "copy.db") == ["r1"]
    begin(tmp_path / "copy.db", "r3")
    assert ids(tmp_path / "copy.db") == ["r1", "r3"]


def test_a_store_whose_first_wal_is_lost_is_still_a_store(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    with contextlib.closing(open_run_store(str(path))) as store:
        store.begin(run("r1"), _HOLDER, 30)
        shutil.copy(path, tmp_path / "copy.db")

    with contextlib.closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


def test_a_wal_of_garbage_is_not_taken_for_records(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    begin(path, "r1")
    (tmp_path / "runs.db-wal").write_bytes(random.Random(2).randbytes(50_000))

    assert ids(path) == ["r1"]


def test_a_file_that_is_taken_away_meanwhile_is_missed(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    with contextlib.closing(open_run_store(str(path))) as store:
        lease = store.begin(run("r1"), _HOLDER, 30)
        path.rename(tmp_path / "aside.db")
        with pytest.raises(EnvironmentFailure, match="moved or removed") as caught:
            store.finish(lease, RunStatus.SUCCEEDED, "", 1.0)
        (tmp_path / "aside.db").rename(path)
        store.finish(lease, RunStatus.SUCCEEDED, "", 1.0)

    assert caught.value.code == "NB510"


def test_who_waits_too_long_for_others_may_try_again(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    begin(path, "r1")
    database = SqliteDatabase(str(path), busy_seconds=0.05)
    with (
        contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other,
        contextlib.closing(SqlRunStore(database)) as store,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreAway, match="in use"):
            store.begin(run("r2"), _HOLDER, 30)
        assert [record.id for record in store.runs(RunQuery())] == ["r1"]
        other.execute("COMMIT")
        store.begin(run("r2"), _HOLDER, 30)

    assert ids(path) == ["r1", "r2"]


def test_who_comes_while_another_makes_the_store_waits(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    with contextlib.closing(
        sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        leaving = threading.Timer(0.2, lambda: other.execute("COMMIT"))
        leaving.start()
        begin(path, "r1")
        leaving.join()

    assert ids(path) == ["r1"]


# -- disks that refuse


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 kB, which may be mounted again with other options."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def test_a_full_disk_is_told_and_keeps_what_was_acknowledged(small_disk: Path) -> None:
    path = small_disk / "runs.db"
    begun: list[Lease] = []
    with contextlib.closing(open_run_store(str(path))) as store:
        with pytest.raises(EnvironmentFailure, match=r"no space left .*bytes free") as caught:
            for number in range(500):
                begun.append(store.begin(run(f"r{number:03}", size=2000), _HOLDER, 30))
        assert caught.value.code == "NB502" and str(path) in caught.value.message
        assert begun
        assert len(store.runs(RunQuery(limit=1000))) == len(begun)

        remount(small_disk, "size=4m")
        for lease in begun:
            store.finish(lease, RunStatus.SUCCEEDED, "", 1.0)
        store.begin(run("after"), _HOLDER, 30)

    assert len(ids(path)) == min(100, len(begun) + 1)


def test_a_disk_without_any_space_is_told(small_disk: Path) -> None:
    with open(small_disk / "filling", "wb") as filling, contextlib.suppress(OSError):
        filling.write(bytes(500_000))

    assert "space" in failure(small_disk / "new" / "runs.db", "NB502").lower()


def test_a_disk_that_may_not_be_written_to_is_told(small_disk: Path) -> None:
    path = small_disk / "runs.db"
    begin(path, "r1")
    remount(small_disk, "ro")

    assert "read" in failure(path, "NB502")
    assert "Read-only" in failure(small_disk / "new" / "runs.db", "NB502")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_without_permission_is_told(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    begin(path, "r1")
    path.chmod(0)
    try:
        assert "permission" in failure(path, "NB502").lower()
    finally:
        path.chmod(0o600)


def test_a_path_below_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    failure(tmp_path / "file" / "runs.db", "NB502")


def test_a_lease_does_not_outlive_a_new_store_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    with contextlib.closing(open_run_store(str(path))) as store:
        lease = store.begin(run("r1"), _HOLDER, 30)
    path.unlink()

    with contextlib.closing(open_run_store(str(path))) as store, pytest.raises(LeaseLost):
        store.renew(lease, 30)
