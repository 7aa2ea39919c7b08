"""Would a log tell that a line stands in another function or file?"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection

from nb2pkg.analysis import Statement, root_name
from nb2pkg.dataflow import Program
from nb2pkg.refactoring.refusals import cannot

_WORDS = "funcName|module|filename|pathname|lineno"
_PERCENT = re.compile(rf"%\(({_WORDS})\)")
_BRACES = re.compile(rf"(?:\{{|\$\{{?)(?:record\.)?({_WORDS}|function|file|line|name)\b")
_ATTRIBUTES = frozenset({"funcName", "pathname", "lineno"})
_LOGGING_WORDS = """
    debug info success warning warn error critical fatal exception log trace
"""
_LOGGING = frozenset(_LOGGING_WORDS.split())


def refuse_told_log_places(program: Program, moving: Collection[int]) -> None:
    """Stop where cells log that lose or move code, and a log line tells where it was made.

    Raises:
        FindingsError: that is so (NB801).
    """
    teller = _teller(program)
    if teller is None:
        return
    word, has_callers = teller
    # The code that stays in such a cell comes to stand on other lines.
    cells = {program.statements[i].cell for i in moving}
    for statement in program.statements:
        if statement.cell in cells and (has_callers or _logs(statement, program)):
            raise cannot(
                "NB801",
                f"the log tells where each line of it was made ({word})",
                statement=statement,
                hint=f"leave {word} out of the format",
            )


def _teller(program: Program) -> tuple[str, bool] | None:
    """The word with which the notebook asks for places, and whether it asks for those of callers."""
    imported = {name.split(".")[0] for name in program.aliases.values()}
    if not imported & {"logging", "loguru", "structlog"}:
        return None
    nodes = [node for statement in program.statements for node in statement.nodes]
    has_style = "loguru" in imported or _has_style(nodes)
    word = next((w for node in nodes if (w := _asks(node, has_style)) is not None), None)
    if word is None:
        return None
    return word, any(isinstance(n, ast.keyword) and n.arg == "stacklevel" for n in nodes)


def _asks(node: ast.AST, has_style: bool) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            found = _PERCENT.search(text)
            if found is None and has_style:
                found = _BRACES.search(text)
            return found[1] if found else None
        case ast.Attribute(attr=word) if word in _ATTRIBUTES or word == "fileConfig":
            return word
    return None


def _has_style(nodes: Collection[ast.AST]) -> bool:
    """Whether a format is given with braces or dollars: `style="{"`, or as the third argument."""
    return any(isinstance(n, ast.Constant) and n.value in ("{", "$") for n in nodes)


def _logs(statement: Statement, program: Program) -> bool:
    for node in statement.nodes:
        if isinstance(node, ast.Attribute) and node.attr in _LOGGING:
            root = program.aliases.get(root_name(node) or "")
            if root is None or root.split(".")[0] in ("logging", "loguru", "structlog"):
                return True
        if isinstance(node, ast.Name) and program.aliases.get(node.id, "").startswith("logging."):
            return True
    return False
