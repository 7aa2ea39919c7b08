"""What is the plan of one function, when all the rest stays in the notebook?"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from nb2pkg.analysis import Edit, ParsedCell, Statement
from nb2pkg.dataflow import Program
from nb2pkg.dataflow.aliasing import Aliasing
from nb2pkg.notebook import CellKind, Notebook
from nb2pkg.planning.grouping import first_paragraph
from nb2pkg.planning.headings import sections_of
from nb2pkg.planning.imports import import_table
from nb2pkg.planning.naming import safe_name, step_slug, unnumbered
from nb2pkg.planning.placing import repeated_import_edits
from nb2pkg.planning.plan import PackagePlan, Placed, Step
from nb2pkg.planning.pyplot import cell_ends
from nb2pkg.planning.steps import awaits, blank_before
from nb2pkg.planning.value_types import types_after
from nb2pkg.refactoring.function_flow import FunctionFlow
from nb2pkg.refactoring.selection import Selection
from nb2pkg.refactoring.shown_values import Shown


def suggested_name(
    notebook: Notebook, selection: Selection, flow: FunctionFlow, taken: Collection[str]
) -> str:
    """A name for the function: from the heading above it, or from what it gives."""
    title = heading_above(notebook, selection.positions[0])
    if title and step_slug(title):
        suggestion = step_slug(title)
    elif flow.returns:
        suggestion = f"make_{flow.returns[-1].lower()}"
    elif flow.parameters:
        suggestion = f"report_{flow.parameters[-1].lower()}"
    else:
        suggestion = "report"
    return safe_name(suggestion, taken, fallback="step")


def heading_above(notebook: Notebook, position: int) -> str:
    """The heading right above a cell, or the first sentence of the prose there; empty if there is none."""
    for cell in reversed(notebook.cells):
        if cell.position >= position or not cell.source.strip():
            continue
        if cell.kind is not CellKind.MARKDOWN:
            return ""
        sections = sections_of(cell.source)
        titled = [s for s in sections if s.title]
        if titled:
            return unnumbered(titled[-1].title)
        return first_paragraph(sections[-1].prose if sections else cell.source).split(". ")[0]
    return ""


def function_plan(
    notebook: Notebook,
    cells: Sequence[ParsedCell],
    program: Program,
    aliasing: Aliasing,
    *,
    selection: Selection,
    flow: FunctionFlow,
    shown: Shown,
    name: str,
    module: str,
    title: str,
    local_modules: frozenset[str],
) -> PackagePlan:
    """The plan of a package that has this one function, in the module of that dotted name."""
    imports = import_table(program)
    types = types_after(
        [program.statements[i] for i in range(selection.statements.start)], program, {}
    )
    after = types_after([program.statements[i] for i in selection.statements], program, types)
    local = {s.facts.order[0] for s in program.statements if s.kind.value == "class"} - {
        program.statements[i].facts.order[0] for i in flow.moved
    }
    step = Step(
        name=name,
        title=title,
        prose="",
        cells=selection.positions,
        body=tuple(_body(program, selection, flow, shown, cells)),
        parameters=flow.parameters,
        options=(),
        returns=flow.returns,
        results={},
        changes=flow.changes,
        ends_with_return=shown.returned is not None,
        is_async=any(awaits(program.statements[i]) for i in flow.body),
        types={n: types[n] for n in flow.parameters if n in types and types[n] not in local},
        result_types={n: after[n] for n in flow.returns if n in after and after[n] not in local},
        helpers=tuple(
            Placed(statement=program.statements[i], blank_before=True) for i in flow.moved
        ),
    )
    return PackagePlan(
        program=program,
        aliasing=aliasing,
        package=module,
        notebook=notebook.name,
        title=title,
        summary="",
        parameters=(),
        early=(),
        setup=(),
        steps=(step,),
        shared=(),
        constants=(),
        imports=imports.statements,
        stars=imports.stars,
        effect_imports=(),
        has_future_annotations=imports.future_annotations,
        homes={n: f"steps.{name}" for i in flow.moved for n in program.statements[i].facts.order},
        left_out=(),
        diagnostics=(),
        local_modules=tuple(sorted(local_modules)),
    )


def _body(
    program: Program,
    selection: Selection,
    flow: FunctionFlow,
    shown: Shown,
    cells: Sequence[ParsedCell],
) -> list[Placed]:
    ends = cell_ends([flow.body], program, [cell.backend for cell in cells])
    closing = {cell.position: cell.closing_comment for cell in selection.cells}
    last_of_cell = {program.statements[i].cell: i for i in flow.body}
    last_cell = selection.positions[-1]
    found: list[Placed] = []
    previous: Statement | None = None
    for index in flow.body:
        statement = program.statements[index]
        is_last = last_of_cell[statement.cell] == index
        # What the last cell has drawn is shown where the cell with the call ends.
        at_end = (
            ends.after_cell.get(statement.cell, ())
            if is_last and statement.cell != last_cell
            else ()
        )
        found.append(
            Placed(
                statement=statement,
                edits=(
                    *shown.edits.get(index, ()),
                    *_returned(statement, index == shown.returned),
                    *repeated_import_edits(statement, program),
                    *ends.inside.get(index, ()),
                ),
                after=(*ends.after_statement.get(index, ()), *at_end),
                comment_below=closing[statement.cell] if is_last else "",
                blank_before=blank_before(statement)
                or (previous is not None and previous.cell != statement.cell),
            )
        )
        previous = statement
    return found


def _returned(statement: Statement, is_returned: bool) -> tuple[Edit, ...]:
    start = statement.start
    return (Edit(start, start, "return "),) if is_returned else ()
