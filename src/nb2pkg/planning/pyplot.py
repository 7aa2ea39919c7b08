"""Where must a figure be shown and closed, as a notebook does at the end of each cell?

The inline backend shows the figures that a cell has drawn when the cell ends, and closes them: the
next `plt.plot` starts a new one. A program has no cell ends, so they are written out where they matter.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import Statement, resolve
from nb2pkg.analysis.effect_tables import DRAWING_METHODS, DRAWING_MODULES, NEW_FIGURE, PYPLOT_NEUTRAL
from nb2pkg.dataflow import Program

_INLINE = frozenset({None, "inline", "auto"})


@dataclass(frozen=True, slots=True)
class Drawing:
    """Whether a piece of code draws, starts on a figure of its own, and ends by showing it."""

    draws: bool = False
    starts_fresh: bool = False
    shows_last: bool = False


def uses_inline_backend(program: Program, backends: Iterable[str | None]) -> bool:
    """Whether figures are shown and closed at cell ends: pyplot under the inline backend."""
    if not any(b in _INLINE for b in backends) or any(b not in _INLINE for b in backends):
        return False
    modules = {meaning.split(".")[0] for meaning in program.aliases.values()}
    if not modules & {"matplotlib", "seaborn", "pylab"}:
        return False
    return not any(
        isinstance(node, ast.Call) and resolve(node.func, program.aliases) in ("matplotlib.use", "matplotlib.pyplot.switch_backend")
        for statement in program.statements
        for node in ast.walk(statement.node)
    )  # fmt: skip


def drawing_of(statements: Sequence[Statement], program: Program, drawing_functions: frozenset[str]) -> Drawing:
    """What some consecutive statements of one cell do to pyplot's figures."""
    first_use: bool | None = None
    draws = False
    shows_last = False
    for statement in statements:
        for call in _calls_in_order(statement.node):
            kind = _kind_of(call, program, drawing_functions)
            if kind is None:
                continue
            shows_last = kind == "show"
            if kind == "show":
                continue
            draws = True
            if first_use is None:
                first_use = kind == "new"
    return Drawing(draws, bool(first_use), shows_last)


def drawing_functions(program: Program) -> frozenset[str]:
    """The notebook's own functions that draw when they are called."""
    found: set[str] = set()
    while True:
        more = {
            s.facts.order[0]
            for s in program.statements
            if s.kind.value == "function"
            and any(_kind_of(c, program, frozenset(found)) in ("draw", "new") for c in _calls_in_order(s.node))
        }
        if more <= found:
            return frozenset(found)
        found |= more


def _calls_in_order(node: ast.AST) -> list[ast.Call]:
    calls = [n for n in ast.walk(node) if isinstance(n, ast.Call)]
    return sorted(calls, key=lambda c: (c.end_lineno or 0, c.end_col_offset or 0))


def _kind_of(call: ast.Call, program: Program, own: frozenset[str]) -> str | None:
    """"draw", "new" (a figure of its own), "show", or None."""
    name = resolve(call.func, program.aliases)
    if name is not None:
        if name in own:
            return "draw"
        module, _, last = name.rpartition(".")
        root = name.split(".")[0]
        if module in DRAWING_MODULES or any(name.startswith(m + ".") for m in DRAWING_MODULES):
            if last == "show":
                return "show"
            if last in NEW_FIGURE:
                return "new"
            if last in PYPLOT_NEUTRAL or name.split(".")[-2] in PYPLOT_NEUTRAL or last.startswith("set_"):
                return None
            return "draw"
        if root in ("pandas", "numpy", "scipy") and "plot" not in name:
            return None
        if last.startswith("plot"):
            return "draw"
    if isinstance(call.func, ast.Attribute):
        attribute = call.func.attr
        if any(k.arg == "ax" for k in call.keywords):
            return "draw"
        if attribute in DRAWING_METHODS or attribute.startswith("plot"):
            return "draw"
        if isinstance(call.func.value, ast.Attribute) and call.func.value.attr == "plot":
            return "draw"  # df.plot.scatter(…)
    elif isinstance(call.func, ast.Name) and call.func.id.startswith("plot"):
        return "draw"
    return None
