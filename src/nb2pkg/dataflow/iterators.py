"""Which names may hold an iterator, so that looking at what it gives uses it up?"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from nb2pkg.analysis import Kind, Statement, resolve, walk

_MAKERS = frozenset({"iter", "map", "filter", "zip", "enumerate", "reversed", "open"})
_LAZY_MODULES = frozenset({"itertools", "csv", "asyncio"})
_LAZY_CALLS = frozenset(
    [
        "finditer",
        "scandir",
        "iglob",
        "walk",
        "split",
        "iter",
        "iterrows",
        "itertuples",
        "iterfind",
        "iterparse",
        "imap",
        "imap_unordered",
        "as_completed",
        "items_iter",
        "batches",
        "chunks",
        "cursor",
        "execute",
    ]
)


def iterator_names(statements: Sequence[Statement], aliases: Mapping[str, str]) -> frozenset[str]:
    """Names that some statement may bind to an iterator: generators, `zip(…)`, open files, …"""
    generators = {
        s.facts.order[0]
        for s in statements
        if s.kind is Kind.FUNCTION
        and any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in s.nodes)
    }
    found: set[str] = set()
    while True:
        more = {
            name
            for s in statements
            if s.kind is Kind.CODE
            for name in _bound_to_iterator(s.nodes, aliases, generators, found)
        }
        if more <= found:
            return frozenset(found)
        found |= more


def _bound_to_iterator(
    nodes: Sequence[ast.AST],
    aliases: Mapping[str, str],
    generators: set[str],
    known: set[str],
) -> set[str]:
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            targets, value = [node.target], node.value
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            targets, value = [node.optional_vars], node.context_expr
        else:
            continue
        if _may_give_iterator(value, aliases, generators, known):
            names.update(n.id for t in targets for n in walk(t) if isinstance(n, ast.Name))
    return names


def _may_give_iterator(
    value: ast.expr, aliases: Mapping[str, str], generators: set[str], known: set[str]
) -> bool:
    """Whether a value may be, or hold, an iterator."""
    for node in walk(value):
        if isinstance(node, ast.GeneratorExp) and node is value:
            return True
        if isinstance(node, ast.Name) and node.id in known and _is_kept(value):
            return True
    if not isinstance(value, ast.Call):
        return False
    name = resolve(value.func, aliases) or ""
    last = getattr(value.func, "attr", name)
    if name in _MAKERS or name in generators or name.split(".")[0] in _LAZY_MODULES:
        return True
    if last == "split":
        # "a b".split() is a list; a splitter's split(X) is a generator.
        return bool(value.args) and not isinstance(value.args[0], ast.Constant)
    if any(k.arg in ("chunksize", "iterator") for k in value.keywords):
        return True
    return last in _LAZY_CALLS


def _is_kept(value: ast.expr) -> bool:
    return isinstance(value, (ast.Name, ast.Tuple, ast.List, ast.Dict, ast.Subscript, ast.IfExp))
