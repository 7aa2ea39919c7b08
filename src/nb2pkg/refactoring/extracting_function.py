"""What changes when some cells of a notebook become a function of a module?"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from nb2pkg.analysis import Kind, ParsedCell
from nb2pkg.dataflow import DataflowGraph, Program, link
from nb2pkg.dataflow.aliasing import trace_aliases
from nb2pkg.notebook import Notebook
from nb2pkg.planning.plan import PackagePlan
from nb2pkg.refactoring.call_cells import call_cells
from nb2pkg.refactoring.edits import EditedCell, FileEdit, Refactoring
from nb2pkg.refactoring.function_flow import FunctionFlow, definitions_to_move, function_flow
from nb2pkg.refactoring.function_plan import function_plan, heading_above, suggested_name
from nb2pkg.refactoring.function_test import function_tests
from nb2pkg.refactoring.lifetimes import refuse_other_lifetimes
from nb2pkg.refactoring.module_edits import with_code
from nb2pkg.refactoring.new_names import refuse_bad_name
from nb2pkg.refactoring.other_effects import refuse_other_effects
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.search_path import refuse_another_path
from nb2pkg.refactoring.seen_as_module import refuse_seen_as_module, refuse_tests_searched_for
from nb2pkg.refactoring.selection import MEANT_OTHERWISE, Selection, select
from nb2pkg.refactoring.shared_constants import refuse_shared_constants
from nb2pkg.refactoring.shown_values import names_shown, shown_values, stays_below
from nb2pkg.refactoring.telling_definitions import (
    refuse_told_definitions,
    telling_definitions,
)
from nb2pkg.refactoring.told_callers import refuse_told_callers, tells_where_made
from nb2pkg.refactoring.told_log_places import refuse_told_log_places
from nb2pkg.refactoring.told_modules import refuse_told_modules
from nb2pkg.rendering.module_text import ImportResolver
from nb2pkg.rendering.notebook_cells import EditableCell
from nb2pkg.rendering.notebook_roles import roles_of, tells_modules
from nb2pkg.rendering.step_module import step_parts

# Gives Python code its layout.
Layout = Callable[[str], str]
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionWish:
    """What the user wants of the new function.

    cells: positions of the selected cells; name: None leaves it to us
    module: the module's dotted name, as the notebook imports it; module_path: its file
    test_path: the file for its tests, None for none; doc: the first sentence of its docstring, "" for no
    docstring at all, None leaves it to us; gives: names that it is to give in any case
    """

    cells: tuple[int, ...]
    module: str
    module_path: str
    name: str | None = None
    test_path: str | None = None
    doc: str | None = None
    gives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What is there around the notebook, as far as it matters.

    files: the texts of the module and of the file for tests, where they are there
    local_modules: top names of the modules that the notebook's folder has
    """

    files: Mapping[str, str] = field(default_factory=dict)
    local_modules: frozenset[str] = frozenset()


def extract_function(
    notebook: Notebook,
    cells: Sequence[ParsedCell],
    wish: FunctionWish,
    project: Project,
    layout: Layout,
) -> Refactoring:
    """Make a function of the selected cells, and let the notebook call it.

    Raises:
        FindingsError: the notebook would do something else afterwards, or the wish cannot be granted
            (NB801 to NB804).
    """
    graph = link(cells)
    selection = select(cells, wish.cells, graph)
    plan, flow, edited = _planned(notebook, cells, graph, selection, wish, project)
    name = plan.steps[0].name
    parts, imports = step_parts(plan.steps[0], plan, ImportResolver(plan), described=wish.doc != "")
    if plan.has_future_annotations:
        imports = ["from __future__ import annotations", *imports]
    code = layout("\n\n\n".join(parts) + "\n")
    files = [_file(wish.module_path, imports, code, wish.module, project, made=name)]
    if wish.test_path is not None:
        tests = function_tests(plan)
        needed = list(dict.fromkeys(line for test in tests for line in test.imports))
        text = layout("\n\n\n".join(test.text for test in tests) + "\n")
        files.append(_file(wish.test_path, needed, text, wish.module, project))
    return Refactoring(
        title=f"Extract {name} to {wish.module_path}",
        cells=edited,
        files=tuple(files),
        inputs=flow.parameters,
        outputs=flow.returns,
        choices=flow.choices,
        name=name,
        module=wish.module,
    )


def _planned(
    notebook: Notebook,
    cells: Sequence[ParsedCell],
    graph: DataflowGraph,
    selection: Selection,
    wish: FunctionWish,
    project: Project,
) -> tuple[PackagePlan, FunctionFlow, tuple[EditedCell, ...]]:
    program = graph.program
    aliasing = trace_aliases(program)
    fixed = _fixed(cells, program, selection)
    moved = definitions_to_move(program, selection.statements, fixed)
    loose = [
        i
        for i in selection.statements
        if i not in moved and not program.is_static_import(program.statements[i])
    ]
    body, below = stays_below(program, loose) if loose else ((), None)
    if not body or below is None:
        raise cannot(
            "NB802",
            "the selected cells only import, define or show something: there is nothing to call",
            statement=program.statements[selection.statements[0]],
            hint="select the cells that compute something",
        )
    refuse_told_definitions(program, body)
    refuse_told_log_places(program, [*body, *moved])
    refuse_other_lifetimes(program, body, selection.statements.start)
    after = [*below.looks, *program.statements[selection.statements.stop :]]
    words = _words(cells, selection)
    if below.name is not None:
        words |= {below.name}
    flow = function_flow(
        program,
        aliasing,
        selected=selection.statements,
        body=body,
        moved=moved,
        after=after,
        wanted=wish.gives,
        words=words,
    )
    taken = _names(program)
    shown = shown_values(program, body, below, gives=bool(flow.returns), taken=taken)
    name = wish.name or suggested_name(notebook, selection, flow, taken)
    _refuse_name(name, taken)
    words_of_name = name.strip("_").replace("_", " ")
    doc = wish.doc or heading_above(notebook, selection.positions[0]) or words_of_name
    plan = function_plan(
        notebook, cells, program, aliasing,
        selection=selection, flow=flow, shown=shown, name=name, module=wish.module, title=doc,
        local_modules=project.local_modules,
    )  # fmt: skip
    roles = roles_of(plan, cells)
    refuse_other_effects(plan, roles, flow)
    refuse_seen_as_module(cells, program, "NB801")
    refuse_tests_searched_for(program, {*selection.statements, *flow.moved})
    refuse_told_callers(program, roles, flow)
    refuse_shared_constants(program, (*flow.body, *flow.moved))
    refuse_another_path(program, cells, min([flow.body[0], *flow.moved]))
    shown_names = names_shown(program, [*after, *below.looks], below, shown)
    refuse_told_modules(program, flow.body, flow.moved, shown_names)
    edited = call_cells(
        notebook.cells, cells, plan, roles,
        selection=selection, flow=flow, below=below, words=words,
    )  # fmt: skip
    return plan, flow, edited


def _fixed(cells: Sequence[ParsedCell], program: Program, selection: Selection) -> frozenset[int]:
    """The definitions that no module can have.

    Their cells cannot be edited, or what they show or find there would differ.
    """
    uneditable = {
        cell.position
        for cell in cells
        if not EditableCell(cell).is_editable or "raises-exception" in cell.cell.tags
    }
    tells = tells_modules(program)
    telling = telling_definitions(program)
    tells_all = tells_where_made(program)
    return frozenset(
        i
        for i, s in enumerate(program.statements)
        if s.kind in (Kind.FUNCTION, Kind.CLASS)
        and (
            s.cell in uneditable
            or i in telling
            or i >= selection.statements.stop
            or (s.kind is Kind.CLASS and tells)
            or tells_all
            or bool(
                (s.facts.reads | s.facts.captures | (s.facts.mentions & program.tested))
                & MEANT_OTHERWISE
            )
        )
    )


def _words(cells: Sequence[ParsedCell], selection: Selection) -> frozenset[str]:
    """Every word of what is not plain Python outside the selection: it may name anything."""
    found: set[str] = set()
    for cell in cells:
        if cell.position in selection.positions:
            continue
        editable = EditableCell(cell)
        texts = editable.dropped.values() if editable.is_editable else (editable.raw.text,)
        for text in texts:
            found |= set(_WORD.findall(text))
    return frozenset(found)


def _names(program: Program) -> frozenset[str]:
    """Every name that the notebook has to do with."""
    found: set[str] = set()
    for statement in program.statements:
        facts = statement.facts
        found |= facts.all_reads | facts.reads | facts.captures | facts.mentions
        found |= facts.may_bind | facts.captured_binds
    return frozenset(found)


def _refuse_name(name: str, taken: Collection[str]) -> None:
    refuse_bad_name(name)
    if name in taken:
        raise cannot("NB803", f"the notebook has a '{name}' already", hint="choose another name")


def _file(
    path: str,
    imports: Sequence[str],
    code: str,
    package: str,
    project: Project,
    made: str | None = None,
) -> FileEdit:
    before = project.files.get(path)
    after = with_code(before, path, imports, code, package, made)
    return FileEdit(path=path, before=before, after=after)
