"""How does the notebook read when a literal of it becomes one of its parameters?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nb2pkg.analysis import ParsedCell
from nb2pkg.analysis.source_text import lines_inside_strings
from nb2pkg.dataflow import assemble, trace_aliases
from nb2pkg.notebook import CellKind, Notebook
from nb2pkg.problems import Diagnostic, Severity
from nb2pkg.refactoring.cell_code import CellCode, code_of, tree_of
from nb2pkg.refactoring.edits import EditedCell, Refactoring, edited
from nb2pkg.refactoring.literals import (
    Literal,
    is_only_looked_at,
    literals_of,
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
from nb2pkg.refactoring.new_names import refuse_bad_name, refuse_taken_name
from nb2pkg.refactoring.parameter_check import require_moved, require_promoted
from nb2pkg.refactoring.parameters_cell import TAG, with_line
from nb2pkg.refactoring.reading_again import read_again, same_tree
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.text_uses import TextUses
from nb2pkg.refactoring.wanted_literal import Wanted, refuse_looks, refused, wanted_literal
from nb2pkg.refactoring.whole_looks import bringers, counted_outputs


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
    wanted = wanted_literal(notebook, cells, codes, cell, line, column)
    refuse_looks(wanted)
    assignment = assignment_of(wanted.literal, wanted.code)
    if assignment is not None and name in ("", assignment.name):
        return _moved(wanted, assignment)
    return _promoted(wanted, name)


# -- a name for the literal --------------------------------------------------------------------------


def _promoted(wanted: Wanted, name: str) -> Refactoring:
    refuse_bad_name(name)
    literal, code, codes = wanted.literal, wanted.code, wanted.codes
    _refuse_shared(wanted)
    texts = TextUses(codes, assemble([c.parsed for c in codes]).aliases)
    refuse_taken_name(name, wanted.notebook, codes, texts, [(wanted.place, literal.scopes)])
    for bringer in bringers(codes):
        if (bringer.place.cell or 0) > wanted.below and bringer.names is None:
            message = f"'{bringer.text}' may bring a '{name}', too"
            raise cannot("NB803", message, location=bringer.place)
    source = code.edited([(literal.span, _spaced(code, literal, name))])
    if source is None:
        message = f"cell {code.position} is not read as it is written here"
        raise refused(message, wanted.place)
    result = _with_parameter(wanted, _assigned(wanted, name), {code.position: source})
    again = read_again(wanted.notebook, result, {c.position for c in codes})
    require_promoted(wanted, result, again, name)
    _refuse_changed(wanted, again, name)
    return Refactoring(
        title=f"Promote {wanted.shown} to the parameter {name}",
        cells=result,
        findings=_equal_literals(wanted),
    )


def _refuse_shared(wanted: Wanted) -> None:
    """Stop where a list, dict or set is made anew each time, and it may matter that it is."""
    literal = wanted.literal
    if literal.is_changeable and not is_only_looked_at(literal) and not runs_once(literal):
        message = (
            "a new list, dict or set is made here each time, and a parameter would be one for all"
        )
        raise refused(message, wanted.place)


def _spaced(code: CellCode, literal: Literal, name: str) -> str:
    """The name, apart from the words beside it: `return-5`, `1if x else 2`."""
    text, (start, end) = code.source.text, literal.span
    before = " " if start and (text[start - 1].isalnum() or text[start - 1] == "_") else ""
    after = " " if end < len(text) and (text[end].isalnum() or text[end] == "_") else ""
    return f"{before}{name}{after}"


def _assigned(wanted: Wanted, name: str) -> str:
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
    raise refused("it cannot be written on a line of its own", wanted.place)


def _without_margin(text: str, margin: str) -> str:
    kept = lines_inside_strings(text)
    lines = text.split("\n")
    return "\n".join(
        line if number in kept or not number else line.removeprefix(margin)
        for number, line in enumerate(lines)
    )


def _refuse_changed(wanted: Wanted, again: Sequence[CellCode], name: str) -> None:
    """Stop where the value may be changed in place: a cell that is run again would find it changed."""
    if not wanted.literal.is_changeable or is_only_looked_at(wanted.literal):
        return
    program = assemble([c.parsed for c in again])
    for changed in trace_aliases(program).changed:
        if name in changed.surely | changed.possibly:
            message = "its value may be changed in place, so that it would not be the same again"
            raise refused(message, wanted.place)


def _equal_literals(wanted: Wanted) -> tuple[Diagnostic, ...]:
    """How many literals have the same value, and stay."""
    value = wanted.literal.value
    equal = [
        x
        for code in wanted.codes
        for x in literals_of(code)
        if x.node is not wanted.literal.node
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
            message=f"{places} the same value, {wanted.shown}, and keep it",
            location=wanted.place,
        ),
    )


# -- an assignment that moves ------------------------------------------------------------------------


def _moved(wanted: Wanted, assignment: Assignment) -> Refactoring:
    name, code = assignment.name, assignment.code
    reason = obstacle_to_moving(assignment, wanted.codes, wanted.below)
    if reason is not None:
        hint = "give another name, which it then reads"
        raise refused(
            f"this assignment cannot move to the parameters: {reason}", wanted.place, hint
        )
    left: str | None = without(assignment)
    if not left and not code.parsed.cell.tags:
        looked = counted_outputs(wanted.codes)
        left = None if looked is None else left
    text = moved_text(assignment)
    result = _with_parameter(wanted, text, {code.position: left})
    again = read_again(wanted.notebook, result, {c.position for c in wanted.codes})
    require_moved(wanted, assignment, result, again)
    _refuse_changed(wanted, again, name)
    return Refactoring(title=f"Move {name} to the parameters", cells=result)


# -- the parameters cell -----------------------------------------------------------------------------


def _with_parameter(
    wanted: Wanted, line: str, sources: Mapping[int, str | None]
) -> tuple[EditedCell, ...]:
    """The notebook with some new sources, and one more line in the parameters cell."""
    notebook, holder = wanted.notebook, wanted.holder
    if holder is not None:
        text = with_line(holder, line)
        if text is None:
            message = f"the parameters, cell {holder.position}, have no place for one more line"
            raise refused(message, wanted.place)
        return edited(notebook.cells, {**sources, holder.position: text})
    above = [c for c in notebook.cells if c.position <= wanted.below]
    below = [c for c in notebook.cells if c.position > wanted.below]
    new = EditedCell(of=0, kind=CellKind.CODE, source=line, tags=(TAG,))
    return (*edited(above, sources), new, *edited(below, sources))
