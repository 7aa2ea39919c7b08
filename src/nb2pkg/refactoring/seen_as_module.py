"""Does the notebook look at itself as a whole, so that names which go would be missed?"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from nb2pkg.analysis import Kind, ParsedCell, Statement, resolve
from nb2pkg.dataflow import Program
from nb2pkg.refactoring.cell_code import code_of
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.whole_looks import whole_look

# These look for tests in `__main__`, unless they are given another module.
_SEARCHING = frozenset({"unittest.main", "unittest.TestProgram", "doctest.testmod"})


def refuse_seen_as_module(cells: Sequence[ParsedCell], program: Program, code: str) -> None:
    """Stop where code reaches for all names of the notebook, as `sys.modules["__main__"]` does.

    Raises:
        FindingsError: it does, with the given code.
    """
    look = whole_look(code_of(cells), program.binders.keys())
    if look is not None:
        message = f"cell {look.place.cell} {look.what}"
        raise cannot(code, message, location=look.place, hint="every name may be looked up there")


def refuse_tests_searched_for(program: Program, gone: Collection[int]) -> None:
    """Stop where tests are looked for in the notebook, and the definitions that go may be among them.

    Raises:
        FindingsError: that is so (NB801).
    """
    if not any(program.statements[i].kind in (Kind.FUNCTION, Kind.CLASS) for i in gone):
        return
    for statement in program.statements:
        for name in _searches(statement, program):
            raise cannot(
                "NB801",
                f"{name}() looks for tests in the notebook, and would find those no more that move",
                statement=statement,
            )


def _searches(statement: Statement, program: Program) -> Iterator[str]:
    for node in statement.nodes:
        if isinstance(node, ast.Call):
            name = resolve(node.func, program.aliases)
            given = bool(node.args) or any(k.arg in ("module", "m") for k in node.keywords)
            if name in _SEARCHING and not given:
                yield name
