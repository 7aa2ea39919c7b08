"""What does a function of the selected statements take and give, and can it be one?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import NONE, Kind, Statement
from nb2pkg.dataflow import BUILTINS, Program
from nb2pkg.dataflow.aliasing import Aliasing
from nb2pkg.planning.definitions import Definitions, movable_definitions, names_needed
from nb2pkg.planning.drafts import FlowRules, group_facts, last_use, late_captures, surely_deleted
from nb2pkg.planning.late_binding import outliving_captures
from nb2pkg.planning.pickling import pickles
from nb2pkg.planning.showing import keeps_alive
from nb2pkg.planning.steps import binding_order
from nb2pkg.planning.writers import writes_of_functions
from nb2pkg.problems import FindingsError
from nb2pkg.refactoring.lifetimes import lasting_names
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.result_names import result_names

_NO_WRITERS: Mapping[str, frozenset[str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FunctionFlow:
    """The body (indices into the program) and what flows in and out, in the order of binding.

    moved: the definitions that go to the module with the function
    choices: names that the body binds and that the function need not give
    changes: parameters whose values it changes in place
    gone: names of the notebook that have no value afterwards, because the body deletes them
    """

    body: tuple[int, ...]
    moved: tuple[int, ...]
    parameters: tuple[str, ...]
    returns: tuple[str, ...]
    choices: tuple[str, ...]
    changes: tuple[str, ...]
    gone: tuple[str, ...]


def definitions_to_move(
    program: Program, selected: Collection[int], fixed: Collection[int]
) -> frozenset[int]:
    """The functions and classes that the selected statements define or use, and that a module can hold.

    `fixed` are those that must stay in the notebook.
    """
    movable = movable_definitions(program) - frozenset(fixed)
    names = {program.statements[i].facts.order[0]: i for i in movable}
    found: set[int] = set()
    pending = [i for i in selected if program.statements[i].kind is not Kind.IMPORT]
    seen: set[int] = set()
    while pending:
        index = pending.pop()
        if index in seen:
            continue
        seen.add(index)
        if index in movable:
            found.add(index)
        needed = names_needed(program.statements[index], program) & names.keys()
        pending.extend(names[name] for name in needed)
    # One that needs a definition that stays must stay too.
    while True:
        stuck = {
            i
            for i in found
            if any(
                b not in found and program.statements[b].kind in (Kind.FUNCTION, Kind.CLASS)
                for n in names_needed(program.statements[i], program)
                for b in program.binders.get(n, ())
            )
        }
        if not stuck:
            return frozenset(found)
        found -= stuck


def function_flow(
    program: Program,
    aliasing: Aliasing,
    *,
    selected: range,
    body: Sequence[int],
    moved: frozenset[int],
    after: Sequence[Statement],
    wanted: Collection[str],
    words: Collection[str],
) -> FunctionFlow:
    """Work out parameters and returns.

    after: the statements that run below the call, in order; wanted: names to give in any case;
    words: what cells that are not all Python may name

    Raises:
        FindingsError: the notebook would not be the same (NB801).
    """
    elsewhere = program.static_imports | {
        n for i in moved for n in program.statements[i].facts.may_bind
    }
    rules = FlowRules(program, Definitions(), elsewhere, aliasing, NONE, writers=_NO_WRITERS)
    judge = _Judge(program, rules, selected, body, moved)
    facts = group_facts(body, rules)
    before = judge.bound_before()
    gone = surely_deleted(body, rules)
    taken_out = facts.may_bind - gone
    read_later = (
        _read_after(after, program) | _captured_elsewhere(program, body, moved) | set(words)
    )
    if not taken_out.issuperset(wanted):
        missing = min(set(wanted) - taken_out)
        raise cannot("NB803", f"the selected cells bind no '{missing}' that could be given")
    alive = {
        n
        for i in body
        if keeps_alive(program.statements[i], program)
        for n in program.statements[i].facts.binds
    } | lasting_names(program, body)
    # What some paths leave out is no result unless somebody reads it.
    results = result_names(program, body, read_later) & (facts.binds | before.surely)
    returns = taken_out & (read_later | alive | set(wanted) | results)
    changed = frozenset(n for i in body for n in aliasing.changed[i].surely)
    parameters = facts.reads & before.may
    parameters |= (facts.may_bind - facts.binds) & returns & before.may
    stop = next(judge.reasons(parameters, returns, facts.may_bind, facts.binds), None)
    if stop is not None:
        raise stop
    order = binding_order(program)

    def in_order(names: Collection[str]) -> tuple[str, ...]:
        return tuple(sorted(names, key=lambda n: (order.get(n, (-1, 0)), n)))

    return FunctionFlow(
        body=tuple(body),
        moved=tuple(sorted(moved)),
        parameters=in_order(parameters),
        returns=in_order(returns),
        choices=in_order(taken_out - returns),
        changes=in_order(changed & parameters - facts.binds),
        gone=in_order(judge.deleted() & before.may),
    )


def _read_after(after: Sequence[Statement], program: Program) -> frozenset[str]:
    """Names whose values the statements below need, before they bind them themselves."""
    looked_up: dict[str, frozenset[str]] = {}
    for statement in program.statements:
        if statement.kind in (Kind.FUNCTION, Kind.CLASS):
            facts, name = statement.facts, statement.facts.order[0]
            looked_up[name] = looked_up.get(name, NONE) | facts.captures | facts.mentions
    needed: set[str] = set()
    bound: set[str] = set()
    for statement in after:
        facts = statement.facts
        pending = [*(facts.reads | facts.captures | facts.mentions)]
        read = set(pending)
        while pending:
            more = looked_up.get(pending.pop(), NONE) - read
            read |= more
            pending.extend(more)
        needed |= read - bound
        bound |= facts.binds
    return frozenset(needed)


def _captured_elsewhere(
    program: Program, body: Collection[int], moved: Collection[int]
) -> frozenset[str]:
    """Names that functions of the notebook look up when somebody calls them: they must find them there."""
    inside = {*body, *moved}
    return frozenset(
        name
        for index, statement in enumerate(program.statements)
        if index not in inside
        for name in statement.facts.captures
    )


@dataclass(frozen=True, slots=True)
class _Before:
    may: frozenset[str]
    surely: frozenset[str]


class _Judge:
    """Looks for what a function would do in another way than the cells."""

    def __init__(
        self,
        program: Program,
        rules: FlowRules,
        selected: range,
        body: Sequence[int],
        moved: Collection[int],
    ) -> None:
        self.program = program
        self.rules = rules
        self.selected = selected
        self.body = body
        self.moved = moved
        self.bound = frozenset(n for i in body for n in rules.facts(i).may_bind)

    def bound_before(self) -> _Before:
        """The names that have a value, perhaps or surely, when the first selected statement runs."""
        may: set[str] = set()
        surely: set[str] = set()
        for index in range(self.selected.start):
            facts = self.program.statements[index].facts
            may |= facts.may_bind | facts.captured_binds
            surely -= facts.deletes
            surely |= facts.binds
        may -= surely_deleted(range(self.selected.start), self.rules)
        return _Before(frozenset(may), frozenset(surely))

    def deleted(self) -> frozenset[str]:
        """Names that `del` takes away somewhere in the body, and that are not bound again after it."""
        return frozenset(
            n for i in self.body for n in self.rules.facts(i).deletes
        ) & surely_deleted(self.body, self.rules)

    def reasons(
        self,
        parameters: frozenset[str],
        returns: frozenset[str],
        may_bind: frozenset[str],
        binds: frozenset[str],
    ) -> Iterator[FindingsError]:
        yield from self._values(parameters, returns, may_bind, binds)
        yield from self._functions_that_write()
        yield from self._late_lookups()
        yield from self._definitions_inside()

    def _first(self, name: str) -> Statement:
        """The first statement of the body that has to do with a name."""
        for index in self.body:
            facts = self.program.statements[index].facts
            if name in facts.reads | facts.captures | facts.may_bind | facts.deletes:
                return self.program.statements[index]
        return self.program.statements[self.body[0]]

    def _values(
        self,
        parameters: frozenset[str],
        returns: frozenset[str],
        may_bind: frozenset[str],
        binds: frozenset[str],
    ) -> Iterator[FindingsError]:
        before = self.bound_before()
        for name in sorted(parameters - before.surely):
            yield cannot(
                "NB801",
                f"'{name}' may have no value when the function is called",
                statement=self._first(name),
                hint="bind it on every path above",
            )
        for name in sorted((returns & may_bind) - binds - parameters):
            yield cannot(
                "NB801",
                f"'{name}' is bound on some paths only, and read further down",
                statement=self._first(name),
                hint="give it a value on every path",
            )
        reads = group_facts(self.body, self.rules).all_reads
        deleted = frozenset(n for i in self.body for n in self.rules.facts(i).deletes)
        for name in sorted((may_bind & BUILTINS & reads) | (deleted & BUILTINS)):
            yield cannot(
                "NB801",
                f"'{name}' is Python's own on one path, and the notebook's on another",
                statement=self._first(name),
                hint="use another name",
            )
        gone = surely_deleted(self.body, self.rules)
        perhaps = frozenset(n for i in self.body for n in self.rules.facts(i).deletes)
        for name in sorted((perhaps & before.may) - gone - binds):
            yield cannot(
                "NB801",
                f"'{name}' is deleted on some paths only",
                statement=self._first(name),
            )

    def _functions_that_write(self) -> Iterator[FindingsError]:
        """Calls of functions that change the notebook's own variables behind the function's back."""
        writers = writes_of_functions(self.program)
        for index in self.body:
            facts = self.program.statements[index].facts
            for name in sorted((facts.reads | facts.captures) & writers.keys()):
                mine = self.bound | frozenset(
                    n for i in self.body for n in self.rules.facts(i).all_reads
                )
                for written in sorted(writers[name] & mine):
                    yield cannot(
                        "NB801",
                        f"'{name}' writes '{written}' with `global`, which these cells use as well",
                        statement=self.program.statements[index],
                        hint=f"let '{name}' return the value instead",
                    )

    def _late_lookups(self) -> Iterator[FindingsError]:
        """Functions that outlive a rebinding, or that look up what only the new function knows."""
        loose = [
            i
            for i, s in enumerate(self.program.statements)
            if i not in self.moved and not self.program.is_static_import(s)
        ]
        place = {index: n for n, index in enumerate(loose)}
        inside = set(self.body)
        for index in self.body:
            statement = self.program.statements[index]
            facts = self.rules.facts(index)
            if not facts.captures and statement.kind not in (Kind.FUNCTION, Kind.CLASS):
                continue
            for found in late_captures(self.program, self.rules, index, place):
                if found.first not in inside or found.last not in inside:
                    yield cannot("NB801", found.reason, statement=statement)
        until = {i: n for i, n in place.items() if i <= self.body[-1]}
        for index in loose:
            if index >= self.selected.start:
                break
            captured = outliving_captures(self.program, index) & self.bound
            last = last_use(self.program, index, until) if captured else None
            if last is not None and last in inside:
                statement = self.program.statements[last]
                yield cannot(
                    "NB801",
                    f"a function of cell {self.program.statements[index].cell} looks up "
                    f"'{min(captured)}' in the notebook, where these cells would no longer put it in time",
                    statement=statement,
                    hint="pass the value as an argument",
                )

    def _definitions_inside(self) -> Iterator[FindingsError]:
        for index in self.body:
            statement = self.program.statements[index]
            if statement.kind is Kind.CLASS:
                yield cannot(
                    "NB801",
                    f"the class '{statement.facts.order[0]}' uses values of the notebook, or its module is told",
                    statement=statement,
                    hint="leave the class in a cell of its own",
                )
            if statement.kind is Kind.FUNCTION and pickles(self.program):
                yield cannot(
                    "NB801",
                    f"'{statement.facts.order[0]}' uses values of the notebook, and may be sent to "
                    "another process",
                    statement=statement,
                )
