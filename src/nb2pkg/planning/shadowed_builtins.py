"""Which builtins does a step use before it binds a variable of the same name?

`max = max(xs)` is fine in a notebook: the right side finds the builtin. In a function `max` is local
from the first line on, so the builtin must be named otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

from nb2pkg.analysis import Edit, occurrences
from nb2pkg.dataflow import BUILTINS, Program


def builtin_edits(
    statements: Sequence[int], program: Program, parameters: frozenset[str]
) -> dict[int, list[Edit]]:
    """Statement → edits that turn such reads into `builtins.max`."""
    bound_later = {
        name
        for i in statements
        for name in program.statements[i].facts.may_bind & BUILTINS
    } - parameters
    edits: dict[int, list[Edit]] = {}
    bound: set[str] = set()
    for index in statements:
        statement = program.statements[index]
        reads = (statement.facts.reads & bound_later) - bound
        for occurrence in occurrences(statement.node, reads) if reads else ():
            if type(occurrence.node.ctx).__name__ == "Load" and not occurrence.late:
                start = statement.source.start(occurrence.node)
                edits.setdefault(index, []).append(Edit(start, start, "builtins."))
        bound |= statement.facts.binds
    return edits
