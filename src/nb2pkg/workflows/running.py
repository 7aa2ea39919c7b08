"""What do a run of a notebook and one of its package have to agree on, and where do they run?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

from nb2pkg.notebook import Notebook
from nb2pkg.ports.extracting import CellToRun, Runs
from nb2pkg.problems import EnvironmentFailure
from nb2pkg.verification import Allowance, Boundary, boundaries_of
from nb2pkg.workflows.proposal import Proposal, StepSummary

# The notebook's Python, the package's name, and folders beside the notebook that are no part of it.
OpenRuns = Callable[[str, str, Sequence[str]], AbstractContextManager[Runs]]
# The tag of cells that a package leaves out because the user says so.
_SKIPPED = "skip"
# The tag of cells that are meant to fail: Jupyter goes on after them.
_MAY_FAIL = "raises-exception"


def no_python() -> EnvironmentFailure:
    """Say that there is nothing to run it on."""
    return EnvironmentFailure(
        "NB521", "no Python was found to run the notebook on", hint="name one with --python"
    )


def boundaries_in(steps: Sequence[StepSummary]) -> tuple[Boundary, ...]:
    """After which cells, and of which variables, a notebook and the package of these steps must agree."""
    return boundaries_of(
        (
            step.name,
            step.cells,
            (*step.returns, *_read_later(step.changes, steps[n + 1 :])),
            step.fields,
        )
        for n, step in enumerate(steps)
    )


def _read_later(names: Sequence[str], steps: Sequence[StepSummary]) -> Iterator[str]:
    """The names whose values a later step takes as they are now."""
    for name in names:
        for step in steps:
            if name in step.parameters or name in step.options:
                yield name
            if name in step.parameters or name in step.options or name in step.returns:
                break


def allowance_of(proposal: Proposal) -> Allowance:
    """Cells of which a part was left out that may print (commands, magics, whole cells), or draw."""
    in_steps = {cell for step in proposal.steps for cell in step.cells}
    return Allowance(
        text=frozenset(
            o.cell
            for o in proposal.left_out
            if o.cell not in in_steps or o.text.lstrip()[:1] in ("!", "%", "?")
        ),
        figures=frozenset(o.cell for o in proposal.left_out if o.text.lstrip()[:1] != "%"),
    )


def cells_to_run(document: Notebook) -> Iterator[CellToRun]:
    """The code cells in order, without those that the user leaves out of the package."""
    for cell in document.code_cells:
        if _SKIPPED not in cell.tags:
            yield CellToRun(cell.position, cell.source, may_fail=_MAY_FAIL in cell.tags)
