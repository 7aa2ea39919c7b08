"""How does a notebook, and the project around it, look after a refactoring?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nb2pkg.notebook import Cell, CellKind
from nb2pkg.problems import Diagnostic


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedCell:
    """One cell of the notebook as it will be.

    of: the 1-based position of the cell that it was, 0 where it is new
    shows: the positions of the cells whose outputs it has from now on, in order
    mark: what the notebook's file is to say of where the cell comes from (`metadata.nb2pkg`), if anything
    """

    of: int
    kind: CellKind
    source: str
    tags: tuple[str, ...] = ()
    shows: tuple[int, ...] = ()
    mark: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEdit:
    """One file beside the notebook. `path` is relative to the notebook's folder, with forward slashes.

    before: its text now, None where there is no such file
    """

    path: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refactoring:
    """What a refactoring would change: the whole notebook as it will be, and the files beside it.

    title: what it does, in the words of a menu: `Extract clean_data to features.py`
    name, module: of a new function, "" where there is none
    inputs, outputs: what a new function takes and gives, where there is one
    choices: further names that the function could give, if asked to
    findings: what one should know and what does not stop it: warnings and notes
    """

    title: str
    cells: tuple[EditedCell, ...]
    files: tuple[FileEdit, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    name: str = ""
    module: str = ""
    findings: tuple[Diagnostic, ...] = ()


def kept(cell: Cell) -> EditedCell:
    """The cell as it is."""
    return EditedCell(
        of=cell.position,
        kind=cell.kind,
        source=cell.source,
        tags=cell.tags,
        shows=(cell.position,) if cell.kind is CellKind.CODE else (),
    )


def edited(cells: Sequence[Cell], sources: Mapping[int, str | None]) -> tuple[EditedCell, ...]:
    """The notebook with the sources of some cells (by position) replaced; None takes a cell out."""
    found = []
    for cell in cells:
        source = sources.get(cell.position, cell.source)
        if source is not None:
            as_is = kept(cell)
            found.append(
                EditedCell(
                    of=as_is.of, kind=as_is.kind, source=source, tags=as_is.tags, shows=as_is.shows
                )
            )
    return tuple(found)
