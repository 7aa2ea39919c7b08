"""Which import statements bind which names, and which are there for their effect alone?"""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from nb2pkg.analysis import Kind, Statement
from nb2pkg.dataflow import Program, is_star
from nb2pkg.planning.import_names import DISTRIBUTION_OF

# Imported for nothing but their names.
_WITHOUT_EFFECT = frozenset(sys.stdlib_module_names) - {
    "this",
    "antigravity",
    "readline",
    "rlcompleter",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTable:
    """Import statements as text, one name each.

    statements: name → the statements that bind it (`import os` and `import os.path` both bind os)
    stars: `from x import *`, in order
    effects: imports that may have an effect, whether anything reads what they bind or not
    """

    statements: Mapping[str, tuple[str, ...]]
    stars: tuple[str, ...]
    effects: tuple[str, ...]
    future_annotations: bool


def import_table(program: Program) -> ImportTable:
    """Take the notebook's static imports apart, a statement for each name."""
    found: dict[str, list[str]] = {}
    stars: list[str] = []
    effects: list[str] = []
    future = False
    for statement in program.statements:
        if statement.kind is not Kind.IMPORT:
            continue
        if is_star(statement):
            stars.append(ast.unparse(statement.node))
            module = getattr(statement.node, "module", None) or ""
            if _has_unknown_effect(module):
                effects.append(f"import {module}")
            continue
        if getattr(statement.node, "module", None) == "__future__":
            future = future or any(a.name == "annotations" for a in statement.node.names)  # type: ignore[attr-defined]
        for name, text in single_imports(statement):
            if name not in program.static_imports:
                continue
            if text not in found.setdefault(name, []):
                found[name].append(text)
            if _may_have_effect(statement, name):
                effects.append(text)
    return ImportTable(
        statements={name: tuple(texts) for name, texts in found.items()},
        stars=tuple(dict.fromkeys(stars)),
        effects=tuple(dict.fromkeys(effects)),
        future_annotations=future,
    )


def single_imports(statement: Statement) -> list[tuple[str, str]]:
    """(name, statement) for each name that an import statement binds."""
    node = statement.node
    found: list[tuple[str, str]] = []
    if isinstance(node, ast.Import):
        for alias in node.names:
            text = f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
            found.append((alias.asname or alias.name.split(".")[0], text))
    elif isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            text = f"from {module} import {alias.name}" + (
                f" as {alias.asname}" if alias.asname else ""
            )
            found.append((alias.asname or alias.name, text))
    return found


def _may_have_effect(statement: Statement, name: str) -> bool:
    node = statement.node
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        if module.startswith("sklearn.experimental"):
            return True
    else:
        assert isinstance(node, ast.Import)
        module = next(
            (a.name for a in node.names if (a.asname or a.name.split(".")[0]) == name), ""
        )
    return _has_unknown_effect(module)


def _has_unknown_effect(module: str) -> bool:
    top = module.split(".")[0]
    return bool(top) and top not in _WITHOUT_EFFECT and top not in DISTRIBUTION_OF
