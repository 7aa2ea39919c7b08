"""How pieces of a cell are replaced where its syntax tree says they stand."""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass

# Strings with fields are several tokens from Python 3.12 on.
_STRING_STARTS = frozenset({"FSTRING_START", "TSTRING_START"})
_STRING_ENDS = frozenset({"FSTRING_END", "TSTRING_END"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Text that takes the place of `source[start:end]`, in characters."""

    start: int
    end: int
    text: str


class Positions:
    """Where the nodes of a syntax tree stand in the text, in characters from its start."""

    def __init__(self, source: str) -> None:
        # Like the parser: \n ends a line, a form feed does not.
        self.lines = source.split("\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Give the start and the end of a node."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        start = self._offset(node.lineno, node.col_offset)
        return start, self._offset(node.end_lineno, node.end_col_offset)

    def column(self, node: ast.expr) -> int:
        """Give the column of a node in characters; the tree has it in bytes."""
        return self._offset(node.lineno, node.col_offset) - self._starts[node.lineno - 1]

    def stands_alone(self, statement: ast.stmt) -> bool:
        """Say whether nothing but a comment shares the lines of a statement."""
        before, after = self._around(statement)
        return not before.strip() and after.lstrip()[:1] in ("", "#")

    def emptied(self, statement: ast.stmt) -> tuple[int, int]:
        """Give what to cut so that a statement that stands alone leaves no trailing space."""
        start, end = self.span(statement)
        before, after = self._around(statement)
        return (start, end) if after.strip() else (start - len(before), end + len(after))

    def margin(self, statement: ast.stmt) -> str:
        """Give the white space that a statement which stands alone is indented by."""
        return self._around(statement)[0]

    def _around(self, statement: ast.stmt) -> tuple[str, str]:
        assert statement.end_lineno is not None
        start, end = self.span(statement)
        first, last = statement.lineno - 1, statement.end_lineno - 1
        return (
            self.lines[first][: start - self._starts[first]],
            self.lines[last][end - self._starts[last] :],
        )

    def _offset(self, line: int, column_in_bytes: int) -> int:
        text = self.lines[line - 1].encode("utf-8", "surrogatepass")[:column_in_bytes]
        return self._starts[line - 1] + len(text.decode("utf-8", "surrogatepass"))


def splice(source: str, edits: Iterable[Edit]) -> str:
    """Make the edits, none of which overlaps another."""
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        pieces += [source[position : edit.start], edit.text]
        position = edit.end
    return "".join([*pieces, source[position:]])


def indented(code: str, margin: str) -> str:
    """Indent code; the lines inside a string keep their text."""
    if not margin:
        return code
    inside = _lines_inside_strings(code)
    return "\n".join(
        line if number in inside or not line.strip() else margin + line
        for number, line in enumerate(code.split("\n"), start=1)
    )


def _lines_inside_strings(code: str) -> frozenset[int]:
    """Find the lines, 1-based, that start inside a string."""
    lines = iter([line + "\n" for line in code.split("\n")])
    inside: set[int] = set()
    open_strings: list[int] = []
    try:
        tokens = list(tokenize.generate_tokens(lines.__next__))
    except (tokenize.TokenError, SyntaxError):
        return frozenset()  # it is not Python, indented or not
    for token in tokens:
        kind = tokenize.tok_name[token.type]
        first, last = token.start[0], token.end[0]
        if kind in _STRING_STARTS:
            open_strings.append(first)
        elif kind in _STRING_ENDS:
            inside.update(range(open_strings.pop() + 1, last + 1))
        elif kind == "STRING":
            inside.update(range(first + 1, last + 1))
    return frozenset(inside)
