"""How does an executed notebook read on a page? Its code, its text and its pictures, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator

from nb2pkg.pipeline.pipeline import Json
from nb2pkg.workflows.run_page_anchors import cell_id
from nb2pkg.workflows.run_page_blocks import code_block
from nb2pkg.workflows.run_page_budget import Budget
from nb2pkg.workflows.run_page_outputs import (
    field,
    outputs_of,
    pictures_in,
    prose,
    show_outputs,
    text_of,
)
from nb2pkg.workflows.run_page_words import counted

MOST_CELLS = 2_000
_LEAST_ROOM = 2_000
_MOST_OPEN_CELLS = 20


def cells_of(document: Json) -> list[Json] | None:
    """The cells of a notebook; None where the document is none."""
    cells = field(document, "cells")
    return cells if isinstance(cells, list) else None


def show_notebook(document: Json, step: int, budget: Budget) -> str:
    """Give an executed notebook as HTML, folded where it is long; `step` is the number of its step."""
    cells = cells_of(document)
    if cells is None:
        return '<p class="quiet">The executed notebook cannot be read.</p>'
    pictures = sum(pictures_in(outputs_of(cell)) for cell in cells[:MOST_CELLS])
    told = [counted(len(cells), "cell"), *([counted(pictures, "picture")] if pictures else [])]
    is_open = " open" if len(cells) <= _MOST_OPEN_CELLS else ""
    return "\n".join(
        [
            f'<details class="notebook"{is_open}><summary>Executed notebook: {", ".join(told)}</summary>',
            *_show_cells(cells, step, budget),
            "</details>",
        ]
    )


def _show_cells(cells: list[Json], step: int, budget: Budget) -> Iterator[str]:
    for position, cell in enumerate(cells, start=1):
        if position > MOST_CELLS or budget.left < _LEAST_ROOM:
            rest = counted(len(cells) - position + 1, "more cell")
            yield f'<p class="left-out">{rest} not shown: this page is full.</p>'
            return
        yield from _show_cell(cell, cell_id(step, position), budget)


def _show_cell(cell: Json, id: str, budget: Budget) -> Iterator[str]:
    kind = field(cell, "cell_type")
    source = text_of(field(cell, "source"))
    opening = f'<div class="cell" id="{id}">'
    if not isinstance(cell, dict):
        shown = '<p class="quiet">a cell that cannot be read</p>'
    elif kind == "markdown":
        shown = prose(source)
    else:
        shown = f'<p class="label">{_label(cell)}</p>\n{code_block(source)}'
    if not budget.takes(opening + shown):
        shown = '<p class="left-out">The text of this cell is not shown: this page is full.</p>'
    yield opening + shown
    if kind == "code":
        yield from show_outputs(outputs_of(cell), budget)
    yield "</div>"


def _label(cell: dict[str, Json]) -> str:
    if cell.get("cell_type") != "code":
        return "not code"
    count = cell.get("execution_count")
    is_known = isinstance(count, int) and not isinstance(count, bool) and 0 < count < 10**9
    tags = field(cell.get("metadata"), "tags")
    is_injected = isinstance(tags, list) and "injected-parameters" in tags
    # A cell without a number was not run.
    label = f"In [{count}]" if is_known else "In [ ]"
    return f"{label}, the parameters of this run" if is_injected else label
