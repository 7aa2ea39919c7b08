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


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Tell a Jupyter server what to load; nothing else needs jupyter_server."""
    # By its name: whoever asks for our version, the API too, would import the server otherwise.
    from importlib import import_module

    return [{"module": "nb2pkg", "app": import_module("nb2pkg.server.app").Nb2pkgExtension}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell `jupyter labextension` where the built extension is, for a checkout."""
    return [{"src": "labextension", "dest": "nb2pkg"}]
