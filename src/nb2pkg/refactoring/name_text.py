"""Where in a cell's text do the characters of a name stand, and what replaces them?"""

from __future__ import annotations

import ast
import itertools
import unicodedata

from nb2pkg.refactoring.cell_code import CellCode, Span
from nb2pkg.refactoring.name_places import Place


def renamed(code: CellCode, place: Place, new: str) -> tuple[Span, str] | None:
    """What to put where in the text that was read so that the place has a new name; None if that is unsure."""
    node = place.node
    if isinstance(node, ast.alias):
        return _in_import(code, place, node, new)
    span = _span(code, place)
    if span is None or not _is(code.source.text[slice(*span)], place.name):
        return None
    return span, new


def _span(code: CellCode, place: Place) -> Span | None:
    node, name = place.node, place.name
    if isinstance(node, ast.Name):
        return code.span(node)
    start, end = code.source.offset(node.lineno, node.col_offset), code.source.end(node)  # type: ignore[attr-defined]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return _next_name(code, start, end, after=("def", "class"))
    if isinstance(node, ast.ExceptHandler):
        first = code.source.end(node.type) if node.type else start
        return _next_name(code, first, end, after=("as",))
    if isinstance(node, ast.Global):
        spans = [(t.start, t.end) for t in code.tokens_within(start, end) if _is(t.text, name)]
        return spans[0] if len(spans) == 1 else None
    if isinstance(node, ast.MatchMapping):
        stars = [t.start for t in code.tokens_within(start, end) if t.text == "**"]
        return _next_name(code, stars[-1], end, after=("**",)) if stars else None
    # `case x`, `case … as x`, `case [*x]`: the name comes last.
    names = [t for t in code.tokens_within(start, end) if t.kind == "NAME"]
    return (names[-1].start, names[-1].end) if names and names[-1].end == end else None


def _next_name(code: CellCode, start: int, end: int, *, after: tuple[str, ...]) -> Span | None:
    """The name that follows the first of these words."""
    tokens = code.tokens_within(start, end)
    for word, name in itertools.pairwise(tokens):
        if word.text in after:
            return (name.start, name.end) if name.kind == "NAME" else None
    return None


def _in_import(code: CellCode, place: Place, alias: ast.alias, new: str) -> tuple[Span, str] | None:
    start, end = code.source.start(alias), code.source.end(alias)
    words = [t.text for t in code.tokens_within(start, end)]
    if alias.asname is None:
        if "." in alias.name or not _is(code.source.text[start:end], place.name):
            return None  # `import a.b` binds a, and no other name can be given to that
        return (end, end), f" as {new}"
    last = code.tokens_within(start, end)[-1:]
    if not last or not _is(last[0].text, place.name) or last[0].end != end or words[-2] != "as":
        return None
    if alias.name == new:
        return (start, end), new
    return (last[0].start, end), new


def _is(text: str, name: str) -> bool:
    """Whether a text is this name, as Python reads names."""
    return unicodedata.normalize("NFKC", text) == name
