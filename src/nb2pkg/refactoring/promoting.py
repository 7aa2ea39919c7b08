"""How does the notebook read when a literal of it becomes one of its parameters?"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import ParsedCell
from nb2pkg.analysis.source_text import lines_inside_strings
from nb2pkg.dataflow import assemble, trace_aliases
from nb2pkg.notebook import CellKind, Notebook
from nb2pkg.problems import Diagnostic, FindingsError, Location, Severity
from nb2pkg.refactoring.cell_code import CellCode, code_of, has_word, tree_of
from nb2pkg.refactoring.edits import EditedCell, Refactoring, edited
from nb2pkg.refactoring.literals import (
    Literal,
    compares_objects,
    is_only_looked_at,
    literal_at,
    literals_of,
    may_be_another_object,
    obstacle,
    runs_once,
)
from nb2pkg.refactoring.moved_assignment import (
    Assignment,
    assignment_of,
    moved_text,
    obstacle_to_moving,
    without,
)
from nb2pkg.refactoring.name_places import Means
from nb2pkg.refactoring.new_names import refuse_bad_name, refuse_taken_name
from nb2pkg.refactoring.parameters_cell import TAG, parameters_cell, place_for_new, with_line
from nb2pkg.refactoring.reading_again import not_sound, read_again, same_tree
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.text_uses import TextUses
from nb2pkg.refactoring.warning_lines import warning_lines
from nb2pkg.refactoring.whole_looks import bringers, counted_outputs, whole_look

_LONGEST = 40  # characters of a literal that a title shows


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
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
        return self.code.place(self.literal.span[0])

    @property
    def text(self) -> str:
        return self.code.source.text[slice(*self.literal.span)]


def promote_literal(
    notebook: Notebook, cells: Sequence[ParsedCell], cell: int, line: int, column: int, name: str
) -> Refactoring:
    """Make the literal at a place a parameter of that name, which is read there from now on.

    `cell` and `line` count from 1, `column` in characters from 0: any place within the literal. Where the
    statement is `n = 5` and its name is asked for, or none, it moves to the parameters itself.

    Raises:
        FindingsError: the name cannot be given (NB803), or the literal must stay where it is (NB807).
    """
    codes = code_of(cells)
    wanted = _wanted(notebook, cells, codes, cell, line, column)
    _refuse_looks(wanted)
    assignment = assignment_of(wanted.literal, wanted.code)
    if assignment is not None and name in ("", assignment.name):
        return _moved(wanted, assignment)
    return _promoted(wanted, name)


# -- what is asked for -------------------------------------------------------------------------------


def _wanted(
    notebook: Notebook,
    cells: Sequence[ParsedCell],
    codes: tuple[CellCode, ...],
    cell: int,
    line: int,
    column: int,
) -> _Wanted:
    place = Location(cell=cell, line=line, column=column)
    code = next((c for c in codes if c.position == cell), None)
    if code is None:
        raise _refused(f"cell {cell} is no code cell that can be read", place)
    if not 0 < line <= len(code.raw.lines):
        raise _refused(f"cell {cell} has no line {line}", Location(cell=cell))
    offset = code.read_offset(line, column)
    if offset is None:
        raise _refused("this is no Python, or there is no such column", code.line_place(line))
    literal = literal_at(code, offset)
    if literal is None:
        raise _refused(_nothing_at(code, offset), code.place(offset))
    place = code.place(literal.span[0])
    reason = obstacle(literal, code)
    if reason is not None:
        raise _refused(f"no name can stand here: {reason}", place)
    held = parameters_cell(notebook)
    if "injected-parameters" in code.parsed.cell.tags:
        raise _refused("papermill writes this cell anew in every run", place)
    if held is None:
        return _Wanted(
            notebook=notebook, codes=codes, code=code, literal=literal, holder=None,
            below=place_for_new(notebook, cells, cell),
        )  # fmt: skip
    if held.position >= cell:
        where = "is in" if held.position == cell else "stands above"
        message = f"this {where} the parameters, which are cell {held.position}"
        raise _refused(
            message, place, hint="move that cell further up" if where != "is in" else None
        )
    holder = next((c for c in codes if c.position == held.position), None)
    if holder is None:
        raise _refused(f"the parameters, cell {held.position}, cannot be read", place)
    return _Wanted(
        notebook=notebook, codes=codes, code=code, literal=literal, holder=holder,
        below=held.position,
    )  # fmt: skip


def _nothing_at(code: CellCode, offset: int) -> str:
    for node in ast.walk(code.tree):
        if isinstance(node, ast.JoinedStr):
            span = code.span(node)
            if span and span[0] <= offset < span[1]:
                return "this is a part of an f-string, no literal of its own"
    return "no literal stands here"


def _refuse_looks(wanted: _Wanted) -> None:
    """Stop where the notebook would see that there is one name, or one cell, more."""
    own = {p.name for c in wanted.codes for p in c.places if not _reads(p.node)}
    look = whole_look(wanted.codes, own)
    if look is None and wanted.holder is None:
        look = counted_outputs(wanted.codes)
    if look is not None:
        raise _refused(f"cell {look.place.cell} {look.what}", look.place)
    if (wanted.place.cell, wanted.place.line) in warning_lines(wanted.codes):
        raise _refused("it stands in a line that a warning shows", wanted.place)
    compared = compares_objects(wanted.codes) if may_be_another_object(wanted.literal) else None
    if compared is not None:
        code, node = compared
        message = (
            f"cell {code.position} asks which object a value is, and this would be another one"
        )
        raise _refused(message, code.place_of(node))


def _reads(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


# -- a name for the literal --------------------------------------------------------------------------


def _promoted(wanted: _Wanted, name: str) -> Refactoring:
    refuse_bad_name(name)
    literal, code, codes = wanted.literal, wanted.code, wanted.codes
    _refuse_shared(wanted)
    texts = TextUses(codes, assemble([c.parsed for c in codes]).aliases)
    refuse_taken_name(name, codes, texts, [(wanted.place, literal.scopes)])
    _refuse_unread_word(wanted, name)
    for bringer in bringers(codes):
        if (bringer.place.cell or 0) > wanted.below and bringer.names is None:
            message = f"'{bringer.text}' may bring a '{name}', too"
            raise cannot("NB803", message, location=bringer.place)
    source = code.edited([(literal.span, _spaced(code, literal, name))])
    if source is None:
        message = f"cell {code.position} is not read as it is written here"
        raise _refused(message, wanted.place)
    result = _with_parameter(wanted, _assigned(wanted, name), {code.position: source})
    again = read_again(wanted.notebook, result, {c.position for c in codes})
    _require_promoted(wanted, result, again, name)
    _refuse_changed(wanted, again, name)
    return Refactoring(
        title=f"Promote {_shown(wanted)} to the parameter {name}",
        cells=result,
        findings=_equal_literals(wanted),
    )


def _refuse_unread_word(wanted: _Wanted, name: str) -> None:
    read = {c.position for c in wanted.codes}
    for cell in wanted.notebook.code_cells:
        if cell.position not in read and has_word(cell.source, name):
            message = f"cell {cell.position} cannot be read as Python, and has '{name}' in it"
            raise cannot("NB803", message, location=Location(cell=cell.position))


def _refuse_shared(wanted: _Wanted) -> None:
    """Stop where a list, dict or set is made anew each time, and it may matter that it is."""
    literal = wanted.literal
    if literal.is_changeable and not is_only_looked_at(literal) and not runs_once(literal):
        message = (
            "a new list, dict or set is made here each time, and a parameter would be one for all"
        )
        raise _refused(message, wanted.place)


def _spaced(code: CellCode, literal: Literal, name: str) -> str:
    """The name, apart from the words beside it: `return-5`, `1if x else 2`."""
    text, (start, end) = code.source.text, literal.span
    before = " " if start and (text[start - 1].isalnum() or text[start - 1] == "_") else ""
    after = " " if end < len(text) and (text[end].isalnum() or text[end] == "_") else ""
    return f"{before}{name}{after}"


def _assigned(wanted: _Wanted, name: str) -> str:
    """The line that gives the name its value, in brackets where the literal needs them."""
    code, start = wanted.code, wanted.literal.span[0]
    line = code.source.lines[code.source.text.count("\n", 0, start)]
    text = _without_margin(wanted.text, line[: len(line) - len(line.lstrip())])
    for written in (text, f"({text})"):
        assigned = f"{name} = {written}"
        try:
            body = tree_of(assigned).body
        except (SyntaxError, ValueError):
            continue
        if len(body) == 1 and same_tree(getattr(body[0], "value", None), wanted.literal.node):
            return assigned
    raise _refused("it cannot be written on a line of its own", wanted.place)


def _without_margin(text: str, margin: str) -> str:
    kept = lines_inside_strings(text)
    lines = text.split("\n")
    return "\n".join(
        line if number in kept or not number else line.removeprefix(margin)
        for number, line in enumerate(lines)
    )


def _refuse_changed(wanted: _Wanted, again: Sequence[CellCode], name: str) -> None:
    """Stop where the value may be changed in place: a cell that is run again would find it changed."""
    if not wanted.literal.is_changeable or is_only_looked_at(wanted.literal):
        return
    program = assemble([c.parsed for c in again])
    for changed in trace_aliases(program).changed:
        if name in changed.surely | changed.possibly:
            message = "its value may be changed in place, so that it would not be the same again"
            raise _refused(message, wanted.place)


def _equal_literals(wanted: _Wanted) -> tuple[Diagnostic, ...]:
    """How many literals have the same value, and stay."""
    value = wanted.literal.value
    equal = [
        x
        for code in wanted.codes
        for x in literals_of(code)
        if x.node is not wanted.literal.node
        and not isinstance(x.parent, ast.Expr)
        and obstacle(x, code) is None
        and type(x.value) is type(value)
        and repr(x.value) == repr(value)
    ]
    if not equal:
        return ()
    places = "1 other place has" if len(equal) == 1 else f"{len(equal)} other places have"
    return (
        Diagnostic(
            code="NB807",
            severity=Severity.NOTE,
            message=f"{places} the same value, {_shown(wanted)}, and keep it",
            location=wanted.place,
        ),
    )


# -- an assignment that moves ------------------------------------------------------------------------


def _moved(wanted: _Wanted, assignment: Assignment) -> Refactoring:
    name, code = assignment.name, assignment.code
    reason = obstacle_to_moving(assignment, wanted.codes, wanted.below)
    if reason is not None:
        hint = "give another name, which it then reads"
        raise _refused(
            f"this assignment cannot move to the parameters: {reason}", wanted.place, hint
        )
    left: str | None = without(assignment)
    if not left and not code.parsed.cell.tags:
        looked = counted_outputs(wanted.codes)
        left = None if looked is None else left
    text = moved_text(assignment)
    result = _with_parameter(wanted, text, {code.position: left})
    again = read_again(wanted.notebook, result, {c.position for c in wanted.codes})
    _require_moved(wanted, assignment, result, again)
    _refuse_changed(wanted, again, name)
    return Refactoring(title=f"Move {name} to the parameters", cells=result)


# -- the parameters cell -----------------------------------------------------------------------------


def _with_parameter(
    wanted: _Wanted, line: str, sources: Mapping[int, str | None]
) -> tuple[EditedCell, ...]:
    """The notebook with some new sources, and one more line in the parameters cell."""
    notebook, holder = wanted.notebook, wanted.holder
    if holder is not None:
        text = with_line(holder, line)
        if text is None:
            message = f"the parameters, cell {holder.position}, have no place for one more line"
            raise _refused(message, wanted.place)
        return edited(notebook.cells, {**sources, holder.position: text})
    above = [c for c in notebook.cells if c.position <= wanted.below]
    below = [c for c in notebook.cells if c.position > wanted.below]
    new = EditedCell(of=0, kind=CellKind.CODE, source=line, tags=(TAG,))
    return (*edited(above, sources), new, *edited(below, sources))


def _after(result: Sequence[EditedCell], again: Sequence[CellCode]) -> dict[int, CellCode]:
    """The cells as they read now, by the position that they had; the new one as 0."""
    return {result[code.position - 1].of: code for code in again}


def _require_promoted(
    wanted: _Wanted, result: Sequence[EditedCell], again: Sequence[CellCode], name: str
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


def _require_moved(
    wanted: _Wanted,
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


def _require_line(wanted: _Wanted, now: CellCode, value: ast.expr) -> None:
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


# -- words -------------------------------------------------------------------------------------------


def _shown(wanted: _Wanted) -> str:
    text = " ".join(wanted.text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _refused(message: str, place: Location, hint: str | None = None) -> FindingsError:
    return cannot("NB807", message, location=place, hint=hint)
