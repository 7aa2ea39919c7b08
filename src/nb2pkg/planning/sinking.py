"""Which local definitions stand better in the step that uses them?"""

from __future__ import annotations

from collections.abc import Sequence

from nb2pkg.analysis import Kind
from nb2pkg.planning.definitions import can_move
from nb2pkg.planning.drafts import FlowRules


def sink_definitions(groups: Sequence[Sequence[int]], rules: FlowRules) -> list[list[int]]:
    """Move a function that closes over notebook values down to the first step that uses it.

    Running a plain definition has no effect, so it may stand anywhere before its first use.
    """
    moved = [list(group) for group in groups]
    program = rules.program
    group_of = {i: number for number, group in enumerate(groups) for i in group}
    for index in reversed([i for group in groups for i in group]):
        statement = program.statements[index]
        if statement.kind not in (Kind.FUNCTION, Kind.CLASS) or not can_move(statement, program):
            continue
        if statement.facts.reads & rules.flowing:
            continue  # a default or a class body reads the value as it is here
        name = statement.facts.order[0]
        readers = [i for i in program.readers.get(name, ()) if i in group_of and i != index]
        if len(program.binders.get(name, ())) > 1 or not readers:
            continue
        first = min(readers, key=lambda i: (group_of[i], moved[group_of[i]].index(i)))
        if group_of[first] <= group_of[index]:
            continue
        moved[group_of[index]].remove(index)
        place = moved[group_of[first]]
        place.insert(place.index(first), index)
        group_of[index] = group_of[first]
    return moved
