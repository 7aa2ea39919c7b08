"""What would the file of an open notebook hold, were it saved now?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nb2pkg.notebook import (
    Cell,
    CellKind,
    Json,
    Limits,
    NotebookFormat,
    new_notebook,
    read_notebook,
    write_notebook,
)
from nb2pkg.workflows.proposing import digest_of_cells

# What runs a notebook whose file names no kernel.
_USUAL_KERNEL = "python3"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCell:
    """A cell as it is in an editor. `kind` is `code`, `markdown` or `raw`.

    failed: its last run ended with an error; warnings: what it has printed of warnings
    """

    id: str
    kind: str
    source: str
    tags: tuple[str, ...] = ()
    execution_count: int | None = None
    failed: bool = False
    warnings: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedText:
    """What a notebook's file would hold, without outputs, as an .ipynb.

    text: None where that is what it holds already, so that it can be read as it is
    """

    text: str | None


def text_of_cells(cells: Sequence[OpenCell], kernel: str | None, language: str | None) -> str:
    """Give the text of an .ipynb with these cells, and no more than that."""
    return new_notebook([_cell(cell) for cell in cells], _with_kernel({}, kernel, language))


def text_if_saved(
    data: bytes,
    name: str,
    notebook_format: NotebookFormat,
    cells: Sequence[OpenCell],
    kernel: str | None,
    language: str | None,
    limits: Limits,
) -> SavedText:
    """Give the text of an .ipynb with these cells, and with all else that the notebook's file says.

    Raises:
        BadNotebook: the file cannot be read as a notebook.
    """
    saved = read_notebook(data, name, format=notebook_format, limits=limits)
    known = {cell.cell_id: cell for cell in saved.cells if cell.cell_id is not None}
    edited = [_cell(cell, known.get(cell.id)) for cell in cells]
    is_same_kernel = kernel in (None, saved.kernel_name or _USUAL_KERNEL)
    if is_same_kernel and saved.format == "ipynb":
        text = write_notebook(saved, edited)
    else:
        afresh = [replace(cell, position=0) for cell in edited]
        text = new_notebook(afresh, _with_kernel(saved.metadata, kernel, language))
    # As it would be read again: line ends and such are not what editors and files differ in.
    again = read_notebook(as_file(text), name, limits=limits)
    is_saved = is_same_kernel and digest_of_cells(saved) == digest_of_cells(again)
    return SavedText(text=None if is_saved else text)


def as_file(text: str) -> bytes:
    """Give the bytes of the file of such a text."""
    # Within JSON, what stands here for a lone surrogate is an escape like any other.
    return text.encode("utf-8", "backslashreplace")


def ids_of_cells(
    data: bytes, name: str, notebook_format: NotebookFormat, limits: Limits
) -> tuple[str | None, ...]:
    """Give the ids of a notebook's cells, in order, as far as its file says them. The same may be raised."""
    notebook = read_notebook(data, name, format=notebook_format, limits=limits)
    return tuple(cell.cell_id for cell in notebook.cells)


def _cell(cell: OpenCell, before: Cell | None = None) -> Cell:
    """The cell, with what its file says of it beyond what editors send."""
    kind = CellKind(cell.kind)
    count = cell.execution_count if kind is CellKind.CODE else None
    if before is None:
        return Cell(
            position=0,
            kind=kind,
            source=cell.source,
            tags=cell.tags,
            cell_id=cell.id,
            execution_count=count,
            outputs=tuple(_outputs(cell)),
        )
    metadata = dict(before.metadata)
    if before.tags != cell.tags:
        metadata.pop("tags", None)
    return replace(
        before,
        kind=kind,
        source=cell.source,
        tags=cell.tags,
        execution_count=count,
        metadata=metadata,
        outputs=tuple(_outputs(cell)),
    )


def _outputs(cell: OpenCell) -> Iterator[Json]:
    """As much of a cell's outputs as is told of them."""
    if cell.failed:
        yield {"output_type": "error", "ename": "", "evalue": "", "traceback": []}
    if cell.warnings:
        yield {"output_type": "stream", "name": "stderr", "text": cell.warnings}


def _with_kernel(
    metadata: Mapping[str, Json], kernel: str | None, language: str | None
) -> dict[str, Json]:
    """The metadata of a notebook that runs on a kernel; what a file says of that very kernel stays."""
    found = dict(metadata)
    if kernel is not None:
        given = found.get("kernelspec")
        if not isinstance(given, Mapping) or given.get("name") != kernel:
            found["kernelspec"] = {"name": kernel, "display_name": kernel}
            if language is not None:
                found["kernelspec"]["language"] = language
    if language is not None and not isinstance(found.get("language_info"), Mapping):
        found["language_info"] = {"name": language}
    return found
