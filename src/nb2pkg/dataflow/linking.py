"""Where does the value of each name come from? Reaching definitions over the whole notebook."""

from __future__ import annotations

from collections.abc import Sequence

from nb2pkg.analysis import Kind, ParsedCell, Statement
from nb2pkg.dataflow.graph import Certainty, DataflowGraph, Flow, MissingName
from nb2pkg.dataflow.program import BUILTINS, KERNEL_NAMES, Program, assemble


def link(cells: Sequence[ParsedCell], pure_calls: Sequence[str] = ()) -> DataflowGraph:
    """Connect every read to the cells whose binding may reach it, top to bottom.

    `pure_calls` are functions and methods that the user says only look.
    """
    program = assemble(cells, pure_calls)
    reaching: dict[str, frozenset[int]] = {}
    flows: dict[tuple[str, int, int], Certainty] = {}
    missing: list[MissingName] = []
    has_star = False
    stars = set(program.stars)
    late_bound: set[str] = set()
    writers = _Writers()
    for index, statement in enumerate(program.statements):
        has_star = has_star or index in stars
        facts = statement.facts
        for name in sorted(facts.reads | facts.captures):
            sources = reaching.get(name)
            if sources:
                _add_flows(flows, program, name, sources, statement)
            elif _is_missing(program, name, statement, late_bound, has_star=has_star):
                missing.append(_missing(program, name, index))
        late_bound |= writers.bound_by(statement)
        for name in facts.deletes:
            reaching.pop(name, None)
        for name in facts.may_bind:
            if name in facts.binds:
                reaching[name] = frozenset({index})
            elif name not in facts.deletes:
                reaching[name] = reaching.get(name, frozenset()) | {index}
    return DataflowGraph(
        program=program,
        flows=tuple(
            Flow(name=name, producer=producer, consumer=consumer, certainty=certainty)
            for (name, producer, consumer), certainty in sorted(
                flows.items(), key=lambda item: (item[0][2], item[0][1], item[0][0])
            )
        ),
        missing=tuple(missing),
    )


class _Writers:
    """What calls may bind through `global`, as definitions come by."""

    def __init__(self) -> None:
        self.writes: dict[str, frozenset[str]] = {}
        self.calls: dict[str, frozenset[str]] = {}

    def bound_by(self, statement: Statement) -> frozenset[str]:
        """The names that running a statement may bind so; a definition alone binds none."""
        facts = statement.facts
        if statement.kind in (Kind.FUNCTION, Kind.CLASS):
            for name in facts.order:
                self.writes[name] = self.writes.get(name, frozenset()) | facts.captured_binds
                self.calls[name] = self.calls.get(name, frozenset()) | facts.captures
            return frozenset()
        if not self.writes:
            return facts.captured_binds
        found = set(facts.captured_binds)
        pending, seen = list(facts.reads | facts.captures), set[str]()
        while pending:
            name = pending.pop()
            if name in self.writes and name not in seen:
                seen.add(name)
                found |= self.writes[name]
                pending.extend(self.calls[name])
        return frozenset(found)


def _add_flows(
    flows: dict[tuple[str, int, int], Certainty],
    program: Program,
    name: str,
    sources: frozenset[int],
    reader: Statement,
) -> None:
    sure = len(sources) == 1 and name in reader.facts.certain_reads
    for source in sources:
        producer = program.statements[source]
        if producer.cell == reader.cell:
            continue
        key = (name, producer.cell, reader.cell)
        certain = sure and name in producer.facts.binds
        if certain or key not in flows:
            flows[key] = Certainty.CERTAIN if certain else Certainty.POSSIBLE


def _is_missing(
    program: Program, name: str, statement: Statement, late_bound: set[str], *, has_star: bool
) -> bool:
    if name in BUILTINS or name in KERNEL_NAMES or has_star or name in late_bound:
        return False
    if name in program.tested and name not in statement.facts.certain_reads:
        return False  # `LIMIT if "LIMIT" in globals() else 2`
    if name in statement.facts.may_bind and name not in statement.facts.certain_reads:
        return (
            False  # bound on another path of the same statement: try: x / except NameError: x = 1
        )
    if name in statement.facts.captures and name not in statement.facts.certain_reads:
        # Looked up when the function runs: any binding will do, wherever it stands.
        return name not in program.binders and name not in program.late_binders
    return name in statement.facts.reads


def _missing(program: Program, name: str, index: int) -> MissingName:
    later = [i for i in program.binders.get(name, ()) if i > index]
    return MissingName(
        name=name,
        statement=index,
        is_certain=name in program.statements[index].facts.certain_reads,
        bound_in=program.statements[later[0]].cell if later else None,
    )
