"""Where in a statement does a notebook name occur, by CPython's scoping?"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from nb2pkg.analysis.captures import outer_expressions
from nb2pkg.analysis.scoping import COMPREHENSIONS, FUNCTIONS, bound_by, local_names
from nb2pkg.analysis.syntax_tree import children, walk


@dataclass(frozen=True, slots=True, eq=False)
class Occurrence:
    """One place where the notebook's `node.id` is meant.

    call: the call whose function it is, if it is called right there
    late: whether it stands in a function's body, which runs later
    """

    node: ast.Name
    call: ast.Call | None
    late: bool


def occurrences(statement: ast.AST, names: Collection[str]) -> Iterator[Occurrence]:
    """Every place in `statement` that means one of the notebook's `names`, in source order."""
    yield from _visit(statement, frozenset(names), None, late=False)


def _visit(
    node: ast.AST, wanted: frozenset[str], parent: ast.AST | None, *, late: bool
) -> Iterator[Occurrence]:
    if not wanted:
        return
    if isinstance(node, ast.Name):
        if node.id in wanted:
            call = parent if isinstance(parent, ast.Call) and parent.func is node else None
            yield Occurrence(node, call, late)
    elif isinstance(node, FUNCTIONS):
        for child in outer_expressions(node):
            yield from _visit(child, wanted, None, late=late)
        local, _ = local_names(node)
        inside = wanted - local
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        for part in body:
            yield from _visit(part, inside, None, late=True)
    elif isinstance(node, ast.ClassDef):
        yield from _visit_class(node, wanted, late=late)
    elif isinstance(node, COMPREHENSIONS):
        yield from _visit_comprehension(node, wanted, late=late)
    else:
        for inner in children(node):
            yield from _visit(inner, wanted, node, late=late)


def _visit_class(node: ast.ClassDef, wanted: frozenset[str], *, late: bool) -> Iterator[Occurrence]:
    for child in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
        yield from _visit(child, wanted, None, late=late)
    own: set[str] = set()
    for statement in node.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for child in outer_expressions(statement):
                yield from _visit(child, wanted - own, None, late=late)
            local, _ = local_names(statement)
            for part in statement.body:
                yield from _visit(part, wanted - local, None, late=True)
        else:
            yield from _visit(statement, wanted - own, None, late=late)
        own.update(name for inner in walk(statement) for name in bound_by(inner))


def _visit_comprehension(
    node: ast.AST, wanted: frozenset[str], *, late: bool
) -> Iterator[Occurrence]:
    assert isinstance(node, COMPREHENSIONS)
    yield from _visit(node.generators[0].iter, wanted, None, late=late)
    targets = {
        name
        for generator in node.generators
        for inner in walk(generator.target)
        for name in bound_by(inner)
    }
    inside = wanted - targets
    lazy = late or isinstance(node, ast.GeneratorExp)
    for index, generator in enumerate(node.generators):
        if index:
            yield from _visit(generator.iter, inside, None, late=lazy)
        for condition in generator.ifs:
            yield from _visit(condition, inside, None, late=lazy)
    for element in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
        yield from _visit(element, inside, None, late=lazy)
