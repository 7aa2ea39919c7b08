"""Which cell holds the notebook's parameters, and where would a new one have to stand?

papermill puts the values of a run into a cell of its own right below the cell with the tag `parameters`. So
that cell comes before whatever reads its names; literals need nothing, and the imports may stand above.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nb2pkg.analysis import Kind, ParsedCell, Statement
from nb2pkg.notebook import Cell, CellKind, Notebook
from nb2pkg.planning.grouping import PARAMETER_TAGS
from nb2pkg.planning.headings import sections_of
from nb2pkg.refactoring.cell_code import CellCode

TAG = "parameters"


def parameters_cell(notebook: Notebook) -> Cell | None:
    """The cell below which papermill puts the values of a run; else the one that nb2pkg takes for it."""
    tagged = [cell for cell in notebook.code_cells if TAG in cell.tags]
    tagged += [cell for cell in notebook.code_cells if PARAMETER_TAGS & set(cell.tags)]
    return next(iter(tagged), None)


def place_for_new(notebook: Notebook, cells: Sequence[ParsedCell], before: int) -> int:
    """The position below which a new parameters cell comes, 0 for the top: above the cell `before`.

    Below the cells that import and set things up, with which most notebooks begin; else below the title.
    """
    parsed = {cell.position: cell for cell in cells}
    below = _below_title(notebook)
    for cell in notebook.cells:
        if cell.position >= before:
            break
        if cell.kind is CellKind.CODE and cell.source.strip():
            if not _only_imports(parsed.get(cell.position)):
                break
            below = cell.position
    return min(below, before - 1)


def _below_title(notebook: Notebook) -> int:
    """The position of the first cell if it is the notebook's title, with or without words about it."""
    first = next(iter(notebook.cells), None)
    if first is None or first.kind is not CellKind.MARKDOWN:
        return 0
    sections = sections_of(first.source)
    return first.position if not sections or sections[0].level in (0, 1) else 0


def _only_imports(cell: ParsedCell | None) -> bool:
    """Whether a cell imports, and does nothing else but call what it has imported: `sns.set()`."""
    if cell is None:
        return False
    own = [s for s in cell.statements if s.number >= 0]
    if not own:
        return bool(cell.dropped) or not cell.source.text.strip()
    return any(_imports(s) for s in own) and all(
        _imports(s) or isinstance(s.node, ast.Expr) for s in own
    )


def _imports(statement: Statement) -> bool:
    if isinstance(statement.node, ast.Try):
        inside = [*statement.node.body, *(s for h in statement.node.handlers for s in h.body)]
        return any(isinstance(s, (ast.Import, ast.ImportFrom)) for s in inside)
    return statement.kind is Kind.IMPORT


def with_line(code: CellCode, line: str) -> str | None:
    """The source of the parameters cell with one more line at its end; None where it has no room for one.

    A value that the cell shows last stays last, or it would be shown no more.
    """
    text = code.raw.text
    last = code.tree.body[-1] if code.tree.body else None
    if isinstance(last, ast.Expr):
        first = code.source.starts[last.lineno - 1]
        span = code.raw_span((first, code.source.start(last)))
        if span is None or text[slice(*span)].strip():
            return None
        return f"{text[: span[0]]}{line}\n{text[span[0] :]}"
    return f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{line}"
