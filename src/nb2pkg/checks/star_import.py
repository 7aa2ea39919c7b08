"""Does the notebook import everything of a module at once?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nb2pkg.checks.check import Check, Example, Subject
from nb2pkg.checks.places import place_of
from nb2pkg.dataflow import is_star
from nb2pkg.problems import Diagnostic, Severity


def _find(subject: Subject) -> Iterator[Diagnostic]:
    for cell in subject.cells:
        for statement in cell.statements:
            if is_star(statement) and isinstance(statement.node, ast.ImportFrom):
                yield Diagnostic(
                    code="NB130",
                    severity=Severity.WARNING,
                    message=f"'from {statement.node.module or '.'} import *' hides which names it "
                    "brings; it is kept at the top of every module",
                    location=place_of(statement),
                    hint="import the names that are used",
                )


CHECK = Check(
    code="NB130",
    title="star import",
    why="`from module import *` binds names that nobody can see without running it. Where the module "
    "is one of Python's own, they are known; for any other, nb2pkg cannot tell them from names that "
    "are missing, so it keeps the import in every module and finds fewer mistakes.",
    remedy="Import the names that are used: `from math import cos, pi`.",
    passes=(Example(("from math import cos\ncos(0)",)),),
    fails=(Example(("from mylib import *\ncos(0)",)),),
    find=_find,
)
