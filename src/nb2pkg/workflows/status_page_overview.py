"""How do all schedules stand, and is there anybody who runs them?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timezone

from nb2pkg.ports.scheduling import Daemon, JobState
from nb2pkg.workflows.run_page_text import in_line, name
from nb2pkg.workflows.run_page_words import counted
from nb2pkg.workflows.status_page_addresses import schedule_address
from nb2pkg.workflows.status_page_frame import Frame, badge, box, framed, head, table, toned
from nb2pkg.workflows.status_page_marks import marks
from nb2pkg.workflows.status_page_state import Told, alive, condition, freshness, lateness
from nb2pkg.workflows.status_page_times import due_after, from_now, span, time_of, zone_of
from nb2pkg.workflows.status_page_words import times, written

SHOWN_TICKS = 12
_ORDER = ("bad", "open", "live", "good", "idle")
_MOST_ROWS = 1_000
_LONGEST_TARGET = 40
_INSTALL = "<code>nb2pkg schedule install</code>"


def overview(
    states: Sequence[JobState],
    daemons: Sequence[Daemon],
    now: float,
    *,
    reloads: bool | None,
) -> str:
    """Give the page of all schedules."""
    frame = Frame(title="Schedules", base="", now=now, reloads=reloads)
    return framed(frame, _body(states, daemons, now))


def daemon_boxes(owners: Sequence[str], daemons: Sequence[Daemon], now: float) -> Iterator[str]:
    """Say who runs schedules, and whose nobody runs. `owners`: of the schedules that are shown."""
    without = [owner for owner in owners if not alive(daemons, owner)]
    living = [daemon for daemon in daemons if not daemon.is_late]
    if without or not living:
        yield box(*_nobody(without if living and len(owners) > 1 else ()))
    if living:
        words = f"{'A daemon runs' if len(living) == 1 else f'{len(living):,} daemons run'}."
        yield box(Told("good", "✓", words), _listed(living, now))
    late = [daemon for daemon in daemons if daemon.is_late]
    if late:
        words = f"{'A daemon is' if len(late) == 1 else f'{len(late):,} daemons are'} not heard of."
        yield box(Told("open", "■", words), _listed(late, now))


def _body(states: Sequence[JobState], daemons: Sequence[Daemon], now: float) -> Iterator[str]:
    yield head("Schedules", None)
    yield from daemon_boxes(sorted({state.job.owner for state in states}), daemons, now)
    if not states:
        yield "<p>There are no schedules yet. <code>nb2pkg schedule add</code> makes one.</p>"
        return
    yield f"<p>{_tally(states, now)}</p>"
    shown = states[:_MOST_ROWS]
    columns = ("schedule", "runs", "next", "last", "state")
    yield table("overview", columns, (_row(state, states, daemons, now) for state in shown))
    if len(states) > len(shown):
        rest = counted(len(states) - len(shown), "more schedule")
        yield f'<p class="left-out">{rest} not shown.</p>'


def _nobody(owners: Sequence[str]) -> tuple[Told, list[str]]:
    whose = f" for {', '.join(map(name, owners))}" if owners else ""
    told = Told("bad", "✗", f"No daemon runs{whose}: nothing begins by itself.")
    return told, [f"<p>Start one with {_INSTALL}, or with <code>nb2pkg schedule run</code>.</p>"]


def _listed(daemons: Sequence[Daemon], now: float) -> Iterator[str]:
    yield '<ul class="plain small">'
    for daemon in daemons:
        yield (
            f"<li>of {name(daemon.owner)} on {name(daemon.holder.host)}, process {daemon.holder.pid}, "
            f"nb2pkg {name(daemon.version)}, since {time_of(daemon.since, timezone.utc)}, "
            f"last heard of {from_now(daemon.seen_at, now)}</li>"
        )
    yield "</ul>"


def _tally(states: Sequence[JobState], now: float) -> str:
    counts = Counter(condition(state, now) for state in states)
    found = sorted(counts, key=lambda told: (_ORDER.index(told.tone), told.words))
    told = ", ".join(f"{counts[one]:,} {one.words}" for one in found)
    return f"{counted(len(states), 'schedule')}: {told}."


def _row(
    state: JobState, states: Sequence[JobState], daemons: Sequence[Daemon], now: float
) -> list[str]:
    job, zone = state.job, zone_of(state.job.timing)
    owners = {one.job.owner for one in states}
    whose = f" of {name(job.owner)}" if len(owners) > 1 else ""
    fields = written(job.timing)
    title = f' title="{in_line(fields)}"' if fields else ""
    late = lateness(state, now, has_daemon=alive(daemons, job.owner))
    return [
        f'<p><a href="{schedule_address(job, states)}">{name(job.name)}</a>{whose}</p>'
        f'<p class="quiet small"><code title="{in_line(job.target)}">{_short(job.target)}</code></p>',
        f"<p{title}>{in_line(times(job.timing))}</p>"
        f'<p class="quiet small">{name(job.timing.timezone)}</p>',
        _next(state, now),
        marks(state.recent[:SHOWN_TICKS], zone, ""),
        f"<p>{badge(condition(state, now))}</p>"
        f'<p class="small">{toned(freshness(state, now))}</p>'
        + (
            f'<p class="small">{toned(late)}</p>'
            if late is not None and late.tone != "good"
            else ""
        ),
    ]


def _next(state: JobState, now: float) -> str:
    if state.is_paused:
        return '<p class="quiet">not while it is paused</p>'
    due = due_after(state.job.timing, now)
    if due is None:
        return '<p class="quiet">not known</p>'
    zone = zone_of(state.job.timing)
    return (
        f'<p class="nowrap">in {span(due - now)}</p><p class="quiet small">{time_of(due, zone)}</p>'
    )


def _short(path: str) -> str:
    """The end of a path: the file, and its folder."""
    end = "/".join(path.split("/")[-2:])
    return in_line(end if len(end) <= _LONGEST_TARGET else f"…{end[1 - _LONGEST_TARGET :]}")
