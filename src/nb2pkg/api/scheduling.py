"""Schedules: adding, changing and looking at them, in a real store."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from nb2pkg.adapters import this_machine
from nb2pkg.api.running import GivenText, RunOptions, check_run, pipeline_at
from nb2pkg.api.stores import open_schedules
from nb2pkg.pipeline.reading_values import can_name_files
from nb2pkg.ports.scheduling import Daemon, JobState, ScheduleStore
from nb2pkg.problems import Location, UsageError
from nb2pkg.scheduling import (
    BadExpression,
    BadNotify,
    BadZone,
    CatchUpPolicy,
    Fate,
    Job,
    JobOptions,
    Notify,
    OverlapPolicy,
    Tick,
    Timing,
    crontab_text,
    read_expression,
    read_notify,
    zone_named,
)
from nb2pkg.scheduling.deciding import (
    Decision,
    asked_for,
    dues_after,
    next_due,
    paused,
    unpaused,
)
from nb2pkg.scheduling.freshness import Freshness, freshness

_RECENT = 20  # ticks of each schedule that is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A schedule as somebody wants it; each field is an option of `nb2pkg schedule add`."""

    cron: str
    timezone: str | None
    name: str | None = None
    overlap: str = "skip"
    catch_up: str = "latest"
    retries: int = 0
    jitter_seconds: float = 0.0
    grace_seconds: float | None = None
    options: JobOptions = JobOptions()  # noqa: RUF009 - frozen
    notify_command: tuple[str, ...] = ()
    notify_webhooks: tuple[str, ...] = ()
    notify_emails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """A schedule that is kept, or would be: `change` is `added`, `changed`, `same` or `removed`."""

    job: Job
    change: str
    next_dues: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleView:
    """A schedule, what became of it lately, and what comes next."""

    state: JobState
    next_due: float | None
    freshness: Freshness

    @property
    def name(self) -> str:
        """Its name."""
        return self.state.job.name

    @property
    def last(self) -> Tick | None:
        """The newest tick that is over."""
        return next((tick for tick in self.state.recent if tick.fate.is_over), None)

    @property
    def late_seconds(self) -> float:
        """For how long something has been due that has not begun."""
        waiting = [
            tick.not_before
            for tick in self.state.recent
            if tick.fate is Fate.WAITING and not tick.tries
        ]
        return max(0.0, time.time() - min(waiting)) if waiting else 0.0


def add_schedule(
    target: str,
    wanted: Wanted,
    parameters: Mapping[str, Any] | None = None,
    *,
    texts: Mapping[str, GivenText] | None = None,
    replaces: bool = False,
    is_only_shown: bool = False,
    shown: int = 5,
) -> Scheduled:
    """Have a target run by itself from now on; everything is checked as a run would.

    replaces: change the schedule of that name, if there is one; is_only_shown: keep nothing

    Raises:
        UsageError: the times, the zone, the name, a parameter or the output is not right (NB304, NB306, NB307,
            NB309, NB021).
        Nb2pkgError: the target is not, as `run` says it.
    """
    timing = _timing(wanted)
    notify = _notify(wanted)
    options = RunOptions(
        kernel=wanted.options.kernel,
        python=wanted.options.python,
        output=wanted.options.output,
        output_below=wanted.options.output_below,
        output_allows_hidden=wanted.options.output_allows_hidden,
    )
    checked = check_run(target, parameters or {}, texts or {}, options)
    job = Job(
        id=secrets.token_hex(8),
        name=_name(wanted.name or checked.name),
        owner=this_machine.user_name(),
        target=checked.path,
        timing=timing,
        parameters=checked.given,
        options=_absolute(wanted.options),
        notify=notify,
        created_at=time.time(),
    )
    with open_schedules() as store:
        change = _kept(store, job, replaces=replaces, is_only_shown=is_only_shown)
    return Scheduled(job=job, change=change, next_dues=next_dues(timing, shown))


def sync_schedules(target: str, *, is_only_shown: bool = False) -> tuple[Scheduled, ...]:
    """Have the schedules of a pipeline's own file kept: new and changed ones, and no more that are gone from it.

    Raises:
        UsageError, BadPipeline: the pipeline or a parameter is not right.
    """
    path, pipeline = pipeline_at(target)
    owner = this_machine.user_name()
    wanted = []
    for schedule in pipeline.schedules:
        given = check_run(target, schedule.parameters, {}, RunOptions()).given
        wanted.append(
            Job(
                id=secrets.token_hex(8),
                # Pipelines may have blanks and dots in their names.
                name=_name(re.sub(r"[^\w-]", "-", f"{pipeline.name}-{schedule.name}")),
                owner=owner,
                target=path,
                timing=schedule.timing,
                parameters=given,
                notify=schedule.notify,
                origin=schedule.name,
                created_at=time.time(),
            )
        )
    with open_schedules() as store:
        return tuple(_synced(store, path, owner, wanted, is_only_shown=is_only_shown))


def schedules(recent: int = _RECENT) -> tuple[ScheduleView, ...]:
    """The user's schedules, by name.

    Raises:
        EnvironmentFailure: the store cannot be used (NB510).
    """
    return tuple(map(_view, job_states(recent)))


def job_states(recent: int = _RECENT) -> tuple[JobState, ...]:
    """The user's schedules as they are kept, by name, each with so many of its ticks.

    Raises:
        EnvironmentFailure: the store cannot be used (NB510).
    """
    with open_schedules() as store:
        return store.jobs(this_machine.user_name(), recent=recent)


def schedule(name: str, recent: int = _RECENT) -> ScheduleView:
    """One schedule.

    Raises:
        UsageError: there is none of that name (NB312).
    """
    with open_schedules() as store:
        return _view(_found(store, name, recent))


def schedule_history(name: str, limit: int = 50) -> tuple[Tick, ...]:
    """What became of a schedule's due moments, the newest first.

    Raises:
        UsageError: there is none of that name (NB312).
    """
    with open_schedules() as store:
        return store.ticks(_found(store, name, 0).job.id, limit=limit)


def pause_schedules(names: Sequence[str]) -> dict[str, bool]:
    """Have schedules rest; what runs goes on. False for those that do already.

    Raises:
        UsageError: there is none of a name, and nothing was changed (NB312).
    """
    return _altered(names, paused, is_paused=True)


def resume_schedules(names: Sequence[str]) -> dict[str, bool]:
    """Have schedules go on, from now on. False for those that do already. The same may be raised."""
    return _altered(names, unpaused, is_paused=False)


def remove_schedules(names: Sequence[str]) -> None:
    """Forget schedules, damaged ones too; the records of their runs stay.

    Raises:
        UsageError: there is none of a name, and none was removed (NB312).
    """
    owner = this_machine.user_name()
    with open_schedules() as store:
        ids = {name: store.id_of(owner, name) for name in names}
        for name, id in ids.items():
            if id is None:
                raise _no_schedule(name, [state.job.name for state in store.jobs(owner, recent=0)])
        for id in filter(None, ids.values()):
            store.remove(id)


def trigger_schedule(name: str) -> Tick:
    """Ask for a run now; a daemon starts it.

    Raises:
        UsageError: there is none of that name (NB312).
    """
    with open_schedules() as store:
        job = _found(store, name, 0).job
        now = time.time()
        decision = store.alter(job.id, lambda standing: asked_for(standing, now), now)
        if decision is None:
            raise _no_schedule(name, ())
        return decision.ticks[-1]


def daemons() -> tuple[Daemon, ...]:
    """The user's daemons that live, as far as is known here."""
    with open_schedules() as store:
        found = store.daemons(this_machine.user_name())
    return tuple(
        one for one in found if not one.is_late and this_machine.is_alive(one.holder) is not False
    )


def checked_schedules(
    names: Sequence[str] = (), allowed_seconds: float | None = None
) -> tuple[ScheduleView, ...]:
    """The schedules that do not rest, each with whether its last success is as recent as it should be.

    Raises:
        UsageError: there is none of a name (NB312).
    """
    states = job_states()
    wanted = {state.job.name for state in _chosen(states, names)} if names else None
    return tuple(
        _view(state, allowed_seconds)
        for state in states
        if not state.is_paused and (wanted is None or state.job.name in wanted)
    )


def next_dues(timing: Timing, count: int) -> tuple[float, ...]:
    """The next moments at which a timing is due."""
    return dues_after(timing, time.time(), count)


def preview(cron: str, timezone: str | None, count: int = 5) -> tuple[Timing, tuple[float, ...]]:
    """What a text and a zone stand for, and the next moments of that.

    Raises:
        UsageError: they stand for none (NB306, NB307).
    """
    timing = _timing(Wanted(cron=cron, timezone=timezone))
    return timing, next_dues(timing, count)


def crontab_of(timing: Timing) -> str:
    """What a timing's text stands for, as a crontab has it."""
    return crontab_text(timing.expression)


# -- what is wanted


def _timing(wanted: Wanted) -> Timing:
    try:
        expression = read_expression(wanted.cron)
    except BadExpression as error:
        raise UsageError(
            "NB306",
            f"--cron {wanted.cron!r}: {error.message}",
            hint=error.hint,
            location=Location(column=error.offset, end_column=error.offset + error.length),
        ) from error
    if wanted.timezone is None:
        raise UsageError(
            "NB307", "no time zone", hint=f"say which one is meant: --tz {_zone_here()}"
        )
    try:
        zone_named(wanted.timezone)
    except BadZone as error:
        raise UsageError("NB307", f"--tz: {error.message}", hint=error.hint) from error
    return Timing(
        cron=wanted.cron,
        expression=expression,
        timezone=wanted.timezone,
        overlap=OverlapPolicy(wanted.overlap),
        catch_up=CatchUpPolicy(wanted.catch_up),
        retries=wanted.retries,
        jitter_seconds=wanted.jitter_seconds,
        grace_seconds=wanted.grace_seconds,
    )


def _zone_here() -> str:
    """The machine's own zone, where it says so."""
    path = os.path.realpath("/etc/localtime")
    name = path.partition("/zoneinfo/")[2]
    try:
        key = zone_named(name).key
        return "UTC" if key == "Etc/UTC" else key
    except BadZone:
        return "UTC"


def _notify(wanted: Wanted) -> Notify:
    try:
        return read_notify(wanted.notify_command, wanted.notify_webhooks, wanted.notify_emails)
    except BadNotify as bad:
        raise UsageError("NB309", str(bad)) from bad


def _name(name: str) -> str:
    if not can_name_files(name):
        raise UsageError(
            "NB309",
            f"{name!r} cannot be a schedule's name: letters, digits, '_' and '-'",
            hint="give another one with --name",
        )
    return name


def _absolute(options: JobOptions) -> JobOptions:
    """The daemon runs elsewhere: paths are those that they are here."""
    output = None if options.output is None else os.path.abspath(options.output)
    python = options.python
    if python is not None:
        python = os.path.abspath(os.path.expanduser(python))
    return replace(options, output=output, python=python)


# -- what is kept


def _kept(store: ScheduleStore, job: Job, *, replaces: bool, is_only_shown: bool) -> str:
    now = time.time()
    known = {state.job.name: state.job for state in store.jobs(job.owner, recent=0)}
    if is_only_shown and job.name not in known:
        return "added"
    if not is_only_shown and store.add(job, now):
        return "added"
    if not replaces:
        raise UsageError(
            "NB313",
            f"there is a schedule {job.name!r} already",
            hint="change it with --replace, or give another name with --name",
        )
    if not is_only_shown:
        old = _found(store, job.name, 0).job
        store.change(replace(job, id=old.id, created_at=old.created_at), now)
    return "changed"


def _synced(
    store: ScheduleStore, path: str, owner: str, wanted: Sequence[Job], *, is_only_shown: bool
) -> Iterator[Scheduled]:
    jobs = [state.job for state in store.jobs(owner, recent=0)]
    kept = {job.origin: job for job in jobs if job.target == path and job.origin}
    others = {job.name: job for job in jobs if job not in kept.values()}
    for job in wanted:
        if job.name in others:
            raise _taken(others[job.name], path)
    now = time.time()
    for job in wanted:
        old = kept.pop(job.origin, None)
        dues = next_dues(job.timing, 1)
        if old is not None:
            new = replace(job, id=old.id, created_at=old.created_at)
            change = "same" if new == old else "changed"
            if change == "changed" and not is_only_shown:
                store.change(new, now)
            yield Scheduled(job=new, change=change, next_dues=dues)
            continue
        if not is_only_shown and not store.add(job, now):
            raise _taken(job, path)
        yield Scheduled(job=job, change="added", next_dues=dues)
    for job in kept.values():
        if not is_only_shown:
            store.remove(job.id)
        yield Scheduled(job=job, change="removed", next_dues=())


def _taken(other: Job, path: str) -> UsageError:
    hint = f"remove it first: nb2pkg schedule remove {other.name}"
    if other.origin and other.target != path:
        hint = f"give one of the two pipelines another 'name', or {hint}"
    return UsageError(
        "NB313",
        f"there is a schedule {other.name!r} already, which runs {other.target}",
        hint=hint,
    )


def _altered(
    names: Sequence[str], work: Callable[..., Decision], *, is_paused: bool
) -> dict[str, bool]:
    changed = {}
    with open_schedules() as store:
        for state in _chosen(store.jobs(this_machine.user_name(), recent=0), names):
            name, now = state.job.name, time.time()
            changed[name] = state.is_paused is not is_paused
            if changed[name] and store.alter(state.job.id, partial(work, now=now), now) is None:
                raise _no_schedule(name, ())
    return changed


def _view(state: JobState, allowed_seconds: float | None = None) -> ScheduleView:
    now = time.time()
    job = state.job
    try:
        following = None if state.is_paused else next_due(job.timing, now)
        fresh = freshness(
            job.timing, job.created_at, state.last_success, state.recent, now, allowed_seconds
        )
    except BadZone:  # one that another machine knows: here it is never due
        following, fresh = None, Freshness(due=None, last_success=state.last_success)
    return ScheduleView(state=state, next_due=following, freshness=fresh)


def _found(store: ScheduleStore, name: str, recent: int) -> JobState:
    [state] = _chosen(store.jobs(this_machine.user_name(), recent=recent), [name])
    return state


def _chosen(states: Sequence[JobState], names: Sequence[str]) -> list[JobState]:
    """Those of some names, each once, in that order; nothing is done by halves where there is none of one."""
    known = {state.job.name: state for state in states}
    for name in names:
        if name not in known:
            raise _no_schedule(name, list(known))
    return [known[name] for name in dict.fromkeys(names)]


def _no_schedule(name: str, known: Sequence[str]) -> UsageError:
    import difflib

    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(known) or 'none yet'}"
    return UsageError("NB312", f"there is no schedule {name!r}", hint=hint)


__all__ = [
    "Daemon",
    "Job",
    "JobOptions",
    "ScheduleView",
    "Scheduled",
    "Tick",
    "Wanted",
    "add_schedule",
    "checked_schedules",
    "crontab_of",
    "daemons",
    "job_states",
    "next_dues",
    "pause_schedules",
    "preview",
    "remove_schedules",
    "resume_schedules",
    "schedule",
    "schedule_history",
    "schedules",
    "sync_schedules",
    "trigger_schedule",
]
