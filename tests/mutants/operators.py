"""How code is broken: every place of a kind in a module, changed in one way.

The operators are chosen beforehand and apply wherever they can; a seed picks among the places.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.FloorDiv: ast.Mult,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change in it."""

    operator: str
    line: int
    before: str
    after: str
    text: str


def mutants_of(text: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    tree = ast.parse(text)
    for number, node in enumerate(ast.walk(tree)):
        for operator, change in _changes(node):
            broken = copy.deepcopy(tree)
            target = list(ast.walk(broken))[number]
            whole = ast.unparse(target)
            change(target)
            ast.fix_missing_locations(broken)
            before, after = _apart(whole, ast.unparse(target))
            made = ast.unparse(broken)
            if made != ast.unparse(tree):
                yield Mutant(operator, getattr(node, "lineno", 0), before, after, made)


def _apart(before: str, after: str) -> tuple[str, str]:
    """The first lines that are not the same."""
    for one, other in zip(before.split("\n"), after.split("\n"), strict=False):
        if one != other:
            return one.strip()[:100], other.strip()[:100]
    return before[:100], after[:100]


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    if isinstance(node, ast.Constant):
        yield from _of_constants(node)
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARISONS:
        yield "comparison", lambda n: _set_first(n, _COMPARISONS)
    elif isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        other = _ARITHMETIC[type(node.op)]
        yield "operator", lambda n: setattr(n, "op", other())
    elif isinstance(node, ast.Call) and len(node.args) > 1:
        yield "swapped arguments", _swap
    elif isinstance(node, ast.List) and len(node.elts) > 1 and _are_texts(node.elts):
        yield "dropped column", lambda n: n.elts.pop()  # type: ignore[attr-defined]
    elif isinstance(node, ast.FunctionDef):
        for place, statement in enumerate(node.body):
            if isinstance(statement, (ast.Expr, ast.Assign, ast.AugAssign)) and not _is_text(
                statement
            ):
                yield "dropped statement", _dropper(place)


def _of_constants(node: ast.Constant) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    value = node.value
    if isinstance(value, bool):
        yield "constant", lambda n: setattr(n, "value", not value)
    elif isinstance(value, (int, float)):
        yield "constant", lambda n: setattr(n, "value", value + 1)


def _set_first(node: ast.AST, table: dict[type[ast.cmpop], type[ast.cmpop]]) -> None:
    assert isinstance(node, ast.Compare)
    node.ops[0] = table[type(node.ops[0])]()


def _swap(node: ast.AST) -> None:
    assert isinstance(node, ast.Call)
    node.args[0], node.args[1] = node.args[1], node.args[0]


def _dropper(place: int) -> Callable[[ast.AST], None]:
    def drop(node: ast.AST) -> None:
        assert isinstance(node, ast.FunctionDef)
        node.body[place] = ast.Pass()

    return drop


def _are_texts(nodes: list[ast.expr]) -> bool:
    return all(isinstance(n, ast.Constant) and isinstance(n.value, str) for n in nodes)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
