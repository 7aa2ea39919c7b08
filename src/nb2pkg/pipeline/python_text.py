"""Which syntax tree has a text, if it is Python?"""

from __future__ import annotations

import ast
import warnings


def tree_of(source: str) -> ast.Module | None:
    """The tree of a Python text; None for everything else."""
    with warnings.catch_warnings():
        # An odd escape in a notebook is not our noise, and no reason to read it in another way.
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
