"""Which names does a statement need that the notebook may not have bound yet where it runs?"""

from __future__ import annotations

from nb2pkg.analysis import Kind
from nb2pkg.dataflow import Program


def unbound_names(program: Program, index: int, among: frozenset[str]) -> frozenset[str]:
    """Those of `among` that a statement needs and that no statement above it surely binds.

    What a function looks up is needed where the function is called; where none ever binds it, at once.
    """
    statement = program.statements[index]
    facts = statement.facts
    if statement.kind in (Kind.FUNCTION, Kind.CLASS):
        found = (facts.reads & among) | ((facts.captures & among) - program.binders.keys())
    else:
        found = _looked_up(program, index) & among
    return found - _surely_bound(program, index) if found else found


def _looked_up(program: Program, index: int) -> frozenset[str]:
    """What code reads, and what the functions look up that it may call."""
    facts = program.statements[index].facts
    found = set(facts.reads | facts.captures)
    pending = list(found)
    while pending:
        for binder in program.binders.get(pending.pop(), ()):
            definition = program.statements[binder]
            if definition.kind in (Kind.FUNCTION, Kind.CLASS):
                more = definition.facts.captures - found
                found |= more
                pending.extend(more)
    return frozenset(found)


def _surely_bound(program: Program, index: int) -> frozenset[str]:
    bound: set[str] = set()
    for statement in program.statements[:index]:
        bound -= statement.facts.deletes
        bound |= statement.facts.binds
    return frozenset(bound)
