"""Which names may hold a generator of random numbers, which changes when somebody draws from it?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from nb2pkg.analysis import (
    FUNCTIONS,
    RANDOM_KEYWORDS,
    Kind,
    Statement,
    argument_names,
    resolve,
    walk,
)

_MAKERS = frozenset(
    {
        "RandomState",
        "default_rng",
        "Generator",
        "Random",
        "SystemRandom",
        "check_random_state",
        "spawn",
    }
)
_CONTAINERS = (ast.Tuple, ast.List, ast.Dict, ast.ListComp, ast.DictComp, ast.Starred, ast.IfExp)


def random_sources(statements: Sequence[Statement], aliases: Mapping[str, str]) -> frozenset[str]:
    """Names that some statement may bind to a generator, and the modules that are one themselves.

    So are the parameters of the notebook's functions that these hand on as `random_state=rng`.
    """
    found = {name for name, meaning in aliases.items() if meaning in ("random", "numpy.random")}
    constants = {
        name
        for s in statements
        if s.kind is Kind.CODE and isinstance(getattr(s.node, "value", None), ast.Constant)
        for name in s.facts.may_bind
    }
    found |= set(_handed_on(statements)) - constants
    pairs = [pair for s in statements if s.kind is Kind.CODE for pair in _assigned(s.nodes)]
    while True:
        more = {
            name
            for target, value in pairs
            if _gives_source(value, aliases, found)
            for node in walk(target)
            if isinstance(node, ast.Name)
            for name in (node.id,)
        }
        if more <= found:
            return frozenset(found)
        found |= more


def _handed_on(statements: Sequence[Statement]) -> Iterator[str]:
    for statement in statements:
        if statement.kind is Kind.CODE:
            continue
        for node in statement.nodes:
            if isinstance(node, FUNCTIONS):
                names = set(argument_names(node.args))
                for inner in walk(node):
                    if (
                        isinstance(inner, ast.keyword)
                        and inner.arg in RANDOM_KEYWORDS
                        and isinstance(inner.value, ast.Name)
                        and inner.value.id in names
                    ):
                        yield inner.value.id


def _assigned(nodes: Sequence[ast.AST]) -> Iterator[tuple[ast.expr, ast.expr]]:
    for node in nodes:
        if isinstance(node, ast.Assign):
            yield from ((target, node.value) for target in node.targets)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            yield node.target, node.value
        elif isinstance(node, (ast.For, ast.comprehension)):
            yield node.target, node.iter


def _gives_source(value: ast.expr, aliases: Mapping[str, str], known: set[str]) -> bool:
    """Whether a value is a generator, a container of them, or an item of such a container."""
    if isinstance(value, ast.Name):
        return value.id in known
    if isinstance(value, ast.Subscript):
        return isinstance(value.value, ast.Name) and value.value.id in known
    if isinstance(value, ast.Call):
        name = resolve(value.func, aliases) or ""
        last = getattr(value.func, "attr", name.rsplit(".", 1)[-1])
        return last in _MAKERS
    if isinstance(value, _CONTAINERS):
        return any(
            _gives_source(part, aliases, known)
            for part in ast.iter_child_nodes(value)
            if isinstance(part, ast.expr)
        )
    return False
