"""A formatter that leaves everything as it is."""

from __future__ import annotations

from collections.abc import Mapping


class PlainFormatter:
    """Gives files back untouched, so that tests need no other program."""

    def format(self, files: Mapping[str, str], python_version: tuple[int, int]) -> dict[str, str]:
        """Give the files as they are."""
        return dict(files)
