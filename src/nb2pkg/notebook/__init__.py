"""What a notebook is: the text of .ipynb files and percent scripts, read and written back."""

from nb2pkg.notebook.ipynb_fresh import new_notebook
from nb2pkg.notebook.language import require_python
from nb2pkg.notebook.limits import Limits, refuse_oversize
from nb2pkg.notebook.notebook import Cell, CellKind, Json, Notebook
from nb2pkg.notebook.reading import NotebookFormat, read_notebook
from nb2pkg.notebook.writing import write_notebook

__all__ = [
    "Cell",
    "CellKind",
    "Json",
    "Limits",
    "Notebook",
    "NotebookFormat",
    "new_notebook",
    "read_notebook",
    "refuse_oversize",
    "require_python",
    "write_notebook",
]
