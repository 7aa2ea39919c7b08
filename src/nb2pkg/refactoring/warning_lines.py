"""Which lines of the notebook may a warning of its own show? A warning quotes the line that it is about."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from nb2pkg.analysis import walk
from nb2pkg.refactoring.cell_code import CellCode

_WARNING = frozenset({"warn", "warn_explicit"})


def warning_lines(codes: Sequence[CellCode]) -> frozenset[tuple[int, int]]:
    """The lines (cell, line) that warnings of the notebook's code quote; those of libraries are not known."""
    calls = [(code, n) for code in codes for n in walk(code.tree) if isinstance(n, ast.Call)]
    telling_callers = {
        definition.name
        for code in codes
        for definition in walk(code.tree)
        if isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef))
        and any(_tells_caller(inner) for inner in walk(definition))
    }
    return frozenset(
        (code.position, line)
        for code, call in calls
        if _is_call_of(call, _WARNING | telling_callers)
        for line in range(call.lineno, (call.end_lineno or call.lineno) + 1)
    )


def _tells_caller(node: ast.AST) -> bool:
    """Whether a call warns about whoever called: with a `stacklevel`."""
    return _is_call_of(node, _WARNING) and (
        len(node.args) + len(node.keywords) > 1  # type: ignore[attr-defined]
    )


def _is_call_of(node: ast.AST, names: Collection[str]) -> bool:
    if not isinstance(node, ast.Call):
        return False
    return getattr(node.func, "attr", getattr(node.func, "id", "")) in names
