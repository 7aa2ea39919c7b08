"""What does the store of runs need from a database, whichever it is?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

Row: TypeAlias = "tuple[Any, ...]"
Value: TypeAlias = "str | int | float | None"
Result = TypeVar("Result")

CLOSE_SECONDS = 0.5  # for a transaction of another thread to end, before its connection is closed


class Transaction(Protocol):
    """Runs SQL, with `?` for each value. Text goes through `storable` on its way in."""

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Give what a query finds."""

    def change(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Change rows, and say how many."""

    def change_each(self, sql: str, rows: Sequence[Sequence[Value]]) -> int:
        """Run one change with each of the rows of values, and say how many rows it changed in all."""


class Database(Protocol):
    """Transactions on the tables of `schema`, brought up to date before the first.

    Each raises EnvironmentFailure where the database cannot be used, and StoreAway where it may be later.
    """

    @property
    def place(self) -> str:
        """How messages name it."""

    @property
    def now(self) -> str:
        """SQL that gives the time, by the one clock that counts for everybody who uses the database."""

    @property
    def row_lock(self) -> str:
        """SQL that ends a query whose rows nobody else may change before the transaction is over."""

    def read(self, work: Callable[[Transaction], Result]) -> Result:
        """Look at one state of the database."""

    def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Do all of the work or, where it raises, nothing.

        It may be done twice, where nobody knows whether the first time has counted.
        """

    def close(self) -> None:
        """Give back what is held open, unless a thread hangs in it; the next call would open it again."""


def storable(text: str) -> str:
    r"""Give text as every database takes it: lone surrogates and NUL as `\udc80` and `\x00`.

    Names of files may hold the former, and whatever a user types both.
    """
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
