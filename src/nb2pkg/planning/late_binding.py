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
    walk,
)
from nb2pkg.dataflow import Program

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
    for node in _outliving(statement.node, program):
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


def _outliving(statement: ast.AST, program: Program) -> Iterator[ast.AST]:
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
