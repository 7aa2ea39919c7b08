"""Does the notebook give a name of Python's own another meaning?"""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from nb2pkg.checks.check import Check, Example, Subject
from nb2pkg.checks.places import place_of_name
from nb2pkg.problems import Diagnostic, Severity

# Private and constant ones aside, and what is commonly and harmlessly reused.
_BUILTINS = frozenset(n for n in dir(builtins) if n[0].islower()) - {
    "copyright",
    "credits",
    "license",
}


def _find(subject: Subject) -> Iterator[Diagnostic]:
    program = subject.graph.program
    for name in sorted(_BUILTINS & program.binders.keys()):
        statement = program.statements[program.binders[name][0]]
        yield Diagnostic(
            code="NB206",
            severity=Severity.NOTE,
            message=f"'{name}' is a builtin, and means something else from cell {statement.cell} on",
            location=place_of_name(statement, name),
            hint="choose another name, such as "
            + (f"'{name}_'" if len(name) > 3 else f"'{name}_value'"),
        )


CHECK = Check(
    code="NB206",
    title="builtin with another meaning",
    why="After `list = [1, 2]`, `list(...)` fails in every cell below. The package keeps the meaning "
    "that the notebook gives it, as a value that flows between the steps.",
    remedy="Choose another name.",
    passes=(Example(("items = [1, 2]\nlist(items)",)),),
    fails=(Example(("list = [1, 2]",)),),
    find=_find,
)
