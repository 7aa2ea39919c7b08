"""Does what a refactoring writes read as what it was meant to be? Nothing is believed that is not read again."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence

from nb2pkg.analysis import ParsedCell, parse_cells
from nb2pkg.notebook import Cell, CellKind, Notebook
from nb2pkg.problems import InternalError, Location
from nb2pkg.refactoring.cell_code import CellCode, code_of
from nb2pkg.refactoring.edits import EditedCell

# Where nodes hold names as plain text.
_NAME_FIELDS = frozenset({"id", "name", "asname", "rest", "names"})
_IMPORTED = frozenset({"asname"})


def read_again(
    notebook: Notebook, cells: Sequence[EditedCell], read_before: Collection[int]
) -> tuple[CellCode, ...]:
    """Read the code cells of the notebook as it will be, in order; those that were read before must be Python.

    Raises:
        InternalError: one of them is not (NB700).
    """
    ids = {cell.position: cell.cell_id for cell in notebook.cells}
    made = [
        Cell(position=position, kind=c.kind, source=c.source, tags=c.tags, cell_id=ids.get(c.of))
        for position, c in enumerate(cells, 1)
        if c.kind is CellKind.CODE
    ]
    positions = {position for position, c in enumerate(cells, 1) if not c.of or c.of in read_before}
    found: list[ParsedCell] = []
    for cell in parse_cells(made):
        if isinstance(cell, ParsedCell):
            found.append(cell)
        elif cell.position in positions:
            raise not_sound(cell.position)
    return code_of(found)


def not_sound(position: int | None) -> InternalError:
    """The stop when nb2pkg catches itself writing what it did not mean."""
    message = f"cell {position} would not read as it should; nothing was written"
    return InternalError("NB700", message, location=Location(cell=position))


def same_tree(
    one: object,
    other: object,
    renamed: Collection[ast.AST] = (),
    instead: Mapping[ast.AST, str] | None = None,
) -> bool:
    """Whether two trees are the same, save for the names that the nodes `renamed` of the first have.

    instead: nodes of the first in whose place the second reads a name
    """
    stack = [(one, other)]
    while stack:
        a, b = stack.pop()
        if isinstance(a, ast.AST) and isinstance(b, ast.AST):
            if instead and a in instead:
                if not isinstance(b, ast.Name) or b.id != instead[a]:
                    return False
                continue
            if type(a) is not type(b):
                return False
            for field in a._fields:
                names = _IMPORTED if isinstance(a, ast.alias) else _NAME_FIELDS
                if not (a in renamed and field in names):
                    stack.append((getattr(a, field, None), getattr(b, field, None)))
        elif isinstance(a, list) and isinstance(b, list):
            if len(a) != len(b):
                return False
            stack.extend(zip(a, b, strict=True))
        elif type(a) is not type(b) or repr(a) != repr(b):  # 0.0 is no -0.0, True no 1
            return False
    return True
