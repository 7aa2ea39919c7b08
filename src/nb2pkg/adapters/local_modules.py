"""What do the modules beside a notebook say, and which others beside it do they import?"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

from nb2pkg.analysis import walk

_LARGEST = 1_000_000  # bytes; beyond that it is data, not a module that somebody wrote


def local_sources(folder: Path, names: Collection[str]) -> dict[str, str]:
    """The text of these modules and of what they import from beside them, by relative path.

    Nothing is imported or run. Links, unreadable files and files that are not UTF-8 are left where
    they are: Python finds them there when the package runs in the notebook's folder.
    """
    found: dict[str, str] = {}
    seen: set[str] = set()
    pending = sorted(names)
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        for path in _files_of(folder, name):
            text = _text_of(path)
            if text is not None:
                found[path.relative_to(folder).as_posix()] = text
                pending.extend(n for n in imported_by(text) if _stands_in(folder, n))
    return found


def imported_by(text: str) -> frozenset[str]:
    """The top-level names of the modules that a module imports; nothing where it does not parse."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    names: set[str] = set()
    for node in walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return frozenset(names)


def _stands_in(folder: Path, name: str) -> bool:
    return (folder / f"{name}.py").is_file() or (folder / name).is_dir()


def _files_of(folder: Path, name: str) -> Iterator[Path]:
    module, package = folder / f"{name}.py", folder / name
    if package.is_dir() and not package.is_symlink():
        yield from (p for p in sorted(package.rglob("*.py")) if "__pycache__" not in p.parts)
    elif module.is_file():
        yield module


def _text_of(path: Path) -> str | None:
    try:
        if path.is_symlink() or path.stat().st_size > _LARGEST:
            return None
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
