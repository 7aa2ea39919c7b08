"""What does the server of status pages need of those who write them?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Answer(Protocol):
    """What stands at an address."""

    @property
    def status(self) -> int:
        """The status of HTTP."""

    @property
    def content_type(self) -> str:
        """The media type, with the encoding of text."""

    @property
    def body(self) -> str:
        """The text."""

    @property
    def policy(self) -> str:
        """The Content-Security-Policy."""


class Site(Protocol):
    """All pages. Each call may take a while, and there may be several at a time, in threads."""

    def answer(self, path: str, query: Mapping[str, str]) -> Answer:
        """Give what stands at a path, percent-encoded as it was asked for."""

    def trouble(self, status: int, path: str, why: str = "") -> Answer:
        """Give a page that says why there is no other one; quickly, and without the records."""
