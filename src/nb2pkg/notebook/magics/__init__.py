"""IPython syntax to plain Python: what a cell says once magics and shell commands are gone."""

from nb2pkg.notebook.magics.names import shadowed_names
from nb2pkg.notebook.magics.plain_cell import Dropped, PlainCell, RunsFile
from nb2pkg.notebook.magics.translating import to_plain_python

__all__ = ["Dropped", "PlainCell", "RunsFile", "shadowed_names", "to_plain_python"]
