"""How does a notebook become a package? Every decision, in order; no text is written here."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from nb2pkg.analysis import Kind, ParsedCell
from nb2pkg.dataflow import BUILTINS, DataflowGraph, Program, is_star
from nb2pkg.dataflow.aliasing import trace_aliases
from nb2pkg.notebook import Notebook
from nb2pkg.planning.choices import PackageChoices
from nb2pkg.planning.definitions import Definitions, names_needed, settle_definitions
from nb2pkg.planning.drafts import FlowRules, settle_drafts
from nb2pkg.planning.grouping import (
    PARAMETER_TAGS,
    SKIP_TAGS,
    Grouping,
    group_cells,
    tested_step,
)
from nb2pkg.planning.homes import settle_homes
from nb2pkg.planning.imports import import_table
from nb2pkg.planning.leaving_out import usable_cells
from nb2pkg.planning.library_counters import counted_anew
from nb2pkg.planning.moving import settle_apart
from nb2pkg.planning.naming import safe_name, step_slug
from nb2pkg.planning.parameters import read_parameters
from nb2pkg.planning.plan import LeftOut, PackagePlan, Parameter
from nb2pkg.planning.regrouping import regroup
from nb2pkg.planning.remembering import remembering_looks
from nb2pkg.planning.setup import is_setup, must_run_early
from nb2pkg.planning.showing import only_shows, wanted_results
from nb2pkg.planning.sinking import sink_definitions
from nb2pkg.planning.static_values import is_mutable_display
from nb2pkg.planning.steps import StepContext, make_steps
from nb2pkg.planning.told_places import told_places


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roles:
    """What becomes of each statement (indices into the program)."""

    early: tuple[int, ...]
    setup: tuple[int, ...]
    constants: frozenset[int]
    definitions: frozenset[int]
    imports: frozenset[int]
    shows: frozenset[int]
    parameters: frozenset[int]


def plan_package(
    notebook: Notebook, cells: Sequence[ParsedCell], choices: PackageChoices, package: str
) -> tuple[PackagePlan, DataflowGraph]:
    """Decide what the package will be."""
    staying, graph, left_out, findings = usable_cells(cells, choices.pure_calls)
    program = graph.program
    parameters, parameter_statements = _parameters(staying, program)
    names = frozenset(p.name for p in parameters)
    eligible = frozenset(range(len(program.statements))) - parameter_statements
    definitions = settle_definitions(program, eligible, names)
    grouping = _group(notebook, program, definitions, eligible)
    aliasing = trace_aliases(program)

    def settle(grouping: Grouping) -> tuple[Roles, FlowRules]:
        roles = _roles(program, definitions, grouping, parameter_statements)
        elsewhere = _elsewhere(program, definitions, roles)
        return roles, FlowRules(program, definitions, elsewhere, aliasing, names)

    roles, rules = settle(grouping)
    whole, apart = settle_apart(grouping, rules, _loose(program, grouping, roles))
    grouping = regroup(notebook, whole, rules, _loose(program, whole, roles))
    finer, rules = settle(grouping)
    if finer.constants != roles.constants:
        # Cut into more groups, more literals are read outside their own. As constants of the package
        # they have no part in the groups.
        grouping = regroup(notebook, whole, rules, _loose(program, whole, finer))
        finer, rules = settle(grouping)
    roles = finer
    group_of = _group_of(program, grouping)
    loose = _loose(program, grouping, roles)
    loose = sink_definitions(loose, rules)
    wanted = wanted_results(program)
    drafts = settle_drafts(loose, rules, wanted)
    homes = settle_homes(program, definitions, roles.constants, drafts, grouping, group_of)
    imports = import_table(program)
    context = StepContext(
        program=program,
        rules=rules,
        definitions=definitions,
        grouping=grouping,
        homes=homes,
        cells={c.position: c for c in staying},
        choices=choices,
        parameters=parameters,
        shows=roles.shows,
        group_of=group_of,
        package=package,
    )
    made = make_steps(drafts, context, roles.early, roles.setup)
    plan = PackagePlan(
        program=program,
        aliasing=rules.aliasing,
        package=package,
        notebook=notebook.name,
        title=grouping.title,
        summary=grouping.summary,
        parameters=parameters,
        early=made.early,
        setup=made.setup,
        steps=made.steps,
        shared=made.shared,
        processes=made.processes,
        constants=made.constants,
        imports=imports.statements,
        stars=imports.stars,
        effect_imports=imports.effects,
        has_future_annotations=imports.future_annotations,
        homes=made.homes,
        left_out=tuple(sorted((*left_out, *made.left_out, *_dropped(staying)), key=lambda x: (x.cell, x.line))),
        tests=_tests(cells, [s.name for s in made.steps]),
        diagnostics=(
            *findings, *apart, *made.findings, *told_places(program, definitions),
            *counted_anew(program, made.processes),
            *(f for c in staying for f in c.findings),
        ),
    )  # fmt: skip
    return plan, graph


def _tests(cells: Sequence[ParsedCell], steps: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The code of the cells that are tagged as tests, by the name of the step that they test."""
    found: dict[str, tuple[str, ...]] = {}
    for cell in cells:
        wanted = tested_step(cell.cell)
        if wanted is None or set(cell.cell.tags) & SKIP_TAGS or not cell.statements:
            continue
        name = safe_name(step_slug(wanted), (), fallback="step")
        candidates = (name, f"{name}_", f"{name.rstrip('_')}_step")
        step = next((n for n in candidates if n in steps), name)
        found[step] = (*found.get(step, ()), cell.source.text)
    return found


def _parameters(
    cells: Sequence[ParsedCell], program: Program
) -> tuple[tuple[Parameter, ...], frozenset[int]]:
    tagged = {c.position for c in cells if set(c.cell.tags) & PARAMETER_TAGS}
    indices = [i for i, s in enumerate(program.statements) if s.cell in tagged]
    found, taken = read_parameters([program.statements[i] for i in indices])
    return found, frozenset(indices[position] for position in taken)


def _group(
    notebook: Notebook, program: Program, definitions: Definitions, eligible: frozenset[int]
) -> Grouping:
    weights: dict[int, int] = {}
    for index in sorted(eligible):
        statement = program.statements[index]
        loose = (
            statement.kind is not Kind.IMPORT
            and index not in definitions.module_level
            and index not in definitions.constants
        )
        weights[statement.cell] = weights.get(statement.cell, 0) + loose
    return group_cells(notebook, weights)


def _group_of(program: Program, grouping: Grouping) -> dict[int, int]:
    """Statement → the number of its group."""
    by_cell = {cell: n for n, group in enumerate(grouping.groups) for cell in group.cells}
    return {i: by_cell[s.cell] for i, s in enumerate(program.statements) if s.cell in by_cell}


def _roles(
    program: Program,
    definitions: Definitions,
    grouping: Grouping,
    parameter_statements: frozenset[int],
) -> Roles:
    statements = program.statements
    group_of = _group_of(program, grouping)
    imports = frozenset(
        i for i, s in enumerate(statements) if is_star(s) or program.is_static_import(s)
    )
    constants = _needed_constants(program, definitions, grouping, group_of)
    early = tuple(i for i in range(len(statements)) if must_run_early(i, program))
    settled = (
        imports | constants | definitions.module_level | frozenset(early) | parameter_statements
    )
    parameters = frozenset(n for i in parameter_statements for n in statements[i].facts.may_bind)
    setup = _leading_setup(program, grouping, group_of, settled, constants, parameters)
    shows = frozenset(
        i for i, s in enumerate(statements) if i not in settled and only_shows(s, program)
    )
    shows -= remembering_looks(program, shows)
    return Roles(
        early=early,
        setup=setup,
        constants=constants,
        definitions=definitions.module_level,
        imports=imports,
        shows=shows,
        parameters=parameter_statements,
    )


def _needed_constants(
    program: Program, definitions: Definitions, grouping: Grouping, group_of: dict[int, int]
) -> frozenset[int]:
    """The constants that something outside their own step reads; the others stay local variables."""
    named = {n: i for i in definitions.constants for n in program.statements[i].facts.order}
    kept: set[int] = set()
    for name, index in named.items():
        home = group_of.get(index)
        readers = program.readers.get(name, ())
        by_definition = any(r in definitions.module_level for r in readers)
        elsewhere = any(group_of.get(r) != home for r in readers)
        is_block = not isinstance(program.statements[index].node, (ast.Assign, ast.AnnAssign))
        # A number or a text that nothing changes is not passed from hand to hand.
        is_scalar = not is_block and not is_mutable_display(program.statements[index].node.value)  # type: ignore[attr-defined]
        is_config = (
            is_block
            or is_scalar
            or name.isupper()
            or home is None
            or grouping.groups[home].origin == "prelude"
        )
        if by_definition or (elsewhere and is_config):
            kept.add(index)
    grew = True
    while grew:  # what a constant is made of must be a constant too
        grew = False
        for index in tuple(kept):
            for name in names_needed(program.statements[index], program) & named.keys():
                if named[name] not in kept:
                    kept.add(named[name])
                    grew = True
    return frozenset(kept)


def _leading_setup(
    program: Program,
    grouping: Grouping,
    group_of: dict[int, int],
    settled: frozenset[int],
    constants: frozenset[int],
    parameters: frozenset[str],
) -> tuple[int, ...]:
    """Options and styles that the notebook sets before it does anything else."""
    found: list[int] = []
    known = (
        program.static_imports
        | BUILTINS
        | {n for i in constants for n in program.statements[i].facts.order}
    )
    known |= {p for p in parameters if _is_bound_by_parameters_only(program, p)}
    for index, statement in enumerate(program.statements):
        if index in settled or index not in group_of:
            continue
        free = names_needed(statement, program) - known
        if not is_setup(statement, program) or free & program.binders.keys():
            break
        found.append(index)
    return tuple(found)


def _is_bound_by_parameters_only(program: Program, name: str) -> bool:
    return len(program.binders.get(name, ())) == 1


def _elsewhere(program: Program, definitions: Definitions, roles: Roles) -> frozenset[str]:
    """Names that do not flow: imports, module-level definitions and constants."""
    moved = definitions.module_level | roles.constants
    return program.static_imports | {n for i in moved for n in program.statements[i].facts.may_bind}


def _loose(program: Program, grouping: Grouping, roles: Roles) -> list[list[int]]:
    """The statements that make up each group's function."""
    moved = (
        roles.shows | roles.imports | roles.constants | roles.definitions | roles.parameters
        | frozenset(roles.early) | frozenset(roles.setup)
    )  # fmt: skip
    group_of = _group_of(program, grouping)
    groups: list[list[int]] = [[] for _ in grouping.groups]
    for index in range(len(program.statements)):
        if index in group_of and index not in moved:
            groups[group_of[index]].append(index)
    return groups


def _dropped(cells: Sequence[ParsedCell]) -> list[LeftOut]:
    return [
        LeftOut(cell=cell.position, line=line, text=text, reason=reason)
        for cell in cells
        for line, text, reason in cell.dropped
    ]
