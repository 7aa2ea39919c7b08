"""Which modules of the project could a notebook import, and where do they and their tests lie?"""

from __future__ import annotations

import keyword
import os
import sys
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path, PurePosixPath

from nb2pkg.adapters.package_folders import DiskPackageFolders
from nb2pkg.ports.refactoring import ModulePlace
from nb2pkg.problems import Refused, UsageError

_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")
_NOT_LOOKED_INTO = frozenset(
    {"node_modules", "build", "dist", "venv", "env", "site-packages", "tests", "test", "docs"}
)
_MOST = 300
# The project may be somebody's home, with all their data below it.
_MOST_FOLDERS = 2_000
_LONGEST, _LONGEST_PART = 1_000, 200
_LARGEST = 1_000_000  # bytes; beyond that it is data, not a module that somebody wrote
_FROM_ROOT = "run the notebook where {folder} can be imported, as with `pip install -e .`"


def project_folder(folder: str, top: str | None = None) -> str:
    """The nearest folder around a notebook's that holds a project; its own where there is none.

    Nothing above `top` is looked at.
    """
    place = Path(folder)
    for candidate in (place, *place.parents):
        if any((candidate / mark).exists() for mark in _MARKS):
            return str(candidate)
        if top is not None and candidate == Path(top):
            break
    return folder


def module_place(wanted: str, folder: str, project: str) -> ModulePlace:
    """Find the file of a module that is named as in an import, or by its path from the notebook's folder.

    Raises:
        UsageError: nothing of the project can have that name (NB017).
    """
    if len(wanted) > _LONGEST or any(len(part) > _LONGEST_PART for part in wanted.split("/")):
        raise _no_module(f"{wanted[:40]}…", "that is too long for a file's name")
    path = _path_of(wanted, folder, project)
    absolute = Path(os.path.normpath(os.path.join(folder, path)))
    if not absolute.is_relative_to(project):
        raise _no_module(wanted, "it lies outside the project")
    root, note = _import_root(absolute, Path(folder), Path(project))
    parts = absolute.relative_to(root).with_suffix("").parts
    if parts[-1] == "__init__":
        parts = parts[:-1]
    for part in parts:
        if not part.isidentifier() or keyword.iskeyword(part):
            raise _no_module(wanted, f"'{part}' is no name that a module can have")
    if not parts or parts[0] in sys.stdlib_module_names:
        raise _no_module(wanted, f"'{parts[0] if parts else ''}' is a module of Python's own")
    if absolute.with_suffix("").is_dir() and not absolute.exists():
        raise _no_module(wanted, f"the folder {absolute.stem} would be imported instead")
    return ModulePlace(
        module=".".join(parts),
        path=_relative(absolute, folder),
        test_path=_relative(_tests_of(absolute, Path(project)), folder),
        note=note,
    )


def modules_beside(
    folder: str, project: str, *, most_folders: int = _MOST_FOLDERS
) -> tuple[ModulePlace, ...]:
    """The modules that could take a function, those nearest to the notebook first.

    Not more than `most_folders` folders are looked into: what was found until then is given.
    """
    found: dict[str, ModulePlace] = {}
    starts = (folder, os.path.join(project, "src"), project)
    for path in _python_files([Path(start) for start in starts], most_folders):
        if len(found) >= _MOST:
            break
        try:
            place = module_place(_relative(path, folder), folder, project)
        except UsageError:
            continue
        found.setdefault(place.path, place)
    return tuple(found.values())


def texts_of(paths: Collection[str], folder: str, project: str) -> dict[str, str]:
    """The texts of those of these files that are there, none of them reached through a link.

    Raises:
        UsageError: one of them is no text file of ours to change (NB017).
        Refused: a link is in the way (NB402).
    """
    below = {relative_to(project, folder, path): path for path in paths}
    found: dict[str, str] = {}
    for place, data in DiskPackageFolders().contents(project, below).items():
        if len(data) > _LARGEST:
            raise _no_module(below[place], "it is too large for a module")
        try:
            found[below[place]] = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _no_module(below[place], "it is not UTF-8") from error
    return found


def relative_to(project: str, folder: str, path: str) -> str:
    """A path from the notebook's folder as one from the project's, with forward slashes."""
    return os.path.relpath(os.path.join(folder, path), project).replace(os.sep, "/")


def imported_modules(names: Collection[str], folder: str, project: str) -> dict[str, str]:
    """The texts of the project's own modules among dotted names."""
    found: dict[str, str] = {}
    for name in names:
        try:
            place = module_place(name, folder, project)
            texts = texts_of([place.path], folder, project)
        except (UsageError, Refused):
            continue
        if texts:
            found[name] = texts[place.path]
    return found


def local_names(folder: str) -> tuple[str, ...]:
    """The top names of the modules and packages in a folder."""
    try:
        with os.scandir(folder) as entries:
            names = {
                e.name.removesuffix(".py") for e in entries if e.name.endswith(".py") or e.is_dir()
            }
    except OSError:
        return ()
    return tuple(sorted(name for name in names if name.isidentifier()))


def _path_of(wanted: str, folder: str, project: str) -> str:
    if wanted.endswith(".py"):
        if os.path.isabs(wanted) or "\0" in wanted or "\\" in wanted:
            raise _no_module(wanted, "it is not a path from the notebook's folder")
        return wanted
    parts = wanted.split(".")
    if not all(parts):
        raise _no_module(wanted, "it is not a module's name")
    path = "/".join(parts) + ".py"
    for start in (folder, os.path.join(project, "src"), project):
        if Path(start, path).is_file():
            return _relative(Path(start, path), folder)
        if Path(start, *parts, "__init__.py").is_file():
            return _relative(Path(start, *parts, "__init__.py"), folder)
    top = Path(project, "src", parts[0])
    if len(parts) > 1 and top.is_dir():
        return _relative(Path(project, "src", path), folder)
    return path


def _import_root(path: Path, folder: Path, project: Path) -> tuple[Path, str]:
    """The folder that must be on Python's path, and what that takes; the notebook's own always is."""
    source = project / "src"
    if path.is_relative_to(source):
        return source, _FROM_ROOT.format(folder="src")
    if path.is_relative_to(folder):
        return folder, ""
    return project, _FROM_ROOT.format(folder="the project's folder")


def _tests_of(path: Path, project: Path) -> Path:
    name = f"test_{path.parent.name if path.stem == '__init__' else path.stem}.py"
    tests = project / "tests"
    return (tests if tests.is_dir() else path.parent) / name


def _relative(path: Path, folder: str) -> str:
    return PurePosixPath(*Path(os.path.relpath(path, folder)).parts).as_posix()


def _python_files(starts: Iterable[Path], most_folders: int) -> Iterator[Path]:
    """Python files below folders, without those of environments, hidden folders and tests.

    What lies less deep comes first, so that one large folder does not use up what may be looked into.
    """
    seen: set[Path] = set()
    for start in starts:
        waiting = deque([start])
        while waiting and len(seen) < most_folders:
            place = waiting.popleft()
            if place in seen:
                continue
            seen.add(place)
            folders, files = _listed(place)
            below = (place / name for name in folders)
            # Those that are too many would only wait.
            waiting.extend(islice((f for f in below if f not in seen), most_folders))
            yield from (place / name for name in files)


def _listed(folder: Path) -> tuple[list[str], list[str]]:
    """The names of the folders in a folder that are looked into, and of its modules; no linked folders."""
    folders, files = [], []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if _is_folder(entry):
                    if _is_looked_into(entry.name) and not entry.is_symlink():
                        folders.append(entry.name)
                elif _is_module(entry.name):
                    files.append(entry.name)
    except OSError:
        return [], []
    return sorted(folders), sorted(files)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads round in a circle
        return False


def _is_looked_into(name: str) -> bool:
    return name.isidentifier() and name not in _NOT_LOOKED_INTO and name[0] != "_"


def _is_module(name: str) -> bool:
    return name.endswith(".py") and not name.startswith(("test_", "conftest", "setup."))


def _no_module(wanted: str, why: str) -> UsageError:
    return UsageError(
        "NB017",
        f"{wanted!r} cannot take a function: {why}",
        hint="name a module beside the notebook, such as features.py",
    )
