"""Would pandas begin, or cease, to warn of a frame that is a part of another one?

pandas (before 3) warns when a part of a frame is written to while the whole frame is still there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from nb2pkg.analysis import root_name, walk
from nb2pkg.dataflow import Program

# What gives a part of a frame that pandas takes for a copy of it, as long as the whole frame lives.
_PARTS = frozenset({"drop_duplicates", "dropna", "query", "head", "tail", "filter", "truncate"})


def uses_pandas(program: Program) -> bool:
    """Whether the notebook imports pandas at all."""
    return any(meaning.split(".")[0] == "pandas" for meaning in program.aliases.values())


def is_part(value: ast.expr) -> bool:
    """Whether an expression may give a part of the frame that it begins with."""
    match value:
        case ast.Subscript(slice=ast.Constant()):
            return False
        case ast.Subscript(value=ast.Attribute(attr="str" | "dt")):
            return False
        case ast.Subscript():
            return True
        case ast.Call(func=ast.Attribute(attr=method)):
            return method in _PARTS
    return False


def written(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """The names whose items code sets: `df["a"] = 1`, `df.loc[0] = 1`, `df.drop(…, inplace=True)`."""
    found: set[str | None] = set()
    for node in nodes:
        if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            found.add(root_name(node))
        elif isinstance(node, ast.Call) and any(k.arg == "inplace" for k in node.keywords):
            found.add(root_name(node.func))
    return frozenset(name for name in found if name is not None)


def parts_of(statements: Sequence[ast.stmt], name: str) -> bool:
    """Whether a name becomes a part of itself and is then written to, as in `df = df[df.x > 0]`."""
    is_a_part = False
    for statement in statements:
        if is_a_part and name in written(walk(statement)):
            return True
        for node in walk(statement):
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    is_a_part = root_name(value) == name and is_part(value)
    return False


def part_of_another(statements: Sequence[ast.stmt], value: ast.expr | None) -> str | None:
    """The name that `value`, at the end of these statements, is a part of."""
    if value is None:
        return None
    if is_part(value):
        return root_name(value)
    if isinstance(value, ast.Name):
        for statement in reversed(statements):
            match statement:
                case ast.Assign(targets=[ast.Name(id=target)], value=made) if target == value.id:
                    root = root_name(made)
                    return root if is_part(made) and root != target else None
    return None
