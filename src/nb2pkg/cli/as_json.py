"""How do results read as JSON, for programs? `SCHEMA_VERSION` counts changes that break readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nb2pkg.problems import Diagnostic, FindingsError, Nb2pkgError

if TYPE_CHECKING:
    from nb2pkg.api import Extraction, StepSummary

SCHEMA_VERSION = 1


def extraction_json(extraction: Extraction, exit_code: int) -> Any:
    """Give what extracting one notebook came to."""
    proposal = extraction.proposal
    return {
        "notebook": extraction.notebook,
        "package": proposal.package,
        "folder": extraction.folder,
        "written": extraction.is_written,
        "python": proposal.python,
        "parameters": list(proposal.parameters),
        "dependencies": list(proposal.dependencies),
        "steps": [step_json(step) for step in proposal.steps],
        "left_out": [
            {"cell": o.cell, "line": o.line, "text": o.text, "reason": o.reason}
            for o in proposal.left_out
        ],
        "diagnostics": [diagnostic_json(d) for d in extraction.diagnostics],
        "changes": {change.path: change.kind.value for change in extraction.changes},
        "exit_code": exit_code,
    }


def stop_json(notebook: str, error: Nb2pkgError, exit_code: int) -> Any:
    """Give why one notebook came to nothing."""
    findings = error.diagnostics if isinstance(error, FindingsError) else (error.as_diagnostic(),)
    return {
        "notebook": notebook,
        "diagnostics": [diagnostic_json(d) for d in findings],
        "exit_code": exit_code,
    }


def step_json(step: StepSummary) -> Any:
    """Give one step."""
    return {
        "name": step.name,
        "title": step.title,
        "cells": list(step.cells),
        "parameters": list(step.parameters),
        "options": list(step.options),
        "returns": list(step.returns),
        "results": list(step.results),
        "changes": list(step.changes),
        "statements": step.statements,
    }


def diagnostic_json(diagnostic: Diagnostic) -> Any:
    """Give one finding; `column` is 1-based here, as editors count."""
    where = diagnostic.location
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "cell": where.cell,
        "line": where.line,
        "column": None if where.column is None else where.column + 1,
        "end_line": where.end_line,
        "end_column": None if where.end_column is None else where.end_column + 1,
        "hint": diagnostic.hint,
    }
