"""Does the package of a notebook do what the notebook does? Both are run here, side by side."""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import io
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType, ModuleType
from typing import Any

from nb2pkg.notebook import CellKind, Notebook
from nb2pkg.problems import Severity
from nb2pkg.workflows.self_check import faults_of
from tests.builders import PACKAGE, plan_and_graph, sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What running something printed, what it left behind, and the error that ended it."""

    printed: str
    values: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How the package of a notebook compares: `verdict` is "same", "told", or what is wrong."""

    verdict: str
    detail: str = ""
    codes: tuple[str, ...] = ()

    @property
    def is_wrong(self) -> bool:
        """Whether nb2pkg broke its promise: wrong, and silent about it."""
        return self.verdict not in ("same", "told")


def compare(document: Notebook, reference: Outcome | None = None) -> Comparison:
    """Run a notebook top to bottom, and its package; say whether they did the same."""
    expected = reference or run_notebook(document)
    plan, _ = plan_and_graph(document)
    warnings = tuple(d.code for d in plan.diagnostics if d.severity is not Severity.NOTE)
    files = sources(plan)
    faults = faults_of({f"src/{PACKAGE}/{path}": text for path, text in files.items()}, PACKAGE)
    if faults:
        return Comparison(verdict="not sound", detail=faults[0])
    actual = run_package(files)
    if warnings:
        return Comparison(verdict="told", codes=warnings)
    if actual.printed == expected.printed and actual.error == expected.error:
        odd = _odd_result(plan_binders(document), expected, actual)
        return (
            Comparison(verdict="result differs", detail=odd) if odd else Comparison(verdict="same")
        )
    if actual.error != expected.error:
        return Comparison(verdict="error differs", detail=f"{expected.error} became {actual.error}")
    return Comparison(
        verdict="print differs", detail=f"{expected.printed!r} became {actual.printed!r}"
    )


def plan_binders(document: Notebook) -> Mapping[str, int]:
    """How many statements bind each name."""
    _, graph = plan_and_graph(document)
    return {
        name: len(found) + len(graph.program.late_binders.get(name, ()))
        for name, found in graph.program.binders.items()
    }


def _is_equal(one: object, other: object) -> bool:
    """Equality, also of lists that hold themselves."""
    try:
        return one == other
    except RecursionError:
        return repr(one) == repr(other)


def _odd_result(binders: Mapping[str, int], expected: Outcome, actual: Outcome) -> str:
    """The first result that is not the notebook's value; names bound once can be compared."""
    for name, value in actual.values.items():
        if binders.get(name) != 1 or name not in expected.values:
            continue
        theirs = expected.values[name]
        if isinstance(theirs, (int, str, list, dict, tuple)) and not _is_equal(value, theirs):
            return f"{name}: {theirs!r} became {value!r}"
    return ""


def run_notebook(document: Notebook) -> Outcome:
    """Run the code cells in one namespace, as a kernel does."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    error = None
    random.seed(0)
    with contextlib.redirect_stdout(printed):
        try:
            for cell in document.cells:
                if cell.kind is CellKind.CODE:
                    exec(compile(cell.source, f"<cell {cell.position}>", "exec"), namespace)
        except Exception as problem:
            error = type(problem).__name__
    return Outcome(printed=printed.getvalue(), values=namespace, error=error)


def run_package(files: Mapping[str, str]) -> Outcome:
    """Import a package that is only in memory, and call its `run`."""
    printed = io.StringIO()
    error = None
    values: dict[str, Any] = {}
    random.seed(0)
    with _importable(files), contextlib.redirect_stdout(printed):
        try:
            results = importlib.import_module(PACKAGE).run()
            values = {name: getattr(results, name) for name in getattr(results, "__dict__", ())}
        except Exception as problem:
            error = type(problem).__name__
    return Outcome(printed=printed.getvalue(), values=values, error=error)


@contextlib.contextmanager
def imported_modules(files: Mapping[str, str]) -> Iterator[list[tuple[ModuleType, CodeType]]]:
    """Every module of a package that is only in memory, imported, with its code."""
    with _importable(files):
        yield [
            (importlib.import_module(_dotted(path)), compile(text, path, "exec"))
            for path, text in sorted(files.items())
        ]


@contextlib.contextmanager
def _importable(files: Mapping[str, str]) -> Iterator[None]:
    finder = _Finder({_dotted(path): text for path, text in files.items()})
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [n for n in sys.modules if n == PACKAGE or n.startswith(f"{PACKAGE}.")]:
            del sys.modules[name]


def _dotted(path: str) -> str:
    parts = [PACKAGE, *path.removesuffix(".py").split("/")]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, modules: Mapping[str, str]) -> None:
        self.modules = modules

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self.modules:
            return None
        is_package = any(name.startswith(f"{fullname}.") for name in self.modules)
        return importlib.machinery.ModuleSpec(fullname, self, is_package=is_package)

    def exec_module(self, module: ModuleType) -> None:
        code = compile(self.modules[module.__name__], f"<{module.__name__}>", "exec")
        exec(code, module.__dict__)
