"""What does a notebook file look like that we write from nothing?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nb2pkg.notebook.cell_changes import metadata_to_write
from nb2pkg.notebook.cell_ids import derived_id, is_valid_id
from nb2pkg.notebook.json_style import JsonStyle, source_lines
from nb2pkg.notebook.notebook import Cell, CellKind, Json


def new_notebook(cells: Sequence[Cell], metadata: Mapping[str, Json]) -> str:
    """Write a notebook file of format 4.5 as Jupyter would; the same cells give the same text.

    A cell without a usable id gets one derived from what it holds and where it stands.
    """
    reserved = {cell.cell_id for cell in cells if cell.cell_id is not None}
    seen: set[str] = set()
    written = []
    for index, cell in enumerate(cells):
        keeps_id = cell.cell_id is not None and cell.cell_id not in seen
        raw = fresh_cell(cell, index + 1, reserved, has_id=True, keeps_id=keeps_id)
        seen.add(raw["id"])
        written.append(raw)
    document = {
        "cells": written,
        "metadata": dict(metadata),
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return JsonStyle().write(document) + "\n"


def fresh_cell(
    cell: Cell, index: int, taken: set[str], *, has_id: bool, keeps_id: bool = True
) -> dict[str, Json]:
    """Give the JSON object of a cell that isn't in the file yet; `taken` gains a derived id."""
    raw: dict[str, Json] = {
        "cell_type": cell.kind.value,
        "metadata": metadata_to_write(cell, None),
        "source": source_lines(cell.source),
    }
    if has_id:
        if keeps_id and cell.cell_id is not None and is_valid_id(cell.cell_id):
            raw["id"] = cell.cell_id
        else:
            raw["id"] = derived_id(cell.kind, cell.source, index, taken)
            taken.add(raw["id"])
    if cell.kind is CellKind.CODE:
        raw["execution_count"] = cell.execution_count
        raw["outputs"] = list(cell.outputs)
    return raw
