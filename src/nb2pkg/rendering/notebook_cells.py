"""How does a notebook cell read once some of its statements have gone, or others have come?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nb2pkg.analysis import ParsedCell, SourceText, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A part of a cell: one statement, one line of IPython's own, or what comes in."""

    line: float
    text: str
    blank_before: bool = False
    statement: Statement | None = None


class EditableCell:
    """A cell whose statements stand in its source as they were read.

    Lines that only IPython understands were left out of the reading; they stay where they are.
    """

    def __init__(self, cell: ParsedCell) -> None:
        self.cell = cell
        self.raw = SourceText(cell.cell.source)
        self.dropped = {line: text for line, text, _ in cell.dropped}

    @property
    def is_editable(self) -> bool:
        """Whether the source differs from what was read only by whole lines that were dropped."""
        if any(s.source is not self.cell.source for s in self.cell.statements):
            return False  # read as something else, such as the names that a star import brings
        read = self.cell.source.lines
        if len(read) != len(self.raw.lines):
            return False
        differing = {
            n for n, (a, b) in enumerate(zip(read, self.raw.lines, strict=True), 1) if a != b
        }
        return differing <= self.dropped.keys() and not any(
            read[n - 1].strip() or self.raw.lines[n - 1].startswith("%%") for n in differing
        )

    def text(
        self,
        kept: Mapping[Statement, str | None],
        after: Mapping[Statement, str],
        instead: Mapping[Statement, str],
    ) -> str:
        """The cell's new source; empty when nothing is left.

        kept: statements that stay, with the text that they have now (None: their own)
        after: lines that come in below a statement; instead: what comes in where one stood
        """
        pieces = sorted(self._pieces(kept, after, instead), key=lambda p: p.line)
        lines: list[str] = []
        for number, piece in enumerate(pieces):
            if number and piece.blank_before:
                lines.append("")
            text = piece.text
            if piece.statement is not None and self._would_show(
                piece, is_last=number + 1 == len(pieces)
            ):
                text += ";"
            lines.append(text)
        last = self.cell.statements[-1] if self.cell.statements else None
        if self.cell.closing_comment and last in kept and lines:
            lines.append(self.cell.closing_comment)
        return "\n".join(lines)

    def _pieces(
        self,
        kept: Mapping[Statement, str | None],
        after: Mapping[Statement, str],
        instead: Mapping[Statement, str],
    ) -> Iterator[_Piece]:
        for at, text in self.dropped.items():
            yield _Piece(
                line=at,
                text=self.raw.lines[at - 1] or text,
                blank_before=self._blank_above(at),
            )
        for statement in self.cell.statements:
            line = statement.line + statement.number / 10_000  # several may share a line
            blank = self._blank_above(self._first_line(statement))
            if statement in instead:
                yield _Piece(line=line, text=instead[statement], blank_before=blank)
            elif statement in kept:
                own = kept[statement]
                text = self._own_text(statement) if own is None else own
                yield _Piece(line=line, text=text, blank_before=blank, statement=statement)
            if statement in after:
                yield _Piece(line=line + 1 / 20_000, text=after[statement])

    def _first_line(self, statement: Statement) -> int:
        return statement.source.text.count("\n", 0, statement.lead) + 1

    def _blank_above(self, line: int) -> bool:
        return line > 1 and not self.raw.lines[line - 2].strip()

    def _own_text(self, statement: Statement) -> str:
        text = statement.source.text
        lead = "\n".join(
            line.strip() for line in text[statement.lead : statement.start].split("\n")[:-1]
        )
        code = text[statement.start : statement.end]
        trailing = text[statement.end : statement.tail].strip()
        if is_quiet_by_semicolon(statement):
            code += ";"
            trailing = trailing.lstrip("; \t")
        elif trailing.startswith(";"):
            trailing = trailing.lstrip("; \t")
        return (lead + "\n" if lead else "") + code + (f"  {trailing}" if trailing else "")

    def _would_show(self, piece: _Piece, *, is_last: bool) -> bool:
        """Whether an expression shows its value only because what stood below it has gone."""
        statement = piece.statement
        return (
            is_last
            and statement is not None
            and not statement.is_last
            and type(statement.node).__name__ == "Expr"
            and "#" not in piece.text.rsplit("\n", 1)[-1]
            and not piece.text.endswith(";")
        )


def is_quiet_by_semicolon(statement: Statement) -> bool:
    """Whether a semicolon behind the cell's last statement keeps its value from being shown."""
    if not statement.is_last:
        return False
    rest = statement.source.text[statement.end :]
    code = "".join(line.partition("#")[0] for line in rest.split("\n"))
    return code.strip().startswith(";")
