"""How do records of runs read on a terminal?"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from nb2pkg.cli.printable import one_line
from nb2pkg.cli.terminal import Terminal
from nb2pkg.pipeline.durations import shown
from nb2pkg.pipeline.fingerprints import canonical
from nb2pkg.pipeline.records import RunRecord, RunStatus, StepRecord, StepStatus

if TYPE_CHECKING:
    from nb2pkg.api.running import RunDifference

_RUN_COLOURS = {
    RunStatus.SUCCEEDED: "green",
    RunStatus.FAILED: "red",
    RunStatus.CRASHED: "red",
    RunStatus.CANCELLED: "yellow",
    RunStatus.RUNNING: "bold",
}
_STEP_COLOURS = {
    StepStatus.SUCCEEDED: "green",
    StepStatus.CACHED: "cyan",
    StepStatus.FAILED: "red",
    StepStatus.TIMED_OUT: "red",
    StepStatus.CRASHED: "red",
    StepStatus.CANCELLED: "yellow",
    StepStatus.RUNNING: "bold",
    StepStatus.SKIPPED: "dim",
    StepStatus.WAITING: "dim",
}


def show_list(records: Sequence[RunRecord], terminal: Terminal) -> None:
    """A line for each run."""
    if not records:
        terminal.out("no runs")
        return
    style = terminal.out_style
    width = max(len(one_line(record.pipeline)) for record in records)
    for record in records:
        status = style(f"{record.status.value:<9}", _RUN_COLOURS[record.status])
        terminal.out(
            f"{record.id}  {status}  {one_line(record.pipeline):<{width}}  "
            f"{moment(record.started_at)}  {_length(record):>8}  {style(one_line(record.message), 'dim')}".rstrip()
        )


def show_record(record: RunRecord, terminal: Terminal) -> None:
    """What there is to know of a run, and a line for each step."""
    style = terminal.out_style
    status = style(record.status.value, _RUN_COLOURS[record.status])
    terminal.out(f"{style(one_line(record.pipeline), 'bold')} {record.id}: {status}")
    facts = [
        ("target", record.target),
        ("began", f"{moment(record.started_at)}, {_length(record)}"),
        ("by", f"{record.user} on {record.host}, nb2pkg {record.version}"),
        ("because", record.message),
        ("resumes", record.resumes or ""),
        ("git", _git(record)),
        ("folder", record.folder),
        ("with", ", ".join(f"{n}={canonical(v)}" for n, v in record.parameters.items())),
    ]
    for what, said in facts:
        if said:
            terminal.out(f"  {style(f'{what:<8}', 'dim')} {one_line(said)}")
    width = max((len(step.name) for step in record.steps), default=0)
    for step in record.steps:
        _show_step(step, width, terminal)


def _show_step(step: StepRecord, width: int, terminal: Terminal) -> None:
    style = terminal.out_style
    last = step.attempts[-1] if step.attempts else None
    words = style(f"{step.status.value.replace('_', ' '):<9}", _STEP_COLOURS[step.status])
    seconds = shown(last.seconds) if last and last.seconds is not None else ""
    memory = f"{last.memory_bytes / 1e6:,.0f} MB" if last and last.memory_bytes else ""
    terminal.out(
        f"  {words}  {step.name:<{width}}  {seconds:>8} {memory:>9}  {style(one_line(step.why), 'dim')}".rstrip()
    )
    details: list[str] = []
    if last is not None and not step.status.is_good and last.message:
        place = f"cell {last.cell} of {last.cells}: " if last.cell and last.cells else ""
        details.append(place + last.message)
    if len(step.attempts) > 1:
        details.append(f"{len(step.attempts)} attempts")
    details += step.notes
    if terminal.verbosity > 0:
        details += [f"{a.name}  {a.size:,} bytes  {a.sha256[:12]}" for a in step.artifacts]
    details += [f"{name} = {value:g}" for name, value in step.metrics.items()]
    for detail in details:
        terminal.out(f"             {one_line(detail)}")


def show_differences(found: Iterable[RunDifference], terminal: Terminal) -> None:
    """A line for each thing that two runs have not alike."""
    style = terminal.out_style
    nothing = True
    for difference in found:
        nothing = False
        where = f"{difference.step}: " if difference.step else ""
        terminal.out(
            f"{style(where, 'bold')}{one_line(difference.what)}: "
            f"{style(one_line(difference.first), 'red')} → {style(one_line(difference.second), 'green')}"
        )
    if nothing:
        terminal.out("no difference")


def moment(at: float) -> str:
    """A time in the user's own zone."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))


def _length(record: RunRecord) -> str:
    return shown((record.ended_at or time.time()) - record.started_at)


def _git(record: RunRecord) -> str:
    if record.git is None:
        return ""
    return record.git.commit[:12] + (
        " and changes that are not committed" if record.git.is_dirty else ""
    )
