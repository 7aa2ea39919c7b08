"""What would a refactoring change in a notebook and its project? One module a refactoring; nothing is written."""

from nb2pkg.refactoring.edits import EditedCell, FileEdit, Refactoring, edited, kept
from nb2pkg.refactoring.refusals import cannot

__all__ = ["EditedCell", "FileEdit", "Refactoring", "cannot", "edited", "kept"]
