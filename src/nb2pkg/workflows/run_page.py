"""How does a run read as a page of its own? Nothing is loaded and nothing runs in it.

Whatever a notebook, a parameter or a message says stands there as text: it was escaped by the function that
put it there (`run_page_text`, `run_page_terminal`), pictures by `run_page_images`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nb2pkg.pipeline.pipeline import Json
from nb2pkg.pipeline.records import RunRecord, StepRecord
from nb2pkg.workflows.run_page_anchors import Anchors
from nb2pkg.workflows.run_page_budget import Budget
from nb2pkg.workflows.run_page_facts import facts, metrics, parameters, verdict
from nb2pkg.workflows.run_page_graph import step_graph
from nb2pkg.workflows.run_page_notebook import MOST_CELLS, cells_of, show_notebook
from nb2pkg.workflows.run_page_step import StepPlace, attempts_of, log_of, step_section
from nb2pkg.workflows.run_page_style import STYLE, STYLE_DIGEST
from nb2pkg.workflows.run_page_text import name
from nb2pkg.workflows.run_page_timeline import hatch, timeline
from nb2pkg.workflows.run_page_words import SHORT_VERDICTS, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutedNotebook:
    """The notebook that a step has run: `document` is its parsed .ipynb, which may be any JSON at all."""

    step: str
    document: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """All that a page about a run is made of.

    record: with its steps
    notebooks: those that were kept
    logs: step → the end of its log
    now: seconds since 1970 in UTC, for runs that still run
    """

    record: RunRecord
    notebooks: tuple[ExecutedNotebook, ...]
    logs: Mapping[str, str]
    now: float


def run_page(page: RunPage) -> str:
    """Give the page, to be written as UTF-8."""
    record = page.record
    anchors = Anchors(record.steps)
    title = f"{name(record.pipeline)}: {SHORT_VERDICTS[record.status]}, run {name(record.id)}"
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
            f"style-src '{STYLE_DIGEST}'; base-uri 'none'; form-action 'none'\">",
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
            f"<header><h1>{name(record.pipeline)}</h1>",
            *verdict(record, anchors),
            "</header>\n<main>",
            *_body(page, anchors),
            "</main>",
            f'<footer class="quiet small"><p>Made by nb2pkg {name(record.version)} from the record of the run, '
            f"{moment(page.now)}.</p></footer>",
            "</body>\n</html>\n",
        ]
    )


def _body(page: RunPage, anchors: Anchors) -> Iterator[str]:
    record = page.record
    yield '<div class="beside"><div>'
    yield from facts(record, page.now)
    yield "</div><div>"
    yield from parameters(record.parameters)
    yield "</div></div>"
    if not record.steps:
        return
    yield '<h2 id="steps">Steps</h2>'
    yield step_graph(record.steps, anchors, page.now)
    yield '<h2 id="timeline">Timeline</h2>'
    yield hatch()
    yield timeline(record, anchors, page.now)
    yield from metrics(record, anchors)
    yield '<h2 id="details">Step by step</h2>'
    yield from _sections(page, anchors)


def _sections(page: RunPage, anchors: Anchors) -> Iterator[str]:
    """The sections of the steps; room goes to what failed and to logs first, then to notebooks, a part each."""
    budget = Budget()
    steps = page.record.steps
    places = [_place(number, step, page) for number, step in enumerate(steps, start=1)]
    pairs = list(zip(steps, places, strict=True))
    attempts = [attempts_of(step, place, page.now, budget) for step, place in pairs]
    logs = [log_of(page.logs.get(step.name, ""), budget) for step in steps]
    left = sum(len(_notebooks(step, page)) for step in steps)
    for (step, place), anchor, said, log in zip(pairs, anchors.ids, attempts, logs, strict=True):
        shown: list[str] = []
        for document in _notebooks(step, page):
            share = budget.share(left)
            shown.append(show_notebook(document, place.number, share))
            budget.give_back(share)
            left -= 1
        yield step_section(step, anchor, anchors, [said, *shown, log])


def _place(number: int, step: StepRecord, page: RunPage) -> StepPlace:
    cells = [cells_of(document) or [] for document in _notebooks(step, page)]
    return StepPlace(number=number, shown_cells=min(len(cells[0]), MOST_CELLS) if cells else 0)


def _notebooks(step: StepRecord, page: RunPage) -> list[Json]:
    """The executed notebook of a step; no more than one, so that each cell has an id of its own."""
    return [found.document for found in page.notebooks if found.step == step.name][:1]
