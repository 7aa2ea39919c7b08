"""What a notebook is, whatever file it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from nb2pkg.problems import Diagnostic

# A JSON value as the standard library reads it; typed loosely on purpose: notebooks hold anything.
Json = Any


class CellKind(str, Enum):
    """The three kinds of cell that notebooks have."""

    CODE = "code"
    MARKDOWN = "markdown"
    RAW = "raw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell. `position` is 1-based among all cells of the document, as messages name it.

    `source` has `\\n` line ends only and neither a byte-order mark nor a NUL.
    """

    position: int
    kind: CellKind
    source: str
    tags: tuple[str, ...] = ()
    cell_id: str | None = None
    execution_count: int | None = None
    metadata: Mapping[str, Json] = field(default_factory=dict)
    outputs: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A document of cells, in order, with what was odd about the file as `notes`.

    `text` is the file as read (without a byte-order mark), the base for writing it back so that an
    untouched cell stays byte for byte. `format` says which writer that is.
    """

    name: str
    cells: tuple[Cell, ...]
    language: str
    kernel_name: str | None
    metadata: Mapping[str, Json]
    format: str  # "ipynb" or "percent"
    text: str
    notes: tuple[Diagnostic, ...] = ()

    @property
    def code_cells(self) -> tuple[Cell, ...]:
        """The code cells, in document order."""
        return tuple(cell for cell in self.cells if cell.kind is CellKind.CODE)
