"""Which values were the selected cells there for, though nothing reads them yet?"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from nb2pkg.dataflow import Program


def result_names(
    program: Program, body: Sequence[int], read_later: Collection[str]
) -> frozenset[str]:
    """Names that the cells assign, in a loop or not, and that nobody reads after that: what they came to.

    Where something further down reads a value of theirs, that is what they were there for, and a name
    that nobody reads is only left over.
    """
    last_bound: dict[str, int] = {}
    last_read: dict[str, int] = {}
    assigned: set[str] = set()
    for place, index in enumerate(body):
        statement = program.statements[index]
        for name in statement.facts.reads | statement.facts.captures:
            last_read[name] = place
        for name in statement.facts.may_bind:
            last_bound[name] = place
        assigned |= {one for node in statement.nodes if (one := _assigned(node)) is not None}
    if any(name in read_later for i in body for name in program.statements[i].facts.may_bind):
        return frozenset()
    return frozenset(
        name
        for name, place in last_bound.items()
        if name in assigned and last_read.get(name, -1) <= place
    )


def _assigned(node: ast.AST) -> str | None:
    """The one name that a plain assignment binds."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AugAssign(target=ast.Name(id=name)):
            return name
        case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
            return name
    return None
