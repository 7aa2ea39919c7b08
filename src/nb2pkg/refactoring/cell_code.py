"""What does a cell's own text say, and which of its characters may be replaced?

What is read of a cell need not be its text: IPython's syntax is translated, `from math import *` is spelled
out. Here the translated text is parsed once more, as it stands, and places in it are found again in the
cell's own text: on the lines that are the same but for their margin. The other lines are `untold`.
"""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from nb2pkg.analysis import Edit, ParsedCell, SourceText, apply_edits
from nb2pkg.problems import Location
from nb2pkg.refactoring.fstring_fields import Fields, fields_of
from nb2pkg.refactoring.name_places import Place, places_of
from nb2pkg.refactoring.tokens import Token, tokens_of

Span = tuple[int, int]
_PARSE = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


@dataclass(frozen=True, eq=False)
class CellCode:
    """A code cell with the tree of what was read of it; offsets count in the text that was read."""

    parsed: ParsedCell
    tree: ast.Module

    @property
    def position(self) -> int:
        """The 1-based position of the cell in the document."""
        return self.parsed.position

    @property
    def source(self) -> SourceText:
        """What was read of the cell: Python, line by line where the cell has it."""
        return self.parsed.source

    @cached_property
    def raw(self) -> SourceText:
        """The cell's own text."""
        return SourceText(self.parsed.cell.source)

    @cached_property
    def untold(self) -> tuple[tuple[int, str], ...]:
        """The lines of the cell that are not the Python that was read, with their numbers."""
        return tuple(
            (number, line)
            for number, line in enumerate(self.raw.lines, 1)
            if line.strip() and self._shift(number) is None
        )

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens of what was read, without layout; none where the text has no tokens."""
        return tokens_of(self.source.text)

    def tokens_within(self, start: int, end: int) -> Sequence[Token]:
        """The tokens that begin from one offset up to another."""
        first = bisect_left(self.tokens, start, key=lambda token: token.start)
        last = bisect_left(self.tokens, end, key=lambda token: token.start)
        return self.tokens[first:last]

    @cached_property
    def fields(self) -> Fields:
        """Where the nodes inside f-strings stand."""
        return fields_of(self.tree, self.source)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every place where a variable's name stands, on the lines that the cell has itself."""
        return tuple(place for place in places_of(self.tree) if self._is_told(place.node))

    def _is_told(self, node: ast.AST) -> bool:
        span = self.span(node)
        return span is None or self._shift(self._line_of(span[0])[0]) is not None

    def span(self, node: ast.AST) -> Span | None:
        """Where an expression stands in the text that was read; None where that is not sure."""
        if node in self.fields.spans:
            return self.fields.spans[node]
        return self.source.start(node), self.source.end(node)

    def raw_span(self, span: Span) -> Span | None:
        """The same characters in the cell's own text; None where that has not got them."""
        (first, column), (last, end) = self._line_of(span[0]), self._line_of(span[1])
        shifts = [self._shift(number) for number in range(first, last + 1)]
        if any(shift is None for shift in shifts):
            return None
        start = self.raw.starts[first - 1] + column + (shifts[0] or 0)
        stop = self.raw.starts[last - 1] + end + (shifts[-1] or 0)
        return start, stop

    def read_offset(self, line: int, column: int) -> int | None:
        """The offset in what was read of a place in the cell's own text; None where it has none."""
        shift = self._shift(line)
        if shift is None or not 0 <= column <= len(self.raw.lines[line - 1]):
            return None
        return self.source.starts[line - 1] + max(column - shift, 0)

    def place(self, offset: int) -> Location:
        """Where in the notebook an offset of what was read stands."""
        line, column = self._line_of(offset)
        shift = self._shift(line)
        lines = self.raw.lines
        return Location(
            cell=self.position,
            line=line,
            column=column + shift if shift is not None else None,
            source_line=lines[line - 1] if line <= len(lines) else None,
        )

    def place_of(self, node: ast.AST) -> Location:
        """Where in the notebook a node stands; only the cell where more is not sure."""
        span = self.span(node) if hasattr(node, "lineno") else None
        return self.place(span[0]) if span else Location(cell=self.position)

    def line_place(self, line: int) -> Location:
        """A whole line of the cell as a place in the notebook."""
        return Location(cell=self.position, line=line, source_line=self.raw.lines[line - 1])

    def edited(self, edits: Iterable[tuple[Span, str]]) -> str | None:
        """The cell's own text with some spans of what was read replaced; None where it has not got them."""
        found: list[Edit] = []
        for span, text in edits:
            place = self.raw_span(span)
            if place is None or self.raw.text[slice(*place)] != self.source.text[slice(*span)]:
                return None
            found.append(Edit(*place, text))
        return apply_edits(self.raw.text, found)

    def _line_of(self, offset: int) -> tuple[int, int]:
        """The 1-based line of an offset, and the column in it."""
        line = self.source.text.count("\n", 0, offset) + 1
        return line, offset - self.source.starts[line - 1]

    def _shift(self, line: int) -> int | None:
        """How much further right a line stands in the cell than in what was read; None: it is another."""
        if not 0 < line <= min(len(self.raw.lines), len(self.source.lines)):
            return None
        raw, read = self.raw.lines[line - 1], self.source.lines[line - 1]
        return len(raw) - len(read) if raw.lstrip() == read.lstrip() else None


def code_of(cells: Iterable[ParsedCell]) -> tuple[CellCode, ...]:
    """Every cell with the tree of what was read of it."""
    return tuple(CellCode(cell, tree_of(cell.source.text)) for cell in cells)


def tree_of(text: str) -> ast.Module:
    """Parse text that has been parsed before."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an odd escape is the notebook's own business
        tree = compile(text, "<cell>", "exec", _PARSE, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    return tree


def has_word(text: str, name: str) -> bool:
    """Whether a text has a name as a word of its own."""
    return name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
