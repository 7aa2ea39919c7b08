"""Where is a function called, as a whole statement?"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from nb2pkg.analysis import Edit, Statement, children
from nb2pkg.analysis.conditions import suppresses_exceptions
from nb2pkg.problems import FindingsError
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.replaced_text import ancestors
from nb2pkg.rendering.notebook_cells import is_quiet_by_semicolon

_COMPOUND = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CallSite:
    """A call that is a whole statement.

    statement: the top-level statement that it stands in; node: it itself
    targets: the names that take what it gives
    shows: whether the cell shows what it gives
    in_loop: whether it may run more than once
    """

    statement: Statement
    node: ast.stmt
    call: ast.Call
    target: ast.expr | None
    targets: frozenset[str]
    shows: bool
    in_loop: bool

    @property
    def is_nested(self) -> bool:
        """Whether it stands inside an `if`, a loop or a `with`."""
        return self.node is not self.statement.node


def call_sites(statement: Statement, name: str) -> list[CallSite]:
    """The calls of a function in a top-level statement, each of them a whole statement itself.

    Raises:
        FindingsError: the function is used in another way there (NB806).
    """
    found = list(_sites(statement, statement.node, name, in_loop=False))
    known = {id(site.call.func) for site in found}
    for node in statement.nodes:
        if isinstance(node, ast.Name) and node.id == name and id(node) not in known:
            raise cannot("NB806", _other_use(statement, node, name), statement=statement)
    return found


def _sites(statement: Statement, node: ast.stmt, name: str, *, in_loop: bool) -> Iterator[CallSite]:
    target: ast.expr | None = None
    value: ast.expr | None
    match node:
        case ast.Expr(value=value):
            pass
        case ast.Assign(targets=[ast.Name() | ast.Tuple() | ast.List() as target], value=value):
            pass
        case _:
            value = None
    if isinstance(node, (ast.With, ast.AsyncWith)) and any(
        suppresses_exceptions(item.context_expr) for item in node.items
    ):
        return
    if isinstance(node, _COMPOUND):
        loops = in_loop or isinstance(node, (ast.For, ast.AsyncFor, ast.While))
        for inner in children(node):
            if isinstance(inner, ast.stmt):
                yield from _sites(statement, inner, name, in_loop=loops)
        return
    if isinstance(value, ast.Await):
        value = value.value
    parts = list(target.elts) if isinstance(target, (ast.Tuple, ast.List)) else [target]
    names = [part.id for part in parts if isinstance(part, ast.Name)]
    if (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id == name
        and (target is None or len(names) == len(parts))
    ):
        yield CallSite(
            statement=statement,
            node=node,
            call=value,
            target=target,
            targets=frozenset(names),
            shows=target is None
            and node is statement.node
            and statement.is_last
            and not is_quiet_by_semicolon(statement),
            in_loop=in_loop,
        )


def _other_use(statement: Statement, name: ast.Name, function: str) -> str:
    path = ancestors(statement.node, name)
    if not (path and isinstance(path[-1], ast.Call) and path[-1].func is name):
        return f"'{function}' is used as a value"
    for above in path:
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return f"{function}() is called inside '{above.name}'"
        if isinstance(above, (ast.Try, ast.With, ast.AsyncWith)):
            return f"{function}() is called where an error in it may be caught halfway"
    return f"{function}() is called as part of a larger expression"


def refusal_at(site: CallSite, why: str) -> FindingsError:
    name = getattr(site.call.func, "id", "the function")
    return cannot("NB806", f"{name}() cannot be inlined here: {why}", statement=site.statement)


def around(site: CallSite) -> tuple[str, str]:
    """What stands before a call on its line, and the comment behind it; "?" where it is not alone there."""
    source = site.statement.source
    start, end = source.start(site.node), source.end(site.node)
    before = source.text[source.text.rfind("\n", 0, start) + 1 : start]
    behind = source.text[end:].partition("\n")[0].lstrip(" \t;\f")
    if before.strip() or (behind and not behind.startswith("#")):
        return "?", ""
    return before, behind


def whole_line(site: CallSite) -> Edit:
    """The place of a call with what stands behind it on its line."""
    source = site.statement.source
    stop = source.text.find("\n", source.end(site.node))
    return Edit(source.start(site.node), len(source.text) if stop < 0 else stop, "")
