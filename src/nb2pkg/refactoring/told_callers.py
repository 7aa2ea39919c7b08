"""Would code of the function tell who calls it, or where what it defines has been made?"""

from __future__ import annotations

import ast

from nb2pkg.analysis import FUNCTIONS, Kind, Statement, resolve
from nb2pkg.dataflow import Program
from nb2pkg.refactoring.function_flow import FunctionFlow
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.rendering.notebook_roles import Roles

_WHO_CALLS = frozenset(
    {"inspect.stack", "inspect.trace", "inspect.currentframe", "inspect.getouterframes"}
    | {"sys._getframe", "sys._current_frames", "traceback.walk_stack", "traceback.extract_stack"}
    | {"traceback.print_stack", "traceback.format_stack"}
)
_WHERE_MADE = frozenset(
    {"__module__", "__globals__", "getmodule", "getfile", "getsourcefile", "getsource"}
    | {"getsourcelines"}
)


def refuse_told_callers(program: Program, roles: Roles, flow: FunctionFlow) -> None:
    """Stop where what was at the top of the notebook would tell that it is in a function.

    Raises:
        FindingsError: it would (NB801).
    """
    reached = frozenset(
        n for i in (*flow.body, *flow.moved) for n in roles.reads(program.statements[i])
    )
    for index, statement in enumerate(program.statements):
        is_reached = (
            index in flow.body
            or index in flow.moved
            or (statement.kind is not Kind.CODE and statement.facts.may_bind & reached)
        )
        if is_reached and (word := _who_calls(statement, program)):
            raise cannot("NB801", f"{word} tells where it is called", statement=statement)
    if tells_where_made(program) or _has_word(program, frozenset({"__qualname__"})):
        for index in flow.body:
            statement = program.statements[index]
            if any(isinstance(node, (*FUNCTIONS, ast.ClassDef)) for node in statement.nodes):
                raise cannot(
                    "NB801",
                    "the notebook asks where a function was made, and this one would be in another",
                    statement=statement,
                    hint="leave the function in a cell of its own",
                )


def tells_where_made(program: Program) -> bool:
    """Whether the notebook asks in which module something was made, or for its text."""
    return _has_word(program, _WHERE_MADE)


def _who_calls(statement: Statement, program: Program) -> str | None:
    for node in statement.nodes:
        if isinstance(node, (ast.Name, ast.Attribute)):
            name = resolve(node, program.aliases)
            if name in _WHO_CALLS:
                return name
    return None


def _has_word(program: Program, words: frozenset[str]) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and node.attr in words)
        or (isinstance(node, ast.Name) and node.id in words)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in words)
        for statement in program.statements
        for node in statement.nodes
    )
