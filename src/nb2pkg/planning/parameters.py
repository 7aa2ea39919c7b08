"""Which parameters does the pipeline have? Those of the notebook's `parameters` cell."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nb2pkg.analysis import Statement
from nb2pkg.planning.definitions import constant_target
from nb2pkg.planning.plan import Parameter
from nb2pkg.planning.static_values import is_literal


def read_parameters(statements: Sequence[Statement]) -> tuple[tuple[Parameter, ...], set[int]]:
    """The parameters that these statements declare, and the positions of those statements.

    A statement that is no plain assignment of a literal stays ordinary code.
    """
    found: dict[str, Parameter] = {}
    taken: set[int] = set()
    for position, statement in enumerate(statements):
        name = constant_target(statement.node)
        if name is None:
            continue
        value = statement.node.value  # type: ignore[attr-defined]
        if not is_literal(value):
            continue
        taken.add(position)
        found[name] = Parameter(
            name=name,
            annotation=_annotation(statement, value),
            default=_one_line(statement, value),
            comment=_comment(statement),
        )
    return tuple(found.values()), taken


def _annotation(statement: Statement, value: ast.expr) -> str:
    if isinstance(statement.node, ast.AnnAssign):
        return ast.unparse(statement.node.annotation)
    return type_of_literal(value)


def type_of_literal(value: ast.expr) -> str:
    """The annotation that fits a literal: `list[str]`, `float`, `dict[str, int]`."""
    literal = ast.literal_eval(value)
    if literal is None:
        return "object"
    if isinstance(literal, (list, set, tuple)):
        kinds = sorted({type(item).__name__ for item in literal})
        name = type(literal).__name__
        inner = kinds[0] if len(kinds) == 1 and kinds[0] in _SIMPLE else "object"
        return f"tuple[{inner}, ...]" if name == "tuple" else f"{name}[{inner}]"
    if isinstance(literal, dict):
        return (
            "dict[str, object]"
            if all(isinstance(k, str) for k in literal)
            else "dict[object, object]"
        )
    return type(literal).__name__


_SIMPLE = frozenset({"str", "int", "float", "bool"})


def _one_line(statement: Statement, value: ast.expr) -> str:
    text = statement.source.slice(value)
    return text if "\n" not in text else ast.unparse(value)


def _comment(statement: Statement) -> str | None:
    trailing = statement.source.text[statement.end : statement.tail].strip().lstrip(";").strip()
    return trailing.lstrip("#").strip() or None
