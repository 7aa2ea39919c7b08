"""How are imports written that come from several cells: merged, sorted, each once?"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from nb2pkg.analysis import Statement
from nb2pkg.planning.imports import single_imports
from nb2pkg.rendering.import_block import import_block

_WIDTH = 88


def import_lines(
    statements: Sequence[Statement], there: Collection[str], *, apart: bool = False
) -> list[str]:
    """The lines of these imports, without those names that are imported `there`.

    A comment behind an import stays behind it. `apart` puts blank lines between Python's own, other
    libraries and the rest.
    """
    singles: list[str] = []
    commented: list[str] = []
    as_they_are: list[str] = []
    for statement in statements:
        comment = statement.source.text[statement.end : statement.tail].lstrip(" \t;\f")
        if "#" in statement.text:
            as_they_are.append(statement.text + (f"  {comment}" if comment else ""))
        elif comment:
            commented.append(f"{ast.unparse(statement.node)}  # {comment.lstrip('#').strip()}")
        else:
            singles.extend(text for _, text in single_imports(statement))
    wanted = [text for text in dict.fromkeys(singles) if text not in there]
    block = import_block([*wanted, *commented], "") if wanted or commented else ""
    lines = [part for line in block.split("\n") if line or apart for part in _folded(line)]
    return [line for line in lines if line or apart] + [
        line for text in as_they_are for line in text.split("\n")
    ]


def _folded(line: str) -> Iterator[str]:
    """A long import over several lines."""
    head, _, names = line.partition(" import ")
    if len(line) <= _WIDTH or "#" in line or not line.startswith("from "):
        yield line
        return
    yield f"{head} import ("
    for name in names.split(", "):
        yield f"    {name},"
    yield ")"
