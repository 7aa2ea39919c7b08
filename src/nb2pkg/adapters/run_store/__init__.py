"""The port `RunStore`: records of runs in SQLite or PostgreSQL."""

from nb2pkg.adapters.run_store.opening import open_run_store

__all__ = ["open_run_store"]
