"""Schedules: what they would do, what they do, and what is to be done with them."""

from __future__ import annotations

from nb2pkg.api import scheduling
from nb2pkg.server.moments import moment, moment_or_none
from nb2pkg.server.payloads import schedules as payloads
from nb2pkg.server.root_paths import Root
from nb2pkg.server.run_targets import run_target


def preview(request: payloads.SchedulePreviewRequest, root: Root) -> payloads.SchedulePreviewAnswer:
    """Say when that would be."""
    timing, dues = scheduling.preview(request.cron, request.timezone, request.count)
    return payloads.SchedulePreviewAnswer(
        crontab=scheduling.crontab_of(timing),
        timezone=request.timezone,
        next=tuple(moment(due) for due in dues),
    )


def add(request: payloads.ScheduleAddRequest, root: Root) -> payloads.ScheduleAddAnswer:
    """Keep a schedule."""
    command, webhook = request.notify_command, request.notify_webhook
    wanted = scheduling.Wanted(
        cron=request.cron,
        timezone=request.timezone,
        name=request.name,
        overlap=request.overlap,
        catch_up=request.catch_up,
        retries=request.retries,
        jitter_seconds=request.jitter_seconds,
        grace_seconds=request.grace_seconds,
        options=scheduling.JobOptions(
            jobs=request.jobs,
            output=None if request.output is None else root.file(request.output),
            output_below=root.target("."),
            output_allows_hidden=root.allows_hidden,
            timeout_seconds=request.timeout_seconds,
            kernel=request.kernel,
        ),
        notify_command=() if command is None else (command,),
        notify_webhooks=() if webhook is None else (webhook,),
        notify_emails=request.notify_emails,
    )
    added = scheduling.add_schedule(
        run_target(request.path, root), wanted, request.parameters, replaces=request.replace
    )
    return payloads.ScheduleAddAnswer(
        schedule=_schedule(added.job, root),
        change="changed" if added.change == "changed" else "added",
        next=tuple(moment(due) for due in added.next_dues),
        has_daemon=bool(scheduling.daemons()),
    )


def schedules(request: payloads.SchedulesQuery, root: Root) -> payloads.SchedulesAnswer:
    """List schedules."""
    return payloads.SchedulesAnswer(
        schedules=tuple(_state(view, root) for view in scheduling.schedules()),
        has_daemon=bool(scheduling.daemons()),
    )


def change(request: payloads.ScheduleChangeRequest, root: Root) -> payloads.ScheduleChangeAnswer:
    """Do something with a schedule."""
    is_changed = True
    match request.action:
        case "pause":
            is_changed = scheduling.pause_schedules([request.name])[request.name]
        case "resume":
            is_changed = scheduling.resume_schedules([request.name])[request.name]
        case "remove":
            scheduling.remove_schedules([request.name])
        case "trigger":
            scheduling.trigger_schedule(request.name)
    return payloads.ScheduleChangeAnswer(
        name=request.name, action=request.action, is_changed=is_changed
    )


def _state(view: scheduling.ScheduleView, root: Root) -> payloads.ScheduleState:
    return payloads.ScheduleState(
        schedule=_schedule(view.state.job, root),
        is_paused=view.state.is_paused,
        next_due=moment_or_none(view.next_due),
        last=None if view.last is None else _tick(view.last, root),
        recent=tuple(_tick(tick, root) for tick in view.state.recent),
        last_success=moment_or_none(view.freshness.last_success),
        is_stale=view.freshness.is_stale,
        late_seconds=view.late_seconds,
    )


def _schedule(job: scheduling.Job, root: Root) -> payloads.Schedule:
    timing = job.timing
    output = job.options.output
    return payloads.Schedule(
        name=job.name,
        path=root.told(job.target),
        cron=timing.cron,
        crontab=scheduling.crontab_of(timing),
        timezone=timing.timezone,
        overlap=timing.overlap.value,
        catch_up=timing.catch_up.value,
        retries=timing.retries,
        jitter_seconds=timing.jitter_seconds,
        grace_seconds=timing.grace_seconds,
        parameters=dict(job.parameters),
        output=None if output is None else root.told(output),
        is_from_file=bool(job.origin),
        created_at=moment(job.created_at),
    )


def _tick(tick: scheduling.Tick, root: Root) -> payloads.Tick:
    return payloads.Tick(
        due=moment(tick.due), fate=tick.fate.value, why=root.said(tick.why), run=tick.run
    )
