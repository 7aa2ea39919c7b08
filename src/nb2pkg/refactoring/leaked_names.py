"""Would a name that a function keeps to itself be seen in the notebook, once its code stands there?"""

from __future__ import annotations

import ast
from collections.abc import Collection

from nb2pkg.analysis import ParsedCell, Statement, import_aliases, parse_cell
from nb2pkg.dataflow import Program, assemble
from nb2pkg.notebook import Cell, CellKind
from nb2pkg.planning.late_binding import outliving_captures
from nb2pkg.refactoring.function_body import FunctionBody
from nb2pkg.refactoring.inlined_calls import InlinedCall
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.whole_text import WholeText

# Names that the kernel itself looks up.
_KERNELS = frozenset({"In", "Out", "display", "get_ipython", "exit", "quit"})


def refuse_leaks(
    call: InlinedCall, body: FunctionBody, whole: WholeText, definition: Statement
) -> None:
    """Refuse where a name of the function's own would be seen in the notebook."""
    program = whole.program
    index = whole.index[call.site.statement]
    repeated = _repeated_imports(body, program)
    for name in sorted(body.local & program.late_binders.keys()):
        raise cannot(
            "NB806",
            f"{body.name}() cannot be inlined here: a function binds the notebook's '{name}' with "
            f"`global`, which {body.name}() has one of its own of",
            statement=call.site.statement,
        )
    reached = _reached(definition, program)
    for name in sorted(body.local & call.site.targets & reached):
        raise cannot(
            "NB806",
            f"{body.name}() cannot be inlined here: a function that it calls looks up the notebook's "
            f"'{name}', which is another value inside {body.name}()",
            statement=call.site.statement,
        )
    for name in sorted(call.bound - repeated):
        seen = _seen(name, index, call, whole, definition)
        if seen is not None:
            raise cannot(
                "NB806",
                f"{body.name}() cannot be inlined here: '{name}' in it would take the place of the "
                f"notebook's own '{name}', which {seen}",
                statement=call.site.statement,
                hint=f"give '{name}' another name first",
            )


def _reached(definition: Statement, program: Program) -> frozenset[str]:
    """Every name of the notebook that functions look up which the function may call."""
    found: set[str] = set()
    pending = [definition.facts.captures]
    while pending:
        for name in pending.pop() - found:
            found.add(name)
            for index in program.binders.get(name, ()):
                statement = program.statements[index]
                if statement is not definition:
                    pending.append(statement.facts.captures)
    return frozenset(found)


def _seen(
    name: str, index: int, call: InlinedCall, whole: WholeText, definition: Statement
) -> str | None:
    program = whole.program
    if name in _KERNELS:
        return "the kernel uses"
    if name in program.late_binders:
        return "a function binds with `global`"
    if name in program.tested:
        return "the notebook asks for"
    named = whole.naming(name)
    if named is not None:
        return f"cell {named} names in a line that is not Python as it stands"
    for statement in program.statements:
        if statement is not definition and name in statement.facts.captures:
            return f"a function in cell {statement.cell} looks up"
    if call.site.is_nested:
        facts = call.site.statement.facts
        if name in facts.reads | facts.all_reads | facts.mentions | facts.deletes:
            return "the same statement reads"
    for statement in program.statements[index + 1 :]:
        facts = statement.facts
        if name in facts.reads | facts.mentions or whole.names_in_text(statement, name):
            return f"cell {statement.cell} reads"
        if name in facts.binds:
            return None
    return None


def _repeated_imports(body: FunctionBody, program: Program) -> frozenset[str]:
    """Names that the function imports as the notebook does, too."""
    found: set[str] = set()
    for statement in body.statements:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            found.update(
                name
                for name, meaning in import_aliases(statement).items()
                if name in program.static_imports and program.aliases[name] == meaning
            )
    return frozenset(found)


def names_seen_later(body: FunctionBody) -> frozenset[str]:
    """The function's own names that a function made in it may look up after it has ended."""
    text = body.text + (f"\n_ = ({body.returned_text})" if body.returned else "")
    cell = parse_cell(Cell(position=1, kind=CellKind.CODE, source=text))
    if not isinstance(cell, ParsedCell):
        return body.local
    program = assemble([cell])
    found: set[str] = set()
    for index in range(len(program.statements)):
        found |= outliving_captures(program, index)
    return frozenset(found) & body.local


def refuse_seen_later(
    call: InlinedCall,
    late: Collection[str],
    count: int,
    body: FunctionBody,
    whole: WholeText,
) -> None:
    index = whole.index[call.site.statement]
    for name in sorted(late):
        again = [i for i in whole.program.binders.get(name, ()) if i > index]
        if count > 1 or call.site.in_loop or again or name in call.site.targets:
            raise cannot(
                "NB806",
                f"{body.name}() cannot be inlined here: a function made in it looks up '{name}' "
                "later, which has another value then",
                statement=call.site.statement,
            )
