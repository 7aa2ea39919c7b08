"""The public functions: `extracting` makes and verifies packages, `running` runs pipelines.

`nb2pkg.api.running` is not loaded by what only extracts.
"""

from __future__ import annotations

from typing import Any

from nb2pkg.api.extracting import (
    DEFAULT_MAX_BYTES,
    CellTag,
    CheckReport,
    Configuration,
    Extraction,
    FileChange,
    GraphFormat,
    Kind,
    Omission,
    OnEdits,
    Page,
    Proposal,
    StepSummary,
    Tagging,
    check,
    codes,
    configuration,
    diffs,
    explain,
    extract,
    graph,
    tag,
    verification_page,
    verify,
)

__all__ = [
    "DEFAULT_MAX_BYTES",
    "CellTag",
    "CheckReport",
    "Configuration",
    "Extraction",
    "FileChange",
    "GraphFormat",
    "Kind",
    "Omission",
    "OnEdits",
    "Page",
    "Proposal",
    "Recording",
    "StepSummary",
    "Tagging",
    "Verification",
    "check",
    "codes",
    "configuration",
    "diffs",
    "explain",
    "extract",
    "graph",
    "tag",
    "verification_page",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name in ("Recording", "Verification"):
        from nb2pkg.api import extracting

        return getattr(extracting, name)
    raise AttributeError(f"module 'nb2pkg.api' has no attribute {name!r}")
