"""How are the tables of a store kept in a PostgreSQL database?

This module and `postgres_…` beside it import psycopg, which takes 130 ms and is not there for everybody.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import psycopg
from psycopg import errors

from nb2pkg.adapters.run_store.database import (
    CLOSE_SECONDS,
    Result,
    Row,
    Transaction,
    Value,
    storable,
)
from nb2pkg.adapters.run_store.postgres_address import connection_parameters, shown_place
from nb2pkg.adapters.run_store.postgres_problems import first_line, told_problem
from nb2pkg.adapters.run_store.schema import MIGRATIONS, Migration
from nb2pkg.adapters.run_store.sqlite_problems import newer_store, unusable_store
from nb2pkg.ports.running import StoreAway

_Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"

# How long a transaction may take as we see it: more than the server gives each of its statements, but an end
# for those that it takes and never answers.
ANSWER_SECONDS = 40.0

# Said in each transaction, for all of it: poolers such as PgBouncer may give the next one another session.
# A session that stops in the middle, its process suspended, must not keep others from the run for ever.
_SETTINGS = (
    "SET LOCAL search_path TO nb2pkg; SET LOCAL statement_timeout TO 30000; "
    "SET LOCAL idle_in_transaction_session_timeout TO 30000"
)
_READ = f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {_SETTINGS}"
_WRITE = f"BEGIN ISOLATION LEVEL READ COMMITTED; {_SETTINGS}"

_MIGRATION_LOCK = 0x6E6232706B67  # "nb2pkg": one number for all who may want to change the tables
_VERSIONS = (
    "CREATE TABLE nb2pkg.schema_versions "
    "(version INTEGER PRIMARY KEY, since TIMESTAMPTZ NOT NULL DEFAULT now())"
)

# What goes wrong is told by exceptions; psycopg's warnings would end up on standard error.
logging.getLogger("psycopg").addHandler(logging.NullHandler())


class PostgresDatabase:
    """A store in the schema `nb2pkg` of a database. One connection, for threads to take turns.

    A transaction is done again, once, where the connection broke: on a new one.
    """

    now = "extract(epoch FROM clock_timestamp())::float8"
    row_lock = " FOR UPDATE"

    def __init__(
        self,
        url: str,
        *,
        migrations: Sequence[Migration] = MIGRATIONS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._parameters = connection_parameters(url)
        self.place = shown_place(self._parameters)
        self._migrations = migrations
        self._answer_seconds = answer_seconds
        self._turn = threading.RLock()
        self._connection: _Connection | None = None
        self._has_answered = False

    def read(self, work: Callable[[Transaction], Result]) -> Result:
        """Look at one state of the database."""
        return self._transact(_READ, work)

    def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Do the work, and again where the connection broke before the answer to its end."""
        return self._transact(_WRITE, work)

    def close(self) -> None:
        """Close the connection, unless another thread hangs in it: then the process's end does."""
        if self._turn.acquire(timeout=CLOSE_SECONDS):
            try:
                if self._connection is not None:
                    self._connection.close()
                self._connection = None
            finally:
                self._turn.release()

    def _transact(self, begin: str, work: Callable[[Transaction], Result]) -> Result:
        with self._turn:
            try:
                return self._once(self._connected(), begin, work)
            except psycopg.Error as error:
                if not self._is_worth_another(error):
                    raise told_problem(error, self.place) from error
            try:
                return self._once(self._connected(), begin, work)
            except psycopg.Error as error:
                if self._connection is None:
                    raise self._away(error) from error
                raise told_problem(error, self.place) from error

    def _once(
        self, connection: _Connection, begin: str, work: Callable[[Transaction], Result]
    ) -> Result:
        try:
            with (
                _answering_within(connection, self._answer_seconds),
                _transaction(connection, begin),
            ):
                return work(_PostgresTransaction(connection))
        finally:
            if connection.closed:
                self.close()

    def _is_worth_another(self, error: psycopg.Error) -> bool:
        return self._connection is None or isinstance(
            error, (errors.DeadlockDetected, errors.SerializationFailure)
        )

    def _connected(self) -> _Connection:
        if self._connection is None:
            try:
                self._connection = self._opened()
            except psycopg.Error as error:
                if self._has_answered:
                    raise self._away(error) from error
                raise unusable_store(
                    self.place,
                    first_line(error),
                    "see that the server runs and lets you in, or use another store",
                ) from error
            self._has_answered = True
        return self._connection

    def _away(self, error: psycopg.Error) -> StoreAway:
        return StoreAway(f"the store {self.place} does not answer: {first_line(error)}")

    def _opened(self) -> _Connection:
        # Prepared statements would be of one session, and a pooler may give another.
        connection = psycopg.connect(autocommit=True, prepare_threshold=None, **self._parameters)
        try:
            with _answering_within(connection, self._answer_seconds):
                while (version := self._version(connection)) < len(self._migrations):
                    self._migrate(connection, version)
        except BaseException:
            connection.close()
            raise
        return connection

    def _version(self, connection: _Connection) -> int:
        """Give the version of the tables, 0 where there are none."""
        transaction = _PostgresTransaction(connection)
        # Not to_regclass(), nor to_regnamespace() below: they answer from what the session remembers, which
        # may be older than what was done while it waited for the lock.
        if not transaction.rows(
            "SELECT 1 FROM pg_catalog.pg_tables "
            "WHERE schemaname = 'nb2pkg' AND tablename = 'schema_versions'"
        ):
            return 0
        [(version,)] = transaction.rows("SELECT max(version) FROM nb2pkg.schema_versions")
        if (version or 0) > len(self._migrations):
            raise newer_store(self.place, version, len(self._migrations))
        return version or 0

    def _migrate(self, connection: _Connection, version: int) -> None:
        with _transaction(connection, _WRITE):
            connection.execute(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
            if self._version(connection) != version:
                return  # another process has done it while we waited
            if version == 0:
                # Not IF NOT EXISTS: that wants the right to make schemas even where there is one.
                if not connection.execute(
                    "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'nb2pkg'"
                ).fetchall():
                    connection.execute("CREATE SCHEMA nb2pkg")
                connection.execute(_VERSIONS)
            for statement in self._migrations[version].postgres:
                connection.execute(statement)
            connection.execute(
                "INSERT INTO nb2pkg.schema_versions (version) VALUES (%s)", [version + 1]
            )


class _PostgresTransaction:
    def __init__(self, connection: _Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        return self._connection.execute(_marked(sql), _bound(values)).fetchall()

    def change(self, sql: str, values: Sequence[Value] = ()) -> int:
        return self._connection.execute(_marked(sql), _bound(values)).rowcount

    def change_each(self, sql: str, rows: Sequence[Sequence[Value]]) -> int:
        if not rows:
            return 0
        with self._connection.cursor() as cursor:
            cursor.executemany(_marked(sql), [_bound(values) for values in rows])
            return cursor.rowcount


@contextlib.contextmanager
def _answering_within(connection: _Connection, seconds: float) -> Iterator[None]:
    """Break a connection whose server has not answered after some time.

    The server's own limits do not help where it is suspended, nor do those of TCP while its machine lives.
    """
    # Another name for the same socket: its own number may be somebody else's by the time the clock runs out.
    line = socket.fromfd(connection.fileno(), socket.AF_UNSPEC, socket.SOCK_STREAM)

    def cut() -> None:
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    clock = threading.Timer(seconds, cut)
    clock.daemon = True
    clock.start()
    try:
        yield
    finally:
        clock.cancel()
        line.close()


@contextlib.contextmanager
def _transaction(connection: _Connection, begin: str) -> Iterator[None]:
    try:
        connection.execute(begin)
        yield
        connection.execute("COMMIT")
    except BaseException:
        if not connection.closed:
            try:
                connection.execute("ROLLBACK")
            except psycopg.Error:
                connection.close()
        raise


def _marked(sql: str) -> str:
    return sql.replace("?", "%s")


def _bound(values: Sequence[Value]) -> list[Value]:
    return [storable(value) if isinstance(value, str) else value for value in values]
