"""Which line of the notebook makes a variable that differs?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from nb2pkg.verification.comparison import StepResult


def variable_of(path: str) -> str:
    """The variable that a place is in: `model` of `model.coef_[0]`."""
    return re.split(r"[\[. ]", path, maxsplit=1)[0]


def makers(
    steps: Iterable[StepResult], sources: Mapping[int, str]
) -> dict[tuple[str, str], tuple[int, int]]:
    """Where each variable that differs is last bound, or stored into: step and name → cell and line.

    `sources` are the cells' code by position.
    """
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for result in steps:
        names = {variable_of(d.path) for d in result.values}
        for cell in sorted(result.cells) if names else ():
            for name, line in _stored(sources.get(cell, "")):
                if name in names:
                    found[result.step, name] = (cell, line)
    return found


def _stored(source: str) -> Iterator[tuple[str, int]]:
    """The names that a cell binds or stores into, with their lines, in order."""
    # Lines of IPython's own are no Python, and bind nothing that is looked for here.
    lines = ("" if line.lstrip()[:1] in ("%", "!", "?") else line for line in source.split("\n"))
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    stores = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript))
        and not isinstance(node.ctx, ast.Load)
    ]
    for node in sorted(stores, key=lambda n: n.lineno):
        base: ast.AST = node
        while isinstance(base, (ast.Attribute, ast.Subscript)):
            base = base.value
        if isinstance(base, ast.Name):
            yield base.id, node.lineno
