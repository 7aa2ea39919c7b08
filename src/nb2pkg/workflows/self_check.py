"""Is what we are about to write sound? Every file compiles, and reads no name from nowhere."""

from __future__ import annotations

import ast
import builtins
import symtable
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nb2pkg.analysis import walk

_ALWAYS_THERE = frozenset(dir(builtins)) | {
    "__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__", "__path__",
    "__builtins__", "__annotations__", "__dict__", "__module__", "__qualname__", "__class__",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Module:
    """A file as Python sees it.

    bound: the names that it binds at module level; reads: those that any part of it reads there
    has_star: whether it may have more names, from `from x import *`
    """

    path: str
    text: str
    tree: ast.Module
    bound: frozenset[str]
    reads: frozenset[str]
    has_star: bool


def faults_of(files: Mapping[str, str], package: str) -> tuple[str, ...]:
    """List what is wrong with the Python files of a package, each with its path; usually nothing."""
    faults: list[str] = []
    modules: list[_Module] = []
    for path in sorted(files):
        if not path.endswith(".py"):
            continue
        try:
            modules.append(_module(path, files[path]))
        except SyntaxError as error:
            faults.append(f"{path}:{error.lineno}: {error.msg}")
        except (ValueError, RecursionError, MemoryError) as error:
            faults.append(f"{path}: {error or type(error).__name__}")
    for module in modules:
        faults.extend(f"{module.path}: '{name}' is not defined" for name in _undefined(module))
    faults.extend(_broken_imports(modules, package))
    return tuple(faults)


def _module(path: str, text: str) -> _Module:
    with warnings.catch_warnings():
        # An odd escape or an `is` with a literal is the notebook's own.
        warnings.simplefilter("ignore")
        tree = ast.parse(text, path)
        compile(tree, path, "exec", dont_inherit=True)
        table = symtable.symtable(text, path, "exec")
    bound = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    reads: set[str] = set()
    pending = [table]
    while pending:
        scope = pending.pop()
        pending.extend(scope.get_children())
        for symbol in scope.get_symbols():
            if scope is not table and not symbol.is_global():
                continue
            if symbol.is_assigned():
                bound.add(symbol.get_name())
            if symbol.is_referenced():
                reads.add(symbol.get_name())
    # Walking a tree is slow: only where the text gives reason to.
    has_star = "import *" in text and any(_is_star(node) for node in walk(tree))
    return _Module(path, text, tree, frozenset(bound), frozenset(reads), has_star)


def _is_star(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names)


# -- names -------------------------------------------------------------------------------------------


def _undefined(module: _Module) -> list[str]:
    """Name what the module reads and nothing in it binds."""
    missing = module.reads - module.bound - _ALWAYS_THERE
    if not missing or module.has_star:
        return []
    return sorted(missing - _asked_for(module.tree))


def _asked_for(tree: ast.Module) -> set[str]:
    """Names read under `try: … except NameError:`, where the code asks whether they exist."""
    names: set[str] = set()
    for node in walk(tree):
        if isinstance(node, ast.Try) and any(_catches_name_error(h) for h in node.handlers):
            names |= {n.id for part in node.body for n in walk(part) if isinstance(n, ast.Name)}
    return names


def _catches_name_error(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught = {n.id for n in walk(handler.type) if isinstance(n, ast.Name)}
    return bool(caught & {"NameError", "Exception", "BaseException"})


# -- imports within the package ----------------------------------------------------------------------


def _broken_imports(modules: list[_Module], package: str) -> Iterator[str]:
    """Name what a module imports from another one of the package, and that one does not have."""
    by_name = {_dotted(m.path): m for m in modules if m.path.startswith("src/")}
    for module in modules:
        for node in _imports_of(module, package):
            assert node.module is not None
            home = by_name.get(node.module)
            if home is None:
                yield f"{module.path}:{node.lineno}: there is no module '{node.module}'"
                continue
            for alias in node.names:
                is_module = f"{node.module}.{alias.name}" in by_name
                if alias.name not in home.bound and not is_module and not home.has_star:
                    yield f"{module.path}:{node.lineno}: '{node.module}' has no '{alias.name}'"


def _imports_of(module: _Module, package: str) -> list[ast.ImportFrom]:
    """The `from` imports out of the package, wherever they stand."""
    found = _those_of(module.tree.body, package)
    if module.text.count(f"from {package}") > len(found):
        return _those_of(walk(module.tree), package)
    return found


def _those_of(nodes: Iterable[ast.AST], package: str) -> list[ast.ImportFrom]:
    return [node for node in nodes if isinstance(node, ast.ImportFrom) and _is_of(node, package)]


def _is_of(node: ast.ImportFrom, package: str) -> bool:
    if node.level or not node.module:
        return False
    return node.module == package or node.module.startswith(f"{package}.")


def _dotted(path: str) -> str:
    module = path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__")
    return module.replace("/", ".")
