"""What does a statement show, and is showing all that it does?"""

from __future__ import annotations

import ast

from nb2pkg.analysis import (
    NONE,
    Statement,
    constant_truth,
    display_arguments,
    resolve,
    walk,
)
from nb2pkg.dataflow import Program, only_looks_at

_GOING = frozenset(
    {
        "tempfile.TemporaryDirectory",
        "tempfile.NamedTemporaryFile",
        "tempfile.TemporaryFile",
        "tempfile.SpooledTemporaryFile",
    }
)
_FIGURES = frozenset(
    {
        "subplots",
        "figure",
        "gcf",
        "gca",
        "subplot",
        "subplot2grid",
        "axes",
        "add_subplot",
        "subplot_mosaic",
    }
)


def only_shows(statement: Statement, program: Program) -> bool:
    """Whether an expression statement only looks at values, so that a program can do without it."""
    node = statement.node
    if isinstance(node, (ast.Global, ast.Pass)):
        return True  # does nothing at the top level
    if isinstance(node, ast.AnnAssign) and node.value is None and isinstance(node.target, ast.Name):
        return True  # `x: int` says something and does nothing
    if isinstance(node, ast.If) and never_runs(node):
        return True
    if isinstance(node, ast.For):
        return _only_shows_each(statement, node, program)
    if not isinstance(node, ast.Expr):
        return False
    if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return True
    return only_looks_at(program, node.value)


def never_runs(node: ast.stmt) -> bool:
    """Whether this is `if False:`, with nothing to do otherwise."""
    return isinstance(node, ast.If) and constant_truth(node.test) is False and not node.orelse


def _only_shows_each(statement: Statement, loop: ast.For, program: Program) -> bool:
    """`for row in rows: display(row)`, where nobody reads `row` afterwards."""
    if any(
        program.statements[reader] is not statement
        for name in statement.facts.may_bind
        for reader in program.readers.get(name, ())
    ):
        return False
    inner: list[ast.stmt] = [loop]
    for node in inner:
        match node:
            case ast.For(target=ast.Name() | ast.Tuple(), orelse=[]):
                used_up = isinstance(node.iter, ast.Name) and node.iter.id in program.iterators
                if used_up or not only_looks_at(program, node.iter):
                    return False
                inner.extend(node.body)
            case ast.If():
                if not only_looks_at(program, node.test):
                    return False
                inner.extend((*node.body, *node.orelse))
            case ast.Expr():
                if not only_looks_at(program, node.value):
                    return False
            case ast.Pass():
                pass
            case _:
                return False
    return True


def wanted_results(program: Program) -> dict[int, frozenset[str]]:
    """Statement → the names bound there that the notebook shows further down, or keeps alive."""
    wanted: dict[int, set[str]] = {}
    for index, statement in enumerate(program.statements):
        if keeps_alive(statement, program):
            wanted.setdefault(index, set()).update(statement.facts.binds)
        for name in shown_names(statement, program):
            binder = max((i for i in program.binders.get(name, ()) if i < index), default=None)
            if binder is not None:
                wanted.setdefault(binder, set()).add(name)
    return {index: frozenset(names) for index, names in wanted.items()}


def keeps_alive(statement: Statement, program: Program) -> bool:
    """Whether it makes what goes when nothing holds it any more: a temporary folder or file.

    A notebook's variables live on; those of a function do not.
    """
    node = statement.node
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and resolve(node.value.func, program.aliases) in _GOING
    )


def shown_names(statement: Statement, program: Program) -> frozenset[str]:
    """Names that the notebook prints, displays, or names alone at the end of a cell: its results."""
    node = statement.node
    if not isinstance(node, ast.Expr):
        return NONE
    value = node.value
    shown: list[ast.expr] = []
    if isinstance(value, (ast.Name, ast.Tuple)) and statement.is_last:
        shown = list(value.elts) if isinstance(value, ast.Tuple) else [value]
    elif isinstance(value, ast.Call):
        arguments = display_arguments(value, program.aliases)
        if arguments is not None:
            shown = arguments
        elif resolve(value.func, program.aliases) == "print":
            shown = value.args
    names = {e.id for e in shown if isinstance(e, ast.Name)}
    return frozenset(
        n for n in names if not _is_figure(n, program) and not _is_loop_variable(n, program)
    )


def _is_loop_variable(name: str, program: Program) -> bool:
    """What a loop leaves behind is no result of it."""
    return any(
        isinstance(target, ast.Name) and target.id == name
        for index in program.binders.get(name, ())
        for node in program.statements[index].nodes
        if isinstance(node, (ast.For, ast.AsyncFor))
        for target in walk(node.target)
    )


def _is_figure(name: str, program: Program) -> bool:
    """A figure is drawn, not returned."""
    for index in program.binders.get(name, ()):
        for node in program.statements[index].nodes:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                function = node.value.func
                last = (
                    function.attr
                    if isinstance(function, ast.Attribute)
                    else getattr(function, "id", "")
                )
                bound = {n.id for t in node.targets for n in walk(t) if isinstance(n, ast.Name)}
                if name in bound and (last in _FIGURES or last.startswith("plot")):
                    return True
    return False
