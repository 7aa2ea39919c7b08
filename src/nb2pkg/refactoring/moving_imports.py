"""How does a notebook read once its imports stand together at the top?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nb2pkg.analysis import Edit, Kind, ParsedCell, Statement
from nb2pkg.notebook import CellKind, Notebook
from nb2pkg.planning.grouping import PARAMETER_TAGS
from nb2pkg.planning.imports import single_imports
from nb2pkg.problems import Diagnostic, Location, Severity
from nb2pkg.refactoring import import_obstacles
from nb2pkg.refactoring.edits import EditedCell, Refactoring, edited, kept
from nb2pkg.refactoring.import_barriers import Barrier, barriers
from nb2pkg.refactoring.import_lines import import_lines
from nb2pkg.refactoring.import_places import Place, Top, top_of
from nb2pkg.refactoring.refusals import place_of
from nb2pkg.refactoring.whole_text import WholeText, whole_text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Moves:
    """What becomes of each import: statement → its new place, a repeat that goes, or why it stays."""

    to: Mapping[Statement, Place]
    repeats: frozenset[Statement]
    stays: Mapping[Statement, str]

    @property
    def leaving(self) -> frozenset[Statement]:
        return self.repeats.union(self.to)


def move_imports(notebook: Notebook, cells: Sequence[ParsedCell]) -> Refactoring:
    """Put the imports of later cells into the first import cell, wherever that changes nothing else.

    What stays where it is, is told with the reason (NB808).
    """
    whole = whole_text(notebook, cells)
    found = barriers(whole)
    top = top_of(whole, found)
    if top is None:
        return _unchanged(notebook, "the notebook has no import that can move", ())
    moves = _moves(whole, top, found)
    stays = tuple(_stay(statement, why, whole) for statement, why in moves.stays.items())
    if not moves.leaving:
        why = "no import can move" if stays else f"all imports stand in cell {top.cell} already"
        return _unchanged(notebook, why, stays)
    count = len(moves.leaving)
    return Refactoring(
        title=f"Move {count} import{'s' if count > 1 else ''} to "
        + (f"cell {top.cell}" if top.cell else "a cell of their own"),
        cells=_cells(whole, top, moves),
        findings=(*stays, *_stops(whole, top, moves)),
    )


def _unchanged(notebook: Notebook, why: str, stays: Sequence[Diagnostic]) -> Refactoring:
    note = Diagnostic(code="NB808", severity=Severity.NOTE, message=why)
    return Refactoring(
        title="Move imports to the top",
        cells=tuple(kept(cell) for cell in notebook.cells),
        findings=(note, *stays),
    )


# -- which move --------------------------------------------------------------------------------------


def _moves(whole: WholeText, top: Top, found: Sequence[Barrier]) -> _Moves:
    to: dict[Statement, Place] = {}
    stays: dict[Statement, str] = {}
    repeats: set[Statement] = set()
    there = {text for s in top.imports for _, text in single_imports(s)}
    for statement in whole.program.statements:
        if statement.cell <= (top.cell or 0) or statement.number < 0:
            continue
        if statement.kind is not Kind.IMPORT:
            if statement.kind is Kind.CODE and _has_import(statement):
                kind = type(statement.node).__name__.lower()
                stays[statement] = f"it stands inside '{kind.removeprefix('async')}'"
            continue
        outcome = _new_place(statement, whole, top, found, there)
        if isinstance(outcome, str):
            if not any(s.cell == statement.cell and s.number == statement.number for s in stays):
                stays[statement] = outcome
        else:
            if outcome is None:
                repeats.add(statement)
            else:
                to[statement] = outcome
            there.update(text for _, text in single_imports(statement))
    return _settled(whole, top, _Moves(to=to, repeats=frozenset(repeats), stays=stays))


def _has_import(statement: Statement) -> bool:
    return isinstance(statement.node, (ast.Try, ast.If, ast.With)) and any(
        isinstance(node, (ast.Import, ast.ImportFrom)) for node in statement.nodes
    )


def _new_place(
    statement: Statement, whole: WholeText, top: Top, found: Sequence[Barrier], there: set[str]
) -> Place | str | None:
    """Where an import goes; why it stays; None where it only repeats one that is there."""
    reason = import_obstacles.whatever_its_place(statement, whole)
    reason = reason or import_obstacles.in_the_names(statement, whole)
    if reason is not None:
        return reason
    first = top.places[0]
    if getattr(statement.node, "module", None) == "__future__":
        above_all = replace(first, key=(first.key[0], 0, -2))
        return (
            import_obstacles.lazy_annotations(statement, above_all, whole)
            or import_obstacles.on_the_way(statement, above_all, whole, found)
            or first
        )
    repeats = {text for _, text in single_imports(statement)} <= there
    if repeats and isinstance(statement.node, ast.Import) and not _reloads(whole):
        return None
    reason = import_obstacles.to_run_elsewhere(statement, whole)
    if reason is not None:
        return reason
    for place in top.places:
        why = import_obstacles.on_the_way(statement, place, whole, found)
        if why is None:
            return None if repeats else place
        reason = reason or why
    return reason or "it stays"


def _reloads(whole: WholeText) -> bool:
    return any(
        word in cell.source for cell in whole.notebook.cells for word in ("sys.modules", "modules[")
    )


def _settled(whole: WholeText, top: Top, moves: _Moves) -> _Moves:
    """Take back those moves after which a cell would show, or be numbered, otherwise."""
    staying: dict[Statement, str] = {}
    for cell in whole.cells if moves.leaving else ():
        gone = [s for s in cell.statements if s in moves.leaving]
        if not gone:
            continue
        left = [s for s in cell.statements if s not in moves.leaving]
        if whole.shows_by_setting and gone[-1].is_last:
            staying[gone[-1]] = "the notebook sets which of a cell's values are shown"
        elif whole.counts_cells and (
            top.cell is None or not (left or whole.texts[cell.position].foreign)
        ):
            staying |= dict.fromkeys(gone, "the notebook looks up cells by their numbers")
    if not staying:
        return moves
    return _Moves(
        to={s: place for s, place in moves.to.items() if s not in staying},
        repeats=moves.repeats - staying.keys(),
        stays={**moves.stays, **staying},
    )


# -- the cells ---------------------------------------------------------------------------------------


def _cells(whole: WholeText, top: Top, moves: _Moves) -> tuple[EditedCell, ...]:
    sources: dict[int, str | None] = {}
    shown: list[int] = []
    for cell in whole.cells:
        gone = {s for s in cell.statements if s in moves.leaving}
        edits = [*_leaving(cell, gone, moves, whole)]
        if cell.position == top.cell:
            edits += _arriving(whole, top, moves)
        if not edits:
            continue
        source = whole.texts[cell.position].edited(edits)
        if source.strip() or _stays_empty(cell):
            sources[cell.position] = source
        else:
            sources[cell.position] = None
            shown.append(cell.position)
    cells = edited(whole.notebook.cells, sources)
    if top.cell is None:
        new = EditedCell(of=0, kind=CellKind.CODE, source=_new_source(moves), shows=tuple(shown))
        above = sum(cell.of < top.before for cell in cells)
        return (*cells[:above], new, *cells[above:])
    return tuple(
        replace(cell, shows=(*cell.shows, *shown)) if cell.of == top.cell else cell
        for cell in cells
    )


def _stays_empty(cell: ParsedCell) -> bool:
    return any(tag in PARAMETER_TAGS or tag.startswith("step:") for tag in cell.cell.tags)


def _leaving(
    cell: ParsedCell, gone: set[Statement], moves: _Moves, whole: WholeText
) -> Iterator[Edit]:
    if not gone:
        return
    text = whole.texts[cell.position]
    commented = {s for s in gone if s in moves.repeats}
    yield from text.without(gone, commented)
    left = [s for s in cell.statements if s not in gone]
    if left and not left[-1].is_last and whole.would_show(left[-1]):
        yield text.quietly(left[-1])


def _arriving(whole: WholeText, top: Top, moves: _Moves) -> Iterator[Edit]:
    assert top.cell is not None
    text = whole.texts[top.cell]
    there = {line for s in top.imports for _, line in single_imports(s)}
    future = [s for s in moves.to if _is_future(s)]
    if future:
        own = [s for s in top.imports if _is_future(s)]
        line = text.last_line(own[-1]) if own else text.first_code - 1
        yield text.below(line, import_lines(future, there))
    for place in top.places:
        moved = [s for s, to in moves.to.items() if to is place and not _is_future(s)]
        if moved:
            yield text.below(place.line, import_lines(moved, there))
            there |= {line for s in moved for _, line in single_imports(s)}


def _new_source(moves: _Moves) -> str:
    return "\n".join(import_lines(list(moves.to), frozenset(), apart=True))


def _is_future(statement: Statement) -> bool:
    return getattr(statement.node, "module", None) == "__future__"


# -- what is told ------------------------------------------------------------------------------------


def _stay(statement: Statement, why: str, whole: WholeText) -> Diagnostic:
    node = statement.node
    is_own = statement in whole.text_of(statement).own
    if not is_own:
        what = f"`from {getattr(node, 'module', None)} import *`"
    elif statement.kind is Kind.IMPORT:
        what = f"`{statement.text.partition(chr(10))[0]}`"
    else:
        what = "an import"
    return Diagnostic(
        code="NB808",
        severity=Severity.NOTE,
        message=f"{what} stays in cell {statement.cell}: {why}",
        location=place_of(statement) if is_own else Location(cell=statement.cell),
    )


def _stops(whole: WholeText, top: Top, moves: _Moves) -> Iterator[Diagnostic]:
    """A cell that ended with an error above an import which now comes before it."""
    last = max((s.cell for s in moves.to), default=0)
    for cell in whole.notebook.cells:
        if (
            top.before <= cell.position < last
            and "raises-exception" not in cell.tags
            and import_obstacles.failed(cell)
        ):
            yield Diagnostic(
                code="NB808",
                severity=Severity.NOTE,
                message=f"cell {cell.position} ended with an error when it was last run: what is "
                "imported below it is imported before it now",
                location=Location(cell=cell.position),
            )
