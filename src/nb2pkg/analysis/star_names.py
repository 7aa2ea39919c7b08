"""Which names does `from math import *` bring, for modules whose names are known everywhere?"""

from __future__ import annotations

import importlib

# Standard modules that import without an effect; no code of a notebook or its environment is run.
_KNOWN = frozenset(
    [
        "bisect",
        "cmath",
        "collections",
        "copy",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "fractions",
        "functools",
        "heapq",
        "itertools",
        "json",
        "math",
        "operator",
        "os.path",
        "pathlib",
        "random",
        "re",
        "statistics",
        "string",
        "textwrap",
        "time",
        "typing",
    ]
)


def star_names(module: str | None) -> frozenset[str] | None:
    """The public names of a standard module; None where they can't be known."""
    if module not in _KNOWN:
        return None
    found = importlib.import_module(module)
    names = getattr(found, "__all__", None) or [n for n in vars(found) if not n.startswith("_")]
    return frozenset(names)
