"""Which groups are too large to be one function, and where are they cut?"""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence
from dataclasses import replace

from nb2pkg.analysis import walk
from nb2pkg.dataflow import Program
from nb2pkg.notebook import CellKind, Notebook
from nb2pkg.planning.drafts import FlowRules, group_facts
from nb2pkg.planning.grouping import Group, Grouping
from nb2pkg.planning.splitting import CellFlow, best_cuts, purpose_of

_LARGEST_SHARE = 0.42
_FEW_CELLS = 6
_CELLS_A_STEP = 5
_MOST_STEPS = 12


def regroup(
    notebook: Notebook, grouping: Grouping, rules: FlowRules, loose: Sequence[Sequence[int]]
) -> Grouping:
    """Cut groups that nobody named, and sections that hold most of the notebook, by data flow."""
    total = sum(len(group) for group in loose) or 1
    found: list[Group] = []
    for group, statements in zip(grouping.groups, loose, strict=False):
        cells = _cells_with_code(group, statements, rules)
        share = len(statements) / total
        named_by_user = group.origin == "tag"
        alone = group.origin == "prelude" and len(grouping.groups) == 1
        too_large = share > _LARGEST_SHARE and len(cells) >= _FEW_CELLS
        if named_by_user or not (too_large or (alone and len(cells) >= 3)):
            found.append(_named_by_purpose(group, statements, rules))
            continue
        parts = max(2, math.ceil(share / 0.3))
        if alone:
            parts = max(parts, min(_MOST_STEPS, round(len(cells) / _CELLS_A_STEP)))
        runs = best_cuts(_cell_flows(notebook, cells, statements, rules), parts)
        found.extend(_parts_of(group, runs, statements, rules))
    return replace(grouping, groups=tuple(found))


def _cells_with_code(group: Group, statements: Sequence[int], rules: FlowRules) -> list[int]:
    used = {rules.program.statements[i].cell for i in statements}
    return [cell for cell in group.cells if cell in used]


def _named_by_purpose(group: Group, statements: Sequence[int], rules: FlowRules) -> Group:
    """What stands before the first section is named after what it does."""
    if group.origin != "prelude" or not statements:
        return group
    purpose = purpose_of([rules.program.statements[i] for i in statements], rules.program.aliases)
    if purpose is None:
        return group
    return replace(group, name=purpose[0], title=purpose[1])


def _cell_flows(
    notebook: Notebook, cells: Sequence[int], statements: Sequence[int], rules: FlowRules
) -> list[CellFlow]:
    flows: list[CellFlow] = []
    kinds = {cell.position: cell.kind for cell in notebook.cells}
    for cell in cells:
        mine = [i for i in statements if rules.program.statements[i].cell == cell]
        facts = group_facts(mine, rules)
        changed = frozenset(n for i in mine for n in rules.aliasing.changed[i].surely)
        purpose = purpose_of([rules.program.statements[i] for i in mine], rules.program.aliases)
        flows.append(
            CellFlow(
                position=cell,
                reads=facts.reads,
                binds=facts.may_bind | (changed & facts.reads),
                weight=len(mine),
                purpose=purpose[0] if purpose else None,
                follows_text=kinds.get(cell - 1) is CellKind.MARKDOWN,
            )
        )
    return flows


def _parts_of(
    group: Group, runs: Sequence[Sequence[int]], statements: Sequence[int], rules: FlowRules
) -> list[Group]:
    """Groups for the runs of one section; the first keeps the section's name and prose."""
    starts = [run[0] for run in runs]
    found: list[Group] = []
    for number, run in enumerate(runs):
        first = starts[number] if number else min(group.cells)
        last = starts[number + 1] if number + 1 < len(runs) else max(group.cells) + 1
        cells = tuple(c for c in group.cells if first <= c < last)
        mine = [i for i in statements if rules.program.statements[i].cell in run]
        purpose = purpose_of([rules.program.statements[i] for i in mine], rules.program.aliases)
        name, title = purpose or _after_its_value(mine, rules.program)
        if number == 0 and group.origin == "heading":
            found.append(replace(group, cells=cells))
        else:
            found.append(Group(name=name, title=title, prose="", cells=cells, origin="flow"))
    return found


def _is_read_next(name: str, after: int, program: Program) -> bool:
    """Whether code further down reads this very value, before it binds the name anew."""
    reader = min((r for r in program.readers.get(name, ()) if r > after), default=None)
    binder = min((b for b in program.binders.get(name, ()) if b > after), default=None)
    return reader is not None and (binder is None or reader <= binder)


def _after_its_value(indices: Sequence[int], program: Program) -> tuple[str, str]:
    """`make_orders` for code that makes the orders which others go on to read."""
    statements = [program.statements[i] for i in indices]
    looped = {
        n.id
        for s in statements
        for node in s.nodes
        if isinstance(node, (ast.For, ast.AsyncFor))
        for n in walk(node.target)
        if isinstance(n, ast.Name)
    }
    bound = [n for s in statements for n in s.facts.order if n[0] != "_" and n not in looped]
    last = max(indices, default=-1)
    given = [n for n in bound if _is_read_next(n, last, program)]
    names = given or bound
    telling = [n for n in names if len(n) > 2] or names
    if telling and given:
        return f"make_{telling[-1]}", f"Make {telling[-1]}"
    calls = [n for s in statements for n in s.nodes if isinstance(n, ast.Call)]
    if any(getattr(call.func, "id", "") == "print" for call in calls):
        return "report", "Report"
    if any(isinstance(s.node, ast.Assert) for s in statements):
        return "check", "Check"
    return (f"make_{telling[-1]}", f"Make {telling[-1]}") if telling else ("step", "Step")
