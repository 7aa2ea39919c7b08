"""Why must an import stay where it stands?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nb2pkg.analysis import FUNCTIONS, Kind, Statement
from nb2pkg.dataflow import BUILTINS, KERNEL_NAMES, is_star
from nb2pkg.notebook import Cell
from nb2pkg.planning.grouping import SKIP_TAGS
from nb2pkg.refactoring.import_barriers import Barrier, tops
from nb2pkg.refactoring.import_places import Place
from nb2pkg.refactoring.whole_text import WholeText

# Gone from Python, or about to go: importing them warns.
_WARNING_WORDS = """
    aifc asynchat asyncore audioop binhex cgi cgitb chunk crypt distutils formatter imghdr imp lib2to3
    mailcap msilib nis nntplib ossaudiodev parser pipes smtpd sndhdr spwd sunau symbol telnetlib uu xdrlib
    sre_compile sre_constants sre_parse pkg_resources
"""
_WARNING = frozenset(_WARNING_WORDS.split())


def whatever_its_place(statement: Statement, whole: WholeText) -> str | None:
    """Why an import cannot move at all, by what it is and by the cell that it stands in."""
    text = whole.text_of(statement)
    if is_star(statement) or (statement not in text.own and statement.number >= 0):
        return "it imports everything from a module"
    if not text.is_editable:
        first = text.foreign[0][1].strip() if text.foreign else ""
        return f"its cell has what only IPython understands: {first.split(' ')[0]}"
    cell = text.cell.cell
    apart = sorted(set(cell.tags) & (SKIP_TAGS | {"raises-exception"}))
    if apart:
        return f"its cell is tagged '{apart[0]}'"
    if getattr(statement.node, "level", 0):
        return "it is relative to a package"
    if failed(cell):
        return "its cell ended with an error when it was last run"
    if _warned(cell, statement):
        return "it showed a warning when it was last run"
    return None


def to_run_elsewhere(statement: Statement, whole: WholeText) -> str | None:
    """Why an import may notice where it runs, by the libraries that it imports."""
    if tops(statement) & _WARNING:
        return f"importing '{min(tops(statement) & _WARNING)}' may show something"
    if getattr(statement.node, "module", None) == "sklearn.experimental":
        return "it enables a part of sklearn"
    if not whole.is_quiet_import(statement):
        return f"importing '{min(tops(statement))}' may do something"
    return None


def in_the_names(statement: Statement, whole: WholeText) -> str | None:
    """Why the names that an import binds need it where it stands, whatever stands above it."""
    program = whole.program
    for name in sorted(statement.facts.may_bind - program.static_imports):
        others = [
            i
            for i in (*program.binders.get(name, ()), *program.late_binders.get(name, ()))
            if program.statements[i] is not statement
        ]
        if name in program.deleted:
            return f"'{name}' is deleted again"
        if not others:
            return f"what stands above it decides what '{name}' is"
        return f"'{name}' is bound in cell {program.statements[others[0]].cell}, too"
    for name in sorted(statement.facts.may_bind & program.tested):
        return f"the notebook asks whether it has a '{name}'"
    return None


def on_the_way(
    statement: Statement, place: Place, whole: WholeText, found: Sequence[Barrier]
) -> str | None:
    """Why an import cannot pass what stands between it and the place."""
    key = whole.key_of(statement)
    modules = tops(statement)
    for barrier in found:
        if place.key < barrier.key < key and barrier.stops(modules):
            return f"cell {barrier.key[0]} {barrier.what}"
    for name in sorted(statement.facts.may_bind):
        reason = _read_before(name, statement, place, whole)
        if reason is not None:
            return reason
    return None


def _read_before(name: str, statement: Statement, place: Place, whole: WholeText) -> str | None:
    """Where a name is looked up further up, though the import has not bound it yet."""
    program = whole.program
    index = whole.index[statement]
    is_builtin = name in BUILTINS | KERNEL_NAMES
    meaning = "means Python's own" if is_builtin else "comes before it is imported"
    through: set[str] = set()  # what looks it up when it is called
    for before in range(index):
        other = program.statements[before]
        facts = other.facts
        if name in facts.binds:
            return None  # it is imported already, and nothing else is ever bound to it
        is_between = whole.key_of(other) > place.key
        called = (facts.reads | facts.all_reads) & through
        if called and other.kind is Kind.CODE and is_between:
            return f"cell {other.cell} calls {min(called)}(), where '{name}' {meaning}"
        if name in facts.reads | facts.all_reads | facts.mentions and is_between:
            return f"'{name}' in cell {other.cell} {meaning}"
        if name in facts.captures or facts.captures & through:
            if other.kind is Kind.CODE and is_between and name in facts.captures:
                return f"'{name}' in cell {other.cell} {meaning}"
            through |= facts.may_bind
    for position, text in whole.texts.items():
        if place.key[0] <= position <= statement.cell and name in text.words:
            lines = [n for n, line in text.foreign if name in line]
            if any(place.key < (position, n, 0) < whole.key_of(statement) for n in lines):
                return f"'{name}' in cell {position} {meaning}"
    return None


def lazy_annotations(statement: Statement, place: Place, whole: WholeText) -> str | None:
    """Why a `from __future__` import cannot come first: annotations that are evaluated above it."""
    node = statement.node
    assert isinstance(node, ast.ImportFrom)
    names = {alias.name for alias in node.names}
    if "barry_as_FLUFL" in names:
        return "it changes what operators there are"
    if "annotations" in names:
        for other in whole.program.statements[: whole.index[statement]]:
            if other.cell >= place.key[0] and any(_annotations(other)):
                return f"cell {other.cell} has annotations that are evaluated where they stand"
    return None


def _annotations(statement: Statement) -> Iterator[ast.AST]:
    for node in statement.nodes:
        if isinstance(node, ast.AnnAssign) or (
            isinstance(node, FUNCTIONS)
            and (getattr(node, "returns", None) or any(a.annotation for a in _arguments(node)))
        ):
            yield node


def _arguments(node: ast.AST) -> list[ast.arg]:
    return [n for n in ast.walk(getattr(node, "args")) if isinstance(n, ast.arg)]  # noqa: B009


def failed(cell: Cell) -> bool:
    return any(
        isinstance(output, dict) and output.get("output_type") == "error" for output in cell.outputs
    )


def _warned(cell: Cell, statement: Statement) -> bool:
    """Whether the cell's stored outputs show a warning with this very line."""
    line = statement.text.split("\n")[0].strip()
    for output in cell.outputs:
        if isinstance(output, dict) and output.get("name") == "stderr":
            text = output.get("text", "")
            joined = "".join(text) if isinstance(text, list) else str(text)
            if "Warning" in joined and line in joined:
                return True
    return False
