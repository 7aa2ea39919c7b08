"""Which statements only set the process up: options, styles, seeds, paths?"""

from __future__ import annotations

import ast
import sys

from nb2pkg.analysis import Statement, resolve
from nb2pkg.analysis.effect_tables import SETUP_CALLS, SETUP_TARGETS
from nb2pkg.dataflow import BUILTINS, Program, is_star
from nb2pkg.planning.definitions import names_needed

# Modules that read the process's state when they are imported, or that sys.path decides about.
_READS_NOTHING = frozenset(sys.stdlib_module_names)


def is_setup(statement: Statement, program: Program) -> bool:
    """Whether a statement does nothing but set an option, a style, a seed or an environment variable."""
    node = statement.node
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return resolve(node.value.func, program.aliases) in SETUP_CALLS
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        return not isinstance(target, ast.Name) and _setup_target(target, program) is not None
    return False


def _setup_target(target: ast.expr, program: Program) -> str | None:
    while isinstance(target, ast.Subscript):
        target = target.value
    name = resolve(target, program.aliases) or ""
    for known in SETUP_TARGETS:
        if name == known or name.startswith(known + "."):
            return known
    return None


def must_run_early(index: int, program: Program) -> bool:
    """Whether later imports depend on this statement: `os.environ[…] = …`, `sys.path.insert(…)`."""
    statement = program.statements[index]
    if index not in program.import_world.early:
        return False
    needed = names_needed(statement, program) - BUILTINS
    if not needed <= program.static_imports:
        return False
    return any(
        # An import that stays where it is finds what was set before it anyway.
        (is_star(later) or program.is_static_import(later)) and not _is_standard(later)
        for later in program.statements[index + 1 :]
    )


def _is_standard(statement: Statement) -> bool:
    node = statement.node
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0] in _READS_NOTHING
    assert isinstance(node, ast.Import)
    return all(alias.name.split(".")[0] in _READS_NOTHING for alias in node.names)
