"""May the notebook import from elsewhere once a statement has run: another folder, another search path?

A kernel finds the modules beside the notebook by the folder that it works in.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from nb2pkg.analysis import Kind, ParsedCell, Statement, resolve
from nb2pkg.dataflow import Program
from nb2pkg.problems import Location
from nb2pkg.refactoring.refusals import cannot

_MOVING = frozenset({"os.chdir", "chdir", "os.fchdir", "os.chroot", "contextlib.chdir"})
_TAKING_AWAY = frozenset(
    f"sys.path.{word}" for word in ("remove", "clear", "pop", "__delitem__", "__setitem__")
)
_MOVING_MAGIC = re.compile(r"(?:^|=)\s*%(?:cd|pushd|popd)\b|^\s*(?:pushd|popd)\b")


def refuse_another_path(program: Program, cells: Sequence[ParsedCell], first: int) -> None:
    """Stop where a new module might not be found by its first import, at the statement `first`.

    Raises:
        FindingsError: it might not (NB801).
    """
    hint = "let it run below the selected cells, or select it as well"
    message = "the new module might not be found: the working folder or `sys.path` is another one"
    for cell in cells:
        for line, text in enumerate(cell.cell.source.splitlines(), 1):
            if cell.position < program.statements[first].cell and _MOVING_MAGIC.search(text):
                place = Location(cell=cell.position, line=line, source_line=text)
                raise cannot("NB801", message, location=place, hint=hint)
    movers = _movers(program)
    for index in range(first):
        statement = program.statements[index]
        facts = statement.facts
        runs = statement.kind is not Kind.FUNCTION and _moves(statement, program)
        calls = statement.kind is Kind.CODE and (facts.reads | facts.captures) & movers
        if runs or calls:
            raise cannot("NB801", message, statement=statement, hint=hint)


def _movers(program: Program) -> frozenset[str]:
    """The functions and classes that may change it when they are called."""
    definitions = [s for s in program.statements if s.kind in (Kind.FUNCTION, Kind.CLASS)]
    found = {s.facts.order[0] for s in definitions if _moves(s, program)}
    grows = bool(found)
    while grows:
        more = {s.facts.order[0] for s in definitions if s.facts.captures & found} - found
        found |= more
        grows = bool(more)
    return frozenset(found)


def _moves(statement: Statement, program: Program) -> bool:
    # `with contextlib.chdir(…):` comes back at its end.
    comes_back = {
        id(item.context_expr.func)
        for node in statement.nodes
        if isinstance(node, (ast.With, ast.AsyncWith))
        for item in node.items
        if isinstance(item.context_expr, ast.Call)
    }
    return any(
        id(node) not in comes_back and _changes(node, program)
        for node in statement.nodes
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.Assign))
    )


def _changes(node: ast.Name | ast.Attribute | ast.Subscript | ast.Assign, program: Program) -> bool:
    if isinstance(node, ast.Assign):
        return not _keeps(node.value, program) and any(
            isinstance(t, ast.Attribute) and _is_path(t, program) for t in node.targets
        )
    if isinstance(node, ast.Subscript):
        return not isinstance(node.ctx, ast.Load) and _is_path(node.value, program)
    return (
        isinstance(node.ctx, ast.Load) and resolve(node, program.aliases) in _MOVING | _TAKING_AWAY
    )


def _is_path(node: ast.expr, program: Program) -> bool:
    return resolve(node, program.aliases) == "sys.path"


def _keeps(value: ast.expr, program: Program) -> bool:
    """Whether all of the path is there still: `sys.path = ["lib"] + sys.path`, `["lib", *sys.path]`."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        return _keeps(value.left, program) or _keeps(value.right, program)
    if isinstance(value, ast.List):
        return any(isinstance(e, ast.Starred) and _is_path(e.value, program) for e in value.elts)
    return _is_path(value, program)
