"""The daemon that runs schedules: real processes, stores and clocks."""

from __future__ import annotations

import secrets
import time
from contextlib import AbstractContextManager, ExitStack

from nb2pkg import __version__
from nb2pkg.adapters import this_machine
from nb2pkg.adapters.root_user import refuse_root
from nb2pkg.adapters.state_home import lease_seconds, state_home
from nb2pkg.adapters.system_clock import SystemClock
from nb2pkg.api.running import new_run_id, refuse_windows
from nb2pkg.api.scheduling import job_states
from nb2pkg.api.stores import open_runs, open_schedules, reap_runs
from nb2pkg.ports.running import WallClock
from nb2pkg.ports.scheduling import Daemon
from nb2pkg.problems import EnvironmentFailure
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
    refuse_windows()
    refuse_as_root(allows_root)
    from nb2pkg.adapters.daemon_lock import daemon_lock  # of what Windows has not

    with daemon_lock(state_home()) as is_alone:
        if unless_running and not is_alone:
            return False
        _run_daemon(jobs, tell, health_port, clock)
    return True


def refuse_as_root(allows_root: bool) -> None:
    """Stop where runs would be root's, unless that is meant.

    Raises:
        Refused: jobs would run as root (NB549).
    """
    refuse_root(allows_root, "become the user that they belong to, or say --allow-root")


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
    watch = DaemonWatch(me.since, __version__, tell)
    with ExitStack() as stack:
        records = stack.enter_context(open_runs(state_home()))
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
            reap=lambda: reap_runs(records),
            is_alive=this_machine.is_alive,
            tell=watch.hear,
        )
        if health_port is not None:
            stack.enter_context(_health_server(daemon, watch, health_port))
        daemon.go()


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
        states = job_states(recent=0)
    except EnvironmentFailure:
        return {}
    return {s.job.name: s.last_success for s in states if s.last_success is not None}


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
    "refuse_as_root",
    "run_daemon",
]
