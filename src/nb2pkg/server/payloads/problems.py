"""What is wrong, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something found about a notebook. `cell` is the id of its cell, `position` counts all cells from 1."""

    code: str
    severity: Severity
    message: str
    hint: str | None
    cell: str | None
    position: int | None
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why there is no answer: what `nb2pkg explain CODE` tells more of, and all that was found.

    code: null where it is not nb2pkg that says so
    """

    code: str | None
    message: str
    hint: str | None
    findings: tuple[Finding, ...]
