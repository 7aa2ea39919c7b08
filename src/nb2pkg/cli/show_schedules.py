"""How do schedules read on a terminal?"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import datetime, tzinfo
from datetime import timezone as offsets
from typing import TYPE_CHECKING

from nb2pkg.cli.printable import one_line, width
from nb2pkg.cli.terminal import Style, Terminal
from nb2pkg.pipeline.durations import shown
from nb2pkg.pipeline.fingerprints import canonical
from nb2pkg.scheduling import BadZone, Fate, Tick, Timing, crontab_text, zone_named

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
_FACT = 8
_DAY = 86_400.0
_START = "start one with `nb2pkg schedule install`, or here with `nb2pkg schedule run`"
_SIGNS = {"added": "+", "changed": "~", "same": " ", "removed": "-"}


def show_scheduled(scheduled: Scheduled, terminal: Terminal, *, is_kept: bool) -> None:
    """A schedule that was added, and when it runs next."""
    if is_kept and terminal.verbosity < 0:
        return
    style = terminal.out_style
    job = scheduled.job
    said = scheduled.change if is_kept else f"would be {scheduled.change}"
    terminal.out(f"{style(job.name, 'bold')} {said}: {_times(job.timing)}")
    runs = one_line(_near(job.target) + _with(job.parameters))
    terminal.out(f"  {style('runs', 'dim')} {runs}")
    show_dues(scheduled.next_dues, job.timing, terminal)


def show_synced(
    found: Sequence[Scheduled], target: str, terminal: Terminal, *, is_kept: bool
) -> None:
    """What became of the schedules of a pipeline's file."""
    if is_kept and terminal.verbosity < 0:
        return
    if not found:
        terminal.out(f"{one_line(target)} names no schedules")
        return
    style = terminal.out_style
    now = time.time()
    _, *names = _aligned("", [one.job.name for one in found])
    _, *times = _aligned("", [_short_times(one.job.timing) for one in found])
    for one, name, when in zip(found, names, times, strict=True):
        following = f"next {_until(one.next_dues[0], now)}" if one.next_dues else ""
        terminal.out(
            f"{_SIGNS[one.change]} {name}  {one.change:<7}  {when}  {style(following, 'dim')}".rstrip()
        )
    if not is_kept:
        terminal.out("dry run: nothing was changed")


def show_list(views: Sequence[ScheduleView], terminal: Terminal) -> None:
    """A line for each schedule; a narrow terminal does without the times."""
    if not views:
        terminal.out("no schedules; add one: nb2pkg schedule add TARGET --cron TIMES --tz ZONE")
        return
    style = terminal.out_style
    now = time.time()
    states = [view.state for view in views]
    columns = [
        _aligned("schedule", [one_line(view.name) for view in views]),
        _aligned("times", [_short_times(state.job.timing) for state in states]),
        _aligned("next", [_next(view, now) for view in views]),
        _aligned("last", [_last(view, now) for view in views]),
    ]
    needed = sum(width(column[0]) + 2 for column in columns) + _MOST_MARKS
    needed += max(len(_notes(view)) for view in views) + 2
    if terminal.is_interactive and needed > terminal.columns:
        del columns[1]
    heads, *lines = zip(*columns, strict=True)
    terminal.out(style("  ".join((*heads, "outcomes")), "dim"))
    for view, (name, *others) in zip(views, lines, strict=True):
        line = "  ".join([style(name, "bold"), *others, _marks(view.state.recent, style)])
        terminal.out(f"{line}  {style(_notes(view), 'yellow')}".rstrip())


def show_schedule(view: ScheduleView, dues: Sequence[float], terminal: Terminal) -> None:
    """What there is to know of a schedule."""
    style = terminal.out_style
    job = view.state.job
    timing = job.timing
    paused = style(", paused", "yellow") if view.state.is_paused else ""
    terminal.out(f"{style(one_line(job.name), 'bold')}: {_times(timing)}{paused}")
    options = job.options
    facts = [
        ("runs", _near(job.target) + _with(job.parameters)),
        ("overlap", timing.overlap.value),
        ("catch up", timing.catch_up.value),
        ("retries", str(timing.retries) if timing.retries else ""),
        ("jitter", shown(timing.jitter_seconds) if timing.jitter_seconds else ""),
        ("grace", shown(timing.grace_seconds) if timing.grace_seconds is not None else ""),
        ("output", _near(options.output) if options.output else ""),
        ("jobs", str(options.jobs) if options.jobs > 1 else ""),
        ("timeout", shown(options.timeout_seconds) if options.timeout_seconds else ""),
        ("kernel", options.kernel or ""),
        ("python", _near(options.python) if options.python else ""),
        ("tells", _told(view)),
        ("from", f"schedule {job.origin} of its pipeline's file" if job.origin else ""),
        ("success", (_last_success(view) or "none yet") + _wanting(view)),
    ]
    for what, said in facts:
        if said:
            terminal.out(f"  {style(f'{what:<{_FACT}}', 'dim')} {one_line(said)}")
    show_dues(dues, timing, terminal, head_width=_FACT)
    if view.state.recent:
        terminal.out()
        show_history(view.state.recent[:_MOST_MARKS], timing.timezone, terminal)


def show_preview(timing: Timing, dues: Sequence[float], terminal: Terminal) -> None:
    """What a text stands for, and the next moments of that."""
    terminal.out(_times(timing))
    show_dues(dues, timing, terminal)


def show_dues(
    dues: Sequence[float], timing: Timing, terminal: Terminal, *, head_width: int = 4
) -> None:
    """The next moments, in the schedule's zone."""
    for n, due in enumerate(dues):
        head = f"{'next' if n == 0 else 'then':<{head_width}}"
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


def show_stale(views: Sequence[ScheduleView], paused: Sequence[str], terminal: Terminal) -> None:
    """A line for each schedule: whether its last success is as recent as it should be.

    paused: the names of those that were asked for too, and are paused
    """
    style = terminal.out_style
    for view in views:
        word, colour = ("stale", "red") if view.freshness.is_stale else ("fresh", "green")
        if view.freshness.is_stale or terminal.verbosity >= 0:
            last = _last_success(view)
            said = f"last success {last}" if last else "no success yet"
            terminal.out(f"{style(word, colour)}   {one_line(view.name)}: {said}{_wanting(view)}")
    if terminal.verbosity >= 0:
        for name in paused:
            terminal.out(f"{style('paused', 'yellow')}  {name}")
        if not views and not paused:
            terminal.out("no schedules, or all are paused")


def show_without_daemon(terminal: Terminal) -> None:
    """Nothing runs by itself unless somebody runs it."""
    _note(terminal, "no daemon runs, so nothing begins by itself", _START)


def show_paused(name: str, terminal: Terminal) -> None:
    """A schedule that was changed begins nothing while it is paused."""
    _note(terminal, f"{name} is paused", f"go on with `nb2pkg schedule resume {name}`")


def _note(terminal: Terminal, text: str, hint: str) -> None:
    if terminal.verbosity >= 0:
        style = terminal.err_style
        terminal.err(f"{style('note', 'cyan')}{style(f': {text}', 'bold')}")
        terminal.err(f"   {style('=', 'blue')} {style('help', 'bold')}: {hint}")


def _times(timing: Timing) -> str:
    crontab = crontab_text(timing.expression)
    said = timing.cron if timing.cron == crontab else f"{timing.cron} ({crontab})"
    return f"{one_line(said)} {timing.timezone}"


def _short_times(timing: Timing) -> str:
    return one_line(f"{timing.cron} {timing.timezone}")


def _aligned(head: str, cells: Sequence[str]) -> list[str]:
    most = max(width(cell) for cell in (head, *cells))
    return [_padded(cell, most) for cell in (head, *cells)]


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def _moment(at: float, timing: Timing) -> str:
    return f"{_in_zone(at, timing.timezone)}, in {_span(at - time.time())}"


def _in_zone(at: float, timezone: str) -> str:
    try:
        zone: tzinfo = zone_named(timezone)
    except BadZone:  # another machine, which shares the store, knows it
        zone = offsets.utc
    return datetime.fromtimestamp(at, zone).strftime("%a %Y-%m-%d %H:%M %Z")


def _until(at: float | None, now: float) -> str:
    return "never" if at is None else f"in {_span(at - now)}"


def _next(view: ScheduleView, now: float) -> str:
    return "paused" if view.state.is_paused else _until(view.next_due, now)


def _span(seconds: float) -> str:
    days, rest = divmod(max(0.0, seconds), _DAY)
    if days:
        hours = rest // 3600
        return f"{days:.0f} d {hours:.0f} h" if hours else f"{days:.0f} d"
    return shown(max(0.0, seconds))


def _about(seconds: float) -> str:
    """How long ago something was, in one unit."""
    for unit, length in (("d", _DAY), ("h", 3600.0), ("m", 60.0)):
        if seconds >= length:
            return f"{seconds // length:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def _last(view: ScheduleView, now: float) -> str:
    tick = view.last
    if tick is None:
        return "none yet"
    return f"{tick.fate.value} {_about(now - (tick.ended_at or tick.due))} ago"


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


def _last_success(view: ScheduleView) -> str:
    last = view.freshness.last_success
    return "" if last is None else _in_zone(last, view.state.job.timing.timezone)


def _wanting(view: ScheduleView) -> str:
    fresh = view.freshness
    if not fresh.is_stale or fresh.due is None:
        return ""
    return f"; one was expected for {_in_zone(fresh.due, view.state.job.timing.timezone)}"


def _told(view: ScheduleView) -> str:
    notify = view.state.job.notify
    said = [" ".join(notify.command[:1])] if notify.command else []
    said += ["a webhook"] if notify.webhook else []
    return ", ".join([*said, *notify.emails])


def _why(tick: Tick) -> str:
    said = tick.why
    if tick.fate is Fate.WAITING and tick.tries:
        again = f"tried again in {_span(tick.not_before - time.time())}"
        said = f"{again}: {said}" if said else again
    if len(tick.tries) > 1:
        said = f"{len(tick.tries)} tries{': ' if said else ''}{said}"
    if tick.origin.value != "time" and tick.fate is not Fate.MISSED:
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
