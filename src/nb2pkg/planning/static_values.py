"""Is a value the same on every run, so that it can be a constant of a module?"""

from __future__ import annotations

import ast
from collections.abc import Collection

from nb2pkg.analysis import children, resolve
from nb2pkg.analysis.dotted_names import Aliases
from nb2pkg.analysis.effect_tables import CONSTANT_ATTRIBUTES, CONSTANT_CALLS

_PLAIN = (
    ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.UnaryOp, ast.BinOp, ast.operator,
    ast.unaryop, ast.Load, ast.JoinedStr, ast.FormattedValue, ast.keyword, ast.Starred,
)  # fmt: skip


def is_static(value: ast.expr, known: Collection[str], aliases: Aliases) -> bool:
    """Whether `value` is built from literals, the `known` constants and calls without effects."""
    if isinstance(value, ast.Name):
        return value.id in known
    if isinstance(value, ast.Attribute):
        return resolve(value, aliases) in CONSTANT_ATTRIBUTES
    if isinstance(value, ast.Call):
        name = resolve(value.func, aliases)
        return name in CONSTANT_CALLS and all(
            is_static(argument, known, aliases)
            for argument in (*value.args, *(k.value for k in value.keywords))
        )
    if not isinstance(value, _PLAIN):
        return False
    return all(
        is_static(child, known, aliases) for child in children(value) if isinstance(child, ast.expr)
    ) and all(
        is_static(keyword.value, known, aliases)
        for keyword in children(value)
        if isinstance(keyword, ast.keyword)
    )


def is_literal(value: ast.expr) -> bool:
    """Whether `ast.literal_eval` would accept it."""
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def is_mutable_display(value: ast.expr) -> bool:
    """Whether it is a list, dict or set written out."""
    return isinstance(value, (ast.List, ast.Dict, ast.Set))
