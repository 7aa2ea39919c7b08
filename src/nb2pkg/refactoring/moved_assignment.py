"""Can `n = 5` itself move to the parameters, and what is left of its cell?"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from nb2pkg.analysis import walk
from nb2pkg.dataflow import BUILTINS, assemble
from nb2pkg.refactoring.cell_code import CellCode
from nb2pkg.refactoring.literals import Literal
from nb2pkg.refactoring.name_places import Means, Place
from nb2pkg.refactoring.whole_looks import bringers


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A statement that only gives a name a literal: `n = 5`, `n: int = 5`."""

    code: CellCode
    node: ast.Assign | ast.AnnAssign
    name: str


def assignment_of(literal: Literal, code: CellCode) -> Assignment | None:
    """The top-level statement that gives one name this very literal, if it stands in such a one."""
    node = literal.parent
    if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node not in code.tree.body:
        return None
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if len(targets) != 1 or not isinstance(targets[0], ast.Name) or literal.node is not node.value:
        return None
    return Assignment(code=code, node=node, name=targets[0].id)


def obstacle_to_moving(assignment: Assignment, codes: Sequence[CellCode], below: int) -> str | None:
    """Why the assignment cannot move up, below the cell at a position, if it cannot."""
    name, own = assignment.name, assignment.code
    places = [
        (code, p)
        for code in codes
        for p in code.places
        if p.name == name and p.means is not Means.OWN
    ]
    if sum(_gives_or_takes(p) for _, p in places) > 1:
        return f"'{name}' gets its value in more than one place"
    first = min(places, key=lambda found: _order(*found))
    if first[1].parent is not assignment.node:
        return f"'{name}' is used above, in cell {first[0].position}"
    if name in assemble([code.parsed for code in codes]).tested:
        return f"the notebook asks whether it has a '{name}'"
    for bringer in bringers(codes):
        where = bringer.place.cell or 0
        if below < where <= own.position and name in (bringer.names or {name}):
            return f"'{bringer.text}', which it would move across, may bring a '{name}', too"
    if isinstance(assignment.node, ast.AnnAssign):
        for inner in walk(assignment.node.annotation):
            if isinstance(inner, ast.Name) and (
                inner.id not in BUILTINS or _is_bound(inner.id, codes)
            ):
                return f"its annotation needs '{inner.id}'"
    if _lines(assignment) is None:
        return "it shares its line with other code"
    return None


def _gives_or_takes(place: Place) -> bool:
    """Whether a value is bound or deleted here."""
    return not (isinstance(place.node, ast.Name) and isinstance(place.node.ctx, ast.Load))


def _order(code: CellCode, place: Place) -> tuple[int, int]:
    span = code.span(place.node)
    return code.position, span[0] if span else 0


def _is_bound(name: str, codes: Sequence[CellCode]) -> bool:
    return any(p.name == name and _gives_or_takes(p) for code in codes for p in code.places)


def _lines(assignment: Assignment) -> tuple[int, int] | None:
    """The first and the last line of an assignment that has them for itself."""
    code, node = assignment.code, assignment.node
    start, end = code.source.start(node), code.source.end(node)
    raw = code.raw_span((start, end))
    if raw is None:
        return None
    before = code.raw.text[: raw[0]].rpartition("\n")[2]
    after = code.raw.text[raw[1] :].partition("\n")[0].strip()
    if before.strip() or (after and not after.startswith("#")):
        return None
    return node.lineno, node.end_lineno or node.lineno


def moved_text(assignment: Assignment) -> str:
    """The assignment as it stands, with the comment behind it."""
    first, last = _lines(assignment) or (0, 0)
    lines = assignment.code.raw.lines[first - 1 : last]
    margin = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    return "\n".join([lines[0].removeprefix(margin), *lines[1:]])


def without(assignment: Assignment) -> str:
    """What is left of the cell: a value above that was not shown before is not shown now."""
    code = assignment.code
    first, last = _lines(assignment) or (0, 0)
    lines = list(code.raw.lines)
    body = code.tree.body
    if body[-1] is assignment.node and len(body) > 1 and isinstance(body[-2], ast.Expr):
        end = code.raw_span((code.source.end(body[-2]),) * 2)
        if end is not None:
            line = code.raw.text.count("\n", 0, end[0])
            column = end[0] - code.raw.starts[line]
            lines[line] = f"{lines[line][:column]};{lines[line][column:]}"
    above, below = lines[: first - 1], lines[last:]
    if (not above or not above[-1].strip()) and below and not below[0].strip():
        below = below[1:]
    if not below:
        while above and not above[-1].strip():
            above.pop()
    return "\n".join([*above, *below])
