"""Turn a Jupyter notebook into an installable package of small functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from nb2pkg.api.extracting import (
        Extraction,
        OnEdits,
        Proposal,
        Verification,
        check,
        extract,
        graph,
        tag,
        verify,
    )
    from nb2pkg.api.running import RunOptions, RunResult, run

__all__ = [
    "Extraction",
    "OnEdits",
    "Proposal",
    "RunOptions",
    "RunResult",
    "Verification",
    "__version__",
    "check",
    "extract",
    "graph",
    "run",
    "tag",
    "verify",
]
_OF_RUNS = ("RunOptions", "RunResult", "run")


def __getattr__(name: str) -> Any:
    # `nb2pkg --help` must not pay for the machinery behind these names.
    if name in _OF_RUNS:
        from nb2pkg.api import running

        return getattr(running, name)
    if name in __all__:
        from nb2pkg.api import extracting

        return getattr(extracting, name)
    raise AttributeError(f"module 'nb2pkg' has no attribute {name!r}")
