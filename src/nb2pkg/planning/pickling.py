"""Which definitions inside a step does pickle have to find by name?

Pickle stores an object's class, and a function, as a module and a name to look up there. What closes
over values of its step is in no module, unless it is declared global.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence

from nb2pkg.analysis import Kind, resolve
from nb2pkg.dataflow import Program

_MODULES = ("pickle.", "joblib.", "shelve.", "multiprocessing.", "torch.multiprocessing.")
_CALLS = frozenset(
    {"torch.save", "pandas.to_pickle", "concurrent.futures.ProcessPoolExecutor", "numpy.save"}
)


def found_by_name(
    statements: Sequence[int], program: Program, parameters: Collection[str]
) -> Mapping[int, str]:
    """Statements of a step that define what pickle may be given, with the line to put before each."""
    found: dict[int, str] = {}
    named: set[str] = set(parameters)
    for index in statements:
        statement = program.statements[index]
        if statement.kind in (Kind.FUNCTION, Kind.CLASS):
            name = statement.facts.order[0]
            # Python refuses the declaration where the name was used before it.
            if name not in named:
                found[index] = f"global {name}  # where pickle looks for it"
        named |= statement.facts.all_reads | statement.facts.may_bind | statement.facts.captures
    return found


def pickles(program: Program) -> bool:
    """Whether the notebook stores objects by pickle, or sends them to other processes."""
    return any(
        name in _CALLS or name.startswith(_MODULES) or name.endswith(".to_pickle")
        for s in program.statements
        if "(" in s.text
        for node in s.nodes
        if isinstance(node, ast.Call)
        for name in [resolve(node.func, program.aliases) or _method(node.func)]
    )


def _method(function: ast.expr) -> str:
    return f".{function.attr}" if isinstance(function, ast.Attribute) else ""
