"""When did each step run, and what did it take? A row a step, a bar an attempt, numbers beside them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from nb2pkg.pipeline.records import Attempt, RunRecord, StepRecord, StepStatus
from nb2pkg.workflows.run_page_anchors import Anchors
from nb2pkg.workflows.run_page_axis import Axis, axis
from nb2pkg.workflows.run_page_text import name
from nb2pkg.workflows.run_page_words import MARKS, TONES, counted, length, moment, size, word


def timeline(record: RunRecord, anchors: Anchors, now: float) -> str:
    """Give the bars as a table, so that they are as wide as there is room and the numbers line up."""
    scale = axis(_moments(record, now))
    rows = [
        _row(step, anchor, scale, now)
        for step, anchor in zip(record.steps, anchors.ids, strict=True)
    ]
    return "\n".join(
        [
            '<table class="timeline" role="table">',
            '<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">step</th>'
            f'<th scope="col" role="columnheader" class="chart" aria-label="time since the start">'
            f"{_labels(scale)}</th>"
            + "".join(
                f'<th scope="col" role="columnheader" class="number">{what}</th>'
                for what in ("time", "CPU", "memory")
            )
            + "</tr></thead>",
            '<tbody role="rowgroup">',
            *rows,
            "</tbody>",
            _totals(record, now),
            "</table>",
            f'<p class="quiet small">The axis begins at {moment(scale.start)}. Time and CPU are those of all '
            "attempts together, memory is the most that one of them had.</p>",
        ]
    )


def hatch() -> str:
    """Give the picture that holds the pattern of failed bars."""
    return (
        '<svg class="defs" width="0" height="0" aria-hidden="true"><defs>'
        '<pattern id="hatch" class="bad" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="hatch-ground" width="6" height="6"/>'
        '<rect class="hatch-line" width="3" height="6"/></pattern></defs></svg>'
    )


def seconds_of_step(step: StepRecord, now: float) -> float | None:
    """How long all attempts of a step took together, in seconds; None where there were none."""
    return _sum(seconds_of(attempt, now) for attempt in step.attempts)


def seconds_of(attempt: Attempt, now: float) -> float | None:
    """How long an attempt took, or has taken so far, in seconds."""
    if attempt.seconds is not None:
        return attempt.seconds
    end = attempt.ended_at
    if end is None and attempt.status is StepStatus.RUNNING:
        end = now
    return None if end is None else end - attempt.started_at


def _moments(record: RunRecord, now: float) -> Iterator[float]:
    yield record.started_at
    yield now if record.ended_at is None else record.ended_at
    for step in record.steps:
        for attempt in step.attempts:
            yield attempt.started_at
            yield attempt.started_at + _drawn_seconds(attempt, now)


def _drawn_seconds(attempt: Attempt, now: float) -> float:
    seconds = seconds_of(attempt, now)
    return seconds if seconds is not None and math.isfinite(seconds) and seconds > 0 else 0.0


def _labels(scale: Axis) -> str:
    parts = ['<svg class="bars" aria-hidden="true">']
    for place, told in scale.ticks():
        side = "first" if place < 4 else "last" if place > 92 else "middle"
        parts.append(
            f'<line class="grid" x1="{place:.3f}%" x2="{place:.3f}%" y1="75%" y2="100%"/>'
            f'<text class="tick {side}" x="{place:.3f}%" y="60%">{told}</text>'
        )
    return "".join([*parts, "</svg>"])


def _row(step: StepRecord, anchor: str, scale: Axis, now: float) -> str:
    cpu = _sum(attempt.cpu_seconds for attempt in step.attempts)
    memory = [a.memory_bytes for a in step.attempts if a.memory_bytes is not None]
    tone = TONES[step.status]
    tries = len(step.attempts)
    measured = "" if tries else ' class="unmeasured"'
    told = f' <span class="quiet small">{counted(tries, "attempt")}</span>' if tries > 1 else ""
    return (
        f'<tr role="row"{measured}>'
        f'<th scope="row" role="rowheader"><span class="mark {tone}" '
        f'title="{word(step.status)}">{MARKS[tone]}</span>&nbsp;<a href="#{anchor}"><code>{name(step.name)}</code>'
        f"</a>{told}</th>"
        f'<td role="cell" class="chart">{_bars(step, scale, now)}{_instead(step)}</td>'
        f"{_numbers(seconds_of_step(step, now), cpu, max(memory, default=None))}</tr>"
    )


def _totals(record: RunRecord, now: float) -> str:
    attempts = [attempt for step in record.steps for attempt in step.attempts]
    memory = [a.memory_bytes for a in attempts if a.memory_bytes is not None]
    end = now if record.ended_at is None else record.ended_at
    numbers = _numbers(
        end - record.started_at,
        _sum(attempt.cpu_seconds for attempt in attempts),
        max(memory, default=None),
    )
    return (
        '<tfoot role="rowgroup"><tr role="row"><th scope="row" role="rowheader">whole run</th>'
        f'<td role="cell" class="chart"></td>{numbers}</tr></tfoot>'
    )


def _bars(step: StepRecord, scale: Axis, now: float) -> str:
    parts = ['<svg class="bars" role="img">', f"<title>{_told(step, scale, now)}</title>"]
    for place, _ in scale.ticks():
        parts.append(f'<line class="grid" x1="{place:.3f}%" x2="{place:.3f}%" y1="0" y2="100%"/>')
    begin, end = _reach(step.attempts, scale, now)
    if len(step.attempts) > 1:
        parts.append(f'<line class="thread" x1="{begin:.3f}%" x2="{end:.3f}%" y1="50%" y2="50%"/>')
    for attempt in step.attempts:
        begin, end = _reach([attempt], scale, now)
        parts.append(
            f'<rect class="bar {TONES[attempt.status]}" x="{begin:.3f}%" y="50%" '
            f'width="{end - begin:.3f}%" height="14" rx="2">'
            f"<title>{_told_of(attempt, scale, now)}</title></rect>"
        )
    return "".join([*parts, "</svg>"])


def _reach(attempts: Sequence[Attempt], scale: Axis, now: float) -> tuple[float, float]:
    starts = [a.started_at for a in attempts if math.isfinite(a.started_at)]
    ends = [a.started_at + _drawn_seconds(a, now) for a in attempts if math.isfinite(a.started_at)]
    return scale.place(min(starts, default=scale.start)), scale.place(
        max(ends, default=scale.start)
    )


def _told(step: StepRecord, scale: Axis, now: float) -> str:
    told = [_told_of(attempt, scale, now) for attempt in step.attempts]
    return f"{name(step.name)}: {'; '.join(told) or word(step.status)}"


def _told_of(attempt: Attempt, scale: Axis, now: float) -> str:
    after = length(max(attempt.started_at - scale.start, 0.0))
    return (
        f"attempt {attempt.number:,} {word(attempt.status)}, begun {after} after the start, "
        f"took {length(seconds_of(attempt, now))}"
    )


def _instead(step: StepRecord) -> str:
    """What stands where there are no bars."""
    if step.status is StepStatus.CACHED and step.from_run:
        return f'<span class="instead kept">{MARKS["kept"]} from run <code>{name(step.from_run)}</code></span>'
    if step.attempts:
        return ""
    return f'<span class="instead {TONES[step.status]}">{word(step.status)}</span>'


def _numbers(seconds: float | None, cpu_seconds: float | None, memory_bytes: int | None) -> str:
    told = (length(seconds), length(cpu_seconds), size(memory_bytes))
    return "".join(f'<td role="cell" class="number">{one}</td>' for one in told)


def _sum(amounts: Iterable[float | None]) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None
