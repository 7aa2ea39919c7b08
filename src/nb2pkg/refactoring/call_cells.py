"""How do the notebook's cells read once some of them are a call?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from nb2pkg.analysis import Kind, ParsedCell, Statement
from nb2pkg.dataflow import Program
from nb2pkg.notebook import Cell, CellKind
from nb2pkg.planning.plan import PackagePlan
from nb2pkg.refactoring.edits import EditedCell, edited
from nb2pkg.refactoring.function_flow import FunctionFlow
from nb2pkg.refactoring.selection import Selection
from nb2pkg.refactoring.shown_values import Below
from nb2pkg.rendering.import_block import import_block
from nb2pkg.rendering.import_effects import imports_quietly
from nb2pkg.rendering.notebook_cells import EditableCell
from nb2pkg.rendering.notebook_roles import Roles
from nb2pkg.rendering.rewritten_notebook import call_text


def call_cells(
    cells: Sequence[Cell],
    parsed: Sequence[ParsedCell],
    plan: PackagePlan,
    roles: Roles,
    *,
    selection: Selection,
    flow: FunctionFlow,
    below: Below,
    words: Collection[str],
) -> tuple[EditedCell, ...]:
    """The notebook with one cell in place of the selected ones, that imports the function and calls it.

    Definitions that went along are imported where they stood. `words` are what cells that are not all
    Python may name.
    """
    program = roles.program
    inside = {program.statements[i] for i in selection.statements} - set(below.looks)
    needed = _needed(program, inside, flow.moved) | set(words)
    sources: dict[int, str | None] = {
        cell.position: _with_imports(cell, plan, flow, program)
        for cell in parsed
        if cell.position not in selection.positions
        and any(program.statements[i].cell == cell.position for i in flow.moved)
    }
    first, *others = selection.positions
    sources |= dict.fromkeys(others)
    found = edited(cells, {**sources, first: ""})
    call = EditedCell(
        of=first,
        kind=CellKind.CODE,
        source=_call_source(plan, roles, selection, flow, below, needed),
        tags=tuple(dict.fromkeys(t for c in selection.cells for t in c.cell.tags)),
        shows=selection.positions,
        mark={"extracted_to": f"{plan.package}.{plan.steps[0].name}"},
    )
    return tuple(call if cell.of == first else cell for cell in found)


def _needed(
    program: Program, inside: Collection[Statement], moved: Collection[int]
) -> frozenset[str]:
    """Names that the code which stays in the notebook looks up."""
    gone = {program.statements[i] for i in moved}
    found: set[str] = set()
    for statement in program.statements:
        if statement not in inside and statement not in gone:
            facts = statement.facts
            found |= facts.all_reads | facts.reads | facts.captures | facts.mentions
    return frozenset(found)


def _call_source(
    plan: PackagePlan,
    roles: Roles,
    selection: Selection,
    flow: FunctionFlow,
    below: Below,
    needed: Collection[str],
) -> str:
    program = roles.program
    step = plan.steps[0]
    here = [program.statements[i].facts.order[0] for i in flow.moved if i in selection.statements]
    names = [step.name, *sorted(n for n in here if n in needed)]
    imports = [f"from {plan.package} import {name}" for name in names]
    own = "\n".join(_own_imports(program, selection, roles, needed))
    parts = [
        own,
        import_block(imports, plan.package),
        "",
        call_text(step, step.returns),
    ]
    if flow.gone:
        parts.append(f"del {', '.join(flow.gone)}")
    if below.looks:
        place = below.looks[0].cell
        editable = EditableCell(next(c for c in selection.cells if c.position == place))
        parts.append(editable.text(dict.fromkeys(below.looks), {}, {}))
    elif below.name is not None:
        parts.append(below.name)
    return "\n".join(parts).strip("\n")


def _own_imports(
    program: Program, selection: Selection, roles: Roles, needed: Collection[str]
) -> Iterator[str]:
    """The imports of the selected cells that the rest of the notebook needs, or that may do something."""
    for index in selection.statements:
        statement = program.statements[index]
        if not program.is_static_import(statement):
            continue
        bound_above = frozenset(
            n
            for i in range(selection.statements.start)
            if program.statements[i].kind is Kind.IMPORT
            for n in program.statements[i].facts.binds
        )
        if not imports_quietly(statement, roles) or (
            statement.facts.may_bind & frozenset(needed) - bound_above
        ):
            yield statement.text


def _with_imports(cell: ParsedCell, plan: PackagePlan, flow: FunctionFlow, program: Program) -> str:
    """A cell whose definitions have gone to the module, and that imports them from there."""
    editable = EditableCell(cell)
    moved = [
        program.statements[i] for i in flow.moved if program.statements[i].cell == cell.position
    ]
    stays = {s: None for s in cell.statements if s not in moved}
    names = ", ".join(s.facts.order[0] for s in moved)
    return editable.text(stays, {}, {moved[0]: f"from {plan.package} import {names}"})
