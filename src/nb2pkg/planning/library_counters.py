"""Which libraries number what they make, from the start of each process?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nb2pkg.dataflow import Program
from nb2pkg.planning.plan import Process
from nb2pkg.problems import Diagnostic, Location, Severity

# Library → what it gives numbers to: they show in names, in text and in pictures.
_COUNTERS = {
    "control": "systems, as in sys[3]",
    "keras": "layers and models, as in dense_2",
    "tensorflow": "layers and models, as in dense_2",
}


def counted_anew(program: Program, processes: Sequence[Process]) -> Iterator[Diagnostic]:
    """A note for each such library: in steps of their own, the numbers begin again."""
    if len(processes) < 2:
        return
    for statement in program.statements:
        for name in statement.facts.order:
            meaning = program.aliases.get(name, "")
            if meaning in _COUNTERS and name in program.static_imports:
                yield Diagnostic(
                    code="NB212",
                    severity=Severity.NOTE,
                    message=f"'{meaning}' numbers {_COUNTERS[meaning]}: where each step is a process of "
                    "its own, the numbers begin anew in each",
                    location=Location(cell=statement.cell, line=statement.line),
                    hint="Give them names where the numbers matter.",
                )
                return
