"""Which database does the address of a store name?"""

from __future__ import annotations

import os

from nb2pkg.adapters.run_store.database import Database
from nb2pkg.adapters.run_store.network_folders import MOUNTS, network_kind
from nb2pkg.adapters.run_store.shown_address import shown_address
from nb2pkg.adapters.run_store.sql_run_store import SqlRunStore
from nb2pkg.ports.running import RunStore
from nb2pkg.ports.scheduling import ScheduleStore
from nb2pkg.problems import EnvironmentFailure, UsageError

_POSTGRES = ("postgresql", "postgres")


def open_run_store(url: str) -> RunStore:
    """Give the store that a path, `sqlite:///PATH` or `postgresql://…` names.

    Nothing is opened yet: that is done by the first call, which tells what is wrong with the store.

    Raises:
        UsageError: no such kind of store (NB516).
        EnvironmentFailure: what speaks to PostgreSQL is not installed (NB517).
    """
    return SqlRunStore(_database(url))


def open_schedule_store(url: str) -> ScheduleStore:
    """Give the store of schedules that an address names: the tables beside those of runs.

    Raises:
        UsageError, EnvironmentFailure: as `open_run_store` does.
    """
    from nb2pkg.adapters.run_store.sql_schedule_store import SqlScheduleStore

    return SqlScheduleStore(_database(url))


def network_file_system(url: str, mounts: str = MOUNTS) -> str:
    """Give the kind of network file system that a store's file lies on; nothing for disks and for servers.

    Raises:
        UsageError: no such kind of store (NB516).
    """
    path = _sqlite_path(url)
    return "" if path is None else network_kind(path, mounts)


def _database(url: str) -> Database:
    path = _sqlite_path(url)
    if path is None:
        return _postgres(url)
    from nb2pkg.adapters.run_store.sqlite_database import SqliteDatabase

    return SqliteDatabase(path)


def _sqlite_path(url: str) -> str | None:
    """The file that an address names; None for a server's."""
    scheme, separator, path = url.partition("://")
    if scheme.lower() in _POSTGRES and separator:
        return None
    if separator and scheme.lower() != "sqlite":
        raise _not_understood(url)
    if not separator:
        path = url
    else:
        if not path.strip("/") or not path.startswith("/"):
            raise _not_understood(url)
        # SQLAlchemy's way to write it has a fourth slash; Windows' paths begin after the third.
        path = "/" * (os.name != "nt") + path.lstrip("/")
    if not path or "\0" in path:
        raise _not_understood(url)
    return path


def _postgres(url: str) -> Database:
    try:
        from nb2pkg.adapters.run_store.postgres_database import PostgresDatabase
    except ImportError as error:  # psycopg's own, too, where it finds no libpq
        raise EnvironmentFailure(
            "NB517",
            f"the store {shown_address(url)} needs psycopg 3, which cannot be imported here: "
            f"{str(error).splitlines()[0]}",
            hint='install it with: pip install "nb2pkg[postgres]"',
        ) from error
    return PostgresDatabase(url)


def _not_understood(url: str) -> UsageError:
    return UsageError(
        "NB516",
        f"{shown_address(url)!r} is not the address of a store of runs",
        hint="give a path, sqlite:///PATH or postgresql://USER@HOST/DATABASE",
    )
