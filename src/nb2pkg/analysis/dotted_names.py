"""What does a dotted expression name, once import aliases are resolved?"""

from __future__ import annotations

import ast
from collections.abc import Mapping

Aliases = Mapping[str, str]  # the name in the notebook → the dotted name that it stands for


def dotted(node: ast.AST) -> tuple[str, ...] | None:
    """("plt", "style", "use") for `plt.style.use`; None for anything but names and attributes."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    return tuple(reversed(parts))


def resolve(node: ast.AST, aliases: Aliases) -> str | None:
    """`matplotlib.pyplot.style.use` for `plt.style.use`; builtins stay as they are."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, node.id)
    if not isinstance(node, ast.Attribute):
        return None
    parts = dotted(node)
    if parts is None:
        return None
    first = aliases.get(parts[0], parts[0])
    return ".".join((first, *parts[1:]))


def import_aliases(node: ast.stmt) -> dict[str, str]:
    """What each name that an import statement binds stands for."""
    found: dict[str, str] = {}
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.asname:
                found[alias.asname] = alias.name
            else:
                top = alias.name.split(".")[0]
                found[top] = top
    elif isinstance(node, ast.ImportFrom) and not node.level:
        for alias in node.names:
            if alias.name != "*":
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def root_name(node: ast.AST) -> str | None:
    """The name at the bottom of `df.loc[mask, "x"].values`; calls in the chain are passed through."""
    while True:
        if isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred, ast.Await)):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Name):
            return node.id
        else:
            return None
