"""Where in a cell is what a check has found?"""

from __future__ import annotations

import ast

from nb2pkg.analysis import Statement, occurrences
from nb2pkg.notebook import Cell
from nb2pkg.problems import Location


def place_of(statement: Statement, node: ast.expr | ast.stmt | None = None) -> Location:
    """Where a statement, or a node in it, stands."""
    target = node or statement.node
    source = statement.source
    end = target.end_lineno or target.lineno
    return Location(
        cell=statement.cell,
        line=target.lineno,
        column=source.column(target.lineno, target.col_offset),
        end_line=end,
        end_column=source.column(end, target.end_col_offset or 0),
        source_line=source.lines[target.lineno - 1],
    )


def place_of_name(statement: Statement, name: str) -> Location:
    """Where a name first occurs in a statement, or where the statement begins."""
    found = next((o.node for o in occurrences(statement.node, {name})), None)
    return place_of(statement, found)


def place_in_text(cell: Cell, start: int, length: int) -> Location:
    """Where a piece of a cell's text stands, given by its offset."""
    line = cell.source.count("\n", 0, start) + 1
    first = cell.source.rfind("\n", 0, start) + 1
    return Location(
        cell=cell.position,
        line=line,
        column=start - first,
        end_line=line,
        end_column=start - first + length,
        source_line=cell.source[first:].split("\n", 1)[0],
    )
