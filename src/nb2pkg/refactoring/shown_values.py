"""How does a function show what the ends of its cells showed?

A cell shows the value of its last line. In a function the line has no such effect, so it says
`display(…)` there. Looks at the end of the last cell stay in the notebook, below the call.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import Edit, Statement, display_arguments, resolve
from nb2pkg.dataflow import Program, only_looks_at
from nb2pkg.planning.value_types import types_after
from nb2pkg.rendering.cell_outputs import Outputs
from nb2pkg.rendering.notebook_cells import is_quiet_by_semicolon

# What these give is never None, whatever they are called on.
_ALWAYS_SOMETHING_WORDS = """
    head tail describe sample info_ value_counts groupby agg sum mean std min max count shape columns
    index dtypes T values isna isnull notna nunique unique corr copy sort_values set_index reset_index
    size ndim round nlargest nsmallest drop dropna fillna astype quantile median
"""
_ALWAYS_SOMETHING = frozenset(_ALWAYS_SOMETHING_WORDS.split())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Below:
    """What stays in the notebook, below the call, of what the last cell shows.

    looks: its last lines, as far as they only look at values
    name: the name whose value its last line showed, though it also did something: `model.fit(X)`
    """

    looks: tuple[Statement, ...]
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """How the function shows what the ends of cells have shown.

    edits: index → the edits that let it display the value
    returned: the last statement, whose value the function returns for the call to show it
    """

    edits: Mapping[int, tuple[Edit, ...]]
    returned: int | None = None


def stays_below(program: Program, statements: Sequence[int]) -> tuple[tuple[int, ...], Below]:
    """Part the statements of the selected cells (imports and definitions left aside): body, and what stays."""
    body = list(statements)
    outputs = Outputs(program)
    looks: list[Statement] = []
    while body and _only_looks(program, body[-1], program.statements[statements[-1]].cell):
        looks.insert(0, program.statements[body.pop()])
    name = None
    if body and not looks:
        last = program.statements[body[-1]]
        if shows_its_value(last, outputs):
            name = outputs.shown_instead(last)
    # A look that shows nothing does nothing.
    body = [i for i in body if not _is_idle(program, program.statements[i], outputs)]
    return tuple(body), Below(looks=tuple(looks), name=name)


def shown_values(
    program: Program, body: Sequence[int], below: Below, *, gives: bool, taken: Collection[str]
) -> Shown:
    """Decide how each shown value is shown by the function, which `gives` values or does not.

    `taken` are names that it may not use for itself.
    """
    free = next(name for name in _names_for_values() if name not in taken)
    outputs = Outputs(program)
    types = types_after([program.statements[i] for i in range(body[0])], program, {})
    edits: dict[int, tuple[Edit, ...]] = {}
    returned: int | None = None
    for index in body:
        statement = program.statements[index]
        types = types_after([statement], program, types)
        if not shows_its_value(statement, outputs):
            continue
        is_end = index == body[-1] and not below.looks
        if is_end and below.name is not None:
            continue
        if is_end and not gives:
            returned = index
        else:
            edits[index] = _displayed(statement, program, types, free)
    return Shown(edits=edits, returned=returned)


def shows_its_value(statement: Statement, outputs: Outputs) -> bool:
    """Whether a cell shows the value of this statement, its last one."""
    node = statement.node
    return (
        isinstance(node, ast.Expr)
        and statement.is_last
        and not is_quiet_by_semicolon(statement)
        and not outputs.gives_nothing(node.value)
    )


def _is_idle(program: Program, statement: Statement, outputs: Outputs) -> bool:
    """Whether a line only looks at values, and nobody sees what it sees."""
    node = statement.node
    return (
        isinstance(node, ast.Expr)
        and not shows_its_value(statement, outputs)
        and display_arguments(node.value, program.aliases) is None
        and only_looks_at(program, node.value)
    )


def _only_looks(program: Program, index: int, cell: int) -> bool:
    statement = program.statements[index]
    node = statement.node
    return (
        statement.cell == cell and isinstance(node, ast.Expr) and only_looks_at(program, node.value)
    )


def names_shown(
    program: Program, after: Sequence[Statement], below: Below, shown: Shown
) -> frozenset[str]:
    """Every name that is read where a value is shown, by the function or below the call."""
    statements = [s for s in after if s.is_last and isinstance(s.node, ast.Expr)]
    statements += [program.statements[i] for i in shown.edits]
    if shown.returned is not None:
        statements.append(program.statements[shown.returned])
    names = frozenset(n for s in statements for n in s.facts.reads)
    return names | ({below.name} if below.name else frozenset())


def _displayed(
    statement: Statement, program: Program, types: Mapping[str, str], free: str
) -> tuple[Edit, ...]:
    node = statement.node
    assert isinstance(node, ast.Expr)
    # From the statement's own ends: parentheses around it are no part of the value's.
    start, end = statement.start, statement.end
    if _is_something(node.value, program, types):
        left, right = ("((", "))") if _is_bare_tuple(node.value) else ("(", ")")
        return (Edit(start, start, f"display{left}"), Edit(end, end, right))
    # A cell shows nothing for None, and `display` does.
    return (
        Edit(start, start, f"if ({free} := "),
        Edit(end, end, f") is not None:\n    display({free})"),
    )


def _is_bare_tuple(value: ast.expr) -> bool:
    """Whether a tuple stands without parentheses, so that it would be several arguments."""
    return (
        isinstance(value, ast.Tuple)
        and bool(value.elts)
        and (
            value.elts[0].col_offset,
            value.elts[0].lineno,
        )
        == (value.col_offset, value.lineno)
    )


def _names_for_values() -> Iterator[str]:
    yield "shown"
    yield from (f"shown_{number}" for number in itertools.count(2))


def _is_something(value: ast.expr, program: Program, types: Mapping[str, str]) -> bool:
    """Whether an expression surely is not None, for which a cell shows nothing."""
    match value:
        case ast.Constant(value=constant):
            return constant is not None
        case ast.Name(id=name):
            return name in types
        case (
            ast.List() | ast.Tuple() | ast.Dict() | ast.Set() | ast.JoinedStr() | ast.BinOp()
            | ast.Compare() | ast.ListComp() | ast.DictComp() | ast.SetComp() | ast.GeneratorExp()
        ):  # fmt: skip
            return True
        case ast.Attribute(attr=name):
            return name in _ALWAYS_SOMETHING
        case ast.Call(func=ast.Attribute(attr=name) as function):
            dotted = resolve(function, program.aliases) or ""
            return name in _ALWAYS_SOMETHING or dotted.startswith(_MAKERS)
        case ast.Call(func=ast.Name(id=name)):
            return name in _BUILTINS and name not in program.binders
        case ast.Subscript(value=ast.Name(id=name)):
            return types.get(name, "").endswith(("DataFrame", "Series"))
        case ast.Subscript(value=ast.Attribute(attr="loc" | "iloc")):
            return True
    return False


_MAKERS = ("pandas.crosstab", "pandas.DataFrame", "pandas.concat", "pandas.pivot_table")
_BUILTINS = frozenset({"len", "sum", "sorted", "list", "dict", "set", "tuple", "type", "str", "round", "range", "zip"})  # fmt: skip
