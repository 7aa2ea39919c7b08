"""How are the records of a user opened, and given back?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

from nb2pkg.adapters import this_machine
from nb2pkg.adapters.run_store import open_run_store, open_schedule_store
from nb2pkg.adapters.state_home import state_home, store_url
from nb2pkg.ports.running import RunStore, StoreAway
from nb2pkg.ports.scheduling import ScheduleStore
from nb2pkg.problems import EnvironmentFailure
from nb2pkg.workflows.reaping import reap


class _Closing(Protocol):
    def close(self) -> None:
        """Give back what is held open."""


_Store = TypeVar("_Store", bound=_Closing)


@contextmanager
def open_runs(home: str) -> Iterator[RunStore]:
    """The records of runs.

    Raises:
        EnvironmentFailure: they cannot be used, or the store does not answer (NB510).
    """
    with _answering(open_run_store(store_url(home))) as store:
        yield store


@contextmanager
def open_true_runs() -> Iterator[RunStore]:
    """The records of runs, after those that died without saying so are marked. The same may be raised."""
    with open_runs(state_home()) as store:
        reap_runs(store)
        yield store


@contextmanager
def open_schedules() -> Iterator[ScheduleStore]:
    """The records of schedules. The same may be raised."""
    with _answering(open_schedule_store(store_url(state_home()))) as store:
        yield store


def reap_runs(store: RunStore) -> None:
    """Look for runs that died; whoever looks at the records then sees the truth."""
    reap(
        store,
        this_machine.host_name(),
        is_alive=this_machine.is_alive,
        end_processes=this_machine.end_processes,
        now=time.time(),
    )


@contextmanager
def _answering(store: _Store) -> Iterator[_Store]:
    try:
        yield store
    except StoreAway as error:
        raise EnvironmentFailure("NB510", f"the record store does not answer: {error}") from error
    finally:
        store.close()
