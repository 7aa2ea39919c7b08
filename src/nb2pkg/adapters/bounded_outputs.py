"""Does an output stay where it may be: below one folder, whatever links say, and in nothing hidden?"""

from __future__ import annotations

import os

from nb2pkg.adapters.hidden_files import is_marked_hidden
from nb2pkg.problems import UsageError


def refuse_outside(path: str, below: str, *, allows_hidden: bool) -> None:
    """Stop where a path, or a link on its way, leads out of a folder, or to what is hidden there.

    Raises:
        UsageError: it does (NB021).
    """
    folder = os.path.realpath(below)
    within = _parts_below(os.path.realpath(path), folder)
    if not within:
        raise UsageError(
            "NB021",
            f"output {path} leads out of {below}",
            hint="a value that is filled in, or a link, leads it there",
        )
    if allows_hidden:
        return
    # The names of links count as well as what they lead to.
    named = _parts_below(os.path.abspath(path), os.path.abspath(below))
    if any(part.startswith(".") for part in (*named, *within)) or any(
        is_marked_hidden(os.path.join(folder, *within[:count]))
        for count in range(1, len(within) + 1)
    ):
        raise UsageError(
            "NB021",
            f"output {path} is hidden, and the server that was asked for it shows no hidden files",
            hint="the server's option ContentsManager.allow_hidden allows it",
        )


def _parts_below(path: str, folder: str) -> list[str]:
    """The names that lead from a folder to a path below it; none where it is not below."""
    # The root of a disk ends with a separator of its own.
    prefix = folder.rstrip(os.sep) + os.sep
    if not path.startswith(prefix):
        return []
    return [part for part in path[len(prefix) :].split(os.sep) if part]
