"""What flows into and out of each group of statements, and which groups must stay together?"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from nb2pkg.analysis import NONE, Kind, NameFacts, Statement, root_name
from nb2pkg.dataflow import Program
from nb2pkg.dataflow.aliasing import Aliasing
from nb2pkg.planning.definitions import Definitions
from nb2pkg.planning.late_binding import KEPT, given_to, is_passed_on, outliving_captures
from nb2pkg.planning.writers import writes_of_functions


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Together:
    """Two statements that must run in one function, and why."""

    first: int
    last: int
    reason: str
    name: str


@dataclass(slots=True, kw_only=True, eq=False)
class Draft:
    """A step in the making: its statements (indices into the program) and what flows."""

    groups: list[int]
    statements: list[int]
    facts: NameFacts = field(default_factory=NameFacts)
    parameters: frozenset[str] = NONE
    returns: frozenset[str] = NONE
    changes: frozenset[str] = NONE
    results: frozenset[str] = NONE
    gone: frozenset[str] = NONE  # surely without a value at the end
    reasons: list[str] = field(default_factory=list)


class FlowRules:
    """Effective name facts of loose statements, once imports, constants and definitions are elsewhere."""

    def __init__(
        self,
        program: Program,
        definitions: Definitions,
        elsewhere: frozenset[str],
        aliasing: Aliasing,
        parameters: frozenset[str],
        *,
        writers: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self.program = program
        self.definitions = definitions
        self.aliasing = aliasing
        self.parameters = parameters
        self.flowing = (
            frozenset(program.binders.keys() | program.late_binders.keys() | parameters) - elsewhere
        )
        self.writers = writes_of_functions(program) if writers is None else writers
        self._cache: dict[int, NameFacts] = {}

    def facts(self, index: int) -> NameFacts:
        """What running statement `index` in a step does to the values that flow."""
        if index not in self._cache:
            self._cache[index] = self._facts(index, self.program.statements[index])
        return self._cache[index]

    def _facts(self, index: int, statement: Statement) -> NameFacts:
        facts = statement.facts
        looked_up = facts.reads | facts.captures
        threaded = self.threaded(looked_up)
        written = {name for f in looked_up if f in self.writers for name in self.writers[f]}
        everything: set[str] = set()
        if index in self.program.namespace_readers and statement.kind is Kind.CODE:
            everything = {n for n, binders in self.program.binders.items() if binders[0] < index}
            everything |= self.parameters
        reads = looked_up | facts.mentions | threaded | written | everything
        is_definition = statement.kind in (Kind.FUNCTION, Kind.CLASS)
        itself = self._bound_before_reading(facts, threaded) if is_definition else NONE
        bound = facts.order + tuple(sorted(written - set(facts.order)))
        return replace(
            facts,
            reads=(reads - itself) & self.flowing,
            certain_reads=facts.certain_reads & self.flowing,
            binds=facts.binds & self.flowing,
            may_bind=frozenset(bound) & self.flowing,
            deletes=facts.deletes & self.flowing,
            captures=(facts.captures | self.threaded(facts.captures)) & self.flowing,
            order=tuple(n for n in bound if n in self.flowing),
        )

    def threaded(self, names: frozenset[str]) -> frozenset[str]:
        """The values that calls of these functions pass along."""
        threads = self.definitions.threads
        return frozenset(v for function in names if function in threads for v in threads[function])

    @staticmethod
    def _bound_before_reading(facts: NameFacts, threaded: frozenset[str]) -> frozenset[str]:
        """Captured names that the same definition binds: `def f` that calls itself."""
        return (facts.captures & facts.binds) - facts.reads - threaded


def group_facts(statements: Sequence[int], rules: FlowRules) -> NameFacts:
    """The facts of several statements run one after the other."""
    reads: set[str] = set()
    certain: set[str] = set()
    binds: set[str] = set()
    may: dict[str, None] = {}
    deletes: set[str] = set()
    captures: set[str] = set()
    every: set[str] = set()
    for index in statements:
        facts = rules.facts(index)
        reads |= facts.reads - binds
        certain |= facts.certain_reads - binds - may.keys()
        every |= facts.all_reads
        captures |= facts.captures
        binds = (binds - facts.deletes) | facts.binds
        deletes = (deletes - facts.may_bind) | facts.deletes
        for name in facts.order:
            may.setdefault(name)
    return NameFacts(
        reads=frozenset(reads),
        certain_reads=frozenset(certain),
        binds=frozenset(binds),
        may_bind=frozenset(may),
        deletes=frozenset(deletes),
        captures=frozenset(captures),
        all_reads=frozenset(every),
        order=tuple(may),
    )


def settle_drafts(
    groups: Sequence[Sequence[int]], rules: FlowRules, wanted: Mapping[int, frozenset[str]]
) -> list[Draft]:
    """Work out what flows between the groups, fusing those that can't be functions of their own.

    `wanted` names, per statement, the values that the notebook shows there: results.
    """
    drafts = [
        Draft(groups=[number], statements=list(statements))
        for number, statements in enumerate(groups)
        if statements
    ]
    pending = _structural(rules, drafts)
    while True:
        drafts = _fuse(drafts, pending)
        _flow(drafts, rules, wanted)
        pending = _unsure_returns(drafts, rules)
        if not pending:
            return drafts


def _fuse(drafts: list[Draft], constraints: Sequence[Together]) -> list[Draft]:
    for constraint in constraints:
        first = _draft_of(drafts, constraint.first)
        last = _draft_of(drafts, constraint.last)
        if first is None or last is None or first == last:
            continue
        low, high = min(first, last), max(first, last)
        joined = drafts[low : high + 1]
        drafts[low : high + 1] = [
            Draft(
                groups=[g for d in joined for g in d.groups],
                statements=[s for d in joined for s in d.statements],
                reasons=[*(r for d in joined for r in d.reasons), constraint.reason],
            )
        ]
    return drafts


def _draft_of(drafts: Sequence[Draft], statement: int) -> int | None:
    for number, draft in enumerate(drafts):
        if statement in draft.statements:
            return number
    return None


# -- what flows --------------------------------------------------------------------------------------


def _flow(drafts: Sequence[Draft], rules: FlowRules, wanted: Mapping[int, frozenset[str]]) -> None:
    """Liveness over the steps: parameters are what is read, returns what is made and read later."""
    for draft in drafts:
        draft.facts = group_facts(draft.statements, rules)
        draft.gone = surely_deleted(draft.statements, rules)
    available = _available_before(drafts, rules.parameters)
    live: set[str] = set()
    for draft, before in zip(reversed(drafts), reversed(available), strict=False):
        facts = draft.facts
        shown = frozenset(n for i in draft.statements for n in wanted.get(i, NONE))
        changed = _changed_in(draft, rules)
        # What is read further down, or shown: of the names that this step has to do with.
        out = ((facts.may_bind | facts.reads) & live) | (shown & facts.binds)
        partial = (facts.may_bind - facts.binds) & out & before
        reads = (facts.reads & before) | partial
        draft.returns = ((facts.may_bind | (changed & (reads | facts.may_bind))) & out) - draft.gone
        draft.parameters = reads
        draft.results = (shown & draft.returns) - live
        draft.changes = changed & reads
        live -= facts.binds
        live |= reads


def _available_before(drafts: Sequence[Draft], parameters: frozenset[str]) -> list[frozenset[str]]:
    """For each step, those names among the ones it has to do with that a value may have come to."""
    available: list[frozenset[str]] = []
    now = set(parameters)
    for draft in drafts:
        facts = draft.facts
        available.append((facts.reads | facts.may_bind) & now)
        now |= facts.may_bind
        now -= draft.gone
    return available


def surely_deleted(statements: Sequence[int], rules: FlowRules) -> frozenset[str]:
    """Names without a value at the end of a step: a `del` in one branch leaves them perhaps."""
    gone: set[str] = set()
    for index in statements:
        facts = rules.facts(index)
        node = rules.program.statements[index].node
        if isinstance(node, ast.Delete):
            gone |= facts.deletes
            continue
        gone -= facts.may_bind
        if isinstance(node, ast.Try):  # `except … as error` takes its name away again
            gone |= {handler.name for handler in node.handlers if handler.name} & facts.deletes
    return frozenset(gone)


def _changed_in(draft: Draft, rules: FlowRules) -> frozenset[str]:
    """Names whose values this step surely changes in place, for values that it was given.

    A name that the step itself rebinds stands for another value afterwards; what counts is the value
    that came in, so only changes before the rebinding are changes of the argument.
    """
    changed: set[str] = set()
    rebound: set[str] = set()
    for index in draft.statements:
        changed |= rules.aliasing.changed[index].surely - rebound
        rebound |= rules.facts(index).binds
    return frozenset(changed)


def _unsure_returns(drafts: Sequence[Draft], rules: FlowRules) -> list[Together]:
    """A name bound on one path only can't be returned where its reader may not read it either."""
    surely = set(rules.parameters)
    found: list[Together] = []
    for number, draft in enumerate(drafts):
        unsure = draft.returns - draft.facts.binds - (draft.changes & draft.parameters)
        for name in sorted(n for n in unsure & draft.facts.may_bind if n not in surely):
            reader = _next_reader(drafts, number, name)
            if reader is not None and name not in drafts[reader].facts.certain_reads:
                found.append(
                    Together(
                        first=draft.statements[0],
                        last=drafts[reader].statements[0],
                        name=name,
                        reason=f"'{name}' is bound on some paths only, and read on some paths only",
                    )
                )
        surely -= draft.facts.deletes
        surely |= draft.facts.binds | draft.returns
    return found


def _next_reader(drafts: Sequence[Draft], start: int, name: str) -> int | None:
    for number in range(start + 1, len(drafts)):
        if name in drafts[number].parameters:
            return number
        if name in drafts[number].facts.binds:
            return None
    return None


# -- what the structure of the code demands ------------------------------------------------------------


def _structural(rules: FlowRules, drafts: Sequence[Draft]) -> list[Together]:
    program = rules.program
    order = [i for draft in drafts for i in draft.statements]
    place = {index: position for position, index in enumerate(order)}
    found: list[Together] = []
    for index in order:
        statement = program.statements[index]
        if statement.facts.captured_binds:
            found.extend(_writer_range(program, index, place))
        facts = rules.facts(index)
        if facts.captures or statement.kind in (Kind.FUNCTION, Kind.CLASS):
            found.extend(late_captures(program, rules, index, place))
    return found


def _writer_range(program: Program, index: int, place: Mapping[int, int]) -> list[Together]:
    """A function that writes a notebook name, and everything that calls it, share that variable."""
    names = set(program.statements[index].facts.order) | _receivers(program, index)
    last = index
    grew = True
    while grew:
        grew = False
        for name in sorted(names):
            for reader in program.readers.get(name, ()):
                if reader in place and place[reader] > place.get(last, -1):
                    last, grew = reader, True
                statement = program.statements[reader]
                if reader in place and place[reader] < place.get(index, -1):
                    continue
                if name in statement.facts.captures or is_passed_on(program, reader, name):
                    holders = set(statement.facts.order) | _receivers(program, reader)
                    grew = grew or not holders <= names
                    names |= holders
    written = ", ".join(f"'{n}'" for n in sorted(program.statements[index].facts.captured_binds))
    return [
        Together(first=index, last=last, name=written,
                 reason=f"a function writes {written} with `global`")
    ]  # fmt: skip


def late_captures(
    program: Program, rules: FlowRules, index: int, place: Mapping[int, int]
) -> list[Together]:
    """A function value that outlives a rebinding of what it looks up must see the new value."""
    found: list[Together] = []
    outliving = outliving_captures(program, index)
    captured = (outliving | rules.threaded(outliving)) & rules.flowing
    statement = program.statements[index]
    own = frozenset(
        n
        for n in statement.facts.order
        if statement.kind is not Kind.CODE and len(program.binders.get(n, ())) == 1
    )
    for name in sorted(captured - own):
        rebinders = [
            i
            for i in (*program.binders.get(name, ()), *program.late_binders.get(name, ()))
            if i in place and place[i] > place[index]
        ]
        last = last_use(program, index, place)
        bound_before = name in rules.parameters or any(
            place.get(i, -1) < place[index] for i in program.binders.get(name, ())
        )
        if not bound_before and rebinders:
            found.append(
                Together(
                    first=index,
                    last=min(rebinders, key=lambda i: place[i]),
                    name=name,
                    reason=f"a function looks up '{name}', which gets its value further down",
                )
            )
        for rebinder in rebinders:
            if last is not None and place[last] > place[rebinder]:
                found.append(
                    Together(
                        first=index,
                        last=last,
                        name=name,
                        reason=f"a function looks up '{name}' after it gets "
                        + ("another value" if bound_before else "its value"),
                    )
                )
                break
    return found


def last_use(program: Program, index: int, place: Mapping[int, int]) -> int | None:
    """The last statement that may reach the function made at `index`, through any name."""
    holders = set(program.statements[index].facts.order)
    holders |= _receivers(program, index)
    last: int | None = None
    seen: set[str] = set()
    while holders - seen:
        name = min(holders - seen)
        seen.add(name)
        for reader in program.readers.get(name, ()):
            if reader not in place:
                # A function that is defined elsewhere and passes it on, to whoever calls that.
                holders |= set(program.statements[reader].facts.order)
            elif place[reader] > place[index]:
                if last is None or place[reader] > place[last]:
                    last = reader
                statement = program.statements[reader]
                if statement.kind is not Kind.CODE or len(statement.facts.order) <= 3:
                    holders |= set(statement.facts.order)
                if statement.kind is Kind.CODE and is_passed_on(program, reader, name):
                    receivers = given_to(program, reader, name)
                    if KEPT in receivers:
                        return max(place, key=lambda i: place[i])
                    holders |= receivers
    return last


def _receivers(program: Program, index: int) -> set[str]:
    from nb2pkg.analysis import mutations_of

    statement = program.statements[index]
    if statement.kind is not Kind.CODE:
        return _registries(program, statement)
    return {m.name for m in mutations_of(statement.node, program.effects)}


def _registries(program: Program, statement: Statement) -> set[str]:
    """Where decorators may keep a definition: `show` of `@show.register`, what `hook` of `@hook` fills."""
    roots = (root_name(d) for d in getattr(statement.node, "decorator_list", ()))
    pending = [name for name in roots if name is not None]
    found: set[str] = set()
    while pending:
        name = pending.pop()
        if name in found or name in program.static_imports:
            continue
        found.add(name)
        for index in program.binders.get(name, ()):
            if program.statements[index].kind is Kind.FUNCTION:
                pending.extend(program.statements[index].facts.captures)
    return found
