"""Does the notebook run text as code, or reach for its own names as a dictionary?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nb2pkg.checks.check import Check, Example, Subject
from nb2pkg.checks.places import place_of
from nb2pkg.problems import Diagnostic, Location, Severity

_DYNAMIC = frozenset({"exec", "eval", "globals", "locals", "vars"})


def _find(subject: Subject) -> Iterator[Diagnostic]:
    for cell in subject.cells:
        for statement in cell.statements:
            if not _DYNAMIC & (statement.facts.all_reads | statement.facts.captures):
                continue
            for node in ast.walk(statement.node):
                name = _dynamic_call(node)
                if name is not None and name not in subject.graph.program.binders:
                    assert isinstance(node, ast.Call)
                    yield _finding(name, place_of(statement, node))


def _dynamic_call(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    if node.func.id == "vars" and node.args:
        return None  # of one object: nothing to do with the notebook's names
    return node.func.id if node.func.id in _DYNAMIC else None


def _finding(name: str, location: Location) -> Diagnostic:
    what = (
        "runs text as code" if name in ("exec", "eval") else "reaches the notebook's names as text"
    )
    return Diagnostic(
        code="NB131",
        severity=Severity.WARNING,
        message=f"{name}() {what}: which names it reads or binds cannot be seen",
        location=location,
        hint="write the code out, or keep the values in a dictionary of their own",
    )


CHECK = Check(
    code="NB131",
    title="code made while running",
    why="`exec`, `eval`, `globals()` and the like read and bind names that do not stand in the code. "
    "What flows through them is invisible, and a step may miss a value that it needs.",
    remedy="Write the code out, or keep such values in a dictionary of their own.",
    passes=(
        Example(("values = {'a': 1}\nvalues['a']",)),
        Example(("def eval(text):\n    return text\n\neval('1')",)),
    ),
    fails=(
        Example(("exec('a = 1')",)),
        Example(("for n in range(3):\n    globals()[f'x{n}'] = n",)),
    ),
    find=_find,
)
