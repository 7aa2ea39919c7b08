"""How does a notebook read with a variable's expression in the places where it was used?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import Edit, Statement, occurrences, root_name, walk
from nb2pkg.planning.grouping import PARAMETER_TAGS
from nb2pkg.refactoring.between import Between
from nb2pkg.refactoring.edits import Refactoring
from nb2pkg.refactoring.emptied_cells import edited_cells
from nb2pkg.refactoring.error_places import effect_before, effect_between, why_not_always
from nb2pkg.refactoring.may_raise import may_raise
from nb2pkg.refactoring.pandas_warnings import is_part, uses_pandas, written
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.replaced_text import ancestors, edits_for
from nb2pkg.refactoring.same_value import (
    is_immutable,
    is_itself,
    is_literal_value,
    looks_only,
    runs_once,
)
from nb2pkg.refactoring.whole_text import WholeText

_TAGS = PARAMETER_TAGS | {"injected-parameters"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Use:
    """One place where the variable is read.

    once: whether it is read at most once there, and when the statement runs
    """

    statement: Statement
    node: ast.Name
    path: list[ast.AST]
    once: bool


def inline_variable(
    whole: WholeText, binder: Statement, name: str, cell: int | None
) -> Refactoring:
    """Replace the uses of a variable that one statement binds.

    Raises:
        FindingsError: that would change something (NB806).
    """
    value = _value_of(binder, name, whole)
    at, goes = _places(whole, binder, name, cell)
    chosen = [use for statement in at for use in _uses(statement, whole, binder, name)]
    if not chosen:
        where = f"cell {cell} does not use" if cell is not None else "nothing uses"
        raise cannot("NB806", f"{where} '{name}'", statement=binder)
    if any(isinstance(n, ast.Name) and n.id == name for n in walk(value)):
        raise cannot("NB806", f"'{name}' is part of its own value", statement=binder)
    reason = looks_only(value, whole.program)
    if reason is not None:
        raise cannot(
            "NB806", f"'{name}' cannot be made anew where it is used: {reason}", statement=binder
        )
    _refuse_identity(whole, binder, value, name, chosen, goes=goes)
    between = Between(whole)
    _refuse_changes(between, binder, value, name, chosen)
    for use in chosen:
        _refuse_place(use, binder, value, name, between)
    if goes and may_raise(value, whole.program):
        _refuse_other_error(binder, value, chosen, whole)
    _refuse_warnings(whole, value, name, chosen)
    text = binder.source.slice(value)
    edits = _edits(whole, chosen, name, value, text)
    gone = [binder] if goes else []
    return Refactoring(title=f"Inline {name}", cells=edited_cells(whole, edits, gone))


def _value_of(binder: Statement, name: str, whole: WholeText) -> ast.expr:
    match binder.node:
        case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
            pass
        case _:
            raise cannot(
                "NB806",
                f"'{name}' is not bound by a plain assignment (`{name} = …`)",
                statement=binder,
            )
    tags = whole.texts[binder.cell].cell.cell.tags
    if set(tags) & _TAGS:
        raise cannot("NB806", f"'{name}' is a parameter of the notebook", statement=binder)
    if "raises-exception" in tags:
        raise cannot("NB806", f"cell {binder.cell} is tagged raises-exception", statement=binder)
    if not whole.can_edit(binder):
        raise cannot(
            "NB806", f"cell {binder.cell} has what only IPython understands", statement=binder
        )
    return value


def _places(
    whole: WholeText, binder: Statement, name: str, cell: int | None
) -> tuple[list[Statement], bool]:
    """The statements whose uses are meant, and whether the assignment goes because there are no others."""
    every = [s for s in whole.program.statements if s is not binder and _names(s, name, whole)]
    here = [s for s in every if s.cell == cell]
    if cell is None or (cell == binder.cell and not here):
        return every, True
    return here, len(here) == len(every)


def _names(statement: Statement, name: str, whole: WholeText) -> bool:
    facts = statement.facts
    return (
        name in facts.reads | facts.captures | facts.all_reads | facts.mentions
        or whole.names_in_text(statement, name)
        or any(
            isinstance(n, (ast.Global, ast.Nonlocal)) and name in n.names for n in statement.nodes
        )
    )


def _uses(statement: Statement, whole: WholeText, binder: Statement, name: str) -> Iterator[_Use]:
    found = [o for o in occurrences(statement.node, [name]) if isinstance(o.node.ctx, ast.Load)]
    if name in statement.facts.mentions or whole.names_in_text(statement, name) or not found:
        raise cannot("NB806", f"a text names '{name}' here", statement=statement)
    if any(isinstance(n, (ast.Global, ast.Nonlocal)) and name in n.names for n in statement.nodes):
        raise cannot("NB806", f"a function declares '{name}' as global", statement=statement)
    if whole.index[statement] < whole.index[binder]:
        raise cannot("NB806", f"'{name}' is named above its assignment", statement=statement)
    if not whole.can_edit(statement):
        raise cannot(
            "NB806",
            f"cell {statement.cell} has what only IPython understands",
            statement=statement,
        )
    for occurrence in found:
        path = ancestors(statement.node, occurrence.node)
        yield _Use(
            statement=statement,
            node=occurrence.node,
            path=path,
            once=not occurrence.late and runs_once(path, occurrence.node),
        )


# -- what is refused ---------------------------------------------------------------------------------


def _refuse_identity(
    whole: WholeText,
    binder: Statement,
    value: ast.expr,
    name: str,
    chosen: Sequence[_Use],
    *,
    goes: bool,
) -> None:
    program = whole.program
    if is_itself(value, program):
        return
    if not is_immutable(value, program) and (len(chosen) > 1 or not goes):
        raise cannot(
            "NB806",
            f"'{name}' is used more than once, and each place would make a value of its own",
            statement=binder,
        )
    for use in chosen:
        above = use.path[-1]
        compared = isinstance(above, ast.Compare) and any(
            isinstance(op, (ast.Is, ast.IsNot)) for op in above.ops
        )
        asked = isinstance(above, ast.Call) and getattr(above.func, "id", "") == "id"
        is_single = isinstance(value, ast.Constant) and isinstance(
            value.value, (bool, type(None), type(...))
        )
        if (compared or asked) and not is_single:
            raise cannot(
                "NB806", f"it matters here which object '{name}' is", statement=use.statement
            )


def _refuse_warnings(whole: WholeText, value: ast.expr, name: str, chosen: Sequence[_Use]) -> None:
    """Refuse where pandas warns of a part of the value only as long as the value has a name."""
    if not uses_pandas(whole.program) or is_immutable(value, whole.program):
        return
    for use in chosen:
        match use.statement.node:
            case ast.Assign(targets=[ast.Name(id=part)], value=made):
                later = whole.program.statements[whole.index[use.statement] + 1 :]
                if (
                    is_part(made)
                    and root_name(made) == name
                    and any(part in written(s.nodes) for s in later)
                ):
                    raise cannot(
                        "NB806",
                        f"pandas warns, or not, that '{part}' is a part of '{name}'",
                        statement=use.statement,
                        hint=f"make it a frame of its own with .copy() where '{part}' is made",
                    )


def _refuse_changes(
    between: Between, binder: Statement, value: ast.expr, name: str, chosen: Sequence[_Use]
) -> None:
    """Refuse a value that is changed under its name."""
    index = between.whole.index
    if isinstance(value, ast.Name):
        return
    last = max(index[use.statement] for use in chosen)
    for statement in between.program.statements[index[binder] + 1 : last + 1]:
        if name in between.aliasing.changed[index[statement]].surely:
            raise cannot("NB806", f"'{name}' is changed in place here", statement=statement)


def _refuse_place(
    use: _Use, binder: Statement, value: ast.expr, name: str, between: Between
) -> None:
    if any(
        _is_annotation(above, below)
        for above, below in zip(use.path, [*use.path[1:], use.node], strict=True)
    ):
        raise cannot("NB806", f"'{name}' is part of an annotation here", statement=use.statement)
    if is_literal_value(value):
        return
    if not use.once:
        raise cannot(
            "NB806",
            f"'{name}' is read here at another time, or more than once (in a function, a loop, …)",
            statement=use.statement,
        )
    first, last = between.whole.index[binder], between.whole.index[use.statement]
    reason = between.changes(value, first, last) or _changed_here(use, value, between)
    if reason is not None:
        raise cannot(
            "NB806",
            f"`{ast.unparse(value)}` may be something else here: {reason}",
            statement=use.statement,
        )


def _refuse_other_error(
    binder: Statement, value: ast.expr, chosen: Sequence[_Use], whole: WholeText
) -> None:
    """Refuse where an error of the value would come after something else has happened, or not at all.

    One use that surely comes first is enough: where it went well there, it goes well at the others.
    """
    reasons = [_why_other_error(use, binder, whole) for use in chosen]
    if None not in reasons:
        raise cannot(
            "NB806",
            f"`{ast.unparse(value)}` may stop with an error, and would {reasons[0]}",
            statement=chosen[0].statement,
        )


def _why_other_error(use: _Use, binder: Statement, whole: WholeText) -> str | None:
    sometimes = why_not_always(use.path, use.node)
    if sometimes is not None or not use.once:
        return f"be evaluated {sometimes or 'at another time'} here"
    if "raises-exception" in whole.text_of(use.statement).cell.cell.tags:
        return "do so where an error is expected"
    passed = effect_between(whole, whole.index[binder], whole.index[use.statement])
    passed = passed or effect_before(use.statement, use.node, whole)
    return f"do so after {passed}" if passed else None


def _is_annotation(above: ast.AST, below: ast.AST) -> bool:
    return getattr(above, "annotation", None) is below or getattr(above, "returns", None) is below


def _changed_here(use: _Use, value: ast.expr, between: Between) -> str | None:
    """Why the statement itself may change what the expression looks at before it comes to the use."""
    statement = use.statement
    node = statement.node
    touched = between.touched(value, between.whole.index[statement])
    if not touched:
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr, ast.Assert)):
            return None
        reason = between.sets_state(statement)
        return f"the statement {reason}" if reason else None
    if (
        isinstance(node, (ast.Assign, ast.AugAssign))
        and use.node in walk(node.value)
        and looks_only(node.value, between.program) is None
    ):
        return None  # names are bound, and parts are set, after the value is there
    return f"the statement may change '{min(touched)}'"


def _edits(
    whole: WholeText, chosen: Sequence[_Use], name: str, value: ast.expr, text: str
) -> list[tuple[Statement, Edit]]:
    found: list[tuple[Statement, Edit]] = []
    for statement in dict.fromkeys(use.statement for use in chosen):
        names = [use.node for use in chosen if use.statement is statement]
        edits = edits_for(statement, names, value, text)
        if edits is None:
            raise cannot(
                "NB806",
                f"`{ast.unparse(value)}` cannot be written in the place of '{name}' here",
                statement=statement,
            )
        found.extend((statement, edit) for edit in edits)
    return found
