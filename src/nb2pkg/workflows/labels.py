"""How does Jupyter show the cell that a finding is about? Positions alone are not on the screen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nb2pkg.notebook import Cell, Notebook
from nb2pkg.problems import Diagnostic

_SHOWN_OF_ID = 12


def labelled(findings: Iterable[Diagnostic], notebook: Notebook) -> tuple[Diagnostic, ...]:
    """Give findings with the label of their cell: `In [12], id a1b2c3`."""
    cells = {cell.position: cell for cell in notebook.cells}
    return tuple(
        _with_label(finding, cells.get(finding.location.cell or 0)) for finding in findings
    )


def _with_label(finding: Diagnostic, cell: Cell | None) -> Diagnostic:
    label = label_of(cell) if cell is not None else ""
    if not label:
        return finding
    return replace(finding, location=replace(finding.location, label=label))


def label_of(cell: Cell) -> str:
    """Give a cell's execution count and id, as far as it has them."""
    parts = [] if cell.execution_count is None else [f"In [{cell.execution_count}]"]
    if cell.cell_id:
        parts.append(f"id {cell.cell_id[:_SHOWN_OF_ID]}")
    return ", ".join(parts)
