"""Which notebook does a request mean, and which cell does a position in it?"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from nb2pkg.api import extracting, open_notebooks
from nb2pkg.problems import Diagnostic
from nb2pkg.server.payloads.notebooks import Notebook
from nb2pkg.server.payloads.problems import Finding
from nb2pkg.server.root_paths import Root


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """A notebook that a request means: its absolute path, what it is read from, and the settings that hold for it.

    data: None where its file is read; ids: of its cells, in order
    """

    path: str
    data: bytes | None
    ids: tuple[str | None, ...]
    settings: extracting.Configuration

    @property
    def max_bytes(self) -> int:
        """The largest notebook that is read."""
        return self.settings.max_bytes or extracting.DEFAULT_MAX_BYTES

    def id_at(self, position: int) -> str:
        """The id of the cell at a position; one that its file does not name has its position for an id."""
        found = self.ids[position - 1] if 0 < position <= len(self.ids) else None
        return found or f"cell_{position}"


def meant(notebook: Notebook, root: Root, *, to_extract: bool = False) -> Meant:
    """Find out what a request means; to_extract: with all that the notebook's file says beside its cells.

    Raises:
        UsageError: the path leads out of the root (NB021), or there is no such notebook (NB001).
        Nb2pkgError: the file cannot be read as a notebook.
    """
    path = root.file(notebook.path)
    settings = extracting.configuration(os.path.dirname(path))
    max_bytes = settings.max_bytes or extracting.DEFAULT_MAX_BYTES
    cells = None if notebook.cells is None else _cells(notebook)
    if to_extract and cells is not None:
        text = open_notebooks.text_to_extract(
            path, cells, kernel=notebook.kernel, language=notebook.language, max_bytes=max_bytes
        )
    else:
        text = open_notebooks.open_text(
            path, cells, kernel=notebook.kernel, language=notebook.language, max_bytes=max_bytes
        )
    return Meant(path=path, data=text.data, ids=text.ids, settings=settings)


def _cells(notebook: Notebook) -> tuple[open_notebooks.OpenCell, ...]:
    return tuple(
        open_notebooks.OpenCell(
            id=cell.id,
            kind=cell.type,
            source=cell.source,
            tags=cell.tags,
            execution_count=cell.execution_count,
            failed=cell.failed,
            warnings=cell.warnings,
        )
        for cell in notebook.cells or ()
    )


def findings_of(
    found: Iterable[Diagnostic], ids: tuple[str | None, ...], root: Root
) -> tuple[Finding, ...]:
    """Give findings as they are sent; `ids` are those of the notebook's cells, as far as they are known."""
    return tuple(_finding(one, ids, root) for one in found)


def _finding(found: Diagnostic, ids: tuple[str | None, ...], root: Root) -> Finding:
    told = root.finding(found)
    where = found.location
    position = where.cell
    return Finding(
        code=found.code,
        severity=found.severity.value,
        message=told.message,
        hint=told.hint,
        cell=ids[position - 1] if position is not None and 0 < position <= len(ids) else None,
        position=position,
        line=where.line,
        column=_from_one(where.column),
        end_line=where.end_line,
        end_column=_from_one(where.end_column),
    )


def _from_one(column: int | None) -> int | None:
    return None if column is None else column + 1
