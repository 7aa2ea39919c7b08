"""Which names may a function value look up after the statement that made it is over?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nb2pkg.analysis import (
    COMPREHENSIONS,
    FUNCTIONS,
    NONE,
    Kind,
    captures_of,
    children,
    resolve,
    root_name,
    walk,
)
from nb2pkg.dataflow import Program

# Stands for whatever keeps a function until the program ends.
KEPT = "*"
# Calls that are done with the function they are given when they return.
_IMMEDIATE = frozenset(
    [
        "sorted",
        "min",
        "max",
        "sum",
        "any",
        "all",
        "list",
        "tuple",
        "set",
        "dict",
        "frozenset",
        "reduce",
        "apply",
        "applymap",
        "transform",
        "agg",
        "aggregate",
        "assign",
        "pipe",
        "sort",
        "sort_values",
        "groupby",
        "filter_rows",
        "rename",
        "query",
        "where",
        "mask",
        "join",
        "sub",
        "timeit",
        "minimize",
        "fsolve",
        "quad",
        "curve_fit",
        "solve_ivp",
        "odeint",
        "root",
        "brentq",
        "fmin",
        "vectorize",
        "apply_along_axis",
        "print",
        "len",
        "extend",
        "update",
        "array",
        "asarray",
        "fromiter",
        "DataFrame",
        "Series",
        "Counter",
        "mean",
        "np_sum",
        "map_blocks",
        "differential_evolution",
        "basinhopping",
        "least_squares",
        "minimize_scalar",
        "root_scalar",
        "groupby_apply",
        "resample",
        "rolling",
        "to_string",
        "to_html",
        "format",
        "style",
    ]
)


def outliving_captures(program: Program, index: int) -> frozenset[str]:
    """Names that functions, lambdas or generators made by a statement may look up later."""
    statement = program.statements[index]
    if not statement.facts.captures:
        return NONE
    if statement.kind in (Kind.FUNCTION, Kind.CLASS):
        return statement.facts.captures
    found: set[str] = set()
    for node in outliving_functions(statement.node, program):
        if isinstance(node, FUNCTIONS):
            found |= captures_of(node).reads
        else:
            found |= {n.id for n in walk(node) if isinstance(n, ast.Name)}
    return frozenset(found) & statement.facts.captures


def is_passed_on(program: Program, index: int, name: str) -> bool:
    """Whether a statement gives the function called `name` to something that may outlive it."""
    stack: list[ast.AST] = [program.statements[index].node]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            return True
        if isinstance(node, ast.Call):
            # Calling it is not passing it on; neither is what a call is done with when it returns.
            called = [] if isinstance(node.func, ast.Name) else [node.func]
            given = [*node.args, *node.keywords]
            stack.extend(called if _is_immediate(node, program) else [*called, *given])
        else:
            stack.extend(children(node))
    return False


def given_to(program: Program, index: int, name: str) -> frozenset[str]:
    """What a statement gives the function called `name` to: `connection.create_function("f", 1, f)`.

    Names of the notebook, or `KEPT` where a library, or a class and so its instances, keeps it.
    """
    node = program.statements[index].node
    found: set[str | None] = set()
    for inner in walk(node):
        if isinstance(inner, ast.Assign) and _mentions(inner.value, name):
            found |= {root_name(t) for t in inner.targets if not isinstance(t, ast.Name)}
        elif isinstance(inner, ast.Call) and not _is_immediate(inner, program):
            given = [*inner.args, *(k.value for k in inner.keywords)]
            if not any(_mentions(argument, name) for argument in given):
                continue
            if isinstance(inner.func, ast.Attribute):
                root = root_name(inner.func)
                if root not in program.aliases or inner is getattr(node, "value", None):
                    found.add(root)
            elif getattr(inner.func, "id", "") == "setattr":
                found.add(root_name(inner.args[0]))
    is_expression = isinstance(node, (ast.Expr, ast.Assign))
    names = {n for n in found if n is not None}
    kept = {
        n
        for n in names
        if n in program.aliases
        or any(program.statements[b].kind is Kind.CLASS for b in program.binders.get(n, ()))
    }
    if isinstance(node, ast.Assign) and all(isinstance(t, ast.Name) for t in node.targets):
        kept -= program.aliases.keys()  # what the library makes of it has a name
    return frozenset(names - kept - program.aliases.keys()) | (
        {KEPT} if kept and is_expression else frozenset()
    )


def _mentions(value: ast.expr, name: str) -> bool:
    """Whether a function is part of a value, rather than called for it."""
    called = {id(n.func) for n in walk(value) if isinstance(n, ast.Call)}
    return any(
        isinstance(n, ast.Name) and n.id == name and id(n) not in called for n in walk(value)
    )


def outliving_functions(statement: ast.AST, program: Program) -> Iterator[ast.AST]:
    """Function-like nodes that are not used up by the call they are given to."""
    stack: list[tuple[ast.AST, bool]] = [(statement, False)]
    while stack:
        node, used_up = stack.pop()
        if isinstance(node, (FUNCTIONS, ast.GeneratorExp)):
            if not used_up:
                yield node
            if isinstance(node, FUNCTIONS):
                continue
        inside = isinstance(node, ast.Call) and _is_immediate(node, program)
        for child in children(node):
            stack.append(
                (
                    child,
                    inside
                    or (used_up and isinstance(child, (ast.keyword, *COMPREHENSIONS, ast.Starred))),
                )
            )


def _is_immediate(call: ast.Call, program: Program) -> bool:
    name = resolve(call.func, program.aliases)
    last = name.rsplit(".", 1)[-1] if name else getattr(call.func, "attr", "")
    return last in _IMMEDIATE or (last == "map" and isinstance(call.func, ast.Attribute))
