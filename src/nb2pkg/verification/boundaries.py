"""After which cells, and of which variables, do a notebook and its package have to agree?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """The end of a step.

    cells: those that make the step; `names`: the notebook's variable → the one of `run()` in the package
    detailed: variables of which every element is to be told
    """

    step: str
    cells: tuple[int, ...]
    names: Mapping[str, str]
    detailed: frozenset[str] = frozenset()

    @property
    def last_cell(self) -> int:
        """The cell after which the notebook has done what the step does."""
        return max(self.cells, default=0)


def boundaries_of(
    steps: Iterable[tuple[str, Sequence[int], Sequence[str], Mapping[str, str]]],
) -> tuple[Boundary, ...]:
    """The boundaries of steps: name, cells, variables it gives or changes, and those of another name."""
    return tuple(
        Boundary(
            step=name,
            cells=tuple(cells),
            names={v: renamed.get(v, v) for v in dict.fromkeys(values)},
        )
        for name, cells, values, renamed in steps
    )
