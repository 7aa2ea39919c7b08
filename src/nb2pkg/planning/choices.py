"""What the user decides about a package, beyond what the notebook says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageChoices:
    """The user's word: package name, extra effects. `None` leaves it to planning.

    pure_calls: dotted functions (`mylib.report`) or methods (`*.peek`) that only look
    """

    package: str | None = None
    pure_calls: tuple[str, ...] = ()
    fuse: bool = True
