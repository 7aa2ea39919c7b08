"""How is a run shown when it is over, and a plan before it begins?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nb2pkg.cli.printable import block, one_line
from nb2pkg.cli.terminal import Terminal
from nb2pkg.pipeline.durations import shown
from nb2pkg.pipeline.records import RunRecord, RunStatus, StepRecord, StepStatus

if TYPE_CHECKING:
    from nb2pkg.api.running import Planned, RunResult

_COLOURS = {
    RunStatus.SUCCEEDED: "green",
    RunStatus.FAILED: "red",
    RunStatus.CRASHED: "red",
    RunStatus.CANCELLED: "yellow",
    RunStatus.RUNNING: "bold",
}
_FATES = {"hit": "cyan", "run": "bold", "unknown": "yellow", "left out": "dim"}
_FATE_WORDS = {"hit": "kept", "run": "run", "unknown": "?", "left out": "-"}


def show_result(result: RunResult, terminal: Terminal) -> None:
    """Show how a run ended, and what to look at."""
    record = result.record
    for step in record.steps:
        if not step.status.is_good:
            _show_failure(step, terminal)
    terminal.out(summary_line(record, terminal))
    for step in record.steps:
        for note in step.notes:
            if terminal.verbosity > 0 or not note.startswith("runs again"):
                terminal.out(f"  {step.name}: {one_line(note)}")
    for name, path in result.outputs.items():
        terminal.out(f"  {name}: {path}")


def summary_line(record: RunRecord, terminal: Terminal) -> str:
    """A run in a line."""
    style = terminal.out_style
    seconds = (record.ended_at or record.started_at) - record.started_at
    done = [step for step in record.steps if step.status is StepStatus.SUCCEEDED]
    kept = [step for step in record.steps if step.status is StepStatus.CACHED]
    counts = [f"{len(done)} run" if done else "", f"{len(kept)} kept" if kept else ""]
    counts += [
        f"{sum(step.status is status for step in record.steps)} {status.value.replace('_', ' ')}"
        for status in (
            StepStatus.FAILED,
            StepStatus.TIMED_OUT,
            StepStatus.CANCELLED,
            StepStatus.SKIPPED,
        )
        if any(step.status is status for step in record.steps)
    ]
    steps = ", ".join(count for count in counts if count) or "nothing to do"
    status = style(record.status.value, _COLOURS[record.status])
    return f"{record.pipeline}: {status} in {shown(seconds)} ({steps})  {style(record.id, 'dim')}"


def _show_failure(step: StepRecord, terminal: Terminal) -> None:
    if not step.attempts:
        return
    last = step.attempts[-1]
    style = terminal.err_style
    place = f", cell {last.cell} of {last.cells}" if last.cell and last.cells else ""
    code = {StepStatus.TIMED_OUT: "NB541"}.get(step.status, "NB540")
    if "kernel died" in last.message:
        code = "NB542"
    terminal.err(
        f"{style(f'error[{code}]', 'red')}{style(f': step {step.name}{place}', 'bold')}: "
        f"{one_line(last.message)}"
    )
    if last.traceback and terminal.verbosity >= 0:
        lines = block(last.traceback).rstrip().splitlines()
        shown_lines = lines if terminal.verbosity > 0 else lines[-12:]
        for line in shown_lines:
            terminal.err(f"   {style('|', 'blue')} {line}")


def show_plan(planned: Planned, terminal: Terminal) -> None:
    """Show what a run would do, and why."""
    style = terminal.out_style
    width = max((len(step.name) for step in planned.steps), default=0)
    for step in planned.steps:
        word = style(f"{_FATE_WORDS[step.fate]:<5}", _FATES[step.fate])
        terminal.out(f"{word} {step.name:<{width}}  {style(one_line(step.why), 'dim')}")
