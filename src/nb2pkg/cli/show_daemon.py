"""How does a daemon tell what it does?"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import fields, is_dataclass
from typing import Any

from nb2pkg.api.schedule_daemon import (
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
from nb2pkg.cli.printable import one_line
from nb2pkg.cli.schedule_json import moment_json, tick_json
from nb2pkg.cli.terminal import Terminal
from nb2pkg.pipeline.durations import shown
from nb2pkg.scheduling import Fate, Tick

_TOLD = {"failed": "failed", "recovered": "recovered", "missed": "was missed"}


def show_start(terminal: Terminal) -> None:
    """That it runs, before there is anything else to tell."""
    if terminal.verbosity >= 0:
        said = "runs what is due; Ctrl-C or SIGTERM stops it, once what runs has ended"
        terminal.err(f"{_now()}  {terminal.err_style(said, 'dim')}")


def show_running_already(terminal: Terminal) -> None:
    """That there is nothing to do. A person should know; cron starts one each minute, and need not."""
    if terminal.verbosity >= (0 if sys.stderr.isatty() else 1):
        terminal.err("a daemon runs already")


def daemon_teller(terminal: Terminal, *, json_lines: bool) -> Tell:
    """What writes a line for each event: JSON on standard output, or text on standard error."""

    def as_json(event: DaemonEvent) -> None:
        terminal.out(json.dumps(_document(event)))
        terminal.flush()

    def as_text(event: DaemonEvent) -> None:
        level, said = _words(event)
        if level == "error" or terminal.verbosity >= 0:
            colour = {"error": "red", "note": "dim"}.get(level, "bold")
            terminal.err(f"{_now()}  {terminal.err_style(one_line(said), colour)}")

    return as_json if json_lines else as_text


def _document(event: DaemonEvent) -> dict[str, Any]:
    level, said = _words(event)
    document: dict[str, Any] = {
        "at": moment_json(time.time()),
        "event": _snake(type(event).__name__),
        "level": level,
        "message": said,
    }
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, Tick):
            document["tick"] = tick_json(value)
        elif isinstance(value, Fate):
            document[field.name] = value.value
        elif not is_dataclass(value) and field.name not in document:
            document[field.name] = value
    return document


def _words(event: DaemonEvent) -> tuple[str, str]:
    """How bad it is (`info`, `note`, `error`), and a sentence."""
    if isinstance(event, Began):
        late = f", {shown(event.late_seconds)} late" if event.late_seconds >= 2 else ""
        again = f", try {len(event.tick.tries)}" if len(event.tick.tries) > 1 else ""
        return (
            "info",
            f"{event.schedule}: {_due(event.tick)} begins as {event.tick.run}{again}{late}",
        )
    if isinstance(event, Decided):
        level = "error" if event.tick.fate is Fate.MISSED else "note"
        return level, _joined(
            f"{event.schedule}: {_due(event.tick)} {event.tick.fate.value}", event.tick.why
        )
    if isinstance(event, Ended):
        level = "error" if event.fate.is_bad else "info"
        name = f"{event.schedule}: " if event.schedule else ""
        other = "" if event.is_ours else " (another daemon had it)"
        said = _joined(f"{name}{_due(event.tick)} {event.fate.value}{other}", event.why)
        return level, said + _again(event.tick)
    if isinstance(event, Answering):
        return "info", f"answers at {event.address}/healthz and /metrics"
    if isinstance(event, Draining):
        return "info", f"asked to stop: {_draining(event)}"
    if isinstance(event, StoreSilent):
        return "error", f"{event.why}; what runs goes on, and nothing new begins until it answers"
    if isinstance(event, StoreAnswers):
        return "info", f"the store answers again, after {shown(event.seconds)}"
    if isinstance(event, NoticeGiven):
        name = event.notice.job.name
        if not event.problem:
            return "note", f"{name}: told that it {_TOLD[event.notice.what]}"
        more = "given up" if event.is_given_up else "tried again later"
        return "error", f"{name}: nobody could be told ({event.problem}); {more}"
    return "error", event.message


def _again(tick: Tick) -> str:
    if tick.fate is not Fate.WAITING:
        return ""
    return f"; tried again in {shown(max(0.0, tick.not_before - time.time()))}"


def _draining(event: Draining) -> str:
    if not event.running:
        return "nothing runs"
    runs = "1 run" if event.running == 1 else f"{event.running} runs"
    return (
        f"ends {runs}" if event.is_cancelling else f"waits for {runs}; asked again, ends what runs"
    )


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S")


def _due(tick: Tick) -> str:
    count = f" and {tick.count - 1:,} more" if tick.count > 1 else ""
    return f"due {time.strftime('%Y-%m-%d %H:%M', time.localtime(tick.due))}{count}"


def _joined(head: str, why: str) -> str:
    return f"{head}: {why}" if why else head


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
