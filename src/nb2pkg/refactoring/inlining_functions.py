"""How does a notebook read with a function's code in the places where it was called?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nb2pkg.analysis import (
    Edit,
    Statement,
    argument_names,
)
from nb2pkg.analysis.captures import outer_expressions
from nb2pkg.dataflow import only_looks_at
from nb2pkg.notebook import CellKind
from nb2pkg.refactoring.call_sites import CallSite, call_sites, whole_line
from nb2pkg.refactoring.edits import Refactoring
from nb2pkg.refactoring.emptied_cells import edited_cells
from nb2pkg.refactoring.function_body import FunctionBody, body_of
from nb2pkg.refactoring.inlined_calls import InlinedCall, inlined
from nb2pkg.refactoring.leaked_names import names_seen_later, refuse_leaks, refuse_seen_later
from nb2pkg.refactoring.pandas_warnings import part_of_another, parts_of, uses_pandas, written
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.whole_text import WholeText

# What sees how long values live, or which function runs.
_WATCHING = (
    "__del__", "weakref", "gc.collect", "getrefcount", "tracemalloc", "funcName", "%(lineno", "settrace",
    "setprofile", "cProfile",
)  # fmt: skip


def inline_function(whole: WholeText, definition: Statement, cell: int | None) -> Refactoring:
    """Replace the calls of one of the notebook's functions by its code.

    Raises:
        FindingsError: that would change something (NB806).
    """
    name = definition.facts.order[0]
    if not whole.can_edit(definition):
        raise cannot(
            "NB806",
            f"cell {definition.cell} has what only IPython understands",
            statement=definition,
        )
    body = body_of(definition, definition)
    sites, goes = sites_of(whole, name, definition, cell)
    calls = inlined_calls(whole, sites, body, definition)
    gone = [definition] if goes else []
    if goes and "raises-exception" in whole.text_of(definition).cell.cell.tags:
        raise cannot(
            "NB806", f"cell {definition.cell} is tagged raises-exception", statement=definition
        )
    edits, emptied = call_edits(calls)
    if goes and body.below:
        stop = definition.source.text.find("\n", definition.tail)
        edits.append((definition, Edit(stop, body.end, "")))
    return Refactoring(title=f"Inline {name}", cells=edited_cells(whole, edits, [*gone, *emptied]))


def sites_of(
    whole: WholeText, name: str, binder: Statement, cell: int | None
) -> tuple[list[CallSite], bool]:
    """The calls that are meant, and whether there are no other uses of the name.

    Raises:
        FindingsError: it is not called, or used in other ways (NB806).
    """
    program = whole.program
    every = [s for s in program.statements if s is not binder and _names(s, name, whole)]
    here = [s for s in every if s.cell == cell]
    chosen = every if cell is None or (cell == binder.cell and not here) else here
    if not chosen:
        where = f"cell {cell} does not call" if cell is not None else "nothing calls"
        raise cannot("NB806", f"{where} {name}()", statement=binder)
    sites: list[CallSite] = []
    for statement in chosen:
        if whole.index[statement] < whole.index[binder]:
            raise cannot("NB806", f"{name}() is named above its definition", statement=statement)
        found = call_sites(statement, name)
        if not found or name in statement.facts.mentions or whole.names_in_text(statement, name):
            raise cannot("NB806", f"a text names '{name}' here", statement=statement)
        sites.extend(found)
    return sites, len(chosen) == len(every)


def _names(statement: Statement, name: str, whole: WholeText) -> bool:
    facts = statement.facts
    named = facts.reads | facts.captures | facts.all_reads | facts.mentions
    return name in named or whole.names_in_text(statement, name)


def inlined_calls(
    whole: WholeText, sites: Sequence[CallSite], body: FunctionBody, definition: Statement
) -> list[InlinedCall]:
    """What comes in the place of each call, once it is sure that nothing else changes.

    Raises:
        FindingsError: something would (NB806).
    """
    _refuse_watching(whole, body, sites[0].statement)
    _refuse_outside(whole, definition, sites[0].statement)
    calls = [inlined(site, body, definition, whole) for site in sites]
    late = names_seen_later(body)
    for call in calls:
        refuse_leaks(call, body, whole, definition)
        refuse_seen_later(call, late, len(calls), body, whole)
        _refuse_warnings(call, body, whole)
    return calls


def call_edits(
    calls: Sequence[InlinedCall],
) -> tuple[list[tuple[Statement, Edit]], list[Statement]]:
    """The edits that put the code in, and the calls of which nothing is left."""
    edits: list[tuple[Statement, Edit]] = []
    emptied: list[Statement] = []
    for call in calls:
        if not call.text:
            emptied.append(call.site.statement)
            continue
        place = whole_line(call.site)
        edits.append((call.site.statement, Edit(place.start, place.end, call.text)))
    return edits, emptied


# -- what is refused ---------------------------------------------------------------------------------


def _refuse_watching(whole: WholeText, body: FunctionBody, at: Statement) -> None:
    for cell in whole.notebook.cells:
        for word in _WATCHING:
            if cell.kind is CellKind.CODE and word in cell.source:
                raise cannot(
                    "NB806",
                    f"{body.name}() cannot be inlined: cell {cell.position} ({word}) may see that its "
                    "values live longer, or that no function runs",
                    statement=at,
                )


def _refuse_outside(whole: WholeText, definition: Statement, at: Statement) -> None:
    for expression in outer_expressions(definition.node):
        if not only_looks_at(whole.program, expression):
            raise cannot("NB806", "its definition does more than define it", statement=at)


def _refuse_warnings(call: InlinedCall, body: FunctionBody, whole: WholeText) -> None:
    if not uses_pandas(whole.program):
        return
    reason = next(_warnings(call, body, whole), None)
    if reason is not None:
        raise cannot(
            "NB806",
            f"{body.name}() cannot be inlined here: {reason}",
            statement=call.site.statement,
            hint="make the part a frame of its own with .copy()",
        )


def _parameters(body: FunctionBody) -> frozenset[str]:
    return frozenset(argument_names(body.arguments))


def _warnings(call: InlinedCall, body: FunctionBody, whole: WholeText) -> Iterator[str]:
    for name in sorted(_parameters(body) - call.elsewhere):
        if parts_of(body.statements, name):
            yield (
                f"pandas may warn that '{name}' is a part of the frame that the function was given, "
                "and would not here"
            )
    whole_frame = part_of_another(body.statements, body.returned)
    if whole_frame in body.local:
        later = whole.program.statements[whole.index[call.site.statement] + 1 :]
        if any(written(s.nodes) & call.site.targets for s in later):
            yield (
                f"pandas would warn that what it gives is a part of '{whole_frame}', which stays "
                "in the notebook then"
            )
