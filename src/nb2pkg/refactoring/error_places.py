"""Would the error of an expression come where it came, once the expression stands further down?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nb2pkg.analysis import FUNCTIONS, Kind, Statement, children, root_name
from nb2pkg.analysis.captures import outer_expressions
from nb2pkg.dataflow import only_looks_at
from nb2pkg.refactoring.whole_text import WholeText

_TRIES = tuple(getattr(ast, name) for name in ("Try", "TryStar") if hasattr(ast, name))
# Their lines only say how plots look.
_QUIET_LINES = ("%matplotlib", "%config", "%precision")


def why_not_always(path: Sequence[ast.AST], node: ast.AST) -> str | None:
    """Why code below these nodes may be left out, or its error be caught; None where it surely runs."""
    for above, below in zip(path, [*path[1:], node], strict=True):
        if isinstance(above, _TRIES):
            return "in a `try`"
        if isinstance(above, (ast.If, ast.IfExp)) and below is not above.test:
            return "only under a condition"
        if isinstance(above, ast.BoolOp) and below is not above.values[0]:
            return "only under a condition"
        if isinstance(above, ast.Assert) and below is not above.test:
            return "only under a condition"
        if isinstance(above, ast.Compare) and below in above.comparators[1:]:
            return "only under a condition"
        if isinstance(above, (ast.With, ast.AsyncWith)) and below is not above.items[0]:
            return "inside a `with`"
        if isinstance(above, (ast.GeneratorExp, ast.Lambda)):
            return "at another time"
    return None


def effect_between(whole: WholeText, first: int, last: int) -> str | None:
    """What happens between two statements that an error in the first would have kept from happening."""
    statements = whole.program.statements
    for statement in statements[first + 1 : last]:
        if _has_effect(statement, whole):
            return f"what cell {statement.cell} does"
    start, end = whole.key_of(statements[first]), whole.key_of(statements[last])
    for position, text in whole.texts.items():
        lines = text.cell.cell.source.splitlines()
        for number, _ in text.foreign:
            line = lines[number - 1].strip() if 0 < number <= len(lines) else ""
            if start < (position, number, 0) < end and not line.startswith(_QUIET_LINES):
                return f"what cell {position} does"
    return None


def effect_before(statement: Statement, node: ast.AST, whole: WholeText) -> str | None:
    """What the statement itself does before it comes to a node."""
    for other in _evaluated_before(statement.node, node):
        if _is_effect(other, whole):
            return f"what cell {statement.cell} does"
    return None


def _has_effect(statement: Statement, whole: WholeText) -> bool:
    node = statement.node
    if statement.kind is Kind.IMPORT:
        return not whole.is_quiet_import(statement)
    if statement.is_last and isinstance(node, ast.Expr) and whole.would_show(statement):
        return True
    return any(_is_effect(n, whole) for n in _running(node))


def _is_effect(node: ast.AST, whole: WholeText) -> bool:
    if isinstance(node, ast.Call):
        return not only_looks_at(whole.program, node)
    if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
        return root_name(node) in whole.program.aliases
    return isinstance(
        node, (ast.Await, ast.Yield, ast.YieldFrom, ast.AsyncFor, ast.AsyncWith, ast.With)
    )


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when a statement does: not those inside functions."""
    yield node
    for child in outer_expressions(node) if isinstance(node, FUNCTIONS) else children(node):
        yield from _running(child)


def _evaluated_before(root: ast.AST, node: ast.AST) -> list[ast.AST]:
    """The nodes below `root` that may be evaluated before `node`; those around it are not among them."""
    found: list[ast.AST] = []

    def reaches(here: ast.AST) -> bool:
        if here is node:
            return True
        begun = len(found)
        if isinstance(here, FUNCTIONS):
            return False
        parts = list(children(here))
        if isinstance(here, (ast.Assign, ast.AnnAssign)) and here.value is not None:
            parts = [here.value, *(p for p in parts if p is not here.value)]
        elif isinstance(here, ast.Dict):
            pairs = zip(here.keys, here.values, strict=True)
            parts = [part for pair in pairs for part in pair if part is not None]
        for part in parts:
            if reaches(part):
                return True
        found.insert(begun, here)
        return False

    return found if reaches(root) else []
