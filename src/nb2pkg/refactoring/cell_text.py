"""How does a cell's own text change where statements go or come, and all else stays to the letter?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from nb2pkg.analysis import Edit, ParsedCell, SourceText, Statement, apply_edits
from nb2pkg.refactoring.replaced_text import parsed

# Stands for a whole line that goes; no notebook's text has one.
_GONE = "\0"
_WORD = re.compile(r"[^\W\d]\w*")
_SEPARATOR = re.compile(r"[ \t]*;[ \t]*")


class CellText:
    """The text of one cell as the user wrote it, with the statements that were read from it.

    foreign: the lines that are not Python as they stand, each with its number
    is_editable: whether each statement stands in the text as it was read
    """

    def __init__(self, cell: ParsedCell) -> None:
        self.cell = cell
        self.raw = SourceText(cell.cell.source)
        self.foreign = tuple(self._foreign())
        self.is_editable = self._only_leaves_out()
        self.own = tuple(s for s in cell.statements if s.number >= 0 and s.source is cell.source)
        self._lines = self._lines_of_stand_ins()

    def _foreign(self) -> Iterator[tuple[int, str]]:
        read, raw = self.cell.source.lines, self.raw.lines
        for number, line in enumerate(raw, 1):
            if len(read) != len(raw) or read[number - 1] != line:
                yield number, line

    def _only_leaves_out(self) -> bool:
        """Whether the cell was read as it is, save for whole lines of IPython's that were left out."""
        read, raw = self.cell.source.lines, self.raw.lines
        left_out = {line for line, _, _ in self.cell.dropped}
        return len(read) == len(raw) and all(
            n in left_out and not read[n - 1].strip() and not line.startswith("%%")
            for n, line in self.foreign
        )

    @property
    def words(self) -> frozenset[str]:
        """Every word of what is not Python as it stands: it may name anything."""
        return frozenset(word for _, line in self.foreign for word in _WORD.findall(line))

    @property
    def first_code(self) -> int:
        """The first line that is not blank and no comment."""
        return next(
            n
            for n, line in enumerate(self.raw.lines, 1)
            if line.strip() and line.lstrip()[0] != "#"
        )

    # -- places ----------------------------------------------------------------------------------

    def offset(self, read: int) -> int:
        """Where a character of the text that was read stands in the cell's own."""
        source = self.cell.source
        line = source.text.count("\n", 0, read)
        return self.raw.starts[line] + read - source.starts[line]

    def lines_of(self, statement: Statement) -> tuple[int, int]:
        """The first and the last line of a statement, though it was read as something else."""
        if statement.number < 0:
            return (0, 0)  # what a magic needs, as if it stood above the cell
        node = statement.node
        return self._lines.get(statement.number, (node.lineno, node.end_lineno or node.lineno))

    def _lines_of_stand_ins(self) -> dict[int, tuple[int, int]]:
        numbers = {s.number for s in self.cell.statements} - {s.number for s in self.own} - {-1}
        tree = parsed(self.cell.source.text) if numbers else None
        nodes = {n: tree.body[n] for n in numbers if n < len(tree.body)} if tree else {}
        return {n: (node.lineno, node.end_lineno or node.lineno) for n, node in nodes.items()}

    def last_line(self, statement: Statement) -> int:
        """The line that a statement, with the comment behind it, ends on."""
        return statement.source.text.count("\n", 0, statement.tail) + 1

    # -- edits -----------------------------------------------------------------------------------

    def without(
        self, statements: Collection[Statement], commented: Collection[Statement] = ()
    ) -> list[Edit]:
        """Take statements out. Those of `commented` leave the comment behind them where it is."""
        found: list[Edit] = []
        for run in self._runs(statements):
            found.append(self._removal(run[0], run[-1], keeps=run[-1] in commented))
        return found

    def _runs(self, statements: Collection[Statement]) -> Iterator[list[Statement]]:
        """The statements that go, those together that share a line."""
        run: list[Statement] = []
        for statement in self.own:
            if statement not in statements:
                if run:
                    yield run
                run = []
                continue
            if run and _first_line(statement) != _last_line(run[-1]):
                yield run
                run = []
            run.append(statement)
        if run:
            yield run

    def _removal(self, first: Statement, last: Statement, *, keeps: bool) -> Edit:
        text = self.raw.text
        start, end = self.offset(first.start), self.offset(last.end)
        tail = self.offset(last.tail)
        line_start = text.rfind("\n", 0, start) + 1
        line_end = text.find("\n", tail)
        line_end = len(text) if line_end < 0 else line_end
        before = text[line_start:start]
        behind = text[end:line_end]
        comment = text[end:tail].lstrip(" \t;\f")
        if not before.strip():
            following = _SEPARATOR.match(behind)
            if following and not behind[following.end() :].startswith("#") and comment == "":
                rest = behind[following.end() :]
                if rest.strip():
                    return Edit(start, end + following.end(), "")  # `import a; x = 1`
            if comment and keeps:
                return Edit(start, tail, comment)
            return Edit(line_start, line_end, _GONE)
        following = _SEPARATOR.match(behind)
        if following and behind[following.end() :].strip() and not comment:
            return Edit(start, end + following.end(), "")  # `x = 1; import a; y = 2`
        stem = before.rstrip(" \t")
        stem = stem[:-1].rstrip(" \t") if stem.endswith(";") else stem
        if comment and keeps:
            return Edit(line_start + len(stem), tail, f"  {comment}")
        return Edit(line_start + len(stem), tail if comment else line_end, "")

    def below(self, line: int, lines: Sequence[str]) -> Edit:
        """Put lines below a line (0: above all)."""
        if line == 0:
            return Edit(0, 0, "".join(f"{new}\n" for new in lines))
        at = self.raw.starts[line] - 1
        return Edit(at, at, "".join(f"\n{new}" for new in lines))

    def quietly(self, statement: Statement) -> Edit:
        """Keep the value of an expression from being shown."""
        end = self.offset(statement.end)
        return Edit(end, end, ";")

    def edited(self, edits: Iterable[Edit]) -> str:
        """The text with these edits; blank lines around what went do not add up."""
        text = apply_edits(self.raw.text, edits)
        if _GONE not in text:
            return text
        lines: list[str] = []
        is_gap = False
        for line in text.split("\n"):
            if line == _GONE:
                is_gap = True
            elif is_gap and not line.strip() and (not lines or not lines[-1].strip()):
                continue
            else:
                is_gap = False
                lines.append(line)
        if is_gap:
            while lines and not lines[-1].strip():
                lines.pop()
        return "\n".join(lines)


def _first_line(statement: Statement) -> int:
    return statement.source.text.count("\n", 0, statement.start) + 1


def _last_line(statement: Statement) -> int:
    return statement.source.text.count("\n", 0, statement.end) + 1
