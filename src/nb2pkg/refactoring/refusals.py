"""How is it said that a refactoring would not keep the notebook the same?"""

from __future__ import annotations

from nb2pkg.analysis import Statement
from nb2pkg.problems import Diagnostic, FindingsError, Location, Severity


def cannot(
    code: str,
    message: str,
    *,
    statement: Statement | None = None,
    location: Location | None = None,
    hint: str | None = None,
) -> FindingsError:
    """The stop of a refactoring that is refused (NB801 to NB810), where it stands in the notebook."""
    if location is None and statement is not None:
        location = place_of(statement)
    return FindingsError(
        [
            Diagnostic(
                code=code,
                severity=Severity.ERROR,
                message=message,
                location=location or Location(),
                hint=hint,
            )
        ]
    )


def place_of(statement: Statement) -> Location:
    """Where a statement stands: its first line, from its first column to its last."""
    line = statement.source.lines[statement.line - 1]
    return Location(
        cell=statement.cell,
        line=statement.line,
        column=len(line) - len(line.lstrip()),
        source_line=line,
    )
