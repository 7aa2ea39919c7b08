"""How do schedules read as JSON?"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from nb2pkg.scheduling import Job, Tick, crontab_text

if TYPE_CHECKING:
    from nb2pkg.api.scheduling import Daemon, Scheduled, ScheduleView


def moment_json(at: float) -> str:
    """A time in UTC, as ISO 8601."""
    return datetime.fromtimestamp(at, timezone.utc).isoformat().replace("+00:00", "Z")


def scheduled_json(scheduled: Scheduled) -> dict[str, Any]:
    """A schedule that was added or changed."""
    return {
        **_job_json(scheduled.job),
        "change": scheduled.change,
        "next": [moment_json(due) for due in scheduled.next_dues],
    }


def view_json(view: ScheduleView) -> dict[str, Any]:
    """A schedule, what became of it lately, and what comes next."""
    recent = view.state.recent
    return {
        **_job_json(view.state.job),
        "is_paused": view.state.is_paused,
        "next_due": _or_none(view.next_due),
        "last": tick_json(view.last) if view.last is not None else None,
        "recent": [{"due": moment_json(tick.due), "fate": tick.fate.value} for tick in recent],
        "late_seconds": view.late_seconds,
        "last_success": _or_none(view.freshness.last_success),
        "should_have_succeeded": _or_none(view.freshness.due),
        "is_stale": view.freshness.is_stale,
    }


def tick_json(tick: Tick) -> dict[str, Any]:
    """What became of a due moment; `count` moments up to `until` where it stands for several."""
    return {
        "due": moment_json(tick.due),
        "fate": tick.fate.value,
        "why": tick.why,
        "origin": tick.origin.value,
        "claimed_at": moment_json(tick.claimed_at),
        "ended_at": _or_none(tick.ended_at),
        "run": tick.run,
        "tries": [
            {
                "run": one.run,
                "fate": one.fate.value,
                "began_at": moment_json(one.began_at),
                "ended_at": _or_none(one.ended_at),
                "why": one.why,
            }
            for one in tick.tries
        ],
        "count": tick.count,
        "until": _or_none(tick.until),
    }


def daemon_json(daemon: Daemon) -> dict[str, Any]:
    """A daemon that lives."""
    return {
        "id": daemon.id,
        "host": daemon.holder.host,
        "pid": daemon.holder.pid,
        "version": daemon.version,
        "since": moment_json(daemon.since),
        "seen_at": moment_json(daemon.seen_at),
    }


def _job_json(job: Job) -> dict[str, Any]:
    timing, options, notify = job.timing, job.options, job.notify
    return {
        "name": job.name,
        "target": job.target,
        "cron": timing.cron,
        "crontab": crontab_text(timing.expression),
        "timezone": timing.timezone,
        "overlap": timing.overlap.value,
        "catch_up": timing.catch_up.value,
        "retries": timing.retries,
        "jitter_seconds": timing.jitter_seconds,
        "grace_seconds": timing.grace_seconds,
        "parameters": dict(job.parameters),
        "output": options.output,
        "jobs": options.jobs,
        "timeout_seconds": options.timeout_seconds,
        "kernel": options.kernel,
        "python": options.python,
        "notify": {
            # The rest of the command, and the webhook's address, may be secret.
            "command": next(iter(notify.command), None),
            "webhook": bool(notify.webhook),
            "emails": list(notify.emails),
        },
        "owner": job.owner,
        "from_file": bool(job.origin),
        "created_at": moment_json(job.created_at),
    }


def _or_none(at: float | None) -> str | None:
    return None if at is None else moment_json(at)
