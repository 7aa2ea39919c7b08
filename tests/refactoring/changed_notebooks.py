"""What does a notebook show before and after it was changed, and what is it after a refactoring?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_event_loop

from nb2pkg.notebook import Cell, Notebook
from nb2pkg.refactoring import Refactoring
from tests.refactoring.same_outputs import shown_before

Shown = list[tuple[Any, ...]]


def after(document: Notebook, found: Refactoring) -> Notebook:
    """The notebook as the refactoring makes it."""
    cells = tuple(
        Cell(position=position, kind=c.kind, source=c.source, tags=c.tags)
        for position, c in enumerate(found.cells, 1)
    )
    return replace(document, cells=cells)


def shown_by_both(one: Notebook, other: Notebook, folder: Path) -> tuple[Shown, Shown]:
    """What two notebooks show, each run in a folder of its own; at the same time, save for shared files."""
    folders = [folder / "one", folder / "other"]
    for each in folders:
        each.mkdir()
    shares_files = any("tempfile" in cell.source for cell in one.code_cells)
    with ThreadPoolExecutor(1 if shares_files else 2) as pool:
        first, second = pool.map(_shown, (one, other), folders)
    return first, second


def _shown(notebook: Notebook, folder: Path) -> Shown:
    try:
        return shown_before(notebook, folder)
    finally:
        ensure_event_loop().close()  # nbclient leaves the loop of its thread open
