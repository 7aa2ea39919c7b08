"""Processes that do a server's work, so that no notebook can hold it up or take it down."""

from nb2pkg.adapters.worker_crew import WorkerCrew
from nb2pkg.adapters.worker_process import Reply, WorkerLost
from nb2pkg.adapters.worker_program import serve

__all__ = ["Reply", "WorkerCrew", "WorkerLost", "serve"]
