"""Which names does a function make its own, by CPython's rules?"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from nb2pkg.analysis.syntax_tree import children, walk

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
# Asked of every node, so by its type: nodes of other types take the short way.
_BINDING = frozenset(
    {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom}
    | {ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping}
)
_SCOPES = frozenset({*FUNCTIONS, *COMPREHENSIONS, ast.ClassDef})


def argument_names(arguments: ast.arguments) -> list[str]:
    """Every parameter's name, in the order of the signature."""
    every = [*arguments.posonlyargs, *arguments.args]
    if arguments.vararg:
        every.append(arguments.vararg)
    every.extend(arguments.kwonlyargs)
    if arguments.kwarg:
        every.append(arguments.kwarg)
    return [argument.arg for argument in every]


def default_values(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    """The parameters that have a default, each with the expression of it."""
    positional = [*arguments.posonlyargs, *arguments.args]
    given = positional[len(positional) - len(arguments.defaults) :]
    for argument, value in (
        *zip(given, arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ):
        if value is not None:
            yield argument.arg, value


def local_names(function: ast.AST) -> tuple[set[str], set[str]]:
    """The names a function binds itself, and those it declares `global` (or `nonlocal`).

    A walrus inside a comprehension binds in the function around it (PEP 572).
    """
    assert isinstance(function, FUNCTIONS)
    bound = set(argument_names(function.args))
    outer: set[str] = set()
    body = [function.body] if isinstance(function, ast.Lambda) else function.body
    for node in own_nodes(body):
        bound.update(bound_by(node))
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            outer.update(node.names)
    return bound - outer, outer


def names_bound_in(statements: Iterable[ast.stmt]) -> set[str]:
    """The names that these statements bind in their own scope, whether they run or not."""
    return {name for node in own_nodes(list(statements)) for name in bound_by(node)}


def bound_by(node: ast.AST) -> Iterable[str]:
    """The names that this node alone binds or deletes in its scope (children not counted)."""
    if isinstance(node, ast.Name):
        return () if isinstance(node.ctx, ast.Load) else (node.id,)
    if type(node) not in _BINDING:
        return ()
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return (node.name,)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [imported_name(alias) for alias in node.names if alias.name != "*"]
    if isinstance(node, ast.ExceptHandler) and node.name:
        return (node.name,)
    if isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
        return (node.name,)
    if isinstance(node, ast.MatchMapping) and node.rest:
        return (node.rest,)
    return ()


def imported_name(alias: ast.alias) -> str:
    """The name that `import a.b` (a), `import a.b as c` (c) or `from a import b` (b) binds."""
    return alias.asname or alias.name.split(".")[0]


def own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Every node that runs in this scope: not the insides of nested functions and classes."""
    stack = list(body)
    while stack:
        node = stack.pop()
        yield node
        if type(node) not in _SCOPES:
            stack.extend(children(node))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            stack.extend(node.decorator_list)
            stack.extend(_defaults(node.args))
        elif isinstance(node, ast.Lambda):
            stack.extend(_defaults(node.args))
        elif isinstance(node, ast.ClassDef):
            stack.extend((*node.decorator_list, *node.bases, *node.keywords))
        elif isinstance(node, COMPREHENSIONS):
            stack.append(node.generators[0].iter)
            # Only walrus targets leave a comprehension.
            stack.extend(inner.target for inner in walk(node) if isinstance(inner, ast.NamedExpr))


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)]
