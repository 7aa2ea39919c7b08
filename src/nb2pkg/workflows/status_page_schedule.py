"""What is one schedule, when does it run next, and what became of its times?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nb2pkg.ports.scheduling import Daemon, JobState
from nb2pkg.scheduling import Fate, Job, Origin, Tick
from nb2pkg.workflows.run_page_facts import parameters
from nb2pkg.workflows.run_page_text import in_line, name
from nb2pkg.workflows.run_page_words import counted
from nb2pkg.workflows.status_page_addresses import run_address, schedule_address
from nb2pkg.workflows.status_page_day import day
from nb2pkg.workflows.status_page_frame import Frame, framed, head, table, toned
from nb2pkg.workflows.status_page_marks import MARKS, ORIGINS, TONES, badge, took, why_of
from nb2pkg.workflows.status_page_overview import daemon_boxes
from nb2pkg.workflows.status_page_state import (
    alive,
    condition,
    freshness,
    how_late,
    late_seconds,
    lateness,
)
from nb2pkg.workflows.status_page_times import due_after, from_now, span, time_of, told, zone_of
from nb2pkg.workflows.status_page_words import (
    options,
    policies,
    times,
    told_to,
    written,
)

TICKS_OF_DAY = 500
TICKS_OF_PAGE = 50
_COMING = 10
_MOST_TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePage:
    """All that a page about a schedule is made of.

    states: all schedules, by which its address is told from others
    newest: its last ticks, for the picture of a day; history: those to list; the newest first
    before: the moment before which those to list were due, if it is not now; is_more: whether there are earlier ones
    """

    state: JobState
    states: Sequence[JobState]
    daemons: Sequence[Daemon]
    newest: Sequence[Tick]
    history: Sequence[Tick]
    before: float | None
    is_more: bool
    now: float
    base: str
    reloads: bool | None


def schedule_page(page: SchedulePage) -> str:
    """Give the page of a schedule."""
    frame = Frame(
        title=page.state.job.name,
        base=page.base,
        now=page.now,
        way=[(".", "Schedules")],
        reloads=page.reloads,
    )
    return framed(frame, _body(page))


def _body(page: SchedulePage) -> Iterator[str]:
    state, now = page.state, page.now
    zone = zone_of(state.job.timing)
    yield head(state.job.name, condition(state, now))
    if not alive(page.daemons, state.job.owner):
        yield from daemon_boxes([state.job.owner], [], now)
    yield '<div class="beside"><div>'
    yield from _definition(page)
    yield "</div><div>"
    yield from _coming(state, now)
    yield "</div></div>"
    yield '<h2 id="day">The last 24 hours</h2>'
    yield day(page.newest, zone, now)
    yield '<h2 id="history">History</h2>'
    yield from _history(page)
    if state.job.parameters:
        yield from parameters(state.job.parameters)


def _definition(page: SchedulePage) -> Iterator[str]:
    yield '<h2 id="schedule">Schedule</h2>\n<dl class="facts">'
    for what, said in _facts(page):
        yield f"<dt>{what}</dt><dd>{said}</dd>"
    yield "</dl>"


def _facts(page: SchedulePage) -> Iterator[tuple[str, str]]:
    state, job, now = page.state, page.state.job, page.now
    yield "runs", in_line(times(job.timing))
    if written(job.timing):
        yield "cron", f"<code>{in_line(written(job.timing))}</code>"
    yield "time zone", name(job.timing.timezone)
    yield "target", f"<code>{in_line(job.target)}</code>"
    late = lateness(state, now, has_daemon=alive(page.daemons, job.owner))
    yield "freshness", toned(freshness(state, now))
    if late is not None:
        yield "punctuality", toned(late)
    for what, said in [*policies(job.timing), *options(job)]:
        yield what, in_line(said)
    yield "tells", in_line(told_to(job.notify))
    yield "owner", name(job.owner)
    yield "added", _added(job)
    yield "id", f"<code>{name(job.id)}</code>"


def _added(job: Job) -> str:
    where = f", by <code>{in_line(job.origin)}</code> of the target's file" if job.origin else ""
    return f"{time_of(job.created_at, zone_of(job.timing))}{where}"


def _coming(state: JobState, now: float) -> Iterator[str]:
    yield '<h2 id="next">Next</h2>'
    if state.is_paused:
        yield '<p class="quiet">Paused: it would be due at these times.</p>'
    zone, due, items = zone_of(state.job.timing), now, []
    for _ in range(_COMING):
        later = due_after(state.job.timing, due)
        if later is None:
            break
        due = later
        items.append(
            f'<li>{time_of(due, zone)} <span class="quiet small">{from_now(due, now)}</span></li>'
        )
    yield (
        f'<ol class="coming">{"".join(items)}</ol>' if items else '<p class="quiet">Not known.</p>'
    )


def _history(page: SchedulePage) -> Iterator[str]:
    zone = zone_of(page.state.job.timing)
    if page.before is not None:
        yield f"<p>Due before {time_of(page.before, zone)}:</p>"
    if page.history:
        columns = ("due", "fate", "began", "took", "why", "run")
        yield table("history", columns, (_row(tick, page) for tick in page.history))
    else:
        yield '<p class="quiet">None of its times has come yet.</p>'
    yield from _turns(page)


def _turns(page: SchedulePage) -> Iterator[str]:
    links = []
    if page.before is not None:
        address = schedule_address(page.state.job, page.states)
        links.append(f'<a href="{page.base}{address}#history">The newest</a>')
    if page.is_more:
        last = page.history[-1].due
        links.append(f'<a href="?before={last!r}#history" rel="next">Earlier ones</a>')
    if links:
        yield f'<p class="turn">{" ".join(links)}</p>'


def _row(tick: Tick, page: SchedulePage) -> list[str]:
    zone = zone_of(page.state.job.timing)
    due = time_of(tick.due, zone)
    if tick.count > 1 and tick.until is not None:
        due = f"{counted(tick.count, 'time')}, {due} to {time_of(tick.until, zone)}"
    if tick.origin is not Origin.TIME:
        due += f'<br><span class="quiet small">{ORIGINS[tick.origin]}</span>'
    late = late_seconds(tick)
    began = ""
    if late is not None:
        began = time_of(tick.tries[0].began_at, zone, how_late(late))
    return [
        due,
        badge(tick.fate),
        began,
        _took(tick, page.now),
        f'<span class="why">{in_line(why_of(tick))}</span>' if why_of(tick) else "",
        _tries(tick, page),
    ]


def _took(tick: Tick, now: float) -> str:
    if tick.fate is Fate.RUNNING and tick.tries:
        return f"{span(now - tick.tries[-1].began_at)} so far"
    seconds = took(tick)
    return "" if seconds is None else span(seconds)


def _tries(tick: Tick, page: SchedulePage) -> str:
    """A link to each run; what became of it where there is more than one."""
    if not tick.tries:
        return ""
    zone = zone_of(page.state.job.timing)
    items = []
    for one in tick.tries[-_MOST_TRIES:]:
        address = run_address(one.run)
        title = in_line(f"{one.fate.value}, began {told(one.began_at, zone)}")
        shown = f'<code title="{title}">{name(one.run)}</code>'
        link = f'<a href="{page.base}{address}">{shown}</a>' if address is not None else shown
        mark = f'<span class="tone {TONES[one.fate]}" aria-hidden="true">{MARKS[one.fate]}</span> '
        items.append(f"<li>{mark if len(tick.tries) > 1 else ''}{link}</li>")
    return f"<ul>{''.join(items)}</ul>"
