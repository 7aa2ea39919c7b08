"""The daemon that runs schedules: real processes, stores and clocks."""

from __future__ import annotations

import os
import secrets
import time
from contextlib import AbstractContextManager, ExitStack

from nb2pkg import __version__
from nb2pkg.adapters import this_machine
from nb2pkg.adapters.run_store import open_run_store
from nb2pkg.adapters.state_home import lease_seconds, state_home, store_url
from nb2pkg.adapters.system_clock import SystemClock
from nb2pkg.api.running import new_run_id
from nb2pkg.api.scheduling import open_schedules
from nb2pkg.ports.running import WallClock
from nb2pkg.ports.scheduling import Daemon
from nb2pkg.problems import EnvironmentFailure, Refused
from nb2pkg.workflows.daemon_events import (
    Answering,
    Began,
    DaemonEvent,
    Decided,
    Draining,
    Ended,
    NoticeGiven,
    StoreAnswers,
    StoreSilent,
    Tell,
)
from nb2pkg.workflows.daemon_watch import DaemonWatch
from nb2pkg.workflows.reaping import reap
from nb2pkg.workflows.schedule_daemon import DaemonWish, ScheduleDaemon


def run_daemon(
    *,
    jobs: int,
    tell: Tell,
    allows_root: bool = False,
    unless_running: bool = False,
    health_port: int | None = None,
    clock: WallClock = SystemClock(),  # noqa: B008 - it has no state
) -> bool:
    """Run what is due until a signal asks to stop; then wait for what runs.

    unless_running: do nothing where a daemon of this user's runs on this machine already; then False is given
    health_port: where /healthz and /metrics are answered, on 127.0.0.1

    Raises:
        Refused: jobs would run as root (NB549).
        EnvironmentFailure: the store cannot be used (NB510).
    """
    from nb2pkg.adapters.daemon_lock import daemon_lock

    if os.name == "nt":
        raise EnvironmentFailure(
            "NB520", "steps run on Linux and macOS", hint="on Windows, run nb2pkg within WSL"
        )
    refuse_root(allows_root)
    with daemon_lock(state_home()) as is_alone:
        if unless_running and not is_alone:
            return False
        _run_daemon(jobs, tell, health_port, clock)
    return True


def _run_daemon(jobs: int, tell: Tell, health_port: int | None, clock: WallClock) -> None:
    from nb2pkg.adapters.notice_thread import NoticeThread
    from nb2pkg.adapters.notices import open_notifier
    from nb2pkg.adapters.scheduled_runs import ScheduledRuns

    me = Daemon(
        id=secrets.token_hex(8),
        owner=this_machine.user_name(),
        holder=this_machine.this_holder(),
        version=__version__,
        since=time.time(),
        seen_at=time.time(),
        is_late=False,
    )
    records = open_run_store(store_url(state_home()))

    def reap_runs() -> object:
        return reap(
            records,
            this_machine.host_name(),
            is_alive=this_machine.is_alive,
            end_processes=this_machine.end_processes,
            now=time.time(),
        )

    watch = DaemonWatch(me.since, __version__, tell)
    try:
        with ExitStack() as stack:
            store = stack.enter_context(open_schedules())
            runs = stack.enter_context(ScheduledRuns())
            daemon = ScheduleDaemon(
                me,
                DaemonWish(jobs=jobs, lease_seconds=lease_seconds()),
                store=store,
                runs=runs,
                desk=NoticeThread(open_notifier()),
                clock=clock,
                new_run_id=new_run_id,
                reap=reap_runs,
                is_alive=this_machine.is_alive,
                tell=watch.hear,
            )
            if health_port is not None:
                stack.enter_context(_health_server(daemon, watch, health_port))
            daemon.go()
    finally:
        records.close()


def _health_server(
    daemon: ScheduleDaemon, watch: DaemonWatch, port: int
) -> AbstractContextManager[object]:
    from nb2pkg.adapters.health_server import HealthServer
    from nb2pkg.workflows.daemon_health import Health, metrics_text

    def look() -> Health:
        return watch.health(daemon, _last_successes())

    try:
        server = HealthServer(port, look, metrics_text)
        watch.hear(Answering(f"http://127.0.0.1:{server.port}"))
        return server
    except OSError as error:
        raise EnvironmentFailure(
            "NB502", f"port {port} of 127.0.0.1: {error.strerror or error}", hint="name another one"
        ) from error


def _last_successes() -> dict[str, float]:
    try:
        with open_schedules() as store:
            states = store.jobs(this_machine.user_name(), recent=0)
    except EnvironmentFailure:
        return {}
    return {s.job.name: s.last_success for s in states if s.last_success is not None}


def refuse_root(allows_root: bool) -> None:
    """Keep notebooks from running as root because somebody forgot to change the user.

    Raises:
        Refused: jobs would run as root (NB549).
    """
    if hasattr(os, "getuid") and os.getuid() == 0 and not allows_root:
        raise Refused(
            "NB549",
            "scheduled runs would run as root",
            hint="become the user that they belong to, or say --allow-root",
        )


__all__ = [
    "Answering",
    "Began",
    "DaemonEvent",
    "Decided",
    "Draining",
    "Ended",
    "NoticeGiven",
    "StoreAnswers",
    "StoreSilent",
    "Tell",
    "refuse_root",
    "run_daemon",
]
