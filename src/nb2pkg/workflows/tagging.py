"""Tag: which `step:` tags would say what nb2pkg makes of a notebook?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from nb2pkg.notebook import Cell, Limits, NotebookFormat, write_notebook
from nb2pkg.planning import PackageChoices, plan_package
from nb2pkg.planning.grouping import step_tag
from nb2pkg.ports.extracting import Progress
from nb2pkg.workflows.package_name import choose_package_name
from nb2pkg.workflows.reading_cells import read_cells, refuse_unparsable


@dataclass(frozen=True, slots=True, kw_only=True)
class CellTag:
    """A tag that a cell should have; `text` is how the cell begins."""

    cell: int
    tag: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagging:
    """The tags to add, and the notebook's text with them."""

    tags: tuple[CellTag, ...]
    text: str


def tag_notebook(
    data: bytes,
    name: str,
    notebook_format: NotebookFormat,
    *,
    limits: Limits,
    progress: Progress,
    pure_calls: tuple[str, ...] = (),
) -> Tagging:
    """Suggest tags for the cells that have none; all other text stays byte for byte.

    Raises:
        BadNotebook: the notebook cannot be read, or a cell is not Python.
        NothingToExtract: it has no code.
    """
    reading = read_cells(data, name, notebook_format, limits=limits, progress=progress)
    refuse_unparsable(reading)
    choices = PackageChoices(pure_calls=pure_calls)
    plan, _ = plan_package(reading.notebook, reading.cells, choices, choose_package_name(name))
    wanted = {cell: f"step:{step.name}" for step in plan.steps for cell in step.cells}
    cells: list[Cell] = []
    tags: list[CellTag] = []
    for cell in reading.notebook.cells:
        tag = wanted.get(cell.position)
        if tag is None or step_tag(cell) is not None:
            cells.append(cell)
            continue
        cells.append(replace(cell, tags=(*cell.tags, tag)))
        first = next((line for line in cell.source.split("\n") if line.strip()), "")
        tags.append(CellTag(cell=cell.position, tag=tag, text=first.strip()))
    return Tagging(tags=tuple(tags), text=write_notebook(reading.notebook, cells))
