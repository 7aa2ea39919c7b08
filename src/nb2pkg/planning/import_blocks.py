"""Which compound statements do nothing but import, so that a module can have them at its top?"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nb2pkg.analysis import Statement, resolve, walk
from nb2pkg.dataflow import Program
from nb2pkg.planning.static_values import is_literal

_QUIET = frozenset({"warnings.simplefilter", "warnings.filterwarnings", "warnings.resetwarnings"})
_CONTEXTS = frozenset({"warnings.catch_warnings", "contextlib.suppress"})


def is_import_block(statement: Statement, program: Program) -> bool:
    """Whether this is `try: import x … except ImportError: x = None`, or imports with warnings off.

    Importing twice does nothing the second time, so such a block may stand in several modules.
    """
    node = statement.node
    if isinstance(node, ast.Try):
        handlers = [s for h in node.handlers for s in h.body]
        return _has_import(node.body) and _only_imports(
            [*node.body, *handlers, *node.orelse, *node.finalbody], program
        )
    if isinstance(node, ast.With):
        contexts = [item.context_expr for item in node.items]
        return (
            all(
                isinstance(c, ast.Call)
                and resolve(c.func, program.aliases) in _CONTEXTS
                and not any(isinstance(a, ast.NamedExpr) for a in walk(c))
                for c in contexts
            )
            and not any(item.optional_vars for item in node.items)
            and _has_import(node.body)
            and _only_imports(node.body, program)
        )
    return False


def _has_import(body: Sequence[ast.stmt]) -> bool:
    return any(isinstance(s, (ast.Import, ast.ImportFrom)) for s in body)


def _only_imports(body: Sequence[ast.stmt], program: Program) -> bool:
    for statement in body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            if statement.names[0].name == "*":
                return False
        elif isinstance(statement, ast.Assign):
            if not is_literal(statement.value) or not all(
                isinstance(t, ast.Name) for t in statement.targets
            ):
                return False
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            if resolve(statement.value.func, program.aliases) not in _QUIET:
                return False
        elif not isinstance(statement, (ast.Pass, ast.Raise)):
            return False
    return True
