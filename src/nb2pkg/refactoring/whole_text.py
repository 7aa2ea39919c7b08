"""What is a notebook to a refactoring that edits its text: its statements, and what else may name something?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import ParsedCell, Statement, display_arguments, walk
from nb2pkg.dataflow import Program, assemble
from nb2pkg.dataflow.aliasing import Aliasing
from nb2pkg.notebook import Cell, CellKind, Notebook
from nb2pkg.refactoring.cell_text import CellText
from nb2pkg.rendering.cell_outputs import Outputs
from nb2pkg.rendering.import_effects import imports_quietly
from nb2pkg.rendering.namespace_use import everything_stays
from nb2pkg.rendering.notebook_cells import EditableCell
from nb2pkg.rendering.notebook_roles import Role, Roles

_WORD = re.compile(r"[^\W\d]\w*")
_NUMBERED = re.compile(r"In|Out|_i{1,3}|_[io]h|_i?\d+")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WholeText:
    """A notebook with all that was read of it.

    texts: cell position → its text; index: statement → its place in the program
    unread: code cells that are not among those that were read
    """

    notebook: Notebook
    cells: tuple[ParsedCell, ...]
    program: Program
    outputs: Outputs
    texts: Mapping[int, CellText]
    index: Mapping[Statement, int]
    unread: tuple[Cell, ...]
    roles: Roles

    def text_of(self, statement: Statement) -> CellText:
        """The text of the cell that a statement stands in."""
        return self.texts[statement.cell]

    def key_of(self, statement: Statement) -> tuple[int, int, int]:
        """Where a statement stands among all others: its cell, line and number there."""
        line = self.text_of(statement).lines_of(statement)[0]
        return (statement.cell, line, statement.number)

    def can_edit(self, statement: Statement) -> bool:
        """Whether a statement stands in its cell as it was read."""
        text = self.text_of(statement)
        return text.is_editable and statement in text.own

    def is_quiet_import(self, statement: Statement) -> bool:
        """Whether an import brings in libraries that do nothing when they are imported."""
        return imports_quietly(statement, self.roles)

    def sees_everything(self) -> str | None:
        """Why names cannot go: code that sees the namespace itself."""
        return everything_stays(self.roles)

    def naming(self, name: str) -> int | None:
        """The first cell with a line that is not Python as it stands and has this word."""
        for position, words in self._words():
            if name in words:
                return position
        return None

    def _words(self) -> Iterator[tuple[int, frozenset[str]]]:
        for cell in self.unread:
            yield cell.position, frozenset(_WORD.findall(cell.source))
        for position, text in self.texts.items():
            yield position, text.words

    def names_in_text(self, statement: Statement, name: str) -> bool:
        """Whether a text that a library evaluates has this word: `duckdb.sql("select * from df")`."""
        return any(
            isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and name in _WORD.findall(part.value)
            for call in statement.nodes
            if isinstance(call, ast.Call)
            and getattr(call.func, "attr", getattr(call.func, "id", "")) in _EVALUATING
            for argument in (*call.args, *(k.value for k in call.keywords))
            for part in walk(argument)
        )

    @property
    def shows_by_setting(self) -> bool:
        """Whether the notebook says itself which of a cell's values are shown."""
        return any("ast_node_interactivity" in cell.source for cell in self.notebook.cells)

    @property
    def counts_cells(self) -> bool:
        """Whether the notebook looks up inputs or outputs by their numbers."""
        return any(
            _NUMBERED.fullmatch(name)
            for s in self.program.statements
            for name in (s.facts.all_reads | s.facts.reads | s.facts.captures)
        ) or any(
            _NUMBERED.fullmatch(word) or word in _HISTORY_MAGICS
            for text in self.texts.values()
            for word in text.words
        )

    def would_show(self, statement: Statement) -> bool:
        """Whether a statement would show its value if it were its cell's last."""
        node = statement.node
        if not isinstance(node, ast.Expr):
            return False
        if self.has_magic_below(statement):
            return False
        source = statement.source.text
        behind = source[statement.end :].partition("\n")[0].partition("#")[0]
        return behind.strip() != ";" and not self.gives_nothing(node.value)

    def has_magic_below(self, statement: Statement) -> bool:
        """Whether not this statement but a line of IPython's below it is the cell's last."""
        return any(line > statement.node.lineno for line, _ in self.text_of(statement).foreign)

    def gives_nothing(self, value: ast.expr) -> bool:
        """Whether a cell shows nothing for an expression, because it is None."""
        made = display_arguments(value, self.program.aliases) is not None
        if made and not getattr(value.func, "id", getattr(value.func, "attr", "")).startswith(  # type: ignore[attr-defined]
            ("display", "clear_output")
        ):
            return False  # `HTML("…")` is a value that is shown
        return self.outputs.gives_nothing(value)


_EVALUATING = frozenset(
    [
        "eval",
        "exec",
        "evaluate",
        "query",
        "sql",
        "sqldf",
        "execute",
        "timeit",
        "repeat",
        "run_line_magic",
        "run_cell_magic",
        "run_cell",
        "system",
        "getoutput",
        "currentframe",
    ]
)
_HISTORY_MAGICS = frozenset({"history", "hist", "recall", "rerun", "macro", "notebook"})


def whole_text(notebook: Notebook, cells: Sequence[ParsedCell]) -> WholeText:
    """Put together what there is to know of a notebook whose text is to be edited."""
    program = assemble(cells)
    read = {cell.position for cell in cells}
    index = {s: i for i, s in enumerate(program.statements)}
    return WholeText(
        notebook=notebook,
        cells=tuple(cells),
        program=program,
        outputs=Outputs(program),
        texts={cell.position: CellText(cell) for cell in cells},
        index=index,
        unread=tuple(
            c for c in notebook.cells if c.kind is CellKind.CODE and c.position not in read
        ),
        roles=_as_it_is(program, cells, index),
    )


def _as_it_is(
    program: Program, cells: Sequence[ParsedCell], index: Mapping[Statement, int]
) -> Roles:
    """The roles of a notebook that has no package: all of it runs where it stands."""
    return Roles(
        program=program,
        aliasing=Aliasing((), ()),
        outputs=Outputs(program),
        cells={cell.position: EditableCell(cell) for cell in cells},
        line=program.statements,
        place=dict(index),
        roles=dict.fromkeys(program.statements, Role.STEP),
        step_of={},
        body_of={},
        placed={},
        index=dict(index),
        moved={},
    )
