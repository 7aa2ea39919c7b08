"""The port `RunStore`: records of runs in SQLite or PostgreSQL."""

from nb2pkg.adapters.run_store.opening import (
    network_file_system,
    open_run_store,
    open_schedule_store,
)

__all__ = ["network_file_system", "open_run_store", "open_schedule_store"]
