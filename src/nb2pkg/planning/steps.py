"""What is each step: its name, its signature, its statements as they will stand?"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nb2pkg.analysis import FUNCTIONS, NONE, Edit, Kind, ParsedCell, Statement, children
from nb2pkg.dataflow import Program
from nb2pkg.planning.choices import PackageChoices
from nb2pkg.planning.dead_stores import dead_stores, trimmed_look, unread_targets
from nb2pkg.planning.definitions import Definitions, Home, can_drop
from nb2pkg.planning.drafts import Draft, FlowRules
from nb2pkg.planning.grouping import Group, Grouping
from nb2pkg.planning.homes import Homes
from nb2pkg.planning.leaving_out import location_of
from nb2pkg.planning.naming import hides_something, safe_name, step_slug, unnumbered
from nb2pkg.planning.pickling import found_by_name, pickles
from nb2pkg.planning.placing import (
    SNAPSHOT,
    PlacingRules,
    discarded_value,
    edits_for,
    qualified_name,
    rewritten,
    thread_signature,
)
from nb2pkg.planning.plan import LeftOut, Parameter, Placed, Process, SharedModule, Step
from nb2pkg.planning.processes import plan_processes
from nb2pkg.planning.pyplot import CellEnds, cell_ends
from nb2pkg.planning.shadowed_builtins import builtin_edits, maybe_builtins
from nb2pkg.planning.showing import never_runs
from nb2pkg.planning.value_types import types_after
from nb2pkg.problems import Diagnostic, Location, Severity


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StepContext:
    """All that has been decided before the steps take shape."""

    program: Program
    rules: FlowRules
    definitions: Definitions
    grouping: Grouping
    homes: Homes
    cells: Mapping[int, ParsedCell]
    choices: PackageChoices
    parameters: Sequence[Parameter]
    shows: frozenset[int]
    group_of: Mapping[int, int]
    package: str


@dataclass(slots=True, kw_only=True, eq=False)
class Made:
    """The steps and modules, with what was left out on the way."""

    early: tuple[Placed, ...] = ()
    setup: tuple[Placed, ...] = ()
    steps: tuple[Step, ...] = ()
    processes: tuple[Process, ...] = ()
    shared: tuple[SharedModule, ...] = ()
    constants: tuple[Placed, ...] = ()
    homes: dict[str, str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)


def make_steps(
    drafts: Sequence[Draft], context: StepContext, early: Sequence[int], setup: Sequence[int]
) -> Made:
    """Turn drafts into steps, and definitions into the modules that they live in."""
    made = Made()
    program = context.program
    placer = _Placer(context, made)
    for index in sorted(context.shows):
        statement = program.statements[index]
        why = "never runs" if never_runs(statement.node) else "only looks at values"
        made.left_out.append(_left(statement, why))
    made.early = tuple(placer.place(i) for i in early)
    made.setup = tuple(placer.place(i) for i in setup)
    names = _step_names(drafts, context, made)
    shared_names = _shared_names(context, names, drafts)
    ends = cell_ends(
        [d.statements for d in drafts], program, [c.backend for c in context.cells.values()]
    )
    rebound: set[str] = set()
    options = {p.name for p in context.parameters}
    steps: list[Step] = []
    taken_results: set[str] = set()
    order = binding_order(program)
    local = _local_definitions(context)
    at_home = context.homes.by_home()
    types: dict[str, str] = {}
    for number, draft in enumerate(drafts):
        group = context.grouping.groups[draft.groups[0]]
        body = placer.body(draft, ends)
        keywords = {n for n in draft.parameters if n in options and n not in rebound}
        rebound |= draft.facts.may_bind
        returns = tuple(sorted(draft.returns, key=lambda n: order.get(n, (-1, 0))))
        results = {
            n: _result_field(n, names[number], taken_results) for n in returns if n in draft.results
        }
        taken_results |= set(results.values())
        types_in = types
        types = types_after([program.statements[i] for i in draft.statements], program, types)
        steps.append(
            Step(
                name=names[number],
                title=_title(draft, context.grouping),
                prose=group.prose,
                cells=tuple(sorted({program.statements[i].cell for i in draft.statements})),
                body=tuple(body),
                parameters=tuple(
                    sorted(draft.parameters - keywords, key=lambda n: order.get(n, (-1, 0)))
                ),
                options=tuple(p.name for p in context.parameters if p.name in keywords),
                returns=returns,
                results=results,
                changes=tuple(
                    sorted((draft.changes - keywords) & _changed_by_name(draft, context))
                ),
                is_async=any(awaits(program.statements[i]) for i in draft.statements),
                types={
                    n: types_in[n]
                    for n in draft.parameters & types_in.keys()
                    if types_in[n] not in local
                },
                result_types={n: types[n] for n in returns if n in types and types[n] not in local},
                rescues=maybe_builtins(draft.statements, program, draft.parameters, draft.returns),
                declares=_declared(draft, context),
                helpers=tuple(
                    placer.place(i)
                    for i in at_home.get(("step", number), ())
                    if i in context.definitions.homes
                ),
                constants=tuple(
                    placer.constant(i)
                    for i in at_home.get(("step", number), ())
                    if i not in context.definitions.homes
                ),
            )
        )
        made.findings.extend(_fusion_findings(draft, names[number], context))
    # A section that only binds what nobody reads has nothing left to do.
    busy = [n for n, s in enumerate(steps) if s.body or s.helpers or s.constants or s.returns]
    made.steps = tuple(steps[n] for n in busy)
    made.processes = plan_processes(
        [drafts[n] for n in busy],
        [names[n] for n in busy],
        context.rules,
        setup,
        context.grouping.groups,
    )
    made.constants = tuple(placer.constant(i) for i in at_home.get(("constants", 0), ()))
    made.shared = tuple(_shared_module(g, shared_names[g], context, placer) for g in shared_names)
    made.homes = _home_modules(context, names, shared_names)
    return made


def _changed_by_name(draft: Draft, context: StepContext) -> frozenset[str]:
    """Names whose own values the step changes: who holds such a value is not changed by that."""
    changed = context.rules.aliasing.changed
    return NONE.union(*(changed[i].named for i in draft.statements))


def _home_modules(
    context: StepContext, names: Sequence[str], shared_names: Mapping[int, str]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for index, (kind, number) in context.homes.of.items():
        module = (
            "constants"
            if kind == "constants"
            else f"steps.{names[number] if kind == 'step' else shared_names[number]}"
        )
        for name in context.program.statements[index].facts.order:
            found[name] = module
    return found


# -- statements --------------------------------------------------------------------------------------


class _Placer:
    """Gives statements the edits that their new place needs."""

    def __init__(self, context: StepContext, made: Made) -> None:
        self.context = context
        self.made = made
        self.rules = PlacingRules(
            program=context.program,
            threads=context.definitions.threads,
            flowing=context.rules.flowing,
        )
        self.pickles = pickles(context.program)

    def place(self, index: int) -> Placed:
        statement = self.context.program.statements[index]
        edits = edits_for(statement, self.rules)
        if self.context.definitions.homes.get(index) is Home.THREADED:
            names = self.context.definitions.threads[statement.facts.order[0]]
            edits.append(thread_signature(statement, names))
        if self.context.definitions.homes.get(index) is Home.LOCAL:
            edits.extend(qualified_name(statement, self.context.program))
        return Placed(
            statement=statement,
            edits=tuple(edits),
            replacement=rewritten(statement, edits),
            blank_before=blank_before(statement),
        )

    def constant(self, index: int) -> Placed:
        """A constant in its module: every name has a value there, so that others can import it."""
        placed = self.place(index)
        facts = placed.statement.facts
        unsure = sorted(facts.may_bind - facts.binds, key=facts.order.index)
        return replace(placed, before=tuple(f"{name} = None" for name in unsure))

    def _unused_definitions(self, statements: Sequence[int]) -> Iterator[int]:
        """Definitions inside the step that nothing reads: they would be out of anyone's reach."""
        program = self.context.program
        for index in statements:
            statement = program.statements[index]
            if (
                self.context.definitions.homes.get(index) is Home.LOCAL
                and can_drop(statement, program)
                and not any(
                    reader != index
                    for name in statement.facts.order
                    for reader in program.readers.get(name, ())
                )
            ):
                yield index

    def body(self, draft: Draft, ends: CellEnds) -> Iterator[Placed]:
        """The draft's statements, without dead stores, with what the ends of its cells do."""
        program = self.context.program
        used = (
            draft.returns
            | draft.parameters
            | {
                n
                for i in draft.statements
                for f in (program.statements[i].facts.reads | program.statements[i].facts.captures)
                & self.context.definitions.threads.keys()
                for n in self.context.definitions.threads[f]
            }
        )
        written = {n for names in self.context.rules.writers.values() for n in names}
        cuts: dict[int, Edit] = {}
        dropped: dict[int, str] = {}
        if not program.namespace_readers:  # else every value may be looked at
            cuts, dropped = dead_stores(
                draft.statements,
                program,
                frozenset(used | written),
                lambda i: self.context.rules.facts(i).reads,
            )
            for index in self._unused_definitions(draft.statements):
                dropped[index] = program.statements[index].facts.order[0]
        kept = [i for i in draft.statements if i not in dropped]
        for index, name in dropped.items():
            self.made.left_out.append(_left(program.statements[index], f"nothing reads '{name}'"))
        pickled = found_by_name(kept, program, draft.parameters) if self.pickles else {}
        builtins = builtin_edits(kept, program, draft.parameters)
        unread = (
            {}
            if program.namespace_readers
            else unread_targets(kept, program, frozenset(used | written))
        )
        last_of_cell = {program.statements[i].cell: i for i in kept}
        previous_cell: int | None = None
        for index in kept:
            statement = program.statements[index]
            placed = self.place(index)
            edits = (
                *placed.edits,
                *((cuts[index],) if index in cuts else ()),
                *builtins.get(index, ()),
                *(unread.get(index, ()) if index not in cuts else ()),
                *(
                    e
                    for e in [trimmed_look(statement, program, is_cut=index in cuts)]
                    if e is not None
                ),
                *ends.inside.get(index, ()),
                *discarded_value(statement, program),
            )
            is_last = last_of_cell[statement.cell] == index
            cell = self.context.cells.get(statement.cell)
            yield Placed(
                statement=statement,
                edits=edits,
                replacement=rewritten(statement, list(edits)),
                before=(f"{SNAPSHOT} = dict(locals())",)
                if index in program.namespace_readers and statement.kind is Kind.CODE
                else ((pickled[index],) if index in pickled else ()),
                after=(
                    *ends.after_statement.get(index, ()),
                    *(ends.after_cell.get(statement.cell, ()) if is_last else ()),
                ),
                comment_below=cell.closing_comment if cell and is_last else "",
                blank_before=placed.blank_before
                or (previous_cell is not None and previous_cell != statement.cell),
            )
            previous_cell = statement.cell


def blank_before(statement: Statement) -> bool:
    text = statement.source.text[: statement.lead]
    return text.rstrip(" \t").endswith("\n\n")


def _left(statement: Statement, reason: str) -> LeftOut:
    return LeftOut(
        cell=statement.cell, line=statement.line, text=statement.text.split("\n")[0], reason=reason
    )


# -- names -------------------------------------------------------------------------------------------


def _step_names(drafts: Sequence[Draft], context: StepContext, made: Made) -> list[str]:
    program = context.program
    values = {n.casefold() for n in (program.binders.keys() | program.late_binders.keys())}
    values |= {p.name for p in context.parameters} | {context.package}
    taken = set(values)
    names: list[str] = []
    for draft in drafts:
        groups = [context.grouping.groups[g] for g in draft.groups]
        suggestion = _joined_name(groups)
        first = program.statements[draft.statements[0]]
        name = safe_name(suggestion, (), fallback=f"section_{len(names) + 1}")
        if name in values:  # `train = train(X)` would not find the function
            name = f"{name.rstrip('_')}_step"
        name = safe_name(name.rstrip("_"), taken, fallback="step") if name in taken else name
        bare = step_slug(suggestion)
        if name == f"{bare}_" and hides_something(bare):
            made.findings.append(_renamed(bare, name, first))
        elif groups[0].origin == "tag" and groups[0].name != bare and len(groups) == 1:
            made.findings.append(_unsafe_tag(groups[0].name, name, first))
        taken.add(name)
        names.append(name)
    return names


def _joined_name(groups: Sequence[Group]) -> str:
    names = [g.name for g in groups]
    if len(names) == 1:
        return names[0]
    first, last = step_slug(names[0]), step_slug(names[-1])
    if not first or not last:
        return first or last
    return f"{first}_and_{last}" if len(names) == 2 else f"{first}_to_{last}"


def _result_field(name: str, step: str, taken: Collection[str]) -> str:
    """The field of a result; a class would mangle one that begins with two underscores."""
    bare = (name.lstrip("_") or "shown") if name.startswith("__") else name
    return bare if bare not in taken and not keyword.iskeyword(bare) else f"{step}_{bare}"


def _title(draft: Draft, grouping: Grouping) -> str:
    titles = [unnumbered(grouping.groups[g].title) for g in draft.groups]
    if len(titles) == 1:
        return titles[0]
    return f"{titles[0]}, then {titles[-1]}" if len(titles) > 2 else " and ".join(titles)


def _renamed(bare: str, name: str, first: Statement) -> Diagnostic:
    return Diagnostic(
        code="NB201",
        severity=Severity.NOTE,
        message=f"name '{bare}' is a keyword, a builtin or a module; generated as '{name}'",
        location=Location(cell=first.cell, line=1),
    )


def _unsafe_tag(tag: str, name: str, first: Statement) -> Diagnostic:
    return Diagnostic(
        code="NB204",
        severity=Severity.NOTE,
        message=f"the tag's name {tag!r} is not a safe function name; using '{name}'",
        location=Location(cell=first.cell, line=1),
    )


def _shared_names(
    context: StepContext, names: Sequence[str], drafts: Sequence[Draft]
) -> dict[int, str]:
    program = context.program
    taken = set(names)
    found: dict[int, str] = {}
    for group in context.homes.shared_groups:
        first = program.statements[context.homes.at(("shared", group))[0]]
        home = context.grouping.groups[group]
        named = home.origin in ("heading", "tag") and not any(group in d.groups for d in drafts)
        suggestion = home.name if named else first.facts.order[0]
        name = safe_name(suggestion, taken, fallback="definitions")
        taken.add(name)
        found[group] = name
    return found


def _shared_module(group: int, name: str, context: StepContext, placer: _Placer) -> SharedModule:
    definitions = tuple(placer.place(i) for i in context.homes.at(("shared", group)))
    origin = context.grouping.groups[group]
    title = (
        unnumbered(origin.title)
        if origin.origin in ("heading", "tag") and step_slug(origin.name) == name.rstrip("_")
        else f"What several steps use: {name.replace('_', ' ').strip()}"
    )
    return SharedModule(name=name, title=title, definitions=definitions)


def _local_definitions(context: StepContext) -> frozenset[str]:
    """Classes that no annotation of a module can name, because they live inside a step."""
    return frozenset(
        s.facts.order[0]
        for i, s in enumerate(context.program.statements)
        if context.definitions.homes.get(i) is Home.LOCAL and s.facts.order
    )


def _declared(draft: Draft, context: StepContext) -> tuple[str, ...]:
    """Names that functions of the step write, and that the step itself neither takes nor binds."""
    written: set[str] = set()
    own: set[str] = set(draft.parameters)
    for index in draft.statements:
        facts = context.program.statements[index].facts
        written |= facts.captured_binds
        own |= facts.may_bind
    return tuple(sorted((written & context.rules.flowing) - own))


def binding_order(program: Program) -> dict[str, tuple[int, int]]:
    """When each name first comes to be: statement, then place in the statement."""
    order: dict[str, tuple[int, int]] = {}
    for index, statement in enumerate(program.statements):
        for place, name in enumerate(statement.facts.order):
            order.setdefault(name, (index, place))
    return order


def awaits(statement: Statement) -> bool:
    """Whether running this statement awaits something, function bodies left aside."""
    # Walking a tree is slow: only where the text gives reason to.
    return ("await" in statement.text or "async" in statement.text) and _node_awaits(statement.node)


def _node_awaits(node: ast.AST) -> bool:
    if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
        return True
    if isinstance(node, ast.comprehension) and node.is_async:
        return True
    if isinstance(node, FUNCTIONS):
        return False
    return any(_node_awaits(child) for child in children(node))


def _fusion_findings(draft: Draft, name: str, context: StepContext) -> Iterator[Diagnostic]:
    if len(draft.groups) < 2:
        return
    titles = ", ".join(f"'{context.grouping.groups[g].title}'" for g in draft.groups)
    for reason in dict.fromkeys(draft.reasons):
        yield Diagnostic(
            code="NB210",
            severity=Severity.NOTE,
            message=f"{titles} are one step, '{name}': {reason}",
            location=location_of(context.program.statements[draft.statements[0]]),
            hint="pass the value as an argument, and the steps can be functions of their own",
        )
