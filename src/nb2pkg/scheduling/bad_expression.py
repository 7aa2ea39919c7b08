"""What is wrong with a text that should say when something runs, and where in it?"""

from __future__ import annotations


class BadExpression(ValueError):
    """A text says no time, or none that ever comes.

    `offset` and `length` mark the part of the text at fault, in characters; `hint` says what to write.
    """

    def __init__(self, message: str, offset: int, length: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.length = max(1, length)
        self.hint = hint
