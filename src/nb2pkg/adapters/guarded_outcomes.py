"""How does a stop travel between two processes? As JSON, and it is raised again over there."""

from __future__ import annotations

import traceback
from dataclasses import asdict
from typing import NoReturn

from nb2pkg import problems
from nb2pkg.ports.extracting import Json
from nb2pkg.problems import (
    BadNotebook,
    Diagnostic,
    FindingsError,
    InternalError,
    Location,
    Nb2pkgError,
    Severity,
)


def stop_of(error: BaseException) -> Json:
    """Give an exception as JSON values; a bug keeps its traceback as text."""
    if isinstance(error, (RecursionError, MemoryError)):
        error = BadNotebook(
            "NB109",
            "the notebook is too deeply nested or too large to analyse in the memory allowed",
        )
    if not isinstance(error, Nb2pkgError):
        return {
            "kind": "bug",
            "message": f"{type(error).__name__}: {error}",
            "traceback": "".join(traceback.format_exception(error)),
        }
    stop: Json = {
        "kind": type(error).__name__,
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "location": asdict(error.location),
        "notebook": error.notebook,
    }
    if isinstance(error, FindingsError):
        stop["diagnostics"] = [
            {**asdict(d), "severity": d.severity.value} for d in error.diagnostics
        ]
    return stop


def raise_stop(stop: Json) -> NoReturn:
    """Raise what `stop_of` has described."""
    if stop["kind"] == "bug":
        bug = InternalError("NB799", stop["message"])
        bug.trace = stop["traceback"]
        raise bug
    if stop["kind"] == "FindingsError":
        raise FindingsError(
            [_diagnostic(d) for d in stop["diagnostics"]], notebook=stop["notebook"]
        )
    kind = getattr(problems, stop["kind"])
    raise kind(
        stop["code"],
        stop["message"],
        hint=stop["hint"],
        location=Location(**stop["location"]),
        notebook=stop["notebook"],
    )


def _diagnostic(found: Json) -> Diagnostic:
    return Diagnostic(
        code=found["code"],
        severity=Severity(found["severity"]),
        message=found["message"],
        location=Location(**found["location"]),
        hint=found["hint"],
    )
