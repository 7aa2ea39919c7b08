"""Which builtins does a step use before it binds a variable of the same name?

`max = max(xs)` is fine in a notebook: the right side finds the builtin. In a function `max` is local
from the first line on, so the builtin must be named otherwise.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nb2pkg.analysis import NONE, Edit, Statement, occurrences
from nb2pkg.dataflow import BUILTINS, Program


def builtin_edits(
    statements: Sequence[int], program: Program, parameters: frozenset[str]
) -> dict[int, list[Edit]]:
    """Statement → edits that turn such reads into `builtins.max`."""
    local = set(parameters)
    for index in statements:
        facts = program.statements[index].facts
        local |= facts.may_bind | facts.deletes
    edits: dict[int, list[Edit]] = {}
    bound = set(parameters)
    maybe: set[str] = set()
    for index in statements:
        statement = program.statements[index]
        unbound = (statement.facts.reads & local & BUILTINS) - bound - maybe
        maybe |= statement.facts.may_bind & BUILTINS - statement.facts.deletes
        maybe -= _surely_deleted(statement)
        for occurrence in occurrences(statement.node, unbound) if unbound else ():
            if isinstance(occurrence.node.ctx, ast.Load) and not occurrence.late:
                start = statement.source.start(occurrence.node)
                edits.setdefault(index, []).append(Edit(start, start, "builtins."))
        bound = (bound - statement.facts.deletes) | statement.facts.binds
    return edits


def _surely_deleted(statement: Statement) -> frozenset[str]:
    """Names that mean the builtin again after this statement: those of a plain `del`."""
    return statement.facts.deletes if isinstance(statement.node, ast.Delete) else NONE


def maybe_builtins(
    statements: Sequence[int], program: Program, parameters: frozenset[str], returns: frozenset[str]
) -> tuple[str, ...]:
    """Builtins' names for which the step starts with `max = builtins.max`.

    Only some paths bind them, or an inner function looks them up that may run before they are bound.
    """
    later = {n for i in statements for n in program.statements[i].facts.may_bind} & BUILTINS
    maybe: set[str] = set()
    bound = set(parameters)
    found: set[str] = set()
    for index in statements:
        facts = program.statements[index].facts
        found |= (facts.reads | facts.captures) & maybe - bound
        found |= facts.captures & later - bound
        maybe |= (facts.may_bind & BUILTINS) - facts.binds
        maybe -= _surely_deleted(program.statements[index])
        bound = (bound - facts.deletes) | facts.binds
    return tuple(sorted(found | (returns & maybe - bound)))
