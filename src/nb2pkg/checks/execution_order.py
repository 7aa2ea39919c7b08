"""Were the cells last run in another order than the one they stand in?"""

from __future__ import annotations

from collections.abc import Iterator

from nb2pkg.checks.check import Check, Example, Subject
from nb2pkg.problems import Diagnostic, Location, Severity


def _find(subject: Subject) -> Iterator[Diagnostic]:
    highest = 0
    for cell in subject.notebook.code_cells:
        count = cell.execution_count
        if count is None:
            continue
        if count < highest:
            yield Diagnostic(
                code="NB140",
                severity=Severity.WARNING,
                message=f"cells were run out of order (cell {cell.position} was run before a cell "
                "above it); top-to-bottom order is used",
                location=Location(cell=cell.position),
                hint="restart the kernel and run all cells, to see that the notebook works so",
            )
            return
        highest = count


CHECK = Check(
    code="NB140",
    title="cells were run out of order",
    why="The package runs from top to bottom. A notebook that was last run in another order may show "
    "results that it would not show again.",
    remedy="Restart the kernel, run all cells, and save.",
    passes=(
        Example(("a = 1", "b = a"), counts=(1, 2)),
        Example(("a = 1", "b = a"), counts=(4, 9)),
        Example(("a = 1", "b = a"), counts=(None, None)),
    ),
    fails=(Example(("a = 1", "b = a"), counts=(2, 1)),),
    find=_find,
)
