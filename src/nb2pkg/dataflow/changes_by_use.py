"""What changes although no statement seems to change it: by being called, looked up, or entered?"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from nb2pkg.analysis import (
    FUNCTIONS,
    Effects,
    Kind,
    Mutation,
    Statement,
    Touch,
    mutations_of,
    root_name,
)
from nb2pkg.dataflow.holders import holders_of

_DISPLAYS = (ast.List, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp)
_CONTAINERS = frozenset({"list", "set", "dict", "bytearray", "deque", "defaultdict", "Counter"})


def changes_by_use(
    nodes: Sequence[ast.AST],
    effects: Effects,
    values: Collection[str],
    by_class: Mapping[str, Collection[str]],
) -> Iterator[Mutation]:
    """What the code of one statement may change by using it.

    A value that is called may remember it (`tick()`, `push(2)`); a mapping may make the key that is
    looked up; a property may count; and methods of the notebook's classes, which Python calls by
    itself (`with Session():`), may change what they look up in the notebook. `by_class` says what,
    by the names that stand for such classes and their objects.
    """
    for node in nodes:
        if isinstance(node, ast.Name):
            for name in by_class.get(node.id, ()):
                yield Mutation(name, Touch.POSSIBLE, deep=True)
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in values:
                yield Mutation(node.func.id, Touch.POSSIBLE, deep=True)
        elif isinstance(node, ast.Subscript) and effects.filling:
            root = root_name(node)
            if root in effects.filling:
                yield Mutation(root, Touch.POSSIBLE, deep=True)
        elif isinstance(node, ast.Attribute) and node.attr in effects.noisy:
            root = root_name(node)
            if root is not None and root in values:
                yield Mutation(root, Touch.POSSIBLE, deep=True)


def changed_by_class(
    statements: Sequence[Statement], effects: Effects
) -> dict[str, frozenset[str]]:
    """Classes of the notebook, and names that may hold one of their objects → what methods change."""
    found: dict[str, frozenset[str]] = {}
    for statement in statements:
        if not isinstance(statement.node, ast.ClassDef):
            continue
        changed = frozenset(
            mutation.name
            for method in statement.node.body
            if isinstance(method, FUNCTIONS) and not isinstance(method, ast.Lambda)
            for inner in method.body
            for mutation in mutations_of(inner, effects)
            if mutation.name in statement.facts.captures
        )
        if changed:
            own = statement.facts.order[0]
            for name in {own, *holders_of(statements, (), [own]), *_entered(statements, own)}:
                found[name] = found.get(name, frozenset()) | changed
    return found


def _entered(statements: Sequence[Statement], own: str) -> Iterator[str]:
    """Names that a `with` binds to what it enters: `with Session() as session`."""
    for statement in statements:
        for node in statement.nodes if statement.kind is Kind.CODE else ():
            if (
                isinstance(node, ast.withitem)
                and isinstance(node.optional_vars, ast.Name)
                and root_name(node.context_expr) == own
            ):
                yield node.optional_vars.id


def is_container(value: ast.AST | None) -> bool:
    """Whether an expression most likely makes a list, a set or a dict."""
    if isinstance(value, ast.Call):
        return getattr(value.func, "id", getattr(value.func, "attr", "")) in _CONTAINERS
    return isinstance(value, _DISPLAYS)
