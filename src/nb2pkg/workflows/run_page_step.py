"""What became of one step? All that its record has, and what it left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nb2pkg.pipeline.records import Artifact, Attempt, StepRecord, StepStatus
from nb2pkg.workflows.run_page_anchors import Anchors, cell_id
from nb2pkg.workflows.run_page_blocks import log_block, output_block
from nb2pkg.workflows.run_page_budget import Budget
from nb2pkg.workflows.run_page_text import in_line, in_lines, name
from nb2pkg.workflows.run_page_timeline import seconds_of
from nb2pkg.workflows.run_page_words import (
    TONES,
    clock,
    counted,
    length,
    marked,
    number,
    size,
    word,
)

MOST_ROWS = 500
_SHOWN_OF_SHA256 = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlace:
    """A step's number on the page, and how many cells are shown of its executed notebook."""

    number: int
    shown_cells: int


def attempts_of(step: StepRecord, place: StepPlace, now: float, budget: Budget) -> str:
    """Give a sentence for each attempt, with its message and its traceback."""
    if not step.attempts:
        return ""
    *before, last = step.attempts[-MOST_ROWS:]
    items = [_attempt(attempt, None, now, budget, is_only=False) for attempt in before]
    items.append(_attempt(last, place, now, budget, is_only=not before))
    return "\n".join(['<h4>Attempts</h4>\n<ol class="attempts">', *items, "</ol>"])


def log_of(text: str, budget: Budget) -> str:
    """Give the end of a step's log."""
    shown = log_block(text, "End of the log") if text.strip() else ""
    return (
        shown
        if budget.takes(shown)
        else '<p class="left-out">The log is not shown: this page is full.</p>'
    )


def step_section(step: StepRecord, anchor: str, anchors: Anchors, parts: Sequence[str]) -> str:
    """Give the section of a step; `parts` are its attempts, its notebook and its log."""
    return "\n".join(
        [
            f'<section class="step" id="{anchor}" aria-labelledby="{anchor}.name">',
            f'<h3 id="{anchor}.name"><code>{name(step.name)}</code> '
            f'<span class="badge {TONES[step.status]}">{marked(step.status)}</span></h3>',
            *_facts(step, anchors),
            parts[0],
            *_artifacts(step),
            *_metrics(step),
            *parts[1:],
            '<p class="small back"><a href="#steps">All steps</a></p>\n</section>',
        ]
    )


def reached(attempt: Attempt) -> str:
    """Say how far an attempt came: `cell 7 of 12`; empty where that is not known."""
    if attempt.cell is None:
        return ""
    return f"cell {attempt.cell:,}" + (
        f" of {attempt.cells:,}" if attempt.cells is not None else ""
    )


def _facts(step: StepRecord, anchors: Anchors) -> Iterator[str]:
    yield '<dl class="facts">'
    yield f"<dt>{name(step.kind)}</dt><dd><code>{in_line(step.work)}</code></dd>"
    if step.needs:
        needs = ", ".join(map(anchors.link, step.needs[:MOST_ROWS]))
        yield f"<dt>needs</dt><dd>{needs}</dd>"
    if step.why:
        yield f"<dt>why</dt><dd>{in_line(step.why)}</dd>"
    if step.from_run is not None:
        yield f"<dt>from run</dt><dd><code>{name(step.from_run)}</code></dd>"
    for note in step.notes[:MOST_ROWS]:
        yield f"<dt>note</dt><dd>{in_line(note)}</dd>"
    if step.key:
        yield f"<dt>cache key</dt><dd>{_digest(step.key)}</dd>"
    yield "</dl>"


def _attempt(
    attempt: Attempt, place: StepPlace | None, now: float, budget: Budget, *, is_only: bool
) -> str:
    """An attempt; `place` only for the last one, which the page has the notebook of."""
    details = _details(attempt, is_last=place is not None)
    if not budget.takes(details):
        details = '<p class="left-out">What it said is not shown: this page is full.</p>'
    number = "" if is_only else f"attempt {attempt.number:,} "
    return f"<li><p>{number}{_sentence(attempt, place, now)}</p>{details}</li>"


def _sentence(attempt: Attempt, place: StepPlace | None, now: float) -> str:
    took = length(seconds_of(attempt, now))
    is_running = attempt.status is StepStatus.RUNNING
    facts = [
        f"began at {clock(attempt.started_at)}",
        f"has taken {took} so far" if is_running else f"took {took}",
    ]
    if attempt.cpu_seconds is not None:
        facts.append(f"{length(attempt.cpu_seconds)} of CPU time")
    if attempt.memory_bytes is not None:
        facts.append(f"{size(attempt.memory_bytes)} of memory")
    if attempt.cell is not None:
        facts.append(f"reached {_link(attempt, place)}")
    if attempt.exit:
        facts.append(
            f"ended by signal {-attempt.exit}" if attempt.exit < 0 else f"exit code {attempt.exit}"
        )
    status = f'<strong class="tone {TONES[attempt.status]}">{word(attempt.status)}</strong>'
    return f"{status}: {', '.join(facts)}"


def _link(attempt: Attempt, place: StepPlace | None) -> str:
    """How far it came, as a link where the page shows a notebook with just that many cells."""
    told = reached(attempt)
    if (
        place is None
        or attempt.cell is None
        or not 1 <= attempt.cell <= place.shown_cells == attempt.cells
    ):
        return told
    return f'<a href="#{cell_id(place.number, attempt.cell)}">{told}</a>'


def _details(attempt: Attempt, *, is_last: bool) -> str:
    message = (
        f'<p class="message">{in_lines(attempt.message[:20_000])}</p>' if attempt.message else ""
    )
    if not attempt.traceback:
        return message
    traceback = output_block(attempt.traceback, "traceback", "error")
    if not is_last and not traceback.startswith("<details"):
        traceback = f"<details><summary>traceback</summary>\n{traceback}</details>"
    return message + traceback


def _artifacts(step: StepRecord) -> Iterator[str]:
    made = [*step.artifacts, *([step.notebook] if step.notebook is not None else [])]
    if not made:
        return
    yield '<h4>Artifacts</h4>\n<table class="made">\n<thead><tr><th scope="col">name</th>'
    yield '<th scope="col" class="number">size</th><th scope="col">sha256</th></tr></thead>\n<tbody>'
    for artifact in made[:MOST_ROWS]:
        yield _artifact(artifact, "the executed notebook" if artifact is step.notebook else "")
    yield "</tbody>\n</table>"
    if len(made) > MOST_ROWS:
        yield f'<p class="left-out">{counted(len(made) - MOST_ROWS, "more artifact")} not shown.</p>'


def _artifact(artifact: Artifact, what: str) -> str:
    told = f' <span class="quiet small">{what}</span>' if what else ""
    return (
        f'<tr><th scope="row"><code>{name(artifact.name)}</code>{told}</th>'
        f'<td class="number">{size(artifact.size)}</td><td>{_digest(artifact.sha256)}</td></tr>'
    )


def _digest(sha256: str) -> str:
    shown = name(sha256[:_SHOWN_OF_SHA256]) + ("…" if len(sha256) > _SHOWN_OF_SHA256 else "")
    return f'<code title="{name(sha256)}">{shown}</code>'


def _metrics(step: StepRecord) -> Iterator[str]:
    if not step.metrics:
        return
    yield '<h4>Metrics</h4>\n<dl class="facts">'
    for metric in sorted(step.metrics)[:MOST_ROWS]:
        yield f'<dt><code>{name(metric)}</code></dt><dd class="digits">{number(step.metrics[metric])}</dd>'
    yield "</dl>"
    if len(step.metrics) > MOST_ROWS:
        yield f'<p class="left-out">{counted(len(step.metrics) - MOST_ROWS, "more metric")} not shown.</p>'
