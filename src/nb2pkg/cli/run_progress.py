"""How does each thing that happens in a run read, as a line of text or of JSON?"""

from __future__ import annotations

import json
import time
from typing import Any

from nb2pkg.cli.printable import one_line
from nb2pkg.cli.run_json import run_json, step_json
from nb2pkg.cli.terminal import Terminal
from nb2pkg.pipeline.durations import shown
from nb2pkg.pipeline.records import StepRecord, StepStatus

_COLOURS = {
    StepStatus.SUCCEEDED: "green",
    StepStatus.CACHED: "cyan",
    StepStatus.FAILED: "red",
    StepStatus.TIMED_OUT: "red",
    StepStatus.CRASHED: "red",
    StepStatus.CANCELLED: "yellow",
    StepStatus.SKIPPED: "dim",
    StepStatus.RUNNING: "bold",
}


class Silent:
    """Says nothing but what must be heard."""

    def __init__(self, terminal: Terminal, *, tells_lines: bool) -> None:
        self._terminal = terminal
        self._tells_lines = tells_lines

    def say(self, line: str) -> None:
        """Show a line."""
        self._terminal.err(line)

    def hear(self, event: Any) -> None:
        """Take in an event."""
        from nb2pkg.api.running import Noticed
        from nb2pkg.ports.running import StepPrinted

        if isinstance(event, Noticed):
            head = self._terminal.err_style(f"warning[{event.code}]", "yellow")
            self.say(f"{head}: {one_line(event.message)}")
        elif isinstance(event, StepPrinted) and self._tells_lines:
            self.say(f"{self._terminal.err_style(event.step, 'dim')} | {one_line(event.line)}")


class Lines(Silent):
    """A line for each step that begins or ends."""

    def hear(self, event: Any) -> None:
        """Take in an event."""
        from nb2pkg.api.running import StepChanged

        super().hear(event)
        if isinstance(event, StepChanged):
            line = self._line(event.step)
            if line:
                self.say(line)

    def begun(self, step: StepRecord) -> str:
        """The line for a step that begins."""
        style = self._terminal.err_style
        number = len(step.attempts)
        again = f" (attempt {number})" if number > 1 else ""
        why = f": {step.why}" if number == 1 and step.why else ""
        return f"{style('run', 'bold')}  {step.name}{again}{style(why, 'dim')}"

    def _line(self, step: StepRecord) -> str:
        style = self._terminal.err_style
        if step.status is StepStatus.RUNNING:
            return self.begun(step)
        if step.status is StepStatus.WAITING and step.attempts:
            last = step.attempts[-1]
            return f"{style('again', 'yellow')} {step.name}: {one_line(last.message)}"
        if not step.status.is_over or step.status is StepStatus.SKIPPED:
            return ""
        said = step.status.value.replace("_", " ")
        return f"{style(said, _COLOURS[step.status])} {step.name}{style(_detail(step), 'dim')}"


class JsonLines:
    """One JSON object a line, for programs."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def hear(self, event: Any) -> None:
        """Take in an event."""
        from nb2pkg.api.running import Noticed, RunBegan, RunOver, StepChanged
        from nb2pkg.ports.running import StepPrinted, StepProgress

        about: dict[str, Any] = {"at": round(time.time(), 3)}
        if isinstance(event, (RunBegan, RunOver)):
            whole = run_json(event.run)
            del whole["steps"]
            about |= {"event": "run", **whole}
        elif isinstance(event, StepChanged):
            about |= {"event": "step", **step_json(event.step)}
        elif isinstance(event, StepProgress):
            about |= {"event": "cell", "step": event.step, "cell": event.cell, "cells": event.cells}
        elif isinstance(event, StepPrinted):
            about |= {"event": "printed", "step": event.step, "text": event.line}
        elif isinstance(event, Noticed):
            about |= {"event": "notice", "code": event.code, "message": event.message}
        self._terminal.out(json.dumps(about))
        # Whoever reads it wants to know now; and what is in a buffer dies with us.
        self._terminal.flush()


def _detail(step: StepRecord) -> str:
    if step.status is StepStatus.CACHED:
        return f"  {step.why}"
    seconds = step.attempts[-1].seconds if step.attempts else None
    said = f"  {shown(seconds)}" if seconds is not None else ""
    if not step.status.is_good and step.attempts:
        last = step.attempts[-1]
        place = f" in cell {last.cell} of {last.cells}" if last.cell and last.cells else ""
        said += f"{place}: {one_line(last.message)}"
    return said
