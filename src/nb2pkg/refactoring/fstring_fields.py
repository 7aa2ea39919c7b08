"""Where do the expressions inside f-strings stand, and which of them show their own text?

From Python 3.12 on the syntax tree says where. Before, its positions inside f-strings are wrong more often
than not; so the fields are found in the text, parsed again, and compared with the tree.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from nb2pkg.analysis import SourceText, children, walk
from nb2pkg.refactoring.tokens import tokens_of

Span = tuple[int, int]
_STRINGS = ("JoinedStr", "TemplateStr")
_HAS_POSITIONS = sys.version_info >= (3, 12)
_STRING = re.compile(r"""(?P<prefix>[A-Za-z]*)(?P<quote>\"{3}|'{3}|"|')""")


@dataclass(frozen=True, slots=True)
class Fields:
    """The nodes inside f-strings.

    spans: where each of them stands, None where that cannot be told for sure
    shown: those whose text is shown beside their value: `f"{x=}"`
    """

    spans: dict[ast.AST, Span | None] = field(default_factory=dict)
    shown: set[ast.AST] = field(default_factory=set)


def fields_of(tree: ast.AST, source: SourceText) -> Fields:
    """Find every node inside the f-strings of a tree."""
    found = Fields()
    for joined in _outermost(tree):
        inside = [n for n in walk(joined) if n is not joined]
        try:
            if _HAS_POSITIONS:
                _by_the_tree(joined, source, found)
            else:
                _by_the_text(joined, source.start(joined), source.slice(joined), found)
        except (ValueError, SyntaxError, IndexError, UnicodeError):
            found.spans.update(dict.fromkeys(inside))
        if type(joined).__name__ == "TemplateStr":  # its parts know their own text
            found.shown.update(inside)
    return found


def _outermost(tree: ast.AST) -> Iterator[ast.expr]:
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        if type(node).__name__ in _STRINGS:
            assert isinstance(node, ast.expr)
            yield node
        else:
            stack.extend(children(node))


def _values(joined: ast.AST) -> list[ast.FormattedValue]:
    return [v for v in getattr(joined, "values", ()) if not isinstance(v, ast.Constant)]


# -- Python 3.12 and later ---------------------------------------------------------------------------


def _by_the_tree(joined: ast.AST, source: SourceText, found: Fields) -> None:
    for node in walk(joined):
        for part in getattr(node, "values", ()) if type(node).__name__ in _STRINGS else ():
            found.spans[part] = None  # a part of the string, no expression
        if node is not joined and isinstance(node, (ast.expr, ast.keyword, ast.arg)):
            found.spans.setdefault(node, _span(node, source))
        if type(node).__name__ in ("FormattedValue", "Interpolation"):
            value: ast.AST = node.value  # type: ignore[attr-defined]
            rest = source.text[source.end(value) : source.end(node)]
            if re.match(r"(?:\s|\)|#[^\n]*)*=", rest):
                found.shown.update(walk(value))


def _span(node: ast.AST, source: SourceText) -> Span:
    return source.start(node), source.end(node)


# -- Python before 3.12 ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Field:
    start: int
    end: int
    shows: bool
    inner: tuple[_Field, ...]


def _by_the_text(joined: ast.AST, origin: int, text: str, found: Fields) -> None:
    """Find the nodes of one f-string, whose `text` begins at `origin`; a ValueError if that fails."""
    fields: list[_Field] = []
    for token in tokens_of(f"({text})")[1:-1]:
        match = _STRING.match(token.text)
        if token.kind != "STRING" or match is None:
            raise ValueError(token.text)
        if "f" in match["prefix"].lower():
            start = token.start - 1 + match.end()
            end = token.end - 1 - len(match["quote"])
            fields += _Scanner(text, start, end, raw="r" in match["prefix"].lower()).fields()
    _place_fields(joined, fields, origin, text, found)


def _place_fields(
    joined: ast.AST, fields: list[_Field], origin: int, text: str, found: Fields
) -> None:
    values = _values(joined)
    found.spans.update(dict.fromkeys(getattr(joined, "values", ())))
    if len(values) != len(fields):
        raise ValueError("fields")
    for value, place in zip(values, fields, strict=True):
        _place_expression(value.value, text[place.start : place.end], origin + place.start, found)
        if place.shows:
            found.shown.update(walk(value.value))
        if value.format_spec is not None:
            found.spans[value.format_spec] = None
            _place_fields(value.format_spec, list(place.inner), origin, text, found)
        elif place.inner:
            raise ValueError("format")


def _place_expression(node: ast.expr, text: str, origin: int, found: Fields) -> None:
    again = _parsed(text)
    if ast.dump(again) != ast.dump(node):
        raise ValueError(text)
    source = SourceText(f"({text})")
    inside = Fields()
    for joined in _outermost(again):
        _by_the_text(joined, source.start(joined), source.slice(joined), inside)
    for old, new in zip(walk(node), walk(again), strict=True):
        span: Span | None = None
        if new in inside.spans:
            span = inside.spans[new]
        elif new is again and isinstance(new, ast.Tuple):
            pass  # its brackets may be those that were put around it here
        elif hasattr(new, "lineno"):
            span = _span(new, source)
        found.spans[old] = (span[0] - 1 + origin, span[1] - 1 + origin) if span else None
        if new in inside.shown:
            found.shown.add(old)


def _parsed(text: str) -> ast.expr:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(f"({text})", mode="eval").body


class _Scanner:
    """Reads the fields of one string as CPython up to 3.11 does."""

    def __init__(self, text: str, start: int, end: int, *, raw: bool) -> None:
        self.text = text
        self.at = start
        self.end = end
        self.raw = raw

    def fields(self, depth: int = 0) -> list[_Field]:
        """The fields up to the end, or in a format up to the brace that closes it."""
        found: list[_Field] = []
        while self.at < self.end:
            char = self.text[self.at]
            if char == "\\" and not self.raw:
                # A backslash escapes no brace, but `\N{DASH}` has some of its own.
                name = re.compile(r"\\N\{[^}]*\}").match(self.text, self.at, self.end)
                after = self.text[self.at + 1]
                self.at = name.end() if name else self.at + (1 if after in "{}" else 2)
            elif depth == 0 and self.text[self.at : self.at + 2] in ("{{", "}}"):
                self.at += 2
            elif char == "{":
                found.append(self._field(depth))
            elif char == "}" and depth:
                break
            else:
                self.at += 1
        return found

    def _field(self, depth: int) -> _Field:
        start = self.at + 1
        end = self._end_of_expression(start)
        self.at = end
        shows = self.text[self.at] == "="
        if shows:
            self.at += 1
            while self.text[self.at].isspace():
                self.at += 1
        if self.text[self.at] == "!":
            self.at += 2
        inner: list[_Field] = []
        if self.text[self.at] == ":":
            self.at += 1
            inner = self.fields(depth + 1)
        if self.at >= self.end or self.text[self.at] != "}":
            raise ValueError(self.text)
        self.at += 1
        return _Field(start, end, shows, tuple(inner))

    def _end_of_expression(self, at: int) -> int:
        brackets = 0
        while at < self.end:
            char = self.text[at]
            if char in "'\"":
                at = self._end_of_string(at)
            elif char in "([{":
                brackets += 1
                at += 1
            elif char in ")]}" and brackets:
                brackets -= 1
                at += 1
            elif brackets == 0 and self.text[at : at + 2] in ("!=", "==", "<=", ">="):
                at += 2
            elif brackets == 0 and char in "!:=}":
                return at
            else:
                at += 1
        raise ValueError(self.text)

    def _end_of_string(self, at: int) -> int:
        quote = self.text[at] * 3 if self.text[at : at + 3] == self.text[at] * 3 else self.text[at]
        return self.text.index(quote, at + len(quote), self.end) + len(quote)
