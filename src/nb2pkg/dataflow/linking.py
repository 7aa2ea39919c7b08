"""Where does the value of each name come from? Reaching definitions over the whole notebook."""

from __future__ import annotations

from collections.abc import Sequence

from nb2pkg.analysis import ParsedCell, Statement
from nb2pkg.dataflow.graph import Certainty, DataflowGraph, Flow, MissingName
from nb2pkg.dataflow.program import BUILTINS, KERNEL_NAMES, Program, assemble


def link(cells: Sequence[ParsedCell]) -> DataflowGraph:
    """Connect every read to the cells whose binding may reach it, top to bottom."""
    program = assemble(cells)
    reaching: dict[str, frozenset[int]] = {}
    flows: dict[tuple[str, int, int], Certainty] = {}
    missing: list[MissingName] = []
    has_star = False
    stars = set(program.stars)
    late_bound: set[str] = set()
    for index, statement in enumerate(program.statements):
        has_star = has_star or index in stars
        facts = statement.facts
        for name in sorted(facts.reads | facts.captures):
            sources = reaching.get(name)
            if sources:
                _add_flows(flows, program, name, sources, statement)
            elif _is_missing(program, name, statement, late_bound, has_star=has_star):
                missing.append(_missing(program, name, index))
        late_bound |= facts.captured_binds
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
