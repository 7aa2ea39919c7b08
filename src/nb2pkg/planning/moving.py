"""May cells of one step that stand apart be moved together?"""

from __future__ import annotations

import ast
from bisect import bisect
from collections.abc import Sequence
from dataclasses import replace

from nb2pkg.analysis import Kind, Statement, children
from nb2pkg.dataflow import only_looks_at
from nb2pkg.planning.drafts import FlowRules
from nb2pkg.planning.grouping import Group, Grouping
from nb2pkg.planning.leaving_out import location_of
from nb2pkg.problems import Diagnostic, Severity


def settle_apart(
    grouping: Grouping, rules: FlowRules, loose: Sequence[Sequence[int]]
) -> tuple[Grouping, list[Diagnostic]]:
    """Keep cells of one tag together where moving them crosses no dependency; else make two steps."""
    places = [_place(g, mine, rules) for g, mine in zip(grouping.groups, loose, strict=True)]
    order = sorted(range(len(places)), key=lambda n: places[n])
    groups = [grouping.groups[n] for n in order]
    loose = [loose[n] for n in order]
    every = sorted(i for group in loose for i in group)
    statements = rules.program.statements
    findings: list[Diagnostic] = []
    result: list[Group] = []
    inserted: list[tuple[int, Group]] = []
    for group, mine in zip(groups, loose, strict=False):
        kept: list[int] = []
        moved: list[int] = []
        own = set(mine)
        ordered = sorted(mine)
        apart = bool(ordered) and ordered[-1] - ordered[0] + 1 > len(ordered)
        for index in ordered:
            # Everything that it would be moved above, of which other cells of the step were already.
            between = (
                [i for i in every[bisect(every, ordered[0]) : bisect(every, index)] if i not in own]
                if apart
                else []
            )
            target = moved if moved or any(_depends(rules, q, index) for q in between) else kept
            target.append(index)
        if not moved:
            result.append(group)
            continue
        cells = {statements[i].cell for i in moved}
        result.append(replace(group, cells=tuple(c for c in group.cells if c not in cells)))
        late = replace(
            group, name=f"{group.name}_2", cells=tuple(c for c in group.cells if c in cells)
        )
        inserted.append((min(cells), late))
        findings.append(_finding(group, statements[moved[0]]))
    for first, late in inserted:
        place = next(
            (n for n, g in enumerate(result) if g.cells and min(g.cells) > first), len(result)
        )
        result.insert(place, late)
    return replace(grouping, groups=tuple(result)), findings


def _place(group: Group, statements: Sequence[int], rules: FlowRules) -> int:
    """The cell where a step begins: the first that has something to run."""
    if statements:
        return rules.program.statements[min(statements)].cell
    return min(group.cells, default=0)


def _depends(rules: FlowRules, one: int, other: int) -> bool:
    """Whether two statements must keep their order."""
    statements = rules.program.statements
    a, b = statements[one].facts, statements[other].facts
    a_writes = a.may_bind | a.deletes | rules.aliasing.changed[one].possibly
    b_writes = b.may_bind | b.deletes | rules.aliasing.changed[other].possibly
    # What the package keeps elsewhere, a class say, may be changed all the same.
    a_reads, b_reads = a.reads | rules.facts(one).reads, b.reads | rules.facts(other).reads
    if a_writes & (b_reads | b_writes) or b_writes & (a_reads | a_writes):
        return True
    return _has_effect(statements[one], rules) and _has_effect(statements[other], rules)


def _has_effect(statement: Statement, rules: FlowRules) -> bool:
    """Whether a statement may print, draw, write or consume something."""
    if statement.kind is not Kind.CODE:
        return False
    return not all(
        only_looks_at(rules.program, node)
        for node in children(statement.node)
        if isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    ) or not isinstance(statement.node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr))


def _finding(group: Group, statement: Statement) -> Diagnostic:
    return Diagnostic(
        code="NB211",
        severity=Severity.WARNING,
        message=f"cells tagged 'step:{group.name}' stand apart, and what stands between depends on them; "
        f"from cell {statement.cell} on they are a step of their own",
        location=location_of(statement),
        hint="tag the later cells with another step's name",
    )
