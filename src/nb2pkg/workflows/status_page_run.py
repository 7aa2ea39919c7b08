"""What became of a scheduled run, and where are its logs and its report?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timezone

from nb2pkg.pipeline.records import RunRecord, RunStatus, StepRecord
from nb2pkg.ports.scheduling import JobState
from nb2pkg.workflows.run_page_anchors import Anchors
from nb2pkg.workflows.run_page_facts import facts, metrics, parameters, verdict
from nb2pkg.workflows.run_page_step import reached
from nb2pkg.workflows.run_page_terminal import terminal_text
from nb2pkg.workflows.run_page_text import LONGEST_TEXT, in_line, name
from nb2pkg.workflows.run_page_timeline import hatch, timeline
from nb2pkg.workflows.run_page_words import MARKS, TONES, counted, word
from nb2pkg.workflows.status_page_addresses import (
    log_address,
    report_address,
    run_address,
    schedule_address,
)
from nb2pkg.workflows.status_page_frame import Frame, framed, head, table
from nb2pkg.workflows.status_page_state import how_late
from nb2pkg.workflows.status_page_times import time_of, zone_of

LONGEST_LOG_BYTES = 500_000


def run_status_page(
    record: RunRecord, states: Sequence[JobState], now: float, base: str, *, stays: bool
) -> str:
    """Give the page of a run. stays: whether one that runs is to be left as it is."""
    is_live = record.status is RunStatus.RUNNING
    frame = Frame(
        title=f"run {record.id}",
        base=base,
        now=now,
        way=[(".", "Schedules"), *_way(record, states)],
        reloads=(None if stays else True) if is_live else False,
    )
    return framed(frame, _body(record, states, now, base))


def log_page(
    record: RunRecord, step: StepRecord, log: str, states: Sequence[JobState], now: float, base: str
) -> str:
    """Give the page of a step's log."""
    frame = Frame(
        title=f"log of {step.name}",
        base=base,
        now=now,
        way=[
            (".", "Schedules"),
            *_way(record, states),
            (run_address(record.id) or ".", f"run {record.id}"),
        ],
    )
    return framed(frame, _log(step, log))


def _schedule_of(record: RunRecord, states: Sequence[JobState]) -> JobState | None:
    """The schedule that a run was due by, if it is still there and no other one has its name."""
    found = [state for state in states if state.job.name == record.schedule]
    return found[0] if len(found) == 1 else None


def _way(record: RunRecord, states: Sequence[JobState]) -> list[tuple[str, str]]:
    state = _schedule_of(record, states)
    return [] if state is None else [(schedule_address(state.job, states), state.job.name)]


def _due(record: RunRecord, states: Sequence[JobState]) -> Iterator[str]:
    """When the run was due, on the clocks of its schedule."""
    if record.schedule is None or record.due is None:
        return
    state = _schedule_of(record, states)
    zone = timezone.utc if state is None else zone_of(state.job.timing)
    late = how_late(max(0.0, record.started_at - record.due))
    yield (
        f"<p>Due {time_of(record.due, zone)} by the schedule {name(record.schedule)}, "
        f"began {time_of(record.started_at, zone, late)}.</p>"
    )


def _body(record: RunRecord, states: Sequence[JobState], now: float, base: str) -> Iterator[str]:
    anchors = Anchors(record.steps)
    yield head(record.pipeline, None)
    yield from verdict(record, anchors)
    yield from _due(record, states)
    yield (
        f'<p><a href="{base}{report_address(record.id)}">The full report</a>: '
        "its steps with their notebooks, logs and tracebacks in one file.</p>"
    )
    yield '<div class="beside"><div>'
    yield from facts(record, now)
    yield "</div><div>"
    yield from parameters(record.parameters)
    yield "</div></div>"
    if not record.steps:
        return
    yield f'<h2 id="timeline">Timeline</h2>\n{hatch()}'
    yield timeline(record, anchors, now)
    yield '<h2 id="steps">Steps</h2>'
    columns = ("step", "what", "became", "why", "log")
    steps = list(zip(record.steps, anchors.ids, strict=True))
    rows = (_row(record.id, step, anchor, base) for step, anchor in steps)
    yield table("steps", columns, rows)
    yield from metrics(record, anchors)


def _row(run: str, step: StepRecord, anchor: str, base: str) -> list[str]:
    last = step.attempts[-1] if step.attempts else None
    tone = TONES[step.status]
    tries = counted(len(step.attempts), "attempt") if len(step.attempts) > 1 else ""
    how_far = reached(last) if last is not None and not step.status.is_good else ""
    more = ", ".join(filter(None, (tries, how_far)))
    message = last.message if last is not None and last.message else step.why
    log = ""
    if last is not None:
        log = (
            f'<a href="{base}{log_address(run, step.name)}" '
            f'aria-label="log of {name(step.name)}">log</a>'
        )
    return [
        f'<code id="{anchor}">{name(step.name)}</code>',
        f"{name(step.kind)} <code>{in_line(step.work)}</code>",
        f'<span class="badge {tone}"><span aria-hidden="true">{MARKS[tone]}</span> '
        f"{word(step.status)}</span>"
        + (f' <span class="quiet small">{more}</span>' if more else ""),
        in_line(message, 400),
        log,
    ]


def _log(step: StepRecord, log: str) -> Iterator[str]:
    yield head(f"Log of {step.name}", None)
    if not log.strip():
        yield '<p class="quiet">There is nothing in it.</p>'
        return
    if len(log.encode("utf-8", "replace")) >= LONGEST_LOG_BYTES:
        yield f'<p class="left-out">Only its last {LONGEST_LOG_BYTES:,} bytes are shown.</p>'
    yield '<p><a href="?as=text">As plain text</a></p>'
    parts = "".join(map(terminal_text, _parts(log)))
    yield f'<pre class="output wrapped" tabindex="0" aria-label="the log">\n{parts}</pre>'


def _parts(text: str) -> Iterator[str]:
    """A text in parts that are shown whole, each the end of a line where it can be; colours end with a part."""
    while len(text) > LONGEST_TEXT:
        at = text.rfind("\n", 0, LONGEST_TEXT) + 1 or LONGEST_TEXT
        yield text[:at]
        text = text[at:]
    yield text
