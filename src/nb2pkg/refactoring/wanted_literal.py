"""Which literal is to become a parameter, and does anything speak against it?"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from nb2pkg.analysis import ParsedCell
from nb2pkg.notebook import Notebook
from nb2pkg.problems import FindingsError, Location
from nb2pkg.refactoring.cell_code import CellCode
from nb2pkg.refactoring.literals import (
    Literal,
    compares_objects,
    literal_at,
    may_be_another_object,
    obstacle,
)
from nb2pkg.refactoring.parameters_cell import parameters_cell, place_for_new
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.warning_lines import warning_lines
from nb2pkg.refactoring.whole_looks import counted_outputs, whole_look

_LONGEST = 40  # characters of a literal that a title shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A literal, the cell that it stands in, and the cell that is to have it.

    holder: the parameters cell, None where one is to be made
    below: the position of the cell below which that one comes, or is
    """

    notebook: Notebook
    codes: tuple[CellCode, ...]
    code: CellCode
    literal: Literal
    holder: CellCode | None
    below: int

    @property
    def place(self) -> Location:
        """Where in the notebook it stands."""
        return self.code.place(self.literal.span[0])

    @property
    def text(self) -> str:
        """It, as it is written."""
        return self.code.source.text[slice(*self.literal.span)]

    @property
    def shown(self) -> str:
        """The literal in a few words."""
        text = " ".join(self.text.split())
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def refused(message: str, place: Location, hint: str | None = None) -> FindingsError:
    """The stop of a literal that must stay where it is."""
    return cannot("NB807", message, location=place, hint=hint)


def wanted_literal(
    notebook: Notebook,
    cells: Sequence[ParsedCell],
    codes: tuple[CellCode, ...],
    cell: int,
    line: int,
    column: int,
) -> Wanted:
    place = Location(cell=cell, line=line, column=column)
    code = next((c for c in codes if c.position == cell), None)
    if code is None:
        raise refused(f"cell {cell} is no code cell that can be read", place)
    if not 0 < line <= len(code.raw.lines):
        raise refused(f"cell {cell} has no line {line}", Location(cell=cell))
    offset = code.read_offset(line, column)
    if offset is None:
        length = len(code.raw.lines[line - 1])
        message = (
            f"line {line} of cell {cell} has no column {column + 1}"
            if column > length
            else "this is no Python: only the notebook understands it"
        )
        raise refused(message, code.line_place(line))
    literal = literal_at(code, offset)
    if literal is None:
        raise refused(_nothing_at(code, offset), code.place(offset))
    place = code.place(literal.span[0])
    reason = obstacle(literal, code)
    if reason is not None:
        raise refused(f"no name can stand here: {reason}", place)
    held = parameters_cell(notebook)
    if "injected-parameters" in code.parsed.cell.tags:
        raise refused("papermill writes this cell anew in every run", place)
    if held is None:
        return Wanted(
            notebook=notebook, codes=codes, code=code, literal=literal, holder=None,
            below=place_for_new(notebook, cells, cell),
        )  # fmt: skip
    if held.position >= cell:
        where = "is in" if held.position == cell else "stands above"
        message = f"this {where} the parameters, which are cell {held.position}"
        raise refused(
            message, place, hint="move that cell further up" if where != "is in" else None
        )
    holder = next((c for c in codes if c.position == held.position), None)
    if holder is None:
        raise refused(f"the parameters, cell {held.position}, cannot be read", place)
    return Wanted(
        notebook=notebook, codes=codes, code=code, literal=literal, holder=holder,
        below=held.position,
    )  # fmt: skip


def _nothing_at(code: CellCode, offset: int) -> str:
    for node in ast.walk(code.tree):
        if isinstance(node, (ast.JoinedStr, ast.MatchSingleton)):
            span = code.span(node)
            if span and span[0] <= offset < span[1]:
                return _NO_LITERAL[type(node)]
    return "no literal stands here"


_NO_LITERAL: dict[type[ast.AST], str] = {
    ast.JoinedStr: "this is a part of an f-string, no literal of its own",
    ast.MatchSingleton: "no name can stand here: in a pattern a name would catch any value",
}


def refuse_looks(wanted: Wanted) -> None:
    """Stop where the notebook would see that there is one name, or one cell, more."""
    own = {p.name for c in wanted.codes for p in c.places if not _reads(p.node)}
    look = whole_look(wanted.codes, own, only_evaluates=False)
    if look is None and wanted.holder is None:
        look = counted_outputs(wanted.codes)
    if look is not None:
        raise refused(f"cell {look.place.cell} {look.what}", look.place)
    if (wanted.place.cell, wanted.place.line) in warning_lines(wanted.codes):
        raise refused("it stands in a line that a warning shows", wanted.place)
    compared = None
    if may_be_another_object(wanted.literal, wanted.code):
        compared = compares_objects(wanted.codes)
    if compared is not None:
        code, node = compared
        message = (
            f"cell {code.position} asks which object a value is, and this would be another one"
        )
        raise refused(message, code.place_of(node))


def _reads(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
