"""How does a notebook read without one of its names: a variable, or a function of its own?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nb2pkg.analysis import Kind, ParsedCell, Statement, UnparsableCell, parse_cells
from nb2pkg.notebook import Cell, CellKind, Notebook
from nb2pkg.problems import FindingsError
from nb2pkg.refactoring.edits import Refactoring
from nb2pkg.refactoring.inlining_functions import inline_function
from nb2pkg.refactoring.inlining_imported import inline_imported
from nb2pkg.refactoring.inlining_variables import inline_variable
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.seen_as_module import refuse_seen_as_module
from nb2pkg.refactoring.whole_text import WholeText, whole_text

_NO_MODULES: Mapping[str, str] = {}


def inline(
    notebook: Notebook,
    cells: Sequence[ParsedCell],
    name: str,
    *,
    cell: int | None = None,
    modules: Mapping[str, str] = _NO_MODULES,
) -> Refactoring:
    """Put what a name stands for into its places: a variable's expression, or a function's body.

    cell: the cell whose uses alone are meant; where the name is bound there, all of them are
    modules: the texts of modules beside the notebook, by their dotted names, for functions from there

    Raises:
        FindingsError: the notebook would do something else afterwards (NB806).
    """
    whole = whole_text(notebook, cells)
    program = whole.program
    binders = [program.statements[i] for i in program.binders.get(name, ())]
    if not binders:
        raise cannot("NB806", f"the notebook binds no '{name}'")
    first = binders[0]
    _refuse_unclear(name, binders, whole)
    if any(s.kind is Kind.IMPORT for s in binders):
        found = inline_imported(whole, name, binders, cell, modules)
    elif first.kind is Kind.FUNCTION:
        found = inline_function(whole, first, cell)
    elif first.kind is Kind.CLASS:
        raise cannot(
            "NB806",
            f"'{name}' is a class: only values and functions can be inlined",
            statement=first,
        )
    else:
        found = inline_variable(whole, first, name, cell)
    _refuse_unread(whole, found)
    return found


def _refuse_unclear(name: str, binders: Sequence[Statement], whole: WholeText) -> None:
    program = whole.program
    everything = whole.sees_everything()
    if everything is not None:
        raise cannot("NB806", everything, hint="every name may be looked up there")
    refuse_seen_as_module(whole.cells, program, "NB806")
    if whole.shows_by_setting:
        raise cannot(
            "NB806", "the notebook sets which of a cell's values are shown (ast_node_interactivity)"
        )
    if name.startswith("__"):
        raise cannot(
            "NB806",
            f"'{name}' begins with two underscores: it means something else inside a class",
            statement=binders[0],
        )
    if name in program.late_binders:
        writer = program.statements[program.late_binders[name][0]]
        raise cannot("NB806", f"a function binds '{name}' with `global`", statement=writer)
    if name in program.deleted:
        deleting = next(s for s in program.statements if name in s.facts.deletes)
        raise cannot("NB806", f"'{name}' is deleted here", statement=deleting)
    if len(binders) > 1 and any(s.kind is not Kind.IMPORT for s in binders):
        where = ", ".join(str(c) for c in sorted({s.cell for s in binders}))
        raise cannot(
            "NB806",
            f"'{name}' is bound more than once (cell {where})",
            statement=binders[1],
            hint="give each of its values a name of its own first",
        )
    if name in program.tested:
        raise cannot("NB806", f"the notebook asks whether it has a '{name}'")
    named = whole.naming(name)
    if named is not None:
        raise cannot(
            "NB806",
            f"cell {named} names '{name}' in a line that is not Python as it stands",
        )


def _refuse_unread(whole: WholeText, found: Refactoring) -> None:
    """Refuse what could not be read again; that would be a mistake of ours."""
    made = [
        Cell(position=number, kind=cell.kind, source=cell.source, tags=cell.tags)
        for number, cell in enumerate(found.cells, 1)
        if cell.kind is CellKind.CODE
    ]
    unread = [c for c in parse_cells(made) if isinstance(c, UnparsableCell)]
    if len(unread) > len(whole.unread):
        raise FindingsError(unread[-1].findings)
