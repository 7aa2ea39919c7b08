"""Which values flow from which cell to which."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from nb2pkg.dataflow.program import Program


class Certainty(str, Enum):
    """Whether the reader surely gets the value from this producer."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A value that one cell makes and a later cell uses. Cells are 1-based document positions."""

    name: str
    producer: int
    consumer: int
    certainty: Certainty = Certainty.CERTAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingName:
    """A name that is read where nothing above has bound it."""

    name: str
    statement: int
    is_certain: bool
    bound_in: int | None  # the cell further down that binds it, if any


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DataflowGraph:
    """The program, what flows between its cells, and the names that come from nowhere."""

    program: Program
    flows: tuple[Flow, ...]
    missing: tuple[MissingName, ...]
