"""Would a value that is shown tell in which module its functions were made?

IPython shows a function as `<function __main__.f()>`, and a `defaultdict` with what makes its values. Made in a
module, the function has another one.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from nb2pkg.analysis import FUNCTIONS, Kind, Statement
from nb2pkg.dataflow import Program
from nb2pkg.planning.late_binding import is_passed_on, outliving_functions
from nb2pkg.refactoring.refusals import cannot


def refuse_told_modules(
    program: Program, body: Sequence[int], moved: Collection[int], shown: frozenset[str]
) -> None:
    """Stop where a name that is shown may hold a function that the module makes.

    Raises:
        FindingsError: it may (NB801).
    """
    holders: set[str] = {program.statements[i].facts.order[0] for i in moved}
    makers: set[str] = set()  # functions that give such values when they are called
    for index in range(min([*body, *moved]), len(program.statements)):
        statement = program.statements[index]
        facts = statement.facts
        makes = index in body and _makes_function(statement, program)
        hands_on = any(
            is_passed_on(program, index, name) for name in (facts.reads | facts.captures) & holders
        )
        if makes or _takes_from(statement, holders | makers) or facts.reads & makers:
            holders |= facts.may_bind
        if makes and (hands_on or any(is_passed_on(program, index, n) for n in facts.may_bind)):
            makers |= facts.may_bind
        told = sorted(facts.reads & holders & shown)
        if told and statement.is_last and isinstance(statement.node, ast.Expr):
            if isinstance(statement.node.value, ast.Call):
                continue  # what a call gives is another value
            raise cannot(
                "NB801",
                f"'{told[0]}' is shown, and would tell another module of its functions",
                statement=statement,
                hint="leave the function in a cell of its own",
            )


def _makes_function(statement: Statement, program: Program) -> bool:
    """Whether a statement makes a function that lives on: not one that a call uses up."""
    return statement.kind is Kind.FUNCTION or any(
        isinstance(node, FUNCTIONS) for node in outliving_functions(statement.node, program)
    )


def _takes_from(statement: Statement, holders: Collection[str]) -> bool:
    """Whether a statement gives a name to such a value, or to a part of it."""
    node = statement.node
    if not isinstance(node, ast.Assign):
        return False
    value = node.value
    while isinstance(value, (ast.Attribute, ast.Subscript)):
        value = value.value
    return isinstance(value, ast.Name) and value.id in holders
