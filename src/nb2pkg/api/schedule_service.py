"""What keeps the daemon running, and the pages that show what it does."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import suppress

from nb2pkg.adapters.background_service import Installed, Kind, install, printed, uninstall
from nb2pkg.adapters.run_remains import read_text
from nb2pkg.api.running import find_record, log_path, run_report
from nb2pkg.api.scheduling import daemons, job_states
from nb2pkg.api.stores import open_schedules
from nb2pkg.problems import EnvironmentFailure, UsageError
from nb2pkg.scheduling import Tick
from nb2pkg.workflows.status_page import StatusSite, StatusSource


def serve_pages(*, host: str, port: int, token: str | None, ready: Callable[[str], None]) -> None:
    """Show schedules, runs, logs and reports until a signal asks to stop; nothing can be changed there.

    token: what opens the pages; None for a new one, which is in the address that `ready` is told

    Raises:
        EnvironmentFailure: the port is taken, or the address none of this machine (NB502).
    """
    from nb2pkg.adapters.status_server import serve_status

    site = StatusSite(status_source())
    try:
        serve_status(
            site, host=host, port=port, token=token or secrets.token_urlsafe(32), ready=ready
        )
    except OSError as error:
        raise EnvironmentFailure(
            "NB502",
            f"{host}, port {port}: {error.strerror or error}",
            hint="name another one with --port or --host",
        ) from error


def status_source() -> StatusSource:
    """Where the pages get what they show."""
    return StatusSource(
        jobs=job_states,
        daemons=daemons,
        ticks=_ticks,
        run=find_record,
        log=_log,
        report=_report,
        now=time.time,
    )


def _ticks(id: str, limit: int, before: float | None) -> tuple[Tick, ...]:
    with open_schedules() as store:
        return store.ticks(id, limit=limit, before=before)


def _log(run: str, step: str, limit: int) -> str | None:
    record = find_record(run)
    if record is None:
        return None
    paths = [log_path(record, one) for one in record.steps if one.name == step]
    return next((read_text(path, limit) for path in paths if path is not None), None)


def _report(run: str) -> str | None:
    with suppress(UsageError):
        return run_report(run)
    return None


__all__ = [
    "Installed",
    "Kind",
    "install",
    "printed",
    "serve_pages",
    "status_source",
    "uninstall",
]
