"""How are the tables of a store kept in a SQLite file?"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from nb2pkg.adapters.run_store.database import (
    CLOSE_SECONDS,
    Result,
    Row,
    Transaction,
    Value,
    storable,
)
from nb2pkg.adapters.run_store.network_folders import MOUNTS, is_on_network
from nb2pkg.adapters.run_store.schema import MIGRATIONS, Migration
from nb2pkg.adapters.run_store.sqlite_problems import (
    disk_refuses,
    newer_store,
    told_problem,
    unusable_store,
)

_APPLICATION = 0x6E623270  # "nb2p", in the header of the file: `file` and we know it by that
_SMALLEST = 512  # bytes; SQLite takes a file with fewer for an empty one, and would write over it
BUSY_SECONDS = 30.0  # how long others are waited for

# Two threads must not make one file: closing a file gives back what SQLite has locked of it elsewhere in
# this process. https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
_opening = threading.Lock()


class SqliteDatabase:
    """A store in a file. One connection, for threads to take turns; opened by the first transaction.

    Every commit is on the disk before it is told (`synchronous=FULL`), so that it outlives a loss of power.
    """

    now = "nb2pkg_now()"
    row_lock = ""  # BEGIN IMMEDIATE locks everything

    def __init__(
        self,
        path: str,
        *,
        migrations: Sequence[Migration] = MIGRATIONS,
        mounts: str = MOUNTS,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        self.place = os.path.abspath(path)
        self._migrations = migrations
        self._mounts = mounts
        self._busy_seconds = busy_seconds
        self._turn = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    def read(self, work: Callable[[Transaction], Result]) -> Result:
        """Look at one state of the database, while others may write to it."""
        return self._transact("BEGIN", work)

    def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Do the work alone, once: nothing here leaves in doubt whether a transaction has counted."""
        return self._transact("BEGIN IMMEDIATE", work)

    def close(self) -> None:
        """Close the file, unless another thread still waits for others: then the process's end does."""
        if self._turn.acquire(timeout=CLOSE_SECONDS):
            try:
                if self._connection is not None:
                    self._connection.close()
                self._connection = None
            finally:
                self._turn.release()

    def _transact(self, begin: str, work: Callable[[Transaction], Result]) -> Result:
        with self._turn, self._told():
            connection = self._connected()
            with _transaction(connection, begin):
                return work(_SqliteTransaction(connection))

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise told_problem(error, self.place) from error
        except UnicodeDecodeError as error:
            # SQLite quotes a damaged name of a table in its message, and Python cannot read that.
            damaged = sqlite3.DatabaseError("malformed database schema")
            raise told_problem(damaged, self.place) from error
        except OSError as error:
            raise disk_refuses(self.place, error.strerror or str(error)) from error

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            with _opening:
                self._connection = self._opened()
            self._file = _identity(self.place)
        elif _identity(self.place) != self._file:
            # What we write would be gone with the file that we still hold.
            raise unusable_store(
                self.place,
                "it was moved or removed while it was in use",
                "put it back where it was",
            )
        return self._connection

    def _opened(self) -> sqlite3.Connection:
        _make_file(self.place)
        connection = sqlite3.connect(
            self.place, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False
        )
        try:
            # Damaged text must not keep us from the rest; the digests tell.
            connection.text_factory = lambda data: data.decode("utf-8", "replace")
            connection.create_function("nb2pkg_now", 0, time.time)
            connection.execute("PRAGMA synchronous=FULL")
            version = self._checked_version(connection)
            self._set_journal(connection)
            if version < len(self._migrations):
                self._bring_up_to_date(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _checked_version(self, connection: sqlite3.Connection) -> int:
        with _transaction(connection, "BEGIN"):
            application = _number(connection, "PRAGMA application_id")
            version = _number(connection, "PRAGMA user_version")
            tables = _number(connection, "SELECT count(*) FROM sqlite_master")
        if (application, version, tables) == (0, 0, 0):
            return 0
        if application != _APPLICATION:
            raise unusable_store(self.place, "it is the SQLite database of another program")
        if version > len(self._migrations):
            raise newer_store(self.place, version, len(self._migrations))
        return version

    def _set_journal(self, connection: sqlite3.Connection) -> None:
        wanted = "delete" if is_on_network(self.place, self._mounts) else "wal"
        until = time.monotonic() + self._busy_seconds
        while connection.execute("PRAGMA journal_mode").fetchone()[0] != wanted:
            try:
                connection.execute(f"PRAGMA journal_mode={wanted}")
                return  # SQLite may know better than we do what works here
            except sqlite3.OperationalError as error:
                # It does not wait here for others that open the file at the same time.
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(0.02)

    def _bring_up_to_date(self, connection: sqlite3.Connection) -> None:
        for number, migration in enumerate(self._migrations, start=1):
            with _transaction(connection, "BEGIN IMMEDIATE"):
                # Another process may have done it, or more than we know, while we waited.
                if self._version_inside(connection) >= number:
                    continue
                for statement in migration.sqlite:
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id={_APPLICATION}")
                connection.execute(f"PRAGMA user_version={number}")
        # Out of the WAL: were that lost, an empty file would be taken for a new store.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _version_inside(self, connection: sqlite3.Connection) -> int:
        version = _number(connection, "PRAGMA user_version")
        if version > len(self._migrations):
            raise newer_store(self.place, version, len(self._migrations))
        return version


class _SqliteTransaction:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        return self._connection.execute(sql, _bound(values)).fetchall()

    def change(self, sql: str, values: Sequence[Value] = ()) -> int:
        return self._connection.execute(sql, _bound(values)).rowcount

    def change_each(self, sql: str, rows: Sequence[Sequence[Value]]) -> int:
        return self._connection.executemany(sql, map(_bound, rows)).rowcount if rows else 0


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk, for one, has ended it already.
        if connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        raise


def _make_file(path: str) -> None:
    """Make an empty file that only its owner may read; SQLite makes those beside it like it."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        path = os.path.realpath(path)
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        return
    if not stat.S_ISREG(status.st_mode):
        raise unusable_store(path, "it is not a file")
    if 0 < status.st_size < _SMALLEST:
        raise unusable_store(path, "it is too short for a database")


def _identity(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _number(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


def _bound(values: Sequence[Value]) -> list[Value]:
    return [storable(value) if isinstance(value, str) else value for value in values]
