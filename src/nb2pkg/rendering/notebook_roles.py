"""What is each statement of a notebook to its package: part of a step, moved, or only a look?"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from nb2pkg.analysis import Kind, ParsedCell, Statement, display_arguments, resolve, walk
from nb2pkg.analysis.effect_tables import MUTATING_METHODS
from nb2pkg.dataflow import Program, only_looks_at
from nb2pkg.dataflow.aliasing import Aliasing, trace_aliases
from nb2pkg.planning.leaving_out import usable_cells
from nb2pkg.planning.plan import PackagePlan, Placed, Step
from nb2pkg.rendering.cell_outputs import Outputs
from nb2pkg.rendering.notebook_cells import EditableCell, is_quiet_by_semicolon


class Role(Enum):
    """What a statement is to the package."""

    STEP = "runs in a step's function"
    LOOK = "only looks at values"
    UNREAD = "makes a value that no step reads"
    MOVED = "a definition or a constant that lives in a module"
    IMPORT = "an import that the package's modules have too"
    STAYS = "stays in the notebook: parameters, setup, tests, cells that were left out"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roles:
    """The notebook as a line of statements, each with its role.

    line: every statement of every cell, in document order; place: statement → its index there
    step_of: statement → number of the step whose function runs it; body_of: the other way round
    placed: how a statement stands in the package
    index: statement → its index in the program (cells that were left out have none)
    """

    program: Program
    aliasing: Aliasing
    outputs: Outputs
    cells: dict[int, EditableCell]
    line: tuple[Statement, ...]
    place: dict[Statement, int]
    roles: dict[Statement, Role]
    step_of: dict[Statement, int]
    body_of: dict[int, tuple[Statement, ...]]
    placed: dict[Statement, Placed]
    index: dict[Statement, int]
    moved: dict[str, Statement]
    functions: dict[str, frozenset[str]] = field(default_factory=dict)
    changing: frozenset[str] = frozenset()  # functions that may change what they are given
    bound_together: tuple[frozenset[str], ...] = ()
    local_modules: frozenset[str] = frozenset()  # modules beside the notebook
    displaying: frozenset[Statement] = frozenset()  # those in which a call of `display` stands
    tells_modules: bool = False  # a type is printed or shown, and with it the name of its module

    def reads(self, statement: Statement) -> frozenset[str]:
        """Names whose values the statement needs, those included that functions it names look up."""
        facts = statement.facts
        found = set(facts.reads | facts.captures | facts.mentions)
        stack = list(found)
        while stack:
            for name in self.functions.get(stack.pop(), frozenset()):
                if name not in found:
                    found.add(name)
                    stack.append(name)
        return frozenset(found)

    def changes(self, statement: Statement) -> frozenset[str]:
        """Names that stand for another value, or a changed one, after the statement."""
        index = self.index.get(statement)
        if index is None:
            return statement.facts.may_bind
        written = statement.facts.may_bind | statement.facts.deletes
        changed = written | self.aliasing.changed[index].possibly
        if self._calls_a_changing_function(statement):
            changed |= self.reads(statement)
        return changed.union(*(names for names in self.bound_together if names & changed))

    def _calls_a_changing_function(self, statement: Statement) -> bool:
        """Whether the code names a function of the notebook's that may change what it is given."""
        own = frozenset(statement.facts.order) if statement.kind is not Kind.CODE else frozenset()
        return bool((self.reads(statement) & self.changing) - own)

    def shows(self, statement: Statement) -> bool:
        """Whether a look shows something: it stands last in its cell, or calls `display`."""
        if not isinstance(statement.node, ast.Expr):
            return False
        if statement.is_last and not is_quiet_by_semicolon(statement):
            return True
        return statement in self.displaying


def planned_from(plan: PackagePlan, cells: Sequence[ParsedCell]) -> tuple[Program, Aliasing]:
    """The program and the sharing that the plan was made from; worked out anew where it has none."""
    if plan.program is not None and plan.aliasing is not None:
        return plan.program, plan.aliasing
    _, graph, _, _ = usable_cells(cells)
    return graph.program, trace_aliases(graph.program)


def roles_of(plan: PackagePlan, cells: Sequence[ParsedCell]) -> Roles:
    """Give every statement its role, from the plan that was made of these very cells."""
    program, aliasing = planned_from(plan, cells)
    index = {s: i for i, s in enumerate(program.statements)}
    line = tuple(s for cell in cells for s in cell.statements)
    step_of = {p.statement: n for n, step in enumerate(plan.steps) for p in step.body}
    placed = {p.statement: p for p in _all_placed(plan)}
    moved = {p.statement for p in _moved(plan)}
    stays = {p.statement for p in (*plan.early, *plan.setup)}
    unread = {(o.cell, o.line) for o in plan.left_out if o.reason.startswith("nothing reads")}
    parameters = {p.name for p in plan.parameters}
    imported = program.static_imports
    here = {s.cell for s in program.statements}
    roles: dict[Statement, Role] = {}
    for statement in line:
        if statement.cell not in here or statement in stays:
            role = Role.STAYS
        elif statement in step_of:
            role = Role.STEP
        elif statement in moved:
            role = Role.MOVED
        elif statement.kind is Kind.IMPORT and statement.facts.may_bind <= imported:
            role = Role.IMPORT
        elif (statement.cell, statement.line) in unread and statement.facts.may_bind - parameters:
            role = Role.UNREAD
        elif _is_look(statement, program):
            role = Role.LOOK
        else:
            role = Role.STAYS
        roles[statement] = role
    functions: dict[str, frozenset[str]] = {}
    for statement in line:
        if statement.kind in (Kind.FUNCTION, Kind.CLASS):
            name = statement.facts.order[0]
            needs = statement.facts.captures | statement.facts.mentions
            functions[name] = functions.get(name, frozenset()) | needs
    return Roles(
        program=program,
        aliasing=aliasing,
        changing=frozenset(
            s.facts.order[0]
            for s in line
            if s.kind in (Kind.FUNCTION, Kind.CLASS) and _may_change_arguments(s.node)
        ),
        outputs=Outputs(program),
        cells={c.position: EditableCell(c) for c in cells},
        line=line,
        place={s: i for i, s in enumerate(line)},
        roles=roles,
        step_of=step_of,
        body_of={
            n: tuple(p.statement for p in step.body)
            for n, step in enumerate(plan.steps)
            if step.body
        },
        placed=placed,
        index=index,
        moved={n: s for s in moved for n in s.facts.order},
        functions=functions,
        bound_together=tuple(_bound_together(program)),
        local_modules=frozenset(plan.local_modules),
        displaying=frozenset(s for s in line if _has_display(s.nodes, program)),
        tells_modules=tells_modules(program),
    )


def _bound_together(program: Program) -> Iterator[frozenset[str]]:
    """The names of `x = y = []`, which are one object."""
    for statement in program.statements:
        match statement.node:
            case ast.Assign(targets=[_, _, *_] as targets):
                yield frozenset(t.id for t in targets if isinstance(t, ast.Name))


def _may_change_arguments(node: ast.AST) -> bool:
    """Whether a function's body stores into something, or calls a method that may."""
    for inner in walk(node):
        if isinstance(inner, (ast.Attribute, ast.Subscript)) and not isinstance(
            inner.ctx, ast.Load
        ):
            return True
        if isinstance(inner, ast.AugAssign):
            return True
        if isinstance(inner, ast.Call):
            if isinstance(inner.func, ast.Attribute) and inner.func.attr in MUTATING_METHODS:
                return True
            if any(k.arg in ("inplace", "out") for k in inner.keywords):
                return True
    return False


def _all_placed(plan: PackagePlan) -> Iterator[Placed]:
    for step in plan.steps:
        yield from step.body
    yield from _moved(plan)


def _moved(plan: PackagePlan) -> Iterator[Placed]:
    for step in plan.steps:
        yield from step.helpers
        yield from step.constants
    for module in plan.shared:
        yield from module.definitions
    yield from plan.constants


def _is_look(statement: Statement, program: Program) -> bool:
    node = statement.node
    if not isinstance(node, ast.Expr):
        return False
    if isinstance(node.value, ast.Constant):
        return True
    return only_looks_at(program, node.value)


def _has_display(nodes: Iterable[ast.AST], program: Program) -> bool:
    """Whether a call of `display` or the like stands anywhere in the code."""
    return any(
        isinstance(n, ast.Call) and display_arguments(n, program.aliases) is not None for n in nodes
    )


def modules_called(nodes: Iterable[ast.AST], program: Program) -> Iterator[str]:
    """The dotted names of everything that the code calls."""
    for inner in nodes:
        if isinstance(inner, ast.Call):
            name = resolve(inner.func, program.aliases)
            if name is not None:
                yield name


def differs_here(placed: Placed, roles: Roles) -> bool:
    """Whether a definition in the package is called or reads in another way than the notebook's."""
    if placed.statement in roles.displaying:
        return True
    if placed.statement.kind is Kind.CLASS and roles.tells_modules:
        return True
    return any(edit.text != '"__main__"' for edit in placed.edits)


def tells_modules(program: Program) -> bool:
    """Whether the notebook prints or shows a type: `__main__.Point` there, its module's in a package."""
    for statement in program.statements:
        for node in statement.nodes:
            shown: list[ast.expr] = []
            if isinstance(node, (ast.Expr, ast.FormattedValue)):
                shown = [node.value]
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in _TELLING:
                shown = node.args
            if any(_is_type(value) for value in shown):
                return True
    return False


_TELLING = frozenset({"print", "display", "str", "repr"})


def _is_type(value: ast.expr) -> bool:
    match value:
        case ast.Call(func=ast.Name(id="type"), args=[_]):
            return True
        case ast.Attribute(attr="__class__" | "__module__"):
            return True
    return False


def reach(names: frozenset[str], roles: Roles) -> frozenset[str]:
    """The moved definitions and constants that code naming `names` reaches."""
    found: set[str] = set()
    stack = [n for n in names if n in roles.moved]
    while stack:
        name = stack.pop()
        if name in found:
            continue
        found.add(name)
        facts = roles.moved[name].facts
        stack.extend((facts.reads | facts.captures | facts.mentions) & roles.moved.keys())
    return frozenset(found)


def step_reach(step: Step, roles: Roles) -> frozenset[str]:
    """The moved definitions that a step's function uses."""
    names: set[str] = set()
    for placed in step.body:
        facts = placed.statement.facts
        names |= facts.reads | facts.captures | facts.mentions
    return reach(frozenset(names), roles)


__all__ = [
    "Role",
    "Roles",
    "differs_here",
    "modules_called",
    "reach",
    "roles_of",
    "step_reach",
]
