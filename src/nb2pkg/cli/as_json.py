"""How do results read as JSON, for programs? `SCHEMA_VERSION` counts changes that break readers."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nb2pkg.problems import Diagnostic, Nb2pkgError

if TYPE_CHECKING:
    from nb2pkg.api.extracting import Extraction, Recording, StepSummary, Verification

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
        "recording": _recording_json(extraction.recording),
        "exit_code": exit_code,
    }


def _recording_json(recording: Recording | None) -> Any:
    """Give what running the notebook came to; null where it was not run."""
    if recording is None:
        return None
    return {
        "outcome": recording.comparison.outcome.value,
        "steps": {
            name: {"tested": seen.call is not None, "why_not": seen.why or None}
            for name, seen in recording.observed.steps.items()
        },
        "functions": [name for name, seen in recording.observed.functions.items() if seen.calls],
        "data_bytes": sum(map(len, recording.data.values())),
        "seconds": {
            "notebook": round(recording.notebook_seconds, 3),
            "package": round(recording.package_seconds, 3),
        },
    }


def verification_json(verification: Verification, exit_code: int) -> Any:
    """Give how a package compares with its notebook."""
    comparison = verification.comparison
    return {
        "notebook": verification.notebook,
        "folder": verification.folder,
        "package": verification.package,
        "python": verification.python,
        "outcome": verification.outcome.value,
        "is_stale": verification.is_stale,
        "seconds": {
            "notebook": round(verification.notebook_seconds, 3),
            "package": round(verification.package_seconds, 3),
        },
        "steps": [
            {
                **asdict(step),
                "outcome": step.outcome.value,
                "values": [
                    {**asdict(d), "made_at": verification.made_at(step.step, d.path).strip(" ()")}
                    for d in step.values
                ],
                "figures": [figure.told for figure in step.figures],
            }
            for step in comparison.steps
        ],
        "files": [
            {"path": d.path, "expected": d.expected, "found": d.found} for d in comparison.files
        ],
        "notebook_failure": _optional(comparison.notebook_failure),
        "package_failure": _optional(comparison.package_failure),
        "unstable_files": list(comparison.unstable_files),
        "unstable": dict(verification.unstable),
        "order_of_sets": [{"step": s, "place": p} for s, p in verification.order_of_sets],
        "explained": [
            {"step": step, **diagnostic_json(diagnostic)}
            for step, diagnostic in verification.explained
        ],
        "exit_code": exit_code,
    }


def _optional(value: Any) -> Any:
    return None if value is None else asdict(value)


def stop_json(notebook: str, error: Nb2pkgError, exit_code: int) -> Any:
    """Give why one notebook came to nothing."""
    return {
        "notebook": notebook,
        "diagnostics": [diagnostic_json(d) for d in error.findings],
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
