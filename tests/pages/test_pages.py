"""Golden pages: what the notebook in each case becomes is what its page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2pkg.analysis import NameFacts
from nb2pkg.dataflow import Certainty, DataflowGraph
from nb2pkg.notebook import CellKind
from nb2pkg.planning import PackagePlan, Placed, Step
from nb2pkg.workflows.self_check import faults_of
from tests.builders import PACKAGE, facts, formatted, md, notebook, plan_and_graph, sources, tagged
from tests.pages.page_cases import Fence, PageCase, accept, cases_of

# Those of schedules and refactorings are read beside them.
PAGES = sorted(
    page
    for page in Path(__file__).parent.rglob("*.md")
    if page.parent.name not in ("scheduling", "refactoring")
)
CASES = [case for page in PAGES for case in cases_of(page)]


@pytest.mark.parametrize("case", CASES, ids=[f"{c.page.stem}: {c.title}" for c in CASES])
def test_page(case: PageCase, request: pytest.FixtureRequest) -> None:
    assert case.cells, "a case has cells"
    assert case.expected, "a case expects something"

    actual = [answer(fence, case) for fence in case.expected]

    if request.config.getoption("--accept"):
        accept(case, actual)
    else:
        assert actual == [fence.text for fence in case.expected]


def answer(fence: Fence, case: PageCase) -> str:
    """What the fence should hold."""
    if fence.word == "facts":
        return facts_text(facts(_cell(fence, case).text))
    plan, graph = plan_and_graph(notebook(*map(_source, case.cells)))
    files = sources(plan)
    assert faults_of({f"src/{PACKAGE}/{path}": text for path, text in files.items()}, PACKAGE) == ()
    names = {n: c.options.get("cell", f"cell {n}") for n, c in enumerate(case.cells, 1)}
    if "file" in fence.options:
        path = fence.options["file"]
        assert path in files, f"there are {', '.join(sorted(files))}"
        return formatted({path: files[path]})[path]
    if fence.word == "flows":
        return flows_text(graph, names)
    if fence.word == "plan":
        return plan_text(plan)
    if fence.word == "left-out":
        return _lines(
            f"{names[o.cell]}, line {o.line}: {o.text}  ({o.reason})" for o in plan.left_out
        )
    assert fence.word == "diagnostics", f"no fence is called {fence.word!r}"
    return _lines(
        f"{d.code} {d.severity.value}, {names.get(d.location.cell or 0, 'notebook')}: {d.message}"
        for d in plan.diagnostics
    )


def _cell(fence: Fence, case: PageCase) -> Fence:
    wanted = fence.options.get("cell")
    return next(c for c in case.cells if wanted in (None, c.options.get("cell")))


def _source(cell: Fence) -> str:
    text = cell.text.removesuffix("\n")
    if cell.word == CellKind.MARKDOWN.value:
        return md(text)
    return tagged(cell.options.get("tags", "").replace(",", " "), text)


def facts_text(found: NameFacts) -> str:
    """Name facts, one kind a line; what is empty is left out."""
    kinds = {
        "reads": found.certain_reads,
        "may read": found.reads - found.certain_reads,
        "binds": found.binds,
        "may bind": found.may_bind - found.binds,
        "deletes": found.deletes,
        "reads later": found.captures,
        "binds later": found.captured_binds,
        "mentions": found.mentions,
    }
    return _lines(f"{kind}: {', '.join(sorted(names))}" for kind, names in kinds.items() if names)


def flows_text(graph: DataflowGraph, names: dict[int, str]) -> str:
    """`df: load -> clean`, with a question mark where the value may come from elsewhere."""
    return _lines(
        f"{f.name}: {names[f.producer]} -> {names[f.consumer]}"
        + (" ?" if f.certainty is Certainty.POSSIBLE else "")
        for f in graph.flows
    )


def plan_text(plan: PackagePlan) -> str:
    """A plan's steps with what they take and give, and where everything else lives."""
    return _lines(
        [
            *(f"parameter {p.name}: {p.annotation} = {p.default}" for p in plan.parameters),
            *(f"early {_short(p)}" for p in plan.early),
            *(f"setup {_short(p)}" for p in plan.setup),
            *(line for step in plan.steps for line in _step_lines(step)),
            *(f"{plan.homes[name]} has {name}" for name in sorted(plan.homes)),
            *(f"import for its effect: {text}" for text in plan.effect_imports),
        ]
    )


def _step_lines(step: Step) -> list[str]:
    taken = ", ".join([*step.parameters, *(["*"] if step.options else []), *step.options])
    told = {
        "gives": step.returns,
        "shows": tuple(step.results.values()),
        "changes": step.changes,
        "declares": step.declares,
    }
    parts = [f"{word} {', '.join(names)}" for word, names in told.items() if names]
    start = "async " if step.is_async else ""
    return [f"{start}{step.name}({taken})" + (f" {'; '.join(parts)}" if parts else "")]


def _short(placed: Placed) -> str:
    return placed.statement.text.split("\n")[0]


def _lines(lines: object) -> str:
    assert hasattr(lines, "__iter__")
    return "".join(f"{line}\n" for line in lines)
