"""How much may still be put on a page?"""

from __future__ import annotations

LARGEST_PAGE_BYTES = 30_000_000


class Budget:
    """The bytes that are left of a page, or of a part of it."""

    def __init__(self, left: int = LARGEST_PAGE_BYTES) -> None:
        self.left = left

    def takes(self, part: str) -> bool:
        """Whether there is room for a part; then it counts as put."""
        size = len(part.encode("utf-8", "replace"))
        if size > self.left:
            return False
        self.left -= size
        return True

    def share(self, among: int) -> Budget:
        """Give one of so many an equal part of what is left; `give_back` returns what it did not use."""
        share = Budget(self.left // max(among, 1))
        self.left -= share.left
        return share

    def give_back(self, share: Budget) -> None:
        """Let others use what a share has left."""
        self.left += share.left
        share.left = 0
