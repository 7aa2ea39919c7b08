"""Which `get_ipython()` calls with literal arguments a cell holds, and where."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_METHODS = {
    "run_line_magic": 2,
    "run_cell_magic": 3,
    "magic": 1,
    "line_magic": 2,
    "cell_magic": 3,
    "system": 1,
    "system_raw": 1,
    "system_piped": 1,
    "getoutput": 1,
    "show_usage": 0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCall:
    """A call, what it asks IPython for, the statement it stands in and the scopes around it.

    `whole` says that the call is all its statement is: `call()` or `x = call()`.
    """

    node: ast.Call
    kind: str
    name: str
    arguments: str
    body: str
    statement: ast.stmt
    whole: bool
    scopes: tuple[ast.AST, ...]

    @property
    def is_statement(self) -> bool:
        """Whether nothing uses what the call returns."""
        return isinstance(self.statement, ast.Expr) and self.statement.value is self.node


def find_calls(tree: ast.Module) -> tuple[FoundCall, ...]:
    """List the calls in the order of the text."""
    found = (
        _call(node, statement, scopes)
        for node, statement, scopes in _walk(tree)
        if isinstance(node, ast.Call) and statement is not None
    )
    calls = [call for call in found if call is not None]
    return tuple(sorted(calls, key=lambda call: (call.node.lineno, call.node.col_offset)))


_Place = tuple[ast.AST, "ast.stmt | None", tuple[ast.AST, ...]]


def _walk(tree: ast.Module) -> Iterator[_Place]:
    pending: list[_Place] = [(tree, None, ())]
    while pending:
        node, statement, scopes = pending.pop()
        yield node, statement, scopes
        statement = node if isinstance(node, ast.stmt) else statement
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            scopes = (*scopes, node)
        pending.extend((child, statement, scopes) for child in ast.iter_child_nodes(node))


def _call(node: ast.Call, statement: ast.stmt, scopes: tuple[ast.AST, ...]) -> FoundCall | None:
    function = node.func
    if not isinstance(function, ast.Attribute) or not _is_get_ipython(function.value):
        return None
    texts = _literal_arguments(node)
    if texts is None or _METHODS.get(function.attr) != len(texts):
        return None
    kind, name, arguments, body = _meaning(function.attr, texts)
    return FoundCall(
        node=node,
        kind=kind,
        name=name,
        arguments=arguments,
        body=body,
        statement=statement,
        whole=getattr(statement, "value", None) is node and _is_simple_use(statement),
        scopes=scopes,
    )


def _is_get_ipython(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="get_ipython"), args=[], keywords=[]):
            return True
    return False


def _literal_arguments(node: ast.Call) -> list[str] | None:
    if node.keywords:
        return None
    values = [a.value for a in node.args if isinstance(a, ast.Constant)]
    texts = [value for value in values if isinstance(value, str)]
    return texts if len(texts) == len(node.args) else None


def _meaning(method: str, texts: list[str]) -> tuple[str, str, str, str]:
    if method in ("system", "system_raw", "system_piped"):
        return "system", "!", texts[0], ""
    if method == "getoutput":
        return "getoutput", "!!", texts[0], ""
    if method == "show_usage":
        return "line", "quickref", "", ""
    if method == "magic":
        name, _, arguments = texts[0].lstrip("%").partition(" ")
        return "line", name, arguments, ""
    name, arguments = texts[0], texts[1]
    return ("cell", name, arguments, texts[2]) if len(texts) == 3 else ("line", name, arguments, "")


def _is_simple_use(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign)
