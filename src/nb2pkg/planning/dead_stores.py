"""Which assignments does nobody read, and what is left of them?"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from nb2pkg.analysis import Edit, Statement, occurrences, star_names, walk
from nb2pkg.dataflow import Program, only_looks_at


def dead_stores(
    statements: Sequence[int],
    program: Program,
    used: frozenset[str],
    reads_of: Callable[[int], frozenset[str]],
) -> tuple[dict[int, Edit], dict[int, str]]:
    """Assignments whose value nothing reads: those to cut down to their right side, those to drop.

    `used` are names that are read from outside (returned, passed on), `reads_of` what a statement
    reads, the values that its calls pass along included. Gives an edit for each statement
    that keeps an effect, and the dead name for each that can go altogether. Liveness runs backwards
    over the statements; what inner functions look up is always live.
    """
    edits: dict[int, Edit] = {}
    dropped: dict[int, str] = {}
    late: set[str] = set()
    for index in statements:
        facts = program.statements[index].facts
        late |= facts.captures | facts.mentions | facts.captured_binds
    live = set(used)
    for index in reversed(statements):
        statement = program.statements[index]
        facts = statement.facts
        name = _assigned_name(statement)
        if _is_unread_import(statement, live | late):
            dropped[index] = facts.order[0]
            continue
        if name is not None and name not in live | late and not name.startswith("_"):
            value = statement.node.value  # type: ignore[attr-defined]
            if only_looks_at(program, value):
                dropped[index] = name
                continue
            edits[index] = _keep_value(statement, value)
        elif name is not None:
            live.discard(name)
        live |= reads_of(index) | facts.all_reads - facts.binds | facts.deletes
        if name is None or name in reads_of(index):
            live |= facts.all_reads
    return edits, dropped


def _is_unread_import(statement: Statement, live: set[str]) -> bool:
    """Whether it imports, from a standard module without effects, what nothing reads."""
    node = statement.node
    return (
        isinstance(node, ast.ImportFrom)
        and star_names(node.module) is not None
        and not set(statement.facts.order) & live
    )


def _assigned_name(statement: Statement) -> str | None:
    """The one name that a plain assignment binds."""
    node = statement.node
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target: ast.expr = node.targets[0]
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        target = node.target
    else:
        return None
    return target.id if isinstance(target, ast.Name) else None


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
    """Edits that give names that are bound and never read a leading underscore: `_fig, ax = …`.

    A name that is only added to (`count += 1`) is not read either.
    """
    kept = [program.statements[i] for i in statements]
    read = set(used) | {n for s in kept for n in s.facts.captures | s.facts.mentions}
    stored: set[str] = set()
    bound: set[str] = set()
    for statement in kept:
        bound |= statement.facts.may_bind
        assigned = _assigned_names(statement) & statement.facts.may_bind
        stored |= assigned
        read |= statement.facts.may_bind - assigned
        read |= {
            o.node.id
            for o in occurrences(statement.node, statement.facts.all_reads)
            if isinstance(o.node.ctx, ast.Load)
        } | statement.facts.deletes
    renamed = {n for n in stored - read if not n.startswith("_") and f"_{n}" not in read | bound}
    edits: dict[int, list[Edit]] = {}
    for index in statements:
        statement = program.statements[index]
        for occurrence in occurrences(statement.node, renamed):
            start = statement.source.start(occurrence.node)
            edits.setdefault(index, []).append(Edit(start, start, "_"))
    return edits


def _assigned_names(statement: Statement) -> set[str]:
    """Names that assignments in a statement bind, loops and definitions left aside."""
    found: set[str] = set()
    looped: set[str] = set()
    for inner in statement.nodes:
        targets: list[ast.expr] = []
        if isinstance(inner, ast.Assign):
            targets = inner.targets
        elif isinstance(inner, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)):
            targets = [inner.target]
        elif isinstance(inner, ast.withitem) and inner.optional_vars is not None:
            targets = [inner.optional_vars]
        elif isinstance(inner, (ast.For, ast.AsyncFor)):
            looped |= {n.id for n in walk(inner.target) if isinstance(n, ast.Name)}
        found |= {
            n.id
            for target in targets
            for n in walk(target)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
    return found - looped


def trimmed_look(statement: Statement, program: Program, *, is_cut: bool = False) -> Edit | None:
    """Cut what only looks off a call that must stay: `model.fit(X).coef_` is `model.fit(X)`.

    `is_cut` says that an assignment is cut down to its value, so that nobody has it.
    """
    if not isinstance(statement.node, ast.Expr) and not is_cut:
        return None
    value = node = statement.node.value  # type: ignore[attr-defined]
    while isinstance(node, ast.Attribute) or (
        isinstance(node, ast.Subscript) and only_looks_at(program, node.slice)
    ):
        node = node.value
    if node is value or not isinstance(node, ast.Call):
        return None
    return Edit(statement.source.end(node), statement.source.end(value), "")
