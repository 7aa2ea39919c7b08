"""What does a notebook's file read once its cells have changed?"""

from __future__ import annotations

from collections.abc import Sequence

from nb2pkg.notebook.ipynb_writing import write_ipynb
from nb2pkg.notebook.notebook import Cell, Notebook
from nb2pkg.notebook.percent_writing import write_percent_script


def write_notebook(notebook: Notebook, cells: Sequence[Cell]) -> str:
    """Give the text of a notebook's file with `cells`, in their order, in place of its own.

    A cell is known by its `position`: `dataclasses.replace(cell, source=…)` edits it, leaving it
    out removes it, and one at position 0 is new and goes where it stands in `cells`. Changed
    `tags` win over what `metadata` says of them. An untouched cell stays byte for byte, and so
    does the rest of the file; a byte-order mark is not written. Cells that reading has left out
    (NB191) stay.
    """
    # Compared by identity: Python holds True and 1 for equal, JSON doesn't.
    if [id(cell) for cell in cells] == [id(cell) for cell in notebook.cells]:
        return notebook.text
    if notebook.format == "percent":
        return write_percent_script(notebook, cells)
    return write_ipynb(notebook, cells)
