"""Turn a Jupyter notebook into an installable package of small functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from nb2pkg.api import (
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

__all__ = [
    "Extraction",
    "OnEdits",
    "Proposal",
    "Verification",
    "__version__",
    "check",
    "extract",
    "graph",
    "tag",
    "verify",
]


def __getattr__(name: str) -> Any:
    # `nb2pkg --help` must not pay for the machinery behind these names.
    if name in __all__:
        from nb2pkg import api

        return getattr(api, name)
    raise AttributeError(f"module 'nb2pkg' has no attribute {name!r}")
