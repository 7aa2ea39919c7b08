"""What is the shortest way to say a notebook, and to see what becomes of it?"""

from __future__ import annotations

from collections.abc import Mapping

from nb2pkg.adapters.ruff_formatter import RuffFormatter
from nb2pkg.analysis import NameFacts, ParsedCell, name_facts, parse_cell, parse_cells
from nb2pkg.dataflow import DataflowGraph
from nb2pkg.notebook import Cell, CellKind, Notebook
from nb2pkg.planning import PackageChoices, PackagePlan, Step, plan_package
from nb2pkg.rendering.rendering import render_sources

PACKAGE = "pkg"


class md(str):
    """A Markdown cell: `md("## Load")`."""

    __slots__ = ()


class raw(str):
    """A raw cell."""

    __slots__ = ()


class tagged(str):
    """A code cell with tags: `tagged("parameters", "x = 1")`; several tags stand between blanks."""

    tags: tuple[str, ...]

    def __new__(cls, tags: str, source: str) -> tagged:
        cell = super().__new__(cls, source)
        cell.tags = tuple(tags.split())
        return cell


def notebook(
    *cells: str, name: str = "notebook", tags: Mapping[int, str] | None = None
) -> Notebook:
    """A notebook of these cells; plain text is code. `tags` adds tags by 1-based position."""
    made = [
        Cell(
            position=position,
            kind=_kind_of(source),
            source=str(source),
            tags=(*getattr(source, "tags", ()), *(tags or {}).get(position, "").split()),
            cell_id=f"cell-{position}",
        )
        for position, source in enumerate(cells, 1)
    ]
    return Notebook(
        name=name,
        cells=tuple(made),
        language="python",
        kernel_name="python3",
        metadata={},
        format="ipynb",
        text="",
    )


def _kind_of(source: str) -> CellKind:
    if isinstance(source, md):
        return CellKind.MARKDOWN
    return CellKind.RAW if isinstance(source, raw) else CellKind.CODE


def parsed(document: Notebook) -> list[ParsedCell]:
    """Its code cells, read; all of them must be Python."""
    cells = list(parse_cells(document.code_cells))
    unread = [cell.findings for cell in cells if not isinstance(cell, ParsedCell)]
    assert not unread, unread
    return [cell for cell in cells if isinstance(cell, ParsedCell)]


def facts(source: str) -> NameFacts:
    """What one top-level statement, or several one after the other, do to names."""
    cell = parse_cell(Cell(position=1, kind=CellKind.CODE, source=source))
    assert isinstance(cell, ParsedCell), cell.findings
    found = [statement.facts for statement in cell.statements]
    whole = found[0]
    for after in found[1:]:
        whole = whole.then(after)
    return whole


def plan(*cells: str, pure_calls: tuple[str, ...] = ()) -> PackagePlan:
    """The plan for a notebook of these cells."""
    return plan_and_graph(notebook(*cells), pure_calls=pure_calls)[0]


def plan_and_graph(
    document: Notebook, *, pure_calls: tuple[str, ...] = ()
) -> tuple[PackagePlan, DataflowGraph]:
    """The plan for a notebook, and the graph it was made from."""
    choices = PackageChoices(package=PACKAGE, pure_calls=pure_calls)
    return plan_package(document, parsed(document), choices, PACKAGE)


def step(package_plan: PackagePlan, name: str) -> Step:
    """The step of that name."""
    (found,) = (s for s in package_plan.steps if s.name == name)
    return found


def modules(*cells: str) -> dict[str, str]:
    """The modules of the package, formatted: `steps/load.py` → text."""
    return formatted(sources(plan(*cells)))


def sources(package_plan: PackagePlan) -> dict[str, str]:
    """The modules of a plan as rendered, by their path below the package."""
    tree = render_sources(package_plan)
    return {path.removeprefix(f"src/{PACKAGE}/"): text for path, text in tree.items()}


def formatted(files: Mapping[str, str]) -> dict[str, str]:
    """The same files with their layout; paths are below the package."""
    placed = RuffFormatter().format({f"src/{PACKAGE}/{p}": t for p, t in files.items()}, (3, 10))
    return {path: placed[f"src/{PACKAGE}/{path}"] for path in files}


__all__ = [
    "PACKAGE", "facts", "formatted", "md", "modules", "name_facts", "notebook", "parsed", "plan",
    "plan_and_graph", "raw", "sources", "step", "tagged",
]  # fmt: skip
