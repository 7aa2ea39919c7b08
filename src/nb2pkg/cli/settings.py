"""What holds for a notebook: the options of the command line, then the configuration."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The values to call the API with; `python_from` is the file that names `python`, if a file does."""

    output: str | None
    package: str | None
    python: str | None
    max_bytes: int
    pure_calls: tuple[str, ...]
    python_from: str | None


def settings_for(
    notebook: str,
    *,
    output: str | None = None,
    package: str | None = None,
    python: str | None = None,
    max_size: int | None = None,
) -> Settings:
    """Read the configuration for a notebook; what is given here counts more.

    Raises:
        UsageError: the configuration says something that is no setting (NB010).
    """
    from nb2pkg.api import extracting

    folder = os.getcwd() if notebook == "-" else os.path.dirname(os.path.abspath(notebook))
    found = extracting.configuration(folder)
    return Settings(
        output=output if output is not None else found.output,
        package=package if package is not None else found.package,
        python=python if python is not None else found.python,
        max_bytes=max_size or found.max_bytes or extracting.DEFAULT_MAX_BYTES,
        pure_calls=found.pure_calls,
        python_from=found.python_from if python is None else None,
    )
