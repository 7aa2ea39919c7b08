"""Where do a notebook's imports stand, or where would they: in which cell, and below which of its lines?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import Kind, ParsedCell, Statement
from nb2pkg.dataflow import Program, is_star
from nb2pkg.notebook import Cell, CellKind
from nb2pkg.planning.grouping import PARAMETER_TAGS, SKIP_TAGS
from nb2pkg.planning.setup import is_setup
from nb2pkg.planning.static_values import is_literal
from nb2pkg.refactoring.cell_text import CellText
from nb2pkg.refactoring.import_barriers import Against, Barrier
from nb2pkg.refactoring.whole_text import WholeText

_SECTION = re.compile(r"#{2,6}\s")
_TAGS_APART = SKIP_TAGS | {"raises-exception", "test"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where new imports can go: below a line of a cell (0: above all of it).

    key: what stands above it, among all statements and barriers
    """

    cell: int
    line: int
    key: tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Top:
    """The cell of the notebook's imports.

    cell: its position; None where it is to be made, above the cell at position `before`
    places: where in it new lines may go, the best first
    imports: those that stand there already
    """

    cell: int | None
    before: int
    places: tuple[Place, ...]
    imports: tuple[Statement, ...] = ()


def top_of(whole: WholeText, found: Sequence[Barrier]) -> Top | None:
    """Choose the first import cell, or the place of a new one; None where nothing is imported."""
    cells = [c for c in whole.cells if _imports(c, whole)]
    if not cells:
        return None
    own = [c for c in cells if not set(c.cell.tags) & PARAMETER_TAGS] or cells
    first = next((c for c in own if not set(c.cell.tags) & _TAGS_APART), None)
    before = _first_code(whole)
    if first is not None and (
        _is_for_imports(first, whole.program)
        or (first.position == before.position and first.statements[0].kind is Kind.IMPORT)
    ):
        return _existing(first, whole, found)
    key = (before.position, 0, -2)
    return Top(
        cell=None,
        before=_above_heading(whole, before).position,
        places=(Place(cell=0, line=0, key=key),),
    )


def _imports(cell: ParsedCell, whole: WholeText) -> list[Statement]:
    text = whole.texts[cell.position]
    if not text.is_editable:
        return []
    return [s for s in text.own if s.kind is Kind.IMPORT and not is_star(s)]


def _is_for_imports(cell: ParsedCell, program: Program) -> bool:
    """Whether a cell imports, and besides only sets options and constants."""
    return all(
        s.kind is Kind.IMPORT
        or is_setup(s, program)
        or is_literal(getattr(s.node, "value", s.node))  # type: ignore[arg-type]
        for s in cell.statements
    )


def _existing(cell: ParsedCell, whole: WholeText, found: Sequence[Barrier]) -> Top:
    text = whole.texts[cell.position]
    imports = _imports(cell, whole)
    last = imports[-1]
    line = text.last_line(last)
    over = [s for s in text.own if s.node.lineno <= line]
    first = Place(cell=cell.position, line=line, key=whole.key_of(over[-1]))
    if over[-1].is_last and whole.would_show(over[-1]):
        # `import re; x` shows x as long as it is the last line.
        above = min(s.node.lineno for s in over if text.last_line(s) == line) - 1
        first = Place(cell=cell.position, line=above, key=(cell.position, above, 10_000))
    places = [first]
    places.extend(_below_setup(cell, whole, found, first))
    return Top(
        cell=cell.position, before=cell.position, places=tuple(places), imports=tuple(imports)
    )


def _below_setup(
    cell: ParsedCell, whole: WholeText, found: Sequence[Barrier], first: Place
) -> Iterator[Place]:
    """The place below what the same cell sets up for later imports, if what it shows stays the same."""
    text = whole.texts[cell.position]
    below = [
        b
        for b in found
        if b.key[0] == cell.position
        and b.key > first.key
        and b.against in (Against.LIBRARIES, Against.DRAWING)
    ]
    if not below:
        return
    line = max(b.end for b in below)
    over = [s for s in text.own if s.node.lineno <= line]
    if any((s.node.end_lineno or 0) > line for s in over):
        return
    foreign = [number for number, _ in text.foreign]
    ends = line == max([*foreign, *(s.node.end_lineno or 0 for s in text.own)], default=0)
    if ends and over and line not in foreign and whole.would_show(over[-1]):
        return
    key = (cell.position, line, 10_000)
    yield Place(cell=cell.position, line=line, key=key)


# -- a new cell --------------------------------------------------------------------------------------


def _first_code(whole: WholeText) -> Cell:
    """The first code cell that does more than set the session up with magics."""
    for cell in whole.notebook.cells:
        if cell.kind is not CellKind.CODE:
            continue
        text = whole.texts.get(cell.position)
        if text is None or (text.cell.statements and not _is_magic(text)):
            return cell
    return whole.notebook.cells[0]


def _is_magic(text: CellText) -> bool:
    return all(
        not line.strip() or line.lstrip().startswith(("%", "!", "#")) for line in text.raw.lines
    )


def _above_heading(whole: WholeText, cell: Cell) -> Cell:
    """The heading of the section that begins with this cell, where the notebook's title stands above it."""
    above = [c for c in whole.notebook.cells if c.position < cell.position]
    chosen = cell
    while above and above[-1].kind is CellKind.MARKDOWN:
        if not _SECTION.match(above[-1].source.lstrip()):
            break
        chosen = above.pop()
    return chosen
