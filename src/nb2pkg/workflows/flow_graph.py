"""Graph: which steps, or cells, does a notebook have, and what flows between them?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nb2pkg.dataflow import DataflowGraph
from nb2pkg.notebook import Limits, NotebookFormat
from nb2pkg.planning import PackageChoices, PackagePlan, plan_package
from nb2pkg.ports.extracting import Progress
from nb2pkg.workflows.package_name import choose_package_name
from nb2pkg.workflows.proposal import StepSummary, step_summaries
from nb2pkg.workflows.reading_cells import Reading, read_cells, refuse_unparsable

_LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A step or a cell; `detail` says where it comes from or how it begins."""

    key: str
    label: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The names that flow from one node to a later one; dashed where they only may."""

    start: str
    end: str
    names: tuple[str, ...]
    is_certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowGraph:
    """Nodes in the order of the notebook, edges from earlier to later ones.

    `results` are the names that a node gives to the whole run.
    """

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    results: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFlow:
    """The names that flow from one step to a later one."""

    start: str
    end: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFlow:
    """The names that flow from one cell to a later one, by their positions; `is_certain`: on every path."""

    start: int
    end: int
    names: tuple[str, ...]
    is_certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookFlows:
    """The steps that a notebook would have, and what flows between them and between its cells."""

    steps: tuple[StepSummary, ...]
    between_steps: tuple[StepFlow, ...]
    between_cells: tuple[CellFlow, ...]


def graph_notebook(
    data: bytes,
    name: str,
    notebook_format: NotebookFormat,
    *,
    limits: Limits,
    progress: Progress,
    of_cells: bool,
    pure_calls: tuple[str, ...] = (),
) -> FlowGraph:
    """Say what flows between the steps, or the cells, of a notebook.

    Raises:
        BadNotebook: it cannot be read, or a cell is not Python.
        NothingToExtract: it has no code.
    """
    reading, graph, plan = _planned(
        data, name, notebook_format, limits=limits, progress=progress, pure_calls=pure_calls
    )
    return _of_cells(reading, graph, plan) if of_cells else _of_steps(plan)


def flows_of_notebook(
    data: bytes,
    name: str,
    notebook_format: NotebookFormat,
    *,
    limits: Limits,
    progress: Progress,
    pure_calls: tuple[str, ...] = (),
) -> NotebookFlows:
    """Say what flows between the steps and between the cells of a notebook, for programs that draw it themselves.

    The same may be raised.
    """
    _, graph, plan = _planned(
        data, name, notebook_format, limits=limits, progress=progress, pure_calls=pure_calls
    )
    return NotebookFlows(
        steps=step_summaries(plan),
        between_steps=_between_steps(plan),
        between_cells=_between_cells(graph, plan),
    )


def _planned(
    data: bytes,
    name: str,
    notebook_format: NotebookFormat,
    *,
    limits: Limits,
    progress: Progress,
    pure_calls: tuple[str, ...],
) -> tuple[Reading, DataflowGraph, PackagePlan]:
    reading = read_cells(data, name, notebook_format, limits=limits, progress=progress)
    refuse_unparsable(reading)
    choices = PackageChoices(pure_calls=pure_calls)
    plan, graph = plan_package(reading.notebook, reading.cells, choices, choose_package_name(name))
    return reading, graph, plan


def _of_steps(plan: PackagePlan) -> FlowGraph:
    nodes: list[Node] = []
    for step in plan.steps:
        cells = ", ".join(map(str, step.cells))
        detail = f"cell{'s' if len(step.cells) != 1 else ''} {cells}" if step.cells else ""
        nodes.append(Node(key=step.name, label=step.name, detail=detail))
    return FlowGraph(
        title=plan.title,
        nodes=tuple(nodes),
        edges=tuple(
            Edge(start=flow.start, end=flow.end, names=flow.names) for flow in _between_steps(plan)
        ),
        results={s.name: tuple(s.results) for s in plan.steps if s.results},
    )


def _between_steps(plan: PackagePlan) -> tuple[StepFlow, ...]:
    maker: dict[str, str] = {}
    flows: dict[tuple[str, str], list[str]] = {}
    for step in plan.steps:
        for name in step.parameters:
            if name in maker:
                flows.setdefault((maker[name], step.name), []).append(name)
        maker.update(dict.fromkeys(step.returns, step.name))
    return tuple(
        StepFlow(start=start, end=end, names=tuple(names)) for (start, end), names in flows.items()
    )


def _of_cells(reading: Reading, graph: DataflowGraph, plan: PackagePlan) -> FlowGraph:
    return FlowGraph(
        title=reading.notebook.name,
        nodes=tuple(
            Node(
                key=f"cell_{cell.position}",
                label=f"cell {cell.position}",
                detail=_beginning(cell.cell.source.split("\n")),
            )
            for cell in reading.cells
        ),
        edges=tuple(
            Edge(
                start=f"cell_{flow.start}",
                end=f"cell_{flow.end}",
                names=flow.names,
                is_certain=flow.is_certain,
            )
            for flow in _between_cells(graph, plan)
        ),
        results={},
    )


def _between_cells(graph: DataflowGraph, plan: PackagePlan) -> tuple[CellFlow, ...]:
    changers = _changers(plan)
    flows: dict[tuple[int, int], list[str]] = {}
    certain: set[tuple[int, int]] = set()
    for flow in graph.flows:
        if flow.name in graph.program.static_imports:
            continue  # every cell would hang on the one that imports pandas
        between = [c for c in changers.get(flow.name, ()) if flow.producer < c < flow.consumer]
        ends = (max(between, default=flow.producer), flow.consumer)
        if flow.name in flows.get(ends, ()):
            continue
        flows.setdefault(ends, []).append(flow.name)
        if flow.certainty.value == "certain":
            certain.add(ends)
    return tuple(
        CellFlow(start=ends[0], end=ends[1], names=tuple(names), is_certain=ends in certain)
        for ends, names in sorted(flows.items())
    )


def _changers(plan: PackagePlan) -> dict[str, list[int]]:
    """Name → the cells that change its value in place, which others then get from them."""
    found: dict[str, list[int]] = {}
    if plan.program is not None and plan.aliasing is not None:
        for statement, changed in zip(plan.program.statements, plan.aliasing.changed, strict=True):
            for name in changed.surely & statement.facts.all_reads:
                found.setdefault(name, []).append(statement.cell)
    return found


def _beginning(lines: Iterable[str]) -> str:
    """The first line that says something, cut short."""
    text = next((line.strip() for line in lines if line.strip()), "")
    return text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1] + "…"
