"""What is an answer that is no JSON?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A page, as HTML, that is safe to open and is nevertheless let do nothing."""

    html: str
