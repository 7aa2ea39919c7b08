"""What does an error of PostgreSQL mean for the user of a store?"""

from __future__ import annotations

import psycopg
from psycopg import errors

from nb2pkg.adapters.run_store.sqlite_problems import disk_refuses, unusable_store
from nb2pkg.ports.running import StoreAway

_ASK = "ask who runs the database; the address may name another with the same tables"

# What may work when it is tried again, though the connection holds.
_PASSING = (
    errors.QueryCanceled,  # by statement_timeout: somebody holds a lock, or the server is overloaded
    errors.LockNotAvailable,
    errors.DeadlockDetected,
    errors.SerializationFailure,
    errors.ReadOnlySqlTransaction,  # for a moment while another server takes over
    errors.OutOfMemory,
    errors.TooManyConnections,
)


def told_problem(error: psycopg.Error, place: str) -> Exception:
    """Give the error of the port that says it; the connection holds."""
    if isinstance(error, _PASSING):
        return StoreAway(f"the store {place} did not do what was asked: {first_line(error)}")
    if isinstance(error, errors.DiskFull):
        return disk_refuses(place, f"the server has no space left: {first_line(error)}")
    return unusable_store(place, first_line(error), _ASK)


def first_line(error: psycopg.Error) -> str:
    """Give what PostgreSQL says without its suggestions."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
