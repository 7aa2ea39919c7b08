"""What is the source of a cell, once line ends and hidden characters are put right?"""

from __future__ import annotations

import re

from nb2pkg.notebook.limits import Limits, refuse_long_source
from nb2pkg.notebook.notebook import CellKind
from nb2pkg.problems import BadNotebook, Location

_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def cell_source(text: str, kind: CellKind, position: int, limits: Limits) -> str:
    """Give a cell's source with `\\n` line ends and without a byte-order mark.

    Characters that no Python file can hold stop us in code; in prose they are shown as U+FFFD.

    Raises:
        BadNotebook: code holds a NUL or a lone surrogate (NB104), or is too long (NB108).
    """
    source = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if kind is CellKind.CODE:
        refuse_long_source(source, position, limits)
        _refuse_unwritable(source, position)
        return source
    return _UNWRITABLE.sub("\ufffd", source)


def is_writable(text: str) -> bool:
    """Whether a file can hold this text: it has no NUL and no lone surrogate."""
    return _UNWRITABLE.search(text) is None


def _refuse_unwritable(source: str, position: int) -> None:
    found = _UNWRITABLE.search(source)
    if found is None:
        return
    start = source.rfind("\n", 0, found.start()) + 1
    char = found.group()
    what = "NUL byte" if char == "\0" else f"invalid Unicode U+{ord(char):04X}"
    raise BadNotebook(
        "NB104",
        f"cell {position}: {what} in the code",
        hint="delete the character and type the line again",
        location=Location(
            cell=position,
            line=source.count("\n", 0, found.start()) + 1,
            column=found.start() - start,
        ),
    )
