"""Which values hold a function or an object of a class of the notebook?"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from nb2pkg.analysis import Kind, Statement, walk

# What gives out, or holds, the objects that it is given.
_HOLDING = frozenset(
    {"clone", "copy", "deepcopy", "partial", "make_pipeline", "make_union", "fit", "set_params"}
    | {"make_column_transformer", "make_scorer", "vectorize", "frompyfunc"}
)
_DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Starred, ast.IfExp, ast.BoolOp)


def holders_of(
    statements: Sequence[Statement], functions: Collection[str], classes: Collection[str] = ()
) -> frozenset[str]:
    """Names that may hold one of the `functions`, one of the `classes` or an instance of one."""
    if not functions and not classes:
        return frozenset()
    held = {*functions, *classes}
    pairs = list(_assigned(statements))
    while True:
        more = {name for name, value in pairs if _holds(value, held, classes)} - held
        if not more:
            return frozenset(held).difference(functions, classes)
        held |= more


def _assigned(statements: Sequence[Statement]) -> Iterator[tuple[str, ast.expr]]:
    for statement in statements:
        for node in statement.nodes if statement.kind is Kind.CODE else ():
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    for part in walk(target):
                        if isinstance(part, ast.Name):
                            yield part.id, node.value


def _holds(value: ast.expr, held: Collection[str], classes: Collection[str]) -> bool:
    if isinstance(value, ast.Name):
        return value.id in held
    if isinstance(value, (ast.Attribute, ast.Subscript)):
        return _holds(value.value, held, classes)
    if isinstance(value, _DISPLAYS):
        parts = ast.iter_child_nodes(value)
        return any(_holds(p, held, classes) for p in parts if isinstance(p, ast.expr))
    if not isinstance(value, ast.Call):
        return False
    function = value.func
    if isinstance(function, ast.Name) and function.id in held:
        return function.id in classes
    last = getattr(function, "attr", getattr(function, "id", ""))
    if not (last[:1].isupper() or last in _HOLDING):
        return False
    given = [*value.args, *(k.value for k in value.keywords)]
    if isinstance(function, ast.Attribute):
        given.append(function.value)
    return any(_holds(part, held, classes) for part in given)
