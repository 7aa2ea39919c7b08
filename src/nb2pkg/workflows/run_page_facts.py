"""Which run is this: who ran what, when and where, and how did it end?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nb2pkg.pipeline.pipeline import Json
from nb2pkg.pipeline.records import RunRecord, StepRecord, StepStatus
from nb2pkg.workflows.run_page_anchors import Anchors
from nb2pkg.workflows.run_page_blocks import code_block
from nb2pkg.workflows.run_page_step import MOST_ROWS, reached
from nb2pkg.workflows.run_page_text import in_line, name
from nb2pkg.workflows.run_page_words import (
    MARKS,
    RUN_TONES,
    VERDICTS,
    as_json,
    counted,
    length,
    moment,
    number,
    tally,
    word,
)

_SHOWN_OF_DIGEST = 12
_LONGEST_VALUE_IN_LINE = 200
_LONGEST_REASON = 300
_MOST_FAILURES = 20
_WENT_WRONG = (StepStatus.FAILED, StepStatus.TIMED_OUT, StepStatus.CRASHED, StepStatus.CANCELLED)


def verdict(record: RunRecord, anchors: Anchors) -> Iterator[str]:
    """Say how the run ended, and what went wrong where."""
    tone = RUN_TONES[record.status]
    yield f'<div class="verdict {tone}">'
    yield (
        f'<p><strong><span aria-hidden="true">{MARKS[tone]}</span> {VERDICTS[record.status]}</strong> '
        f"{tally([step.status for step in record.steps])}</p>"
    )
    if record.message:
        yield f"<p>{in_line(record.message)}</p>"
    wrong = [step for step in record.steps if step.status in _WENT_WRONG]
    if wrong:
        yield "<ul>"
        yield from (_failure(step, anchors) for step in wrong[:_MOST_FAILURES])
        yield "</ul>"
    yield "</div>"


def facts(record: RunRecord, now: float) -> Iterator[str]:
    """Give what identifies the run."""
    yield '<h2 id="run">Run</h2>\n<dl class="facts">'
    for what, told in _facts(record, now):
        yield f"<dt>{what}</dt><dd>{told}</dd>"
    yield "</dl>"


def parameters(given: Mapping[str, Json]) -> Iterator[str]:
    """Give the parameters as a table."""
    yield '<h2 id="parameters">Parameters</h2>'
    if not given:
        yield '<p class="quiet">The run has no parameters.</p>'
        return
    yield '<table class="values">\n<thead><tr><th scope="col">name</th><th scope="col">value</th></tr></thead>'
    yield "<tbody>"
    for key in list(given)[:MOST_ROWS]:
        yield f'<tr><th scope="row"><code>{name(key)}</code></th><td>{_value(given[key])}</td></tr>'
    yield "</tbody>\n</table>"
    if len(given) > MOST_ROWS:
        yield f'<p class="left-out">{counted(len(given) - MOST_ROWS, "more parameter")} not shown.</p>'


def metrics(record: RunRecord, anchors: Anchors) -> Iterator[str]:
    """Give the metrics of all steps in one table."""
    if not any(step.metrics for step in record.steps):
        return
    yield '<h2 id="metrics">Metrics</h2>\n<table class="metrics">'
    yield '<thead><tr><th scope="col">step</th><th scope="col">metric</th>'
    yield '<th scope="col" class="number">value</th></tr></thead>'
    for step in record.steps:
        if step.metrics:
            yield from _metrics(step, anchors)
    yield "</table>"


def _failure(step: StepRecord, anchors: Anchors) -> str:
    last = step.attempts[-1] if step.attempts else None
    where = f" in {reached(last)}" if last is not None and last.cell is not None else ""
    tries = f" after {counted(len(step.attempts), 'attempt')}" if len(step.attempts) > 1 else ""
    message = last.message if last is not None and last.message else step.why
    told = f": {in_line(message, _LONGEST_REASON)}" if message else ""
    return f"<li>{anchors.link(step.name)} {word(step.status)}{where}{tries}{told}</li>"


def _facts(record: RunRecord, now: float) -> Iterator[tuple[str, str]]:
    yield "run", f"<code>{name(record.id)}</code>"
    yield "target", f"<code>{in_line(record.target)}</code>"
    yield "by", f"{name(record.user)} on {name(record.host)}"
    yield "began", moment(record.started_at)
    if record.ended_at is None:
        yield "has taken", f"{length(now - record.started_at)} so far"
    else:
        yield "ended", moment(record.ended_at)
        yield "took", length(record.ended_at - record.started_at)
    if record.git is not None:
        state = " and uncommitted changes" if record.git.is_dirty else ""
        yield "git commit", _digest(record.git.commit) + state
    if record.resumes is not None:
        yield "resumed from", f"run <code>{name(record.resumes)}</code>"
    yield "pipeline", f"sha256 {_digest(record.pipeline_sha256)}"
    yield "environment", _digest(record.environment)
    yield "folder", f"<code>{in_line(record.folder)}</code>"
    yield "nb2pkg", name(record.version)


def _digest(text: str) -> str:
    if len(text) <= _SHOWN_OF_DIGEST + 8:
        return f"<code>{name(text)}</code>"
    return f'<code title="{in_line(text)}">{in_line(text[:_SHOWN_OF_DIGEST])}…</code>'


def _value(value: Json) -> str:
    line = as_json(value)
    if len(line) <= _LONGEST_VALUE_IN_LINE:
        return f"<code>{in_line(line)}</code>"
    if isinstance(value, str):
        return code_block(value, "text")
    return code_block(as_json(value, indent=2), "JSON")


def _metrics(step: StepRecord, anchors: Anchors) -> Iterator[str]:
    names = sorted(step.metrics)
    shown = names[:MOST_ROWS]
    yield "<tbody>"
    for position, metric in enumerate(shown):
        first = ""
        if position == 0:
            first = f'<th scope="rowgroup" rowspan="{len(shown)}">{anchors.link(step.name)}</th>'
        yield (
            f"<tr>{first}<td><code>{name(metric)}</code></td>"
            f'<td class="number">{number(step.metrics[metric])}</td></tr>'
        )
    if len(names) > MOST_ROWS:
        rest = counted(len(names) - MOST_ROWS, "more metric")
        yield f'<tr><td colspan="3" class="left-out">{rest} of this step not shown</td></tr>'
    yield "</tbody>"
