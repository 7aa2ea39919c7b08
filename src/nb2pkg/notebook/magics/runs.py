"""What `%run` of another file asks for."""

from __future__ import annotations

import shlex

from nb2pkg.notebook.magics.equivalent import Equivalent, MagicCall, NoEqual
from nb2pkg.notebook.magics.expansion import as_literal, expand, stripped
from nb2pkg.notebook.magics.plain_cell import RunsFile

_WITH_VALUE = ("-m", "-N", "-l", "-s", "-T", "-D")


def run(call: MagicCall) -> Equivalent:
    """Say that another file is part of the program."""
    literal = as_literal(stripped(expand(call.arguments, call.names)))
    return NoEqual(
        why="runs another file, which is not taken over",
        hint="Put what it defines into a module beside the notebook and import it.",
        runs=literal,
    )


def read_run(arguments: str, line: int) -> RunsFile | None:
    """Read which file `%run` names; None for a module (`-m`) or when it names none."""
    try:
        words = shlex.split(arguments)
    except ValueError:
        return None
    options: list[str] = []
    while words and words[0].startswith("-"):
        option = words.pop(0)
        options.append(option)
        if option in _WITH_VALUE and words:
            options.append(words.pop(0))
    if not words or "-m" in options:
        return None
    return RunsFile(line=line, path=words[0], arguments=tuple(words[1:]), options=tuple(options))
