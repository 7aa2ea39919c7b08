"""Would pandas warn of a step's frame, because its caller still has the frame that it is a part of?"""

from __future__ import annotations

import ast

from nb2pkg.planning.plan import Step
from nb2pkg.rendering.notebook_roles import Roles

# What gives a part of a frame that pandas takes for a copy of it, as long as the whole frame lives.
_PARTS = frozenset({"drop_duplicates", "dropna", "query", "head", "tail", "filter", "truncate"})


def name_warned_about(step: Step, roles: Roles) -> str | None:
    """A parameter that becomes a part of itself and is then written to, as in `df = df[df.x > 0]`.

    A notebook lets the whole frame go at once; a function's caller still has it, and then pandas
    (before 3) prints a SettingWithCopyWarning.
    """
    if not any(m.split(".")[0] == "pandas" for m in roles.program.aliases.values()):
        return None
    parts: set[str] = set()
    for placed in step.body:
        node = placed.statement.node
        written = {
            _root(n)
            for n in placed.statement.nodes
            if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store)
        }
        written |= {
            _root(n.func)
            for n in placed.statement.nodes
            if isinstance(n, ast.Call) and _is_in_place(n)
        }
        found = sorted(parts & {name for name in written if name})
        if found:
            return found[0]
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                parts.discard(name)
                if name in step.parameters and _root(value) == name and _is_part(value):
                    parts.add(name)
    return None


def _is_part(value: ast.expr) -> bool:
    match value:
        case ast.Subscript(slice=ast.Constant() | ast.List()):
            return False
        case ast.Subscript(value=ast.Attribute(attr="str" | "dt")):
            return False
        case ast.Subscript():
            return True
        case ast.Call(func=ast.Attribute(attr=method)):
            return method in _PARTS
    return False


def _is_in_place(call: ast.Call) -> bool:
    return any(k.arg == "inplace" and getattr(k.value, "value", False) for k in call.keywords)


def _root(node: ast.expr) -> str | None:
    while isinstance(node, (ast.Subscript, ast.Attribute, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None
