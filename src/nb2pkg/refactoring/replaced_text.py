"""How does a statement read with an expression in the place of a name, so that it means just that?

Nothing is trusted: what comes out is parsed again and compared with what was meant.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping, Sequence

from nb2pkg.analysis import Edit, Statement, apply_edits, children, walk

_PARSE = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_QUOTES = "'\""
# Python up to 3.11 has none of these inside the braces of an f-string.
_NEVER_IN_BRACES = ("\\", "\n", "#", "{", "}")


def parsed(text: str) -> ast.Module | None:
    """The syntax tree of top-level code; None where it is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = compile(text, "<cell>", "exec", _PARSE, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    assert isinstance(tree, ast.Module)
    return tree


def shape(node: object, instead: Mapping[ast.AST, object] | None = None) -> object:
    """What a piece of code means, whatever its layout; `instead` puts other things into its places."""
    if isinstance(node, list):
        return tuple(shape(item, instead) for item in node)
    if not isinstance(node, ast.AST):
        return (type(node).__name__, repr(node))
    if instead and node in instead:
        return instead[node]
    return (
        type(node).__name__,
        *(shape(getattr(node, field, None), instead) for field in node._fields),
    )


def edits_for(
    statement: Statement, names: Sequence[ast.Name], value: ast.expr, text: str
) -> list[Edit] | None:
    """The edits (in the statement's own text) that put a value in the place of names.

    text: the value as it is written. None where it cannot be told that the code would mean the same.
    """
    found: list[Edit] = []
    for name in names:
        edit = _edit(statement, name, value, text)
        if edit is None:
            return None
        found.append(edit)
    wanted = shape(statement.node, dict.fromkeys(names, shape(value)))
    if not _means(statement, found, wanted):
        return None
    text = apply_edits(statement.text, found, statement.start)
    return None if _warned_about(text) - _warned_about(statement.text) else found


def _warned_about(text: str) -> set[str]:
    """What Python warns of when it compiles code: `assert (1, 2)` is always true, say."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        try:
            compile(text, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return {"it is not Python"}
    return {str(one.message) for one in found}


def _edit(statement: Statement, name: ast.Name, value: ast.expr, text: str) -> Edit | None:
    source = statement.source
    start, end = source.start(name), source.end(name)
    if source.text[start:end] != name.id:
        return None  # positions inside old f-strings are not to be relied on
    wanted = shape(statement.node, {name: shape(value)})
    around = _string_around(statement, name)
    if around is not None:
        quoted = _in_braces(value, text, source.slice(around))
        if quoted is None:
            return None
        text = quoted
    for written in (text, f"({text})"):
        edit = Edit(start, end, written)
        if _means(statement, [edit], wanted):
            return edit
    return None


def _means(statement: Statement, edits: Sequence[Edit], wanted: object) -> bool:
    text = apply_edits(statement.text, edits, statement.start)
    tree = parsed(text)
    return tree is not None and len(tree.body) == 1 and shape(tree.body[0]) == wanted


def _string_around(statement: Statement, name: ast.Name) -> ast.JoinedStr | None:
    """The outermost f-string that a name stands in."""
    for node in walk(statement.node):
        if isinstance(node, ast.JoinedStr) and any(n is name for n in walk(node)):
            return node
    return None


def _in_braces(value: ast.expr, text: str, around: str) -> str | None:
    """The text of a value as every Python reads it inside this f-string."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        plain = value.value
        if not plain.isprintable() or any(mark in plain for mark in (*_NEVER_IN_BRACES, *_QUOTES)):
            return None
        mark = next((mark for mark in _QUOTES if mark not in around), None)
        return f"{mark}{plain}{mark}" if mark else None
    if "\n" in text:
        text = ast.unparse(value)
    if any(mark in text for mark in _NEVER_IN_BRACES):
        return None
    if any(mark in text and mark in around for mark in _QUOTES):
        return None
    return text


def ancestors(root: ast.AST, node: ast.AST) -> list[ast.AST]:
    """The nodes from `root` down to the one right above `node`."""
    parents = {child: parent for parent in walk(root) for child in children(parent)}
    found: list[ast.AST] = []
    while node is not root:
        node = parents[node]
        found.insert(0, node)
    return found
