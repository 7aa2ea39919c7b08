"""What was seen of a run, of a notebook or of its package: values after each step, text, pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# What a value is, as `observers/digests.py` tells it: kind, type, digest, shown, parts, not_compared.
Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that was shown: a PNG file, a digest of what is in it, and the cell, 0 if not known."""

    file: str
    content: str
    cell: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen after a step: its values, and what was printed and drawn since the step before.

    printed: text with the cell that printed it, where that is known (0 where it is not)
    """

    step: str
    values: Mapping[str, Node]
    printed: tuple[tuple[int, str], ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a run did not come to its end.

    cell: where a notebook stopped; place: `file:line` where a package did
    after: the last step that was seen whole
    is_stop: the program was stopped from outside: by its time limit, or a signal
    """

    message: str
    cell: int | None = None
    place: str | None = None
    after: str | None = None
    is_stop: bool = False
    traceback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A whole run. What came after the last step stands in a last `Seen` without a step's name."""

    seen: tuple[Seen, ...]
    failure: Failure | None = None
    seconds: float = 0.0
    files: Mapping[str, str] = field(default_factory=dict)  # path → digest, of what was written
