"""Is what we are about to write sound? Every file compiles, and reads no name from nowhere."""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nb2pkg.analysis import ModuleNames, module_names, walk

_ALWAYS_THERE = frozenset(dir(builtins)) | {
    "__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__", "__path__",
    "__builtins__", "__annotations__", "__dict__", "__module__", "__qualname__", "__class__",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Module:
    """A file as Python sees it; `has_star` says that it may have more names than it binds itself."""

    path: str
    text: str
    names: ModuleNames
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
        compile(text, path, "exec", dont_inherit=True)
        names = module_names(text, path)
    # Trees take longer to make than all the rest: only where the text gives reason to.
    has_star = "import *" in text and any(_is_star(node) for node in walk(ast.parse(text)))
    return _Module(path, text, names, has_star)


def _is_star(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names)


# -- names -------------------------------------------------------------------------------------------


def _undefined(module: _Module) -> list[str]:
    """Name what the module reads and nothing in it binds."""
    missing = module.names.reads - module.names.binds - _ALWAYS_THERE
    if not missing or module.has_star:
        return []
    return sorted(missing - _asked_for(ast.parse(module.text)))


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
        named = _imported_by_text(module.text, package)
        if named is not None and all(_has(by_name, home, name) for home, name in named):
            continue
        for node in _those_of(walk(ast.parse(module.text)), package):
            assert node.module is not None
            if node.module not in by_name:
                yield f"{module.path}:{node.lineno}: there is no module '{node.module}'"
                continue
            for alias in node.names:
                if not _has(by_name, node.module, alias.name):
                    yield f"{module.path}:{node.lineno}: '{node.module}' has no '{alias.name}'"


def _has(by_name: Mapping[str, _Module], home: str, name: str) -> bool:
    if home not in by_name:
        return False
    there = by_name[home]
    return name in there.names.binds or f"{home}.{name}" in by_name or there.has_star


def _imported_by_text(text: str, package: str) -> list[tuple[str, str]] | None:
    """Modules of the package with the names imported from them, as lines of the text say it.

    None where the package is named in a way that takes a parser to read. A line within a literal may
    look like an import, too: what is missing here need not be a fault.
    """
    lines = list(re.finditer(_IMPORT.format(package=re.escape(package)), text, re.MULTILINE))
    if len(lines) != text.count(f"from {package}"):
        return None
    return [
        (line["home"], part.split()[0])
        for line in lines
        for part in re.sub(r"#.*", "", line["inside"] or line["names"]).split(",")
        if part.strip()
    ]


_IMPORT = r"^[ \t]*from (?P<home>{package}(?:\.\w+)*) import (?:\((?P<inside>[^()]*)\)|(?P<names>\w[\w ,]*))"


def _those_of(nodes: Iterable[ast.AST], package: str) -> list[ast.ImportFrom]:
    return [node for node in nodes if isinstance(node, ast.ImportFrom) and _is_of(node, package)]


def _is_of(node: ast.ImportFrom, package: str) -> bool:
    if node.level or not node.module:
        return False
    return node.module == package or node.module.startswith(f"{package}.")


def _dotted(path: str) -> str:
    module = path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__")
    return module.replace("/", ".")
