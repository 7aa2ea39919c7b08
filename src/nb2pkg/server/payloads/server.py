"""What the server is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class InfoQuery:
    """What is there?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What is there. api: counts changes that break who calls it

    routes: what can be asked for; can_run: whether notebooks can be run here, which Windows cannot
    has_files: whether the server's notebooks are files, without which there is nothing to work on
    """

    version: str
    api: int
    routes: tuple[str, ...]
    can_run: bool
    has_files: bool
    longest_body: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenApiQuery:
    """The description of all this."""
