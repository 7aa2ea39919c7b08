"""What a cell is once it has been read as Python: its statements, with text and facts."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum

from nb2pkg.analysis.facts import NameFacts
from nb2pkg.analysis.source_text import SourceText
from nb2pkg.notebook import Cell
from nb2pkg.problems import Diagnostic


class Kind(str, Enum):
    """The kinds of top-level statement that move in different ways."""

    IMPORT = "import"
    FUNCTION = "function"
    CLASS = "class"
    CODE = "code"


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One top-level statement.

    cell: the 1-based position of its cell; number: its place among the cell's statements
    start, end: character offsets of the statement itself
    lead: where the comments that stand right above it begin
    tail: where its trailing comment ends
    nodes: every syntax node of it, as `ast.walk` gives them: walking is what analysis does most
    """

    cell: int
    number: int
    node: ast.stmt
    source: SourceText
    start: int
    end: int
    lead: int
    tail: int
    facts: NameFacts
    kind: Kind
    is_last: bool
    nodes: tuple[ast.AST, ...]

    @property
    def line(self) -> int:
        """Its first line, 1-based in the cell."""
        return self.node.lineno

    @property
    def text(self) -> str:
        """The statement itself, without the comments around it."""
        return self.source.text[self.start : self.end]


@dataclass(frozen=True, slots=True, eq=False)
class ParsedCell:
    """A code cell whose source is Python (once IPython's syntax is translated)."""

    cell: Cell
    source: SourceText
    statements: tuple[Statement, ...]
    closing_comment: str  # comments below the last statement
    dropped: tuple[tuple[int, str, str], ...]  # line, text, reason
    requirements: tuple[str, ...]
    backend: str | None
    findings: tuple[Diagnostic, ...]

    @property
    def position(self) -> int:
        """The 1-based position of the cell in the document."""
        return self.cell.position


@dataclass(frozen=True, slots=True, eq=False)
class UnparsableCell:
    """A code cell that is not Python, with the reason."""

    cell: Cell
    findings: tuple[Diagnostic, ...]

    @property
    def position(self) -> int:
        """The 1-based position of the cell in the document."""
        return self.cell.position
