"""How do magics hide in the comments of a percent script?"""

from __future__ import annotations

import re
from collections.abc import Callable

from nb2pkg.notebook.multiline_strings import lines_inside_strings

# A magic's name has two letters at least (but for R), so that a comment on "%d" or "%s" stays one.
_MAGIC = re.compile(
    r"(?P<indent>[ \t]*)(?P<marks>(?:\#[ ]?)*)"
    r"(?:%{1,2}(?:[A-Za-z_]\w+|R)\b|!!?[ ]?[A-Za-z.~$/{]|\?{1,2}[A-Za-z_%])",
    re.VERBOSE,
)
_COMMENT = re.compile(r"# ?")
_CELL_MAGIC = re.compile(r"%%(?P<name>\w+)[ \t]*(?P<arguments>[^\n]*)(?:\n|$)")
# Cell magics whose cell is still Python, which an editor should see as Python.
_PYTHON_BODIED = frozenset({"capture", "debug", "memit", "mprun", "prun", "time", "timeit"})


def uncomment_magics(source: str) -> str:
    """Give a code cell's source from its text in a script: commented magics become magics."""
    return _each_line(source, _uncommented)


def comment_magics(source: str) -> str:
    """Give a code cell's text in a script, where magics hide in comments."""
    return _each_line(source, _commented)


def foreign_cell_magic(source: str) -> tuple[str, str, str] | None:
    """Take apart a cell in another language: its magic's name, its arguments and its text."""
    found = _CELL_MAGIC.match(source)
    if found is None or found["name"] in _PYTHON_BODIED:
        return None
    return found["name"], found["arguments"], source[found.end() :]


def _each_line(source: str, change: Callable[[str], str]) -> str:
    lines = source.split("\n")
    strings = lines_inside_strings(lines)
    return "\n".join(line if index in strings else change(line) for index, line in enumerate(lines))


def _uncommented(line: str) -> str:
    found = _MAGIC.match(line)
    if found is None or not found["marks"]:
        return line
    return found["indent"] + _COMMENT.sub("", line[found.end("indent") :], count=1)


def _commented(line: str) -> str:
    found = _MAGIC.match(line)
    return f"{found['indent']}# {line[found.end('indent') :]}" if found else line
