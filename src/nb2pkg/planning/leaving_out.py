"""Which cells can't be part of the package, and why?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from nb2pkg.analysis import (
    Access,
    Kind,
    ParsedCell,
    Statement,
    Touch,
    bound_by,
    display_arguments,
    mutations_of,
    namespace_uses,
    occurrences,
    walk,
)
from nb2pkg.dataflow import DataflowGraph, MissingName, Program, link, looks_at_namespace
from nb2pkg.planning.grouping import SKIP_TAGS, tested_step
from nb2pkg.planning.plan import LeftOut
from nb2pkg.problems import Diagnostic, Location, Severity

_HISTORY = frozenset({"_", "__", "___", "In", "Out", "_i", "_ii", "_iii", "_ih", "_oh", "_dh"})
_KERNEL_ONLY = frozenset({"get_ipython", "exit", "quit"})


def usable_cells(
    cells: Sequence[ParsedCell], pure_calls: Sequence[str] = ()
) -> tuple[list[ParsedCell], DataflowGraph, list[LeftOut], list[Diagnostic]]:
    """Leave out cells that are tagged so, and cells whose names come from nowhere, with what follows.

    Returns the cells that stay, their graph, and what was left out, said twice: as part of the plan and
    as findings.
    """
    left_out: list[LeftOut] = []
    findings: list[Diagnostic] = []
    staying: list[ParsedCell] = []
    aside: list[ParsedCell] = []
    for cell in cells:
        reason = _tag_reason(cell)
        if reason is None:
            staying.append(cell)
        elif cell.statements:
            left_out.append(_left(cell, reason))
            aside.append(cell)
    while True:
        graph = link(staying, pure_calls)
        bad = _unusable(graph)
        if not bad:
            findings.extend(_changes_aside(aside, graph.program))
            return staying, graph, left_out, findings
        findings.extend(
            _naming_what_is_lost(finding, cell)
            for cell in staying
            if (finding := bad.get(cell.position))
        )
        for cell in staying:
            if cell.position in bad:
                left_out.append(_left(cell, bad[cell.position].message))
        staying = [cell for cell in staying if cell.position not in bad]


def _changes_aside(aside: Sequence[ParsedCell], program: Program) -> Iterator[Diagnostic]:
    """What cells that their tags leave out do to values that stay."""
    for statement in (s for cell in aside for s in cell.statements):
        if statement.kind is not Kind.CODE:
            continue
        changed = {
            m.name for m in mutations_of(statement.node, program.effects) if m.touch is Touch.LIKELY
        }
        for name in sorted(changed | statement.facts.may_bind):
            before = [program.statements[i].cell for i in program.binders.get(name, ())]
            after = [program.statements[i].cell for i in program.readers.get(name, ())]
            reader = min((c for c in after if c > statement.cell), default=None)
            if reader is None or not any(c < statement.cell for c in before):
                continue
            if any(statement.cell < c < reader for c in before):
                continue
            yield _finding(
                "NB143",
                statement,
                f"the package goes on without what cell {statement.cell} does to '{name}', which "
                f"cell {reader} reads: a tag leaves the cell out",
                "take the tag away, or let the cell change nothing that others read",
            )


def _naming_what_is_lost(finding: Diagnostic, cell: ParsedCell) -> Diagnostic:
    """The finding, with the names that go with its cell."""
    names = [f"'{n}'" for s in cell.statements for n in s.facts.order]
    lost = [n for n in dict.fromkeys(names) if n not in finding.message]
    if not lost:
        return finding
    return replace(finding, message=f"{finding.message}, and with it {', '.join(lost)}")


def _tag_reason(cell: ParsedCell) -> str | None:
    tags = set(cell.cell.tags)
    if tags & SKIP_TAGS:
        return "tagged to be skipped"
    tested = tested_step(cell.cell)
    if tested is not None:
        return f"it becomes a test of '{tested}'"
    if "raises-exception" in tags:
        return "tagged raises-exception: it is meant to fail"
    return None


def _left(cell: ParsedCell, reason: str) -> LeftOut:
    first = cell.statements[0] if cell.statements else None
    text = first.text.split("\n")[0] if first else ""
    return LeftOut(cell=cell.position, line=first.line if first else 1, text=text, reason=reason)


def _unusable(graph: DataflowGraph) -> Mapping[int, Diagnostic]:
    found: dict[int, Diagnostic] = {}
    program = graph.program
    bound: set[str] = set()
    for statement in program.statements:
        names = (statement.facts.reads | statement.facts.captures) - bound
        for name in sorted(names & (_HISTORY | _KERNEL_ONLY)):
            if name in program.binders and name in statement.facts.captures:
                continue
            found.setdefault(statement.cell, _kernel_finding(statement, name))
        bound |= statement.facts.may_bind
        for finding in _beyond_a_function(statement, program):
            found.setdefault(statement.cell, finding)
    for missing in graph.missing:
        statement = program.statements[missing.statement]
        if _is_guarded(statement, missing):
            continue
        found.setdefault(statement.cell, _missing_finding(statement, missing))
    return found


def _beyond_a_function(statement: Statement, program: Program) -> Iterator[Diagnostic]:
    """What works at the top level of a notebook and can't work in a function."""
    node = statement.node
    if looks_at_namespace(statement):
        for use in namespace_uses(node):
            if use.access is Access.CHANGES:
                yield _finding(
                    "NB131",
                    statement,
                    f"'{ast.unparse(use.call.func)}' binds names that the text does not show; "
                    f"cell {statement.cell} is left out",
                    "assign the names plainly",
                )
    if isinstance(node, ast.ClassDef):
        own = {n for inner in node.body for part in walk(inner) for n in bound_by(part)}
        for name in sorted(
            statement.facts.reads & own & (program.binders.keys() - program.static_imports)
        ):
            yield _finding(
                "NB132",
                statement,
                f"the body of class '{node.name}' reads '{name}' of the notebook and binds a name of its "
                f"own that is called so; cell {statement.cell} is left out",
                "give one of the two another name",
            )
    value = getattr(node, "value", None)
    if (
        isinstance(node, (ast.Assign, ast.AnnAssign))
        and isinstance(value, ast.expr)
        and display_arguments(value, program.aliases) is not None
    ):
        yield _finding(
            "NB142",
            statement,
            f"a display handle belongs to the notebook's page; cell {statement.cell} is left out",
            'print the values, or tag the cell "skip"',
        )


def _finding(code: str, statement: Statement, message: str, hint: str) -> Diagnostic:
    return Diagnostic(
        code=code,
        severity=Severity.WARNING,
        message=message,
        location=location_of(statement),
        hint=hint,
    )


def _is_guarded(statement: Statement, missing: MissingName) -> bool:
    """`try: name … except NameError:` asks whether the name exists."""
    if missing.is_certain or "NameError" not in statement.facts.all_reads:
        return False
    guarded = {
        id(part)
        for node in statement.nodes
        if isinstance(node, ast.Try) and any(_catches_name_error(h) for h in node.handlers)
        for inner in node.body
        for part in walk(inner)
    }
    return all(id(o.node) in guarded for o in occurrences(statement.node, {missing.name}))


def _catches_name_error(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or any(
        isinstance(n, ast.Name) and n.id in ("NameError", "Exception", "BaseException")
        for n in walk(handler.type)
    )


def _kernel_finding(statement: Statement, name: str) -> Diagnostic:
    what = (
        f"'{name}' is the history of outputs, which a program does not have"
        if name in _HISTORY
        else f"'{name}' belongs to the notebook's kernel, which a program does not have"
    )
    return Diagnostic(
        code="NB142",
        severity=Severity.WARNING,
        message=f"{what}; cell {statement.cell} is left out",
        location=location_of(statement, name),
        hint='give the value a name where it is made, or tag the cell "skip"',
    )


def _missing_finding(statement: Statement, missing: MissingName) -> Diagnostic:
    if missing.bound_in is not None:
        what = (
            f"'{missing.name}' is used in cell {statement.cell}, but defined only in cell "
            f"{missing.bound_in}; cell {statement.cell} is left out"
        )
        hint = "move the definition above its use: the package runs from top to bottom"
    else:
        what = (
            f"'{missing.name}' is used in cell {statement.cell}, but no cell defines it; "
            f"cell {statement.cell} is left out"
        )
        hint = 'define it, or tag the cell "skip"'
    return Diagnostic(
        code="NB141",
        severity=Severity.WARNING,
        message=what,
        location=location_of(statement, missing.name),
        hint=hint,
    )


def location_of(statement: Statement, name: str | None = None) -> Location:
    """Where a name first occurs in a statement, or where the statement begins."""
    node = next((o.node for o in occurrences(statement.node, {name})), None) if name else None
    target = node or statement.node
    source = statement.source
    return Location(
        cell=statement.cell,
        line=target.lineno,
        column=source.column(target.lineno, target.col_offset),
        end_line=target.end_lineno,
        end_column=source.column(target.end_lineno or target.lineno, target.end_col_offset or 0),
        source_line=source.lines[target.lineno - 1],
    )
