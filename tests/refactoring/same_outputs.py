"""Does a notebook show after a refactoring what it showed before? Both are run, by a real kernel."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from nb2pkg.analysis import ParsedCell, parse_cells
from nb2pkg.notebook import CellKind, Notebook, read_notebook
from nb2pkg.refactoring import Refactoring
from tests.kernel_sockets import own_sockets

_ADDRESS = re.compile(r"(0x|sk-[a-z]+-id-)[0-9a-f]+")
_PARTS = re.compile(r"(?<=-cell-)\d+|(?<=Cell In\[)\d+|(?<=/ipykernel_)\d+/\d+")


def read(path: Path) -> tuple[Notebook, tuple[ParsedCell, ...]]:
    """A notebook's file, with its code cells read; all of them must be Python."""
    notebook = read_notebook(path.read_bytes(), path.stem)
    cells = tuple(parse_cells(notebook.code_cells))
    assert all(isinstance(cell, ParsedCell) for cell in cells)
    return notebook, tuple(cell for cell in cells if isinstance(cell, ParsedCell))


def shown_before(notebook: Notebook, folder: Path) -> list[tuple[Any, ...]]:
    """What the notebook shows, in order, when it is run in this folder."""
    return _run([(c.kind, c.source) for c in notebook.cells], folder)


def shown_after(
    refactoring: Refactoring, folder: Path, files: Mapping[str, str] | None = None
) -> list[tuple[Any, ...]]:
    """What it shows after the refactoring, with the files that this makes written into the folder."""
    for edit in refactoring.files:
        path = folder / edit.path
        assert edit.before == (path.read_text() if path.exists() else None)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((files or {}).get(edit.path, edit.after))
    return _run([(c.kind, c.source) for c in refactoring.cells], folder)


def _run(cells: Sequence[tuple[CellKind, str]], folder: Path) -> list[tuple[Any, ...]]:
    document: Any = nbformat.v4.new_notebook()
    make = {
        CellKind.CODE: nbformat.v4.new_code_cell,
        CellKind.MARKDOWN: nbformat.v4.new_markdown_cell,
        CellKind.RAW: nbformat.v4.new_raw_cell,
    }
    document.cells = [make[kind](source) for kind, source in cells]
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(
        document, timeout=120, kernel_name="python3", resources=resources, config=own_sockets()
    )
    shown: list[tuple[Any, ...]] = []
    with contextlib.suppress(CellExecutionError):  # the error is among the outputs
        client.execute()
    for cell in document.cells:
        for output in cell.get("outputs", ()):
            add_output(shown, output)
    return shown


def add_output(shown: list[tuple[Any, ...]], output: Any) -> None:
    """Add what an output shows, so that it can be compared: without addresses and the like."""
    if output.output_type == "stream":
        # What is printed to two streams comes in any order, but for what is shown in between.
        text = _masked(output.text)
        for at in range(len(shown) - 1, -1, -1):
            if shown[at][0] not in ("stdout", "stderr"):
                break
            if shown[at][0] == output.name:
                shown[at] = (output.name, shown[at][1] + text)
                return
        shown.append((output.name, text))
    elif output.output_type == "error":
        shown.append(("error", output.ename, output.evalue))
    else:
        # Whether a cell's last value or `display` showed it makes no difference to who looks.
        shown.append(("shown", {kind: _masked(str(value)) for kind, value in output.data.items()}))


def _masked(text: str) -> str:
    return _PARTS.sub("", _ADDRESS.sub(r"\1", text))
