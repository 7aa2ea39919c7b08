"""Why could somebody not be told?"""

from __future__ import annotations

from collections.abc import Collection


class NotTold(Exception):
    """Somebody could not be told; the message is a clause that says why, and may hold secrets.

    told: those who were, all the same
    """

    def __init__(self, why: str, told: Collection[str] = ()) -> None:
        super().__init__(why)
        self.told = frozenset(told)
