"""Does code see the notebook's namespace as a whole, so that no call may take names out of it?"""

from __future__ import annotations

import ast
import re

from nb2pkg.analysis import Kind, Statement
from nb2pkg.dataflow import is_star
from nb2pkg.rendering.notebook_roles import Role, Roles

_NAMESPACE = frozenset({"globals", "locals", "exec", "eval", "get_ipython"})
_NAMESPACE_MAGICS = re.compile(
    r"%(who|whos|who_ls|store|reset|reset_selective|recall|rerun|history|hist|macro|save|xdel|psearch)\b"
)


def everything_stays(roles: Roles) -> str | None:
    """Why the whole notebook must stay as it is, if it must: code that sees the namespace itself."""
    for cell in roles.cells.values():
        found_magic = (
            _NAMESPACE_MAGICS.search(cell.raw.text)
            if cell.raw.text != cell.cell.source.text
            else None
        )
        if found_magic:
            return (
                f"cell {cell.cell.position} uses {found_magic[0]}, which sees every name there is"
            )
    has_begun = False
    for statement in roles.line:
        has_begun = has_begun or roles.roles[statement] in (Role.STEP, Role.MOVED)
        if has_begun and is_star(statement):
            return (
                f"cell {statement.cell} imports everything from a module, over names that are there"
            )
        names = statement.facts.all_reads | statement.facts.reads | statement.facts.captures
        found = names & _NAMESPACE
        if names & {"dir", "vars"} and _asks_for_every_name(statement):
            return f"cell {statement.cell} asks for every name there is"
        if found and not (found == {"eval"} and _is_literal_eval(statement)):
            return f"cell {statement.cell} uses {min(found)}(), which sees every name there is"
        if roles.roles[statement] is Role.STAYS and statement not in roles.index:
            # A cell that the package does not have; what it changes must reach nothing that moved.
            moved = roles.moved.keys() | roles.program.static_imports
            if statement.facts.may_bind & moved and statement.kind is not Kind.IMPORT:
                return f"cell {statement.cell}, which is left out, gives moved names other values"
            if (
                names
                & {"_", "__", "___", "In", "Out", "_i", "_ii", "_ih", "_oh"} - statement.facts.binds
            ):
                return f"cell {statement.cell} uses the history of outputs"
    return None


def _asks_for_every_name(statement: Statement) -> bool:
    """Whether `dir()` or `vars()` is called without an argument, save for `"name" in dir()`."""
    asked = [
        n
        for n in statement.nodes
        if isinstance(n, ast.Call) and getattr(n.func, "id", "") in ("dir", "vars") and not n.args
    ]
    in_tests = {id(c) for n in statement.nodes if isinstance(n, ast.Compare) for c in n.comparators}
    return any(id(n) not in in_tests for n in asked)


def _is_literal_eval(statement: Statement) -> bool:
    return all(
        not (isinstance(n, ast.Call) and getattr(n.func, "id", "") == "eval")
        or (bool(n.args) and isinstance(n.args[0], ast.Constant))
        for n in statement.nodes
    )
