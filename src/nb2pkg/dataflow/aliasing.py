"""Which names' values does each statement change in place, once aliases are followed?

A flow-sensitive, field-insensitive account of sharing: every binding makes a new object unless it is
another one, a part of one, or holds one. It errs towards more sharing where calls are unknown; such
doubt is kept apart (`possibly`), because it costs nothing in one process and matters only where
values are stored between processes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import (
    FUNCTIONS,
    Effects,
    Kind,
    Mutation,
    Relation,
    Share,
    Statement,
    Touch,
    argument_names,
    bound_by,
    is_view,
    lone_copy,
    mutations_of,
    root_name,
    shares_of,
    sources,
    walk,
)
from nb2pkg.dataflow.changes_by_use import changed_by_class, changes_by_use, is_container
from nb2pkg.dataflow.program import Program
from nb2pkg.dataflow.shared_results import results_that_share

_Objects = frozenset[int]
_NOTHING: _Objects = frozenset()
_MOST = 64  # beyond this many objects a value shares with too much to tell apart


@dataclass(frozen=True, slots=True)
class Reach:
    """The objects that a value is (`roots`) and that it holds, each surely or only perhaps."""

    roots: _Objects = _NOTHING
    held: _Objects = _NOTHING
    maybe: _Objects = _NOTHING

    @property
    def all(self) -> _Objects:
        """Every object that the value may be, view or hold."""
        return self.roots | self.held | self.maybe


@dataclass(frozen=True, slots=True)
class Changed:
    """The names whose values one statement changes in place: surely, and perhaps.

    named: those of `surely` that are changed themselves, not only something that they hold
    together: those of `surely`, and what shows the same array as something that is changed perhaps
    """

    surely: frozenset[str]
    possibly: frozenset[str]
    named: frozenset[str] = frozenset()
    together: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Aliasing:
    """What changes at each statement, and what each name reaches after it (only where it changed)."""

    changed: tuple[Changed, ...]
    reaches: tuple[Mapping[str, Reach], ...]  # per statement: names bound there → their reach


def trace_aliases(program: Program) -> Aliasing:
    """Follow sharing through the program, statement by statement."""
    tracer = _Tracer(program)
    changed: list[Changed] = []
    reaches: list[Mapping[str, Reach]] = []
    for statement in program.statements:
        changed.append(tracer.changes(statement))
        reaches.append(tracer.bind(statement))
    return Aliasing(tuple(changed), tuple(reaches))


class _Tracer:
    def __init__(self, program: Program) -> None:
        self.effects = program.effects
        self.env: dict[str, Reach] = {}
        self.holders: dict[int, set[str]] = {}
        self.next_object = 0
        self.functions = {
            s.facts.order[0]: s for s in program.statements if s.kind is Kind.FUNCTION
        }
        self.summaries: dict[str, list[Mutation]] = {}
        self.values: set[str] = set()  # names that stand for no import, function or class
        self.containers: set[int] = set()  # objects that are most likely lists, sets or dicts
        self.changed_by_class = changed_by_class(program.statements, program.effects)
        self.viewed: set[int] = (
            set()
        )  # arrays that several names show, generators that several hold

    # -- changes ---------------------------------------------------------------------------------

    def changes(self, statement: Statement) -> Changed:
        if statement.kind is Kind.IMPORT:
            return Changed(frozenset(), frozenset())
        if statement.kind is Kind.FUNCTION:
            return self._changes_of_decorators(statement)
        if not isinstance(statement.node, _COMPOUND):
            return self._changes_of(statement.node)
        # What the body shares, it may change further down in the same statement: `for row in rows:`.
        env, holders = dict(self.env), {thing: set(names) for thing, names in self.holders.items()}
        surely: set[str] = set()
        possibly: set[str] = set()
        named: set[str] = set()
        together: set[str] = set()
        for part in _parts_in_order(statement.node):
            found = self._changes_of(part)
            surely |= found.surely
            possibly |= found.possibly
            named |= found.named
            together |= found.together
            for share in shares_of(part, self.effects):
                self._share(share, keeps=True)
        self.env, self.holders = env, holders
        return Changed(
            frozenset(surely), frozenset(possibly), frozenset(named), frozenset(together)
        )

    def _changes_of_decorators(self, statement: Statement) -> Changed:
        """What decorators of the notebook do when they are applied: `@register("load")`."""
        node = statement.node
        assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        names = {root_name(d) for d in node.decorator_list} & self.functions.keys()
        objects: set[int] = set()
        touched: set[str] = set()
        for name in sorted(n for n in names if n is not None):
            decorator = self.functions[name]
            for inner in walk(decorator.node):
                if not isinstance(inner, ast.stmt) or isinstance(inner, FUNCTIONS):
                    continue
                for m in mutations_of(inner, self.effects, self.functions):
                    if m.name in decorator.facts.captures:
                        reach = self.env.get(m.name, Reach())
                        objects |= reach.roots | reach.maybe
                        touched.add(m.name)
        return Changed(frozenset(), frozenset(touched | self._names(objects, sure=False)))

    def _changes_of(self, node: ast.stmt) -> Changed:
        surely: set[int] = set()
        possibly: set[int] = set()
        direct: set[str] = set()
        perhaps: set[str] = set()
        tied: set[int] = set()
        for mutation in self._mutations(node):
            reach = self.env.get(mutation.name, Reach())
            objects = reach.roots | (reach.held if mutation.deep else _NOTHING)
            if mutation.touch is Touch.LIKELY:
                surely |= objects
                direct.add(mutation.name)
            else:
                perhaps.add(mutation.name)
                objects |= reach.held  # a method may change what its object was given
            possibly |= objects | reach.maybe
            tied |= reach.held & self.viewed
            if isinstance(node, ast.AugAssign):  # a list grows where it is, a number does not
                tied |= reach.roots & self.containers
        named = self._names(surely, sure=True)
        return Changed(
            frozenset(direct | named),
            frozenset(direct | perhaps | self._names(possibly, sure=False)),
            frozenset(direct | {n for n in named if self.env[n].roots & surely}),
            frozenset(direct | self._names(surely | tied | possibly & self.viewed, sure=True)),
        )

    def _names(self, objects: set[int], *, sure: bool) -> set[str]:
        names: set[str] = set()
        for thing in objects:
            for name in self.holders.get(thing, ()):
                reach = self.env[name]
                if not sure or thing in reach.roots or thing in reach.held:
                    names.add(name)
        return names

    def _mutations(self, node: ast.stmt) -> list[Mutation]:
        found = mutations_of(node, self.effects, self.functions)
        inside = walk(node)
        calls = [n for n in inside if isinstance(n, ast.Call)] if self.functions else []
        for call in calls:
            if isinstance(call.func, ast.Name) and call.func.id in self.functions:
                found.extend(self._own_call(call))
        found.extend(self._called_back(inside, calls))
        found.extend(changes_by_use(inside, self.effects, self.values, self.changed_by_class))
        if found:
            found.extend(self._changed_items(inside, found))
        return found

    def _changed_items(
        self, inside: Sequence[ast.AST], found: Sequence[Mutation]
    ) -> list[Mutation]:
        """What `[walk(r) for r in rngs]` changes: the items of what it goes through."""
        changed = {m.name: m for m in found}
        return [
            Mutation(s.name, changed[name].touch, deep=True)
            for comprehension in inside
            if isinstance(comprehension, ast.comprehension)
            for part in walk(comprehension.target)
            for name in bound_by(part)
            if name in changed
            for s in sources(comprehension.iter, self.effects)
        ]

    def _called_back(
        self, inside: Sequence[ast.AST], calls: Sequence[ast.Call]
    ) -> Iterator[Mutation]:
        """What functions of the notebook change that a call may call: `frame.agg({"a": count})`."""
        called = {id(call.func) for call in calls}
        named = [
            n
            for n in inside
            if isinstance(n, ast.Name) and n.id in self.functions and id(n) not in called
        ]
        if not named:
            return
        given = {id(n) for call in calls for n in walk(call)}
        for name in dict.fromkeys(n.id for n in named if id(n) in given):
            for m in self._summary(name):
                if m.name in self.functions[name].facts.captures:
                    yield Mutation(m.name, Touch.POSSIBLE, m.deep)

    def _own_call(self, call: ast.Call) -> list[Mutation]:
        """What a call of one of the notebook's functions changes: by its parameters' names."""
        assert isinstance(call.func, ast.Name)
        function = self.functions[call.func.id].node
        assert isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        names = argument_names(function.args)
        given: dict[str, ast.expr] = dict(zip(names, call.args, strict=False))
        given.update((k.arg, k.value) for k in call.keywords if k.arg)
        found: list[Mutation] = []
        for mutation in self._summary(call.func.id):
            if mutation.name in given:
                found.extend(
                    Mutation(s.name, mutation.touch if s.sure else Touch.POSSIBLE, mutation.deep)
                    for s in sources(given[mutation.name], self.effects)
                )
            elif mutation.name not in names:
                found.append(mutation)  # a global of the notebook
        return found

    def _summary(self, name: str) -> list[Mutation]:
        if name not in self.summaries:
            self.summaries[name] = []  # for recursion
            function = self.functions[name].node
            assert isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
            visible = set(argument_names(function.args)) | self.functions[name].facts.captures
            renamed = _local_aliases(function, self.effects)
            replaced = _replaced_parameters(function, self.effects)
            found: list[Mutation] = []
            copied: set[str] = set()  # parameters that the body has rebound to something new
            holding: set[str] = set()  # to something new that holds what it was given: `list(rows)`
            for inner_statement in function.body:
                for m in mutations_of(inner_statement, self.effects, self.functions):
                    origin, is_itself = renamed.get(m.name, (m.name, m.name not in holding))
                    if m.name not in copied and (is_itself or m.deep):
                        found.append(Mutation(origin, m.touch, m.deep))
                    found.extend(
                        Mutation(other, Touch.POSSIBLE, m.deep)
                        for other in replaced.get(m.name, ())
                    )
                for share in shares_of(inner_statement, self.effects):
                    sure = {s.relation for s in share.sources if s.sure}
                    if share.rebinds and not sure:
                        copied.add(share.target)
                    elif share.rebinds and sure == {Relation.HOLDS}:
                        holding.add(share.target)
            inner = [
                Mutation(renamed.get(m.name, (m.name, True))[0], m.touch, m.deep)
                for node in walk(function)
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in self.functions
                for m in self._own_call(node)
            ]
            self.summaries[name] = [m for m in (*found, *inner) if m.name in visible]
        return self.summaries[name]

    # -- bindings --------------------------------------------------------------------------------

    def bind(self, statement: Statement) -> Mapping[str, Reach]:
        touched: dict[str, Reach] = {}
        facts = statement.facts
        if statement.kind is Kind.CODE:
            self.values |= facts.may_bind
        else:
            self.values -= facts.binds
        given = shares_of(statement.node, self.effects) if statement.kind is Kind.CODE else []
        shared = {share.target for share in given}
        for name in facts.order:
            if name not in shared:
                self._set(name, Reach(roots=frozenset({self._fresh()})))
                touched[name] = self.env[name]
        for share in given:
            if share.target in facts.may_bind or not share.rebinds:
                self._share(share, keeps=share.target not in facts.binds)
                touched[share.target] = self.env[share.target]
        for group in results_that_share(statement.node, self.functions, self.effects):
            self._tie(group & self.env.keys())
        is_shown = is_view(getattr(statement.node, "value", None))
        for name in touched:
            if is_shown or name in self.effects.random_sources:
                self.viewed |= touched[name].roots
        if is_container(getattr(statement.node, "value", None)):
            self.containers.update(*(reach.roots for reach in touched.values()))
        for name in facts.deletes:
            self._forget(name)
        return touched

    def _tie(self, names: set[str]) -> None:
        """Let values that one call gave hold one object, which shows in all of them when it changes."""
        common = self._fresh()
        self.viewed.add(common)
        for name in sorted(names):
            reach = self.env[name]
            self._set(name, Reach(reach.roots, reach.held | {common}, reach.maybe))

    def _share(self, share: Share, *, keeps: bool) -> None:
        roots: set[int] = set()
        held: set[int] = set()
        maybe: set[int] = set()
        for source in share.sources:
            reach = self.env.get(source.name)
            if reach is None:
                continue
            maybe |= reach.maybe
            if not source.sure:
                maybe |= reach.roots | reach.held
            elif source.relation is Relation.IS:
                roots |= reach.roots
                held |= reach.held
            elif source.relation is Relation.PART:
                roots |= reach.roots | reach.held
                held |= reach.held
            else:
                held |= reach.roots | reach.held
        if not roots:
            roots.add(self._fresh())
        old = self.env.get(share.target)
        if old is not None and (keeps or not share.rebinds):
            if not share.rebinds:
                roots = set()
            roots, held, maybe = roots | old.roots, held | old.held, maybe | old.maybe
        if len(held) + len(maybe) > _MOST:
            maybe = set(sorted(maybe)[-_MOST:])
            held = set(sorted(held)[-_MOST:])
        self._set(share.target, Reach(frozenset(roots), frozenset(held), frozenset(maybe)))

    def _fresh(self) -> int:
        self.next_object += 1
        return self.next_object

    def _set(self, name: str, reach: Reach) -> None:
        self._forget(name)
        self.env[name] = reach
        for thing in reach.all:
            self.holders.setdefault(thing, set()).add(name)

    def _forget(self, name: str) -> None:
        old = self.env.pop(name, None)
        for thing in old.all if old else ():
            self.holders[thing].discard(name)


_COMPOUND = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.Match)


def _parts_in_order(node: ast.stmt) -> Iterator[ast.stmt]:
    """A compound statement as its head, without a body, and the statements of its bodies."""
    if not isinstance(node, _COMPOUND):
        yield node
        return
    head = lone_copy(node)
    bodies: list[ast.stmt] = []
    for field in ("body", "orelse", "finalbody"):
        bodies.extend(getattr(node, field, ()))
        if hasattr(head, field):
            setattr(head, field, [])
    if isinstance(head, ast.Try):
        bodies.extend(inner for handler in head.handlers for inner in handler.body)
        head.handlers = []
    elif isinstance(head, ast.Match):
        bodies.extend(inner for case in head.cases for inner in case.body)
        head.cases = [ast.match_case(c.pattern, c.guard, []) for c in head.cases]
    yield head
    for inner in bodies:
        yield from _parts_in_order(inner)


def _replaced_parameters(function: ast.AST, effects: Effects) -> dict[str, set[str]]:
    """Parameters that others may stand in for: `out = grid if out is None else out`."""
    assert isinstance(function, FUNCTIONS)
    parameters = set(argument_names(function.args))
    found: dict[str, set[str]] = {}
    for statement in [] if isinstance(function, ast.Lambda) else function.body:
        for inner in walk(statement):
            if isinstance(inner, ast.Assign):
                for share in shares_of(inner, effects):
                    if share.target in parameters:
                        others = {s.name for s in share.sources if s.sure} & parameters
                        found.setdefault(share.target, set()).update(others - {share.target})
    return found


def _local_aliases(function: ast.AST, effects: Effects) -> dict[str, tuple[str, bool]]:
    """Local names of a function that are, are parts of, or only hold (False) one of its parameters."""
    assert isinstance(function, FUNCTIONS)
    renamed: dict[str, tuple[str, bool]] = {}
    parameters = set(argument_names(function.args))
    body = [] if isinstance(function, ast.Lambda) else function.body
    for statement in body:
        for share in shares_of(statement, effects):
            for source in share.sources:
                origin, is_itself = renamed.get(source.name, (source.name, True))
                is_local = share.rebinds and share.target not in parameters
                if source.sure and origin in parameters and is_local:
                    is_itself = is_itself and source.relation is not Relation.HOLDS
                    renamed[share.target] = (origin, is_itself)
    return renamed
