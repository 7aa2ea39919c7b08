"""What does a notebook say, cell by cell? Bytes in; the notebook and its parsed cells out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nb2pkg.analysis import ParsedCell, UnparsableCell, parse_cells, words_of
from nb2pkg.notebook import (
    Cell,
    Limits,
    Notebook,
    NotebookFormat,
    read_notebook,
    require_python,
)
from nb2pkg.planning.grouping import SKIP_TAGS
from nb2pkg.ports.extracting import Progress
from nb2pkg.problems import Diagnostic, FindingsError, NothingToExtract
from nb2pkg.workflows.labels import labelled


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """A notebook whose code cells have been read as Python, as far as they are."""

    notebook: Notebook
    cells: tuple[ParsedCell, ...]
    unparsable: tuple[UnparsableCell, ...]

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the cells that are not Python."""
        found = (finding for cell in self.unparsable for finding in cell.findings)
        return labelled(found, self.notebook)


def read_cells(
    data: bytes,
    name: str,
    notebook_format: NotebookFormat,
    *,
    limits: Limits,
    progress: Progress,
) -> Reading:
    """Read a notebook and parse its code cells; `progress` hears the position of each cell first.

    Raises:
        BadNotebook: the file is no notebook, or not a Python one.
        NothingToExtract: it has no code (NB110).
    """
    notebook = read_notebook(data, name, format=notebook_format, limits=limits)
    require_python(notebook)
    if not any(cell.source.strip() for cell in notebook.code_cells):
        raise NothingToExtract(
            "NB110", "nothing to extract: the notebook has no code", notebook=name
        )
    parsed, unparsable = _parse_all(notebook, progress)
    return Reading(notebook=notebook, cells=tuple(parsed), unparsable=tuple(unparsable))


def refuse_unparsable(reading: Reading) -> None:
    """Stop when a cell is not Python.

    Raises:
        FindingsError: with a finding for each of them.
    """
    if reading.unparsable:
        raise FindingsError(reading.findings, notebook=reading.notebook.name)


def _parse_all(
    notebook: Notebook, progress: Progress
) -> tuple[list[ParsedCell], list[UnparsableCell]]:
    parsed: list[ParsedCell] = []
    unparsable: list[UnparsableCell] = []
    for outcome in parse_cells(
        _announced(notebook.code_cells, progress), words_of(notebook.code_cells)
    ):
        if isinstance(outcome, ParsedCell):
            parsed.append(outcome)
        elif not SKIP_TAGS & set(outcome.cell.tags):
            unparsable.append(outcome)
    return parsed, unparsable


def _announced(cells: Iterable[Cell], progress: Progress) -> Iterator[Cell]:
    """Yield the cells, saying of each that it comes next: the last one said is where it hung."""
    for cell in cells:
        progress(cell.position)
        yield cell
