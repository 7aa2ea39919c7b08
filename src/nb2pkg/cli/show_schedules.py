"""How do schedules read on a terminal?"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from nb2pkg.cli.printable import one_line
from nb2pkg.cli.terminal import Style, Terminal
from nb2pkg.pipeline.durations import shown
from nb2pkg.pipeline.fingerprints import canonical
from nb2pkg.scheduling import Fate, Tick, Timing, crontab_text, zone_named

if TYPE_CHECKING:
    from nb2pkg.api.scheduling import Scheduled, ScheduleView

_COLOURS = {
    Fate.SUCCEEDED: "green",
    Fate.FAILED: "red",
    Fate.CRASHED: "red",
    Fate.MISSED: "red",
    Fate.CANCELLED: "yellow",
    Fate.SKIPPED: "dim",
    Fate.WAITING: "dim",
    Fate.RUNNING: "bold",
}
# A shape of its own for each: not everybody sees colours, nor does every terminal.
_MARKS = {
    Fate.SUCCEEDED: "✓",
    Fate.FAILED: "✗",
    Fate.CRASHED: "!",
    Fate.MISSED: "?",
    Fate.CANCELLED: "■",
    Fate.SKIPPED: "-",
    Fate.WAITING: "…",
    Fate.RUNNING: "▶",
}
_PLAIN = {
    "✓": "+", "✗": "x", "■": "c", "…": ".", "▶": ">",
}  # fmt: skip
_MOST_MARKS = 10
_SIGNS = {"added": "+", "changed": "~", "same": " ", "removed": "-"}


def show_scheduled(scheduled: Scheduled, terminal: Terminal, *, is_kept: bool) -> None:
    """A schedule that was added, and when it runs next."""
    style = terminal.out_style
    job = scheduled.job
    said = scheduled.change if is_kept else f"would be {scheduled.change}"
    terminal.out(f"{style(job.name, 'bold')} {said}: {_times(job.timing)}")
    terminal.out(f"  {style('runs', 'dim')} {one_line(_near(job.target))}{_with(job.parameters)}")
    show_dues(scheduled.next_dues, job.timing, terminal)


def show_synced(
    found: Sequence[Scheduled], target: str, terminal: Terminal, *, is_kept: bool
) -> None:
    """What became of the schedules of a pipeline's file."""
    if not found:
        terminal.out(f"{one_line(target)} names no schedules")
        return
    style = terminal.out_style
    width = max(len(one.job.name) for one in found)
    for one in found:
        next_due = _moment(one.next_dues[0], one.job.timing) if one.next_dues else ""
        terminal.out(
            f"{_SIGNS[one.change]} {one.job.name:<{width}}  {one.change:<7}  "
            f"{_times(one.job.timing)}  {style(next_due and f'next {next_due}', 'dim')}".rstrip()
        )
    if not is_kept:
        terminal.out("nothing was changed")


def show_list(views: Sequence[ScheduleView], terminal: Terminal) -> None:
    """A line for each schedule."""
    if not views:
        terminal.out("no schedules; add one: nb2pkg schedule add TARGET --cron TIMES --tz ZONE")
        return
    style = terminal.out_style
    now = time.time()
    rows = [
        (
            one_line(view.name),
            _times(view.state.job.timing),
            "rests" if view.state.is_paused else _until(view.next_due, now),
            _last(view, now),
        )
        for view in views
    ]
    heads = ("schedule", "times", "next", "last")
    widths = [max(len(row[n]) for row in [*rows, heads]) for n in range(4)]
    head = "  ".join(f"{one:<{widths[n]}}" for n, one in enumerate(heads))
    terminal.out(style(f"{head}  outcomes".rstrip(), "dim"))
    for view, row in zip(views, rows, strict=True):
        name, times, following, last = (f"{one:<{widths[n]}}" for n, one in enumerate(row))
        line = f"{style(name, 'bold')}  {times}  {following}  {last}  {_marks(view.state.recent, style)}"
        notes = _notes(view)
        terminal.out(f"{line}  {style(notes, 'yellow')}".rstrip())


def show_schedule(view: ScheduleView, dues: Sequence[float], terminal: Terminal) -> None:
    """What there is to know of a schedule."""
    style = terminal.out_style
    job = view.state.job
    timing = job.timing
    rests = style(", rests", "yellow") if view.state.is_paused else ""
    terminal.out(f"{style(one_line(job.name), 'bold')}: {_times(timing)}{rests}")
    facts = [
        ("runs", _near(job.target) + _with(job.parameters)),
        ("overlap", timing.overlap.value),
        ("catch up", timing.catch_up.value),
        ("retries", str(timing.retries) if timing.retries else ""),
        ("jitter", shown(timing.jitter_seconds) if timing.jitter_seconds else ""),
        ("grace", shown(timing.grace_seconds) if timing.grace_seconds is not None else ""),
        ("output", _near(job.options.output) if job.options.output else ""),
        ("tells", _told(view)),
        ("from", "its pipeline's file" if job.origin else ""),
        ("success", _success(view)),
    ]
    for what, said in facts:
        if said:
            terminal.out(f"  {style(f'{what:<8}', 'dim')} {one_line(said)}")
    show_dues(dues, timing, terminal)
    if view.state.recent:
        terminal.out()
        show_history(view.state.recent[:_MOST_MARKS], timing.timezone, terminal)


def show_dues(dues: Sequence[float], timing: Timing, terminal: Terminal) -> None:
    """The next moments, in the schedule's zone."""
    for n, due in enumerate(dues):
        head = "next" if n == 0 else "then"
        terminal.out(f"  {terminal.out_style(head, 'dim')} {_moment(due, timing)}")


def show_history(ticks: Sequence[Tick], timezone: str, terminal: Terminal) -> None:
    """A line for each due moment."""
    if not ticks:
        terminal.out("it has not been due yet")
        return
    style = terminal.out_style
    for tick in ticks:
        began = tick.tries[0].began_at if tick.tries else None
        length = shown(tick.ended_at - began) if began and tick.ended_at else ""
        run = tick.run or ""
        mark = style(_shape(_MARKS[tick.fate]), _COLOURS[tick.fate])
        terminal.out(
            f"{mark} {_in_zone(tick.due, timezone)}  "
            f"{style(f'{tick.fate.value:<9}', _COLOURS[tick.fate])}  {length:>8}  {run:<22}  "
            f"{style(one_line(_why(tick)), 'dim')}".rstrip()
        )


def show_stale(views: Sequence[ScheduleView], terminal: Terminal) -> None:
    """A line for each schedule: whether its last success is as recent as it should be."""
    style = terminal.out_style
    for view in views:
        word, colour = ("stale", "red") if view.freshness.is_stale else ("fresh", "green")
        if view.freshness.is_stale or terminal.verbosity >= 0:
            terminal.out(f"{style(word, colour)}  {one_line(view.name)}: {_success(view)}")
    if not views and terminal.verbosity >= 0:
        terminal.out("no schedules")


def show_without_daemon(terminal: Terminal) -> None:
    """Nothing runs by itself unless somebody runs it."""
    terminal.err(
        f"{terminal.err_style('note', 'yellow')}: no daemon runs, so nothing begins by itself: "
        "start one with `nb2pkg schedule install`, or here with `nb2pkg schedule run`"
    )


def _times(timing: Timing) -> str:
    crontab = crontab_text(timing.expression)
    said = timing.cron if timing.cron == crontab else f"{timing.cron} ({crontab})"
    return f"{one_line(said)} {timing.timezone}"


def _moment(at: float, timing: Timing) -> str:
    return f"{_in_zone(at, timing.timezone)}, in {_span(at - time.time())}"


def _in_zone(at: float, timezone: str) -> str:
    return datetime.fromtimestamp(at, zone_named(timezone)).strftime("%a %Y-%m-%d %H:%M %Z")


def _until(at: float | None, now: float) -> str:
    return "never" if at is None else f"in {_span(at - now)}"


def _span(seconds: float) -> str:
    days, rest = divmod(max(0.0, seconds), 86_400)
    if days >= 2:
        return f"{days:.0f} d {rest // 3600:.0f} h"
    return shown(max(0.0, seconds))


def _last(view: ScheduleView, now: float) -> str:
    tick = view.last
    if tick is None:
        return "none yet"
    return f"{tick.fate.value} {_span(now - (tick.ended_at or tick.due))} ago"


def _marks(ticks: Sequence[Tick], style: Style) -> str:
    """The outcomes, the newest at the right."""
    newest = list(reversed(ticks[:_MOST_MARKS]))
    return "".join(style(_shape(_MARKS[tick.fate]), _COLOURS[tick.fate]) for tick in newest)


def _shape(mark: str) -> str:
    """A mark as this terminal can show it."""
    import sys

    try:
        mark.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return _PLAIN.get(mark, mark)
    return mark


def _notes(view: ScheduleView) -> str:
    said = []
    if view.late_seconds >= 60:
        said.append(f"late by {_span(view.late_seconds)}")
    if view.freshness.is_stale and not view.state.is_paused:
        said.append("stale")
    return ", ".join(said)


def _success(view: ScheduleView) -> str:
    timezone = view.state.job.timing.timezone
    fresh = view.freshness
    last = "none yet"
    if fresh.last_success is not None:
        last = f"last for {_in_zone(fresh.last_success, timezone)}"
    if fresh.is_stale and fresh.due is not None:
        return f"{last}; that of {_in_zone(fresh.due, timezone)} is wanting"
    return last


def _told(view: ScheduleView) -> str:
    notify = view.state.job.notify
    said = [" ".join(notify.command[:1])] if notify.command else []
    said += ["a webhook"] if notify.webhook else []
    return ", ".join([*said, *notify.emails])


def _why(tick: Tick) -> str:
    said = tick.why
    if len(tick.tries) > 1:
        said = f"{len(tick.tries)} tries{': ' if said else ''}{said}"
    if tick.origin.value != "time":
        word = "made up for" if tick.origin.value == "made-up" else "asked for"
        said = f"{word}{'; ' if said else ''}{said}"
    return said


def _with(parameters: object) -> str:
    assert hasattr(parameters, "items")
    words = [f"{name}={canonical(value)}" for name, value in parameters.items()]
    return f" with {', '.join(words)}" if words else ""


def _near(path: str) -> str:
    """A path as it is seen from here, where that is shorter."""
    near = os.path.relpath(path)
    return path if near.startswith("..") or len(near) > len(path) else near
