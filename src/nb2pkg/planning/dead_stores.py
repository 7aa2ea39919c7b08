"""Which assignments does nobody read, and what is left of them?"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nb2pkg.analysis import Edit, Statement, only_looks
from nb2pkg.dataflow import Program


def dead_stores(
    statements: Sequence[int], program: Program, used: frozenset[str], pure_calls: Sequence[str]
) -> tuple[dict[int, Edit], dict[int, str]]:
    """Assignments whose value nothing reads: those to cut down to their right side, those to drop.

    `used` are names that are read from outside (returned, passed on). Gives an edit for each statement
    that keeps an effect, and the dead name for each that can go altogether.
    """
    edits: dict[int, Edit] = {}
    dropped: dict[int, str] = {}
    while True:
        read = set(used)
        for index in statements:
            if index not in dropped:
                facts = program.statements[index].facts
                read |= facts.all_reads | facts.captures | facts.mentions | facts.deletes
        news = {
            i: name
            for i in statements
            if i not in dropped
            and i not in edits
            and (name := _dead_name(program.statements[i], read)) is not None
        }
        if not news:
            return edits, dropped
        for index, name in news.items():
            statement = program.statements[index]
            value = statement.node.value  # type: ignore[attr-defined]
            if only_looks(value, program.aliases, pure_calls):
                dropped[index] = name
            else:
                edits[index] = _keep_value(statement, value)


def _dead_name(statement: Statement, read: set[str]) -> str | None:
    node = statement.node
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target: ast.expr = node.targets[0]
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        target = node.target
    else:
        return None
    if isinstance(target, ast.Name) and target.id not in read and not target.id.startswith("_"):
        return target.id
    return None


def _keep_value(statement: Statement, value: ast.expr) -> Edit:
    """Cut `x = f()` down to `f()`; parentheses around the value stay."""
    source = statement.source
    node = statement.node
    after_target = node.annotation if isinstance(node, ast.AnnAssign) else node.targets[0]  # type: ignore[attr-defined]
    equals = source.text.index("=", source.end(after_target), source.start(value))
    end = equals + 1
    while source.text[end] in " \t":
        end += 1
    return Edit(statement.start, end, "")


def unread_targets(
    statements: Sequence[int], program: Program, used: frozenset[str]
) -> dict[int, list[Edit]]:
    """Edits that give unpacked names that nobody reads a leading underscore: `_fig, ax = …`."""
    read = set(used)
    bound: set[str] = set()
    for index in statements:
        facts = program.statements[index].facts
        read |= facts.all_reads | facts.captures | facts.mentions | facts.deletes
        bound |= facts.may_bind
    edits: dict[int, list[Edit]] = {}
    for index in statements:
        statement = program.statements[index]
        if not (isinstance(statement.node, ast.Assign)):
            continue
        for target in statement.node.targets:
            if not isinstance(target, (ast.Tuple, ast.List)):
                continue
            for name in ast.walk(target):
                if (
                    isinstance(name, ast.Name)
                    and isinstance(name.ctx, ast.Store)
                    and name.id not in read
                    and not name.id.startswith("_")
                    and f"_{name.id}" not in read | bound
                ):
                    start = statement.source.start(name)
                    edits.setdefault(index, []).append(Edit(start, start, "_"))
    return edits
