"""Is what we are about to write sound? Every file compiles, and reads no name from nowhere."""

from __future__ import annotations

import ast
import builtins
import symtable
import warnings
from collections.abc import Iterator, Mapping

_ALWAYS_THERE = frozenset(dir(builtins)) | {
    "__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__", "__path__",
    "__builtins__", "__annotations__", "__dict__", "__module__", "__qualname__", "__class__",
}  # fmt: skip


def faults_of(files: Mapping[str, str], package: str) -> tuple[str, ...]:
    """List what is wrong with the Python files of a package, each with its path; usually nothing."""
    faults: list[str] = []
    trees: dict[str, ast.Module] = {}
    for path in sorted(files):
        if not path.endswith(".py"):
            continue
        try:
            with warnings.catch_warnings():
                # An odd escape or an `is` with a literal is the notebook's own.
                warnings.simplefilter("ignore")
                trees[path] = ast.parse(files[path], path)
                compile(files[path], path, "exec", dont_inherit=True)
                faults.extend(f"{path}: {fault}" for fault in _undefined(files[path], trees[path]))
        except SyntaxError as error:
            faults.append(f"{path}:{error.lineno}: {error.msg}")
        except (ValueError, RecursionError, MemoryError) as error:
            faults.append(f"{path}: {error or type(error).__name__}")
    faults.extend(_broken_imports(trees, package))
    return tuple(faults)


# -- names -------------------------------------------------------------------------------------------


def _undefined(text: str, tree: ast.Module) -> Iterator[str]:
    """Name what the module reads and nothing in it binds."""
    if any(_is_star(node) for node in ast.walk(tree)):
        return
    table = symtable.symtable(text, "<check>", "exec")
    bound = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    reads: set[str] = set()
    for scope in _scopes(table):
        for symbol in scope.get_symbols():
            if symbol.is_global() and symbol.is_assigned():
                bound.add(symbol.get_name())
            is_free_of_home = symbol.is_global() or scope is table
            if is_free_of_home and symbol.is_referenced():
                reads.add(symbol.get_name())
    missing = reads - bound - _ALWAYS_THERE
    if missing:
        missing -= _asked_for(tree)
    yield from (f"'{name}' is not defined" for name in sorted(missing))


def _scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    pending = [table]
    while pending:
        scope = pending.pop()
        yield scope
        pending.extend(scope.get_children())


def _is_star(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names)


def _asked_for(tree: ast.Module) -> set[str]:
    """Names read under `try: … except NameError:`, where the code asks whether they exist."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and any(_catches_name_error(h) for h in node.handlers):
            names |= {n.id for part in node.body for n in ast.walk(part) if isinstance(n, ast.Name)}
    return names


def _catches_name_error(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught = {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)}
    return bool(caught & {"NameError", "Exception", "BaseException"})


# -- imports within the package ----------------------------------------------------------------------


def _broken_imports(trees: Mapping[str, ast.Module], package: str) -> Iterator[str]:
    """Name what a module imports from another one of the package, and that one does not have."""
    modules = {_dotted(path): path for path in trees if path.startswith("src/")}
    offered: dict[str, frozenset[str] | None] = {}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or node.level or not node.module:
                continue
            if node.module != package and not node.module.startswith(f"{package}."):
                continue
            home = modules.get(node.module)
            if home is None:
                yield f"{path}:{node.lineno}: there is no module '{node.module}'"
                continue
            if node.module not in offered:
                offered[node.module] = _offers(trees[home])
            names = offered[node.module]
            for alias in node.names:
                is_module = f"{node.module}.{alias.name}" in modules
                if names is not None and alias.name not in names and not is_module:
                    yield f"{path}:{node.lineno}: '{node.module}' has no '{alias.name}'"


def _dotted(path: str) -> str:
    module = path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__")
    return module.replace("/", ".")


def _offers(tree: ast.Module) -> frozenset[str] | None:
    """The names that importers of a module find in it; None where that cannot be told."""
    if any(_is_star(node) for node in ast.walk(tree)):
        return None
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {a.asname or a.name.split(".")[0] for a in node.names}
    return frozenset(found)
