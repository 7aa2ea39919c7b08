"""Which notebook names may a call of each function bind, through `global`?"""

from __future__ import annotations

from nb2pkg.analysis import Kind
from nb2pkg.dataflow import Program


def writes_of_functions(program: Program) -> dict[str, frozenset[str]]:
    """Function or class → the notebook names that using it may bind, its callees' included."""
    writes: dict[str, set[str]] = {}
    callers = [s for s in program.statements if s.facts.captures or s.facts.captured_binds]
    if not any(s.facts.captured_binds for s in callers):
        return {}
    changed = True
    while changed:
        changed = False
        for statement in callers:
            if not statement.facts.order or statement.kind is Kind.IMPORT:
                continue
            mine = set(statement.facts.captured_binds)
            for callee in statement.facts.captures & writes.keys():
                mine |= writes[callee]
            for name in statement.facts.order:
                if mine - writes.get(name, set()):
                    writes.setdefault(name, set()).update(mine)
                    changed = True
    return {name: frozenset(names) for name, names in writes.items()}
