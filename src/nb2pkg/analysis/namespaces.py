"""Where does code look at the notebook's namespace itself: `globals()`, `dir()`, `eval(text)`?"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from nb2pkg.analysis.formulas import evaluated_text
from nb2pkg.analysis.name_flow import NAMESPACE_CALLS, tested_name
from nb2pkg.analysis.syntax_tree import children, walk

_CHANGING = frozenset(
    {"update", "pop", "setdefault", "clear", "popitem", "__setitem__", "__delitem__"}
)


class Access(Enum):
    """What is done with the namespace."""

    MAPPING = "reads it as a mapping"  # globals(), locals(), vars()
    NAMES = "lists its names"  # dir()
    EVALUATES = "evaluates a text in it"  # eval(text)
    CHANGES = "changes it"  # globals()[…] = …, exec(text)


@dataclass(frozen=True, slots=True, eq=False)
class NamespaceUse:
    """One such call."""

    call: ast.Call
    access: Access


def namespace_uses(statement: ast.AST) -> Iterator[NamespaceUse]:
    """Every look at the notebook's namespace in a statement, function bodies included.

    `'x' in dir()` with a name written out is none: it asks about one name.
    """
    parents = {child: parent for parent in walk(statement) for child in children(parent)}
    for node in walk(statement):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        name = node.func.id
        if name in NAMESPACE_CALLS and not node.args and not node.keywords:
            if not _is_tested(node, parents):
                yield NamespaceUse(node, _access(node, name, parents))
        elif name == "eval" and len(node.args) == 1 and evaluated_text(node) is None:
            yield NamespaceUse(node, Access.EVALUATES)
        elif name == "exec" and node.args and len(node.args) == 1:
            yield NamespaceUse(node, Access.CHANGES)


def _is_tested(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    for _ in range(3):
        parent = parents.get(node)
        if parent is None:
            return False
        if tested_name(parent) is not None:
            return True
        node = parent
    return False


def _access(call: ast.Call, name: str, parents: dict[ast.AST, ast.AST]) -> Access:
    if name == "dir":
        return Access.NAMES
    parent = parents.get(call)
    if isinstance(parent, ast.Subscript) and not isinstance(parent.ctx, ast.Load):
        return Access.CHANGES
    if isinstance(parent, ast.Attribute) and parent.attr in _CHANGING:
        return Access.CHANGES
    return Access.MAPPING
