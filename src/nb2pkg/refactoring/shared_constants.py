"""Would values that are two objects in the cells be one in the function, and does the notebook compare them?

Python makes equal constants of what it compiles as one a single object: of a statement of a cell, and of a
whole module.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from nb2pkg.analysis import Statement
from nb2pkg.dataflow import BUILTINS, Program
from nb2pkg.refactoring.literals import asks_which_object, is_one_object, is_written_out
from nb2pkg.refactoring.refusals import cannot


def refuse_shared_constants(program: Program, inside: Collection[int]) -> None:
    """Stop where the notebook asks which object a value is, and two statements in the module have equal ones.

    Raises:
        FindingsError: that is so (NB801).
    """
    asking = next((s for s in program.statements if _asks(s)), None)
    if asking is None:
        return
    seen: set[tuple[type, str]] = set()
    for index in sorted(inside):
        statement = program.statements[index]
        own = {(type(v), repr(v)) for v in _constants(statement)}
        if own & seen:
            raise cannot(
                "NB801",
                f"{min(own & seen, key=str)[1]} would be one object in the module, "
                f"and cell {asking.cell} asks which object a value is",
                statement=statement,
                hint="compare with == where the value is meant",
            )
        seen |= own


def _asks(statement: Statement) -> bool:
    return any(asks_which_object(n) and not _compares_types(n) for n in statement.nodes)


def _compares_types(node: ast.AST) -> bool:
    """`type(x) is int`: no constant is a type."""
    return isinstance(node, ast.Compare) and any(
        (isinstance(side, ast.Name) and side.id in BUILTINS)
        or (isinstance(side, ast.Call) and getattr(side.func, "id", "") == "type")
        for side in (node.left, *node.comparators)
    )


def _constants(statement: Statement) -> Iterator[object]:
    """The values that the statement's code holds, where there may be several objects of one value."""
    used_up = {id(n) for node in statement.nodes for n in _used_up(node)}
    for node in statement.nodes:
        if isinstance(node, ast.expr) and id(node) not in used_up and is_written_out(node):
            code = compile(ast.Expression(node), "<cell>", "eval", dont_inherit=True)
            value = code.co_consts[-1] if code.co_consts else None
            if not is_one_object(value) and value != ():
                yield value


def _used_up(node: ast.AST) -> list[ast.expr]:
    """The parts of a node that nobody gets hold of, as objects, where it is evaluated."""
    match node:
        case ast.Subscript(slice=key):
            return [key]
        case ast.JoinedStr(values=parts):
            return parts
        case ast.Compare(left=left, ops=operators, comparators=others):
            if not any(isinstance(o, (ast.Is, ast.IsNot)) for o in operators):
                return [left, *others]
        case ast.Call(func=ast.Name(id="print"), args=shown):
            return shown
    return []
