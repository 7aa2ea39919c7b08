"""Does the notebook read as it did, with one value more among its parameters?"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nb2pkg.refactoring.cell_code import CellCode
from nb2pkg.refactoring.edits import EditedCell
from nb2pkg.refactoring.moved_assignment import Assignment
from nb2pkg.refactoring.name_places import Means
from nb2pkg.refactoring.reading_again import not_sound, same_tree
from nb2pkg.refactoring.wanted_literal import Wanted


def require_promoted(
    wanted: Wanted, result: Sequence[EditedCell], again: Sequence[CellCode], name: str
) -> None:
    """Stop unless one literal has become a name, and one line more gives it its value."""
    after, literal = _after(result, again), wanted.literal
    holder = wanted.holder.position if wanted.holder else 0
    for code in wanted.codes:
        if code.position != holder:
            now = after.get(code.position)
            instead: dict[ast.AST, str] = {literal.node: name} if code is wanted.code else {}
            if now is None or not same_tree(code.tree, now.tree, instead=instead):
                raise not_sound(code.position)
    _require_line(wanted, after[holder], literal.node)
    found = [p.means for c in again for p in c.places if p.name == name]
    if [means for means in found if means is not Means.OWN] != [Means.NOTEBOOK] * 2:
        raise not_sound(wanted.code.position)


def require_moved(
    wanted: Wanted,
    assignment: Assignment,
    result: Sequence[EditedCell],
    again: Sequence[CellCode],
) -> None:
    """Stop unless the assignment has gone from its cell, and stands in the parameters."""
    after = _after(result, again)
    holder = wanted.holder.position if wanted.holder else 0
    for code in wanted.codes:
        now = after.get(code.position)
        body = [s for s in code.tree.body if s is not assignment.node]
        if now is None:
            if body:
                raise not_sound(code.position)
        elif code.position != holder and not same_tree(body, now.tree.body):
            raise not_sound(code.position)
    _require_line(wanted, after[holder], wanted.literal.node)


def _after(result: Sequence[EditedCell], again: Sequence[CellCode]) -> dict[int, CellCode]:
    """The cells as they read now, by the position that they had; the new one as 0."""
    return {result[code.position - 1].of: code for code in again}


def _require_line(wanted: Wanted, now: CellCode, value: ast.expr) -> None:
    before = list(wanted.holder.tree.body) if wanted.holder else []
    shows = before[-1:] if before and isinstance(before[-1], ast.Expr) else []
    kept, body = before[: len(before) - len(shows)], now.tree.body
    added = body[len(kept) : len(kept) + 1]
    rest = [*body[: len(kept)], *body[len(kept) + 1 :]]
    if (
        not same_tree([*kept, *shows], rest)
        or not added
        or not isinstance(added[0], (ast.Assign, ast.AnnAssign))
        or not same_tree(value, added[0].value)
    ):
        raise not_sound(wanted.holder.position if wanted.holder else None)
