"""What was found about the user's notebook: a value, collected and returned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Severity(str, Enum):
    """How much a finding matters: an error stops, a warning changes what comes out, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where something stands in a notebook.

    `cell` is the 1-based position among all cells of the document (markdown and raw ones count).
    Lines are 1-based within the cell, columns 0-based in characters; `end_line` is inclusive and
    `end_column` exclusive. `label` is how Jupyter shows the cell: `In [12], id a1b2c3`.
    """

    cell: int | None = None
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    source_line: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """A finding with its stable code, where it stands, and what to do about it."""

    code: str
    severity: Severity
    message: str
    location: Location = Location()
    hint: str | None = None

    @property
    def is_error(self) -> bool:
        """Whether the finding keeps nb2pkg from writing."""
        return self.severity is Severity.ERROR


def in_reading_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort findings as a reader meets them: by cell, line and column, then by code."""
    return tuple(
        sorted(
            diagnostics,
            key=lambda d: (
                d.location.cell or 0,
                d.location.line or 0,
                d.location.column or 0,
                d.code,
                d.message,
            ),
        )
    )
