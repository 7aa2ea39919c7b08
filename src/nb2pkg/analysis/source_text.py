"""Where does a syntax node stand in its text, and how is the text edited without reprinting it?"""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters from `start` up to `end` (offsets into the cell's text) by `text`."""

    start: int
    end: int
    text: str


class SourceText:
    """A cell's text with its line starts, so that syntax positions become character offsets.

    Syntax trees count columns in UTF-8 bytes; offsets here are characters.
    """

    __slots__ = ("_ascii", "lines", "starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self._ascii = text.isascii()

    def offset(self, line: int, byte_column: int) -> int:
        """The character offset of a 1-based line and a column in UTF-8 bytes."""
        return self.starts[line - 1] + self.column(line, byte_column)

    def column(self, line: int, byte_column: int) -> int:
        """The column in characters of a column in UTF-8 bytes."""
        if self._ascii:
            return byte_column
        return len(self.lines[line - 1].encode()[:byte_column].decode(errors="replace"))

    def start(self, node: ast.AST) -> int:
        """Where `node` begins, its decorators included."""
        first = min(getattr(node, "decorator_list", ()), key=lambda d: d.lineno, default=None)
        if first is not None:
            # The "@" stands before the decorator's expression, on the same line.
            return self.text.rindex("@", 0, self.offset(first.lineno, first.col_offset))
        return self.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Where `node` ends (exclusive)."""
        return self.offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def slice(self, node: ast.AST) -> str:
        """The text of `node`."""
        return self.text[self.start(node) : self.end(node)]


def apply_edits(text: str, edits: Iterable[Edit], origin: int = 0) -> str:
    """Make all edits at once; offsets count from `origin`. Edits do not overlap.

    Insertions at one place keep the order in which they were given.
    """
    parts: list[str] = []
    done = 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        parts.append(text[done : edit.start - origin])
        parts.append(edit.text)
        done = edit.end - origin
    parts.append(text[done:])
    return "".join(parts)


def lines_inside_strings(text: str) -> frozenset[int]:
    """The 0-based lines of `text` that begin inside a string literal, where blanks are content."""
    if '"""' not in text and "'''" not in text and "\\\n" not in text:
        return frozenset()
    inside: set[int] = set()
    depth_start: list[int] = []
    try:
        for token in tokenize.generate_tokens(iter(text.splitlines(keepends=True)).__next__):
            name = tokenize.tok_name[token.type]
            first, last = token.start[0], token.end[0]
            if name == "STRING":
                inside.update(range(first, last))
            elif name in ("FSTRING_START", "TSTRING_START"):
                depth_start.append(first)
            elif name in ("FSTRING_END", "TSTRING_END"):
                inside.update(range(depth_start.pop(), last))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        # A slice that stands alone may end early for the tokenizer; what was seen so far counts.
        pass
    return frozenset(inside)


def indent(text: str, prefix: str) -> str:
    """Put `prefix` before every line that is code; text inside strings and blank lines stay."""
    kept = lines_inside_strings(text)
    return "\n".join(
        line if number in kept or not line.strip() else prefix + line
        for number, line in enumerate(text.split("\n"))
    )


def dedent_block(text: str) -> str:
    """Take the first line's indentation away from every line that is code."""
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    margin = first[: len(first) - len(first.lstrip())]
    if not margin:
        return text
    kept = lines_inside_strings(text)
    return "\n".join(
        line if number in kept else line.removeprefix(margin) for number, line in enumerate(lines)
    )
