"""Does the notebook tell, or need, the place where its definitions stand?

A class of a notebook is `__main__.Point`; in the package it lives in a module, or inside a function. Code that
prints that, or pickles it, meets the difference.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nb2pkg.analysis import Kind, Statement, resolve
from nb2pkg.dataflow import Program
from nb2pkg.planning.definitions import Definitions, Home
from nb2pkg.planning.leaving_out import location_of
from nb2pkg.problems import Diagnostic, Severity

_TELLING = frozenset({"print", "display", "str", "repr", "format"})
_PICKLING = (
    "pickle.dump", "pickle.dumps", "joblib.dump", "cloudpickle.dump", "multiprocessing.",
    "concurrent.futures.ProcessPoolExecutor", "shelve.",
)  # fmt: skip


def told_places(program: Program, definitions: Definitions) -> Iterator[Diagnostic]:
    """Notes about code that shows or stores where a definition of the notebook stands."""
    classes = {n for s in program.statements if s.kind is Kind.CLASS for n in s.facts.order}
    inner = sorted(
        name
        for index, home in definitions.homes.items()
        if home is Home.LOCAL
        for name in program.statements[index].facts.order
    )
    told: set[int] = set()
    for statement in program.statements:
        is_code = statement.kind is Kind.CODE and statement.cell not in told
        if classes and is_code and _tells(statement, classes):
            told.add(statement.cell)
            yield Diagnostic(
                code="NB144",
                severity=Severity.NOTE,
                message=f"cell {statement.cell} may show where a class stands: '__main__' in the "
                "notebook, a module of the package after extract",
                location=location_of(statement),
                hint="show the class's __name__ instead",
            )
        if inner and any(
            isinstance(n, ast.Call)
            and (resolve(n.func, program.aliases) or "").startswith(_PICKLING)
            for n in statement.nodes
        ):
            yield Diagnostic(
                code="NB145",
                severity=Severity.WARNING,
                message=f"cell {statement.cell} pickles or starts processes, and '{inner[0]}' stands inside "
                "a function of the package: only a process that has run it can unpickle it",
                location=location_of(statement),
                hint="pass it the notebook's values as arguments, and it will stand in a module",
            )
            inner = []
        if any(_in_main(n, program) for n in statement.nodes):
            yield Diagnostic(
                code="NB146",
                severity=Severity.WARNING,
                message=f"cell {statement.cell} looks for definitions in '__main__'; those of the package "
                "stand in its modules, and are not found",
                location=location_of(statement),
                hint="name the module or the class to look into",
            )


def _in_main(node: ast.AST, program: Program) -> bool:
    """Whether code looks definitions up where only a notebook has them: in `__main__`."""
    match node:
        case ast.Import(names=[ast.alias(name="__main__")]) | ast.ImportFrom(module="__main__"):
            return True
        case ast.Constant(value=str(text)):
            return "from __main__ import" in text
        case ast.Call():
            name = resolve(node.func, program.aliases)
            given = {k.arg for k in node.keywords}
            if name == "doctest.testmod":
                return not node.args and "m" not in given
            return name == "unittest.main" and not node.args and "module" not in given
    return False


def _tells(statement: Statement, classes: set[str]) -> bool:
    for node in statement.nodes:
        shown: list[ast.expr] = []
        if isinstance(node, ast.FormattedValue):
            shown = [node.value]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in _TELLING:
            shown = node.args
        if any(_is_type(value, classes) for value in shown):
            return True
    return False


def _is_type(value: ast.expr, classes: set[str]) -> bool:
    match value:
        case ast.Call(func=ast.Name(id="type"), args=[_]):
            return True
        case ast.Attribute(attr="__class__" | "__module__"):
            return True
        case ast.Name(id=name):
            return name in classes
    return False
