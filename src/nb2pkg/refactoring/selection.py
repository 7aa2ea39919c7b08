"""Which statements have been selected, and can they be taken out of their cells at all?"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import Kind, ParsedCell, Statement, resolve
from nb2pkg.dataflow import DataflowGraph, Program, is_star
from nb2pkg.planning.grouping import PARAMETER_TAGS
from nb2pkg.problems import FindingsError, Location
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.unbound_names import unbound_names
from nb2pkg.rendering.notebook_cells import EditableCell

_MEANT_TO_FAIL = "raises-exception"
_KERNEL_ONLY = frozenset({"get_ipython", "In", "Out", "_", "__", "___", "exit", "quit", "__file__"})
_OWN_MODULE = frozenset(
    {
        "__name__",
        "__doc__",
        "__builtins__",
        "__annotations__",
        "__spec__",
        "__loader__",
        "__package__",
    }
)
# What code finds under these names depends on whether it stands in the notebook or in a module.
MEANT_OTHERWISE = _KERNEL_ONLY | _OWN_MODULE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Selection:
    """The selected code cells, and the indices of their statements in the program."""

    cells: tuple[ParsedCell, ...]
    statements: range

    @property
    def positions(self) -> tuple[int, ...]:
        """The positions of the cells."""
        return tuple(cell.position for cell in self.cells)


def select(cells: Sequence[ParsedCell], wanted: Collection[int], graph: DataflowGraph) -> Selection:
    """Find the statements of the cells at these positions.

    Raises:
        FindingsError: they do not stand together, or are not code that a function could hold (NB801, NB802).
    """
    chosen = [cell for cell in cells if cell.position in wanted and cell.statements]
    if not chosen:
        raise cannot("NB802", "no code is selected", hint="select one or more code cells")
    between = [
        cell
        for cell in cells
        if chosen[0].position < cell.position < chosen[-1].position and cell.statements
    ]
    for cell in between:
        if cell not in chosen:
            raise cannot(
                "NB802",
                f"cell {cell.position} stands between the selected cells and is not selected",
                location=Location(cell=cell.position),
                hint="select it as well, or move it out of the way",
            )
    of_cell = {c.position for c in chosen}
    indices = [i for i, s in enumerate(graph.program.statements) if s.cell in of_cell]
    found = Selection(cells=tuple(chosen), statements=range(indices[0], indices[-1] + 1))
    stop = next(_obstacles(found, graph), None)
    if stop is not None:
        raise stop
    return found


def _obstacles(found: Selection, graph: DataflowGraph) -> Iterator[FindingsError]:
    for cell in found.cells:
        yield from _of_cell(cell)
    statements = graph.program.statements
    for missing in graph.missing:
        if missing.statement in found.statements:
            where = f"; cell {missing.bound_in} binds it" if missing.bound_in else ""
            yield cannot(
                "NB801",
                f"'{missing.name}' has no value yet where these cells read it{where}",
                statement=statements[missing.statement],
                hint="a function can only be given what the cells above have made",
            )
    for index in found.statements:
        yield from _of_names(index, graph.program)
        yield from _of_statement(statements[index], graph)


def _of_cell(cell: ParsedCell) -> Iterator[FindingsError]:
    here = Location(cell=cell.position, line=1)
    tags = set(cell.cell.tags)
    if tags & PARAMETER_TAGS:
        yield cannot(
            "NB802",
            f"cell {cell.position} holds the notebook's parameters",
            location=here,
            hint="leave it out of the selection: the function takes what it needs of them",
        )
    if _MEANT_TO_FAIL in tags:
        yield cannot(
            "NB801",
            f"cell {cell.position} is tagged as one that raises an exception",
            location=here,
        )
    editable = EditableCell(cell)
    magic = _cell_magic(cell)
    line, text, _ = cell.dropped[0] if cell.dropped else (1, magic, "")
    if cell.dropped or not editable.is_editable:
        message = (
            f"cell {cell.position} has {text.split()[0]}, which only a notebook understands"
            if text.strip()
            else f"cell {cell.position} is read as other code than it says: IPython's own syntax, a star import,"
            " or a text that `exec` runs"
        )
        yield cannot(
            "NB801",
            message,
            location=Location(cell=cell.position, line=line, source_line=text or None),
            hint="take it out of the cell" if magic else "move it to a cell of its own",
        )


def _cell_magic(cell: ParsedCell) -> str:
    """The line with which a magic of IPython takes a whole cell; empty where none does."""
    first = cell.cell.source.split("\n", 1)[0]
    return first if first.startswith("%%") else ""


def _of_names(index: int, program: Program) -> Iterator[FindingsError]:
    statement = program.statements[index]
    facts = statement.facts
    own = MEANT_OTHERWISE & (facts.reads | facts.captures)
    asked_for = MEANT_OTHERWISE & facts.mentions & program.tested
    for name in sorted(unbound_names(program, index, own) | asked_for):
        yield cannot(
            "NB801",
            f"'{name}' means something else, or nothing, in a module",
            statement=statement,
        )


def _of_statement(statement: Statement, graph: DataflowGraph) -> Iterator[FindingsError]:
    facts = statement.facts
    program = graph.program
    if is_star(statement):
        yield cannot(
            "NB801",
            "a function cannot import everything from a module",
            statement=statement,
            hint="import the names that are used",
        )
    if facts.captured_binds:
        names = ", ".join(f"'{n}'" for n in sorted(facts.captured_binds))
        yield cannot(
            "NB801",
            f"a function writes the notebook's {names} with `global`",
            statement=statement,
            hint="let it return the value instead",
        )
    for node in statement.nodes:
        if isinstance(node, ast.Global):
            yield cannot(
                "NB801", "`global` means another module's names there", statement=statement
            )
        if isinstance(node, ast.Call):
            name = resolve(node.func, program.aliases) or ""
            if name in ("warnings.warn", "warnings.warn_explicit"):
                yield cannot(
                    "NB801", "a warning tells the place that it comes from", statement=statement
                )
    if statement.kind is Kind.CODE and any(
        isinstance(node, (ast.Import, ast.ImportFrom)) and node.names[0].name == "*"
        for node in statement.nodes
    ):
        yield cannot("NB801", "a function cannot import everything", statement=statement)
