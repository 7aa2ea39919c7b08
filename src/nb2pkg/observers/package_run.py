"""Run a package as `python -m` does, and tell after every step what its values are.

A program for the notebook's own interpreter. It reads one JSON object from a file, and writes what it
sees to another, a line of JSON after each step, so that what was seen before a crash is there to be read:

    {"seen": STEP, "values": {NAME: node}, "printed": BYTES, "figures": [FILE, …]}
    {"ended": true} or {"failed": {"type": …, "message": …, "file": …, "line": …, "step": …}}
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import contextlib
import importlib.abc
import importlib.machinery
import inspect
import json
import os
import runpy
import sys
import traceback
import types
from typing import Any

_HOOK = "__nb2pkg_seen__"


class Watcher:
    """Looks at the variables of whoever has just called a step, and writes down what they are."""

    def __init__(self, spec: dict[str, Any], describe: Any, pictures: Any) -> None:
        self.steps: dict[str, dict[str, bool]] = spec["steps"]
        self.describe = describe
        self.pictures = pictures
        self.last: str | None = None
        self._result: str = spec["result"]

    def seen(self, step: str) -> None:
        """Called behind every call of a step; the caller's variables are the values that flow."""
        found = sys._getframe(1).f_locals
        self.last = step
        asked = self.steps.get(step, {})
        values = {n: self.describe(found[n], asked[n]) for n in asked if n in found}
        self.write({"seen": step, "values": values})

    def write(self, line: dict[str, Any]) -> None:
        """Write a line, with how much was printed and drawn before it."""
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        # What children of this process print comes the same way, and counts.
        line["printed"] = os.fstat(1).st_size
        line["figures"] = self.pictures.taken()
        with open(self._result, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def watched(tree: ast.Module, steps: Any) -> ast.Module:
    """Put a call of the watcher behind every statement that calls one of these functions."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(node, field, None)
            if isinstance(statements, list):
                setattr(node, field, [s for one in statements for s in _with_hooks(one, steps)])
    return ast.fix_missing_locations(tree)


def _with_hooks(statement: ast.AST, steps: Any) -> list[ast.AST]:
    if not isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr)):
        return [statement]
    called = [
        node.func.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in steps
    ]
    hooks = [
        ast.copy_location(
            ast.Expr(ast.Call(ast.Name(_HOOK, ast.Load()), [ast.Constant(name)], [])), statement
        )
        for name in called
    ]
    return [statement, *hooks]


class _PipelineLoader(importlib.machinery.SourceFileLoader):
    """Loads the pipeline with the watcher in it; no bytecode is read or written."""

    steps: Any = ()

    def get_code(self, fullname: str) -> Any:
        path = self.get_filename(fullname)
        tree = ast.parse(self.get_data(path), path)
        return compile(watched(tree, self.steps), path, "exec", dont_inherit=True)


class _PipelineFinder(importlib.abc.MetaPathFinder):
    def __init__(self, module: str, path: str, steps: Any) -> None:
        self._module = module
        self._path = path
        self._steps = steps

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname != self._module:
            return None
        loader = _PipelineLoader(fullname, self._path)
        loader.steps = self._steps
        return importlib.machinery.ModuleSpec(fullname, loader, origin=self._path)


def run(spec: dict[str, Any], describe: Any, pictures: Any) -> int:
    """Run what `spec` names, and give the exit code of this process: 0 where it came to its end.

    spec: source, the folder to import from; package; steps, step → name to look at → whether in detail;
    result, the file to write to; cells, the code of a step notebook to run instead of the package, or None
    """
    watcher = Watcher(spec, describe, pictures)
    # Beside a script, the package of the same name comes first.
    sys.path[0] = os.getcwd()
    setattr(builtins, _HOOK, watcher.seen)
    source = os.path.realpath(spec["source"])
    sys.path.insert(0, source)
    sys.dont_write_bytecode = True
    package = spec["package"]
    path = os.path.join(source, *package.split("."), "pipeline.py")
    sys.meta_path.insert(0, _PipelineFinder(package + ".pipeline", path, spec["steps"]))
    sys.argv = [package]
    try:
        if spec.get("cells") is None:
            runpy.run_module(package, run_name="__main__", alter_sys=True)
        else:
            _run_cells(spec["cells"], spec["steps"])
    except SystemExit as stop:
        if stop.code not in (None, 0):
            watcher.write({"failed": _told(stop, watcher.last, source)})
            return 1
    except BaseException as error:
        watcher.write({"failed": _told(error, watcher.last, source)})
        return 1
    watcher.write({"ended": True})
    return 0


def _run_cells(cells: list[str], steps: Any) -> None:
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    for number, text in enumerate(cells, 1):
        name = f"<cell {number}>"
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        tree = compile(text, name, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
        code = compile(watched(tree, steps), name, "exec", flags, dont_inherit=True)
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio.run(types.FunctionType(code, main.__dict__)())
        else:
            exec(code, main.__dict__)


def _told(error: BaseException, last: str | None, source: str) -> dict[str, Any]:
    """An error in words: what, and the innermost line of the package's own that led to it."""
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if os.path.realpath(frame.filename).startswith(source + os.sep)
    ]
    place = own[-1] if own else None
    return {
        "type": type(error).__name__,
        "message": str(error)[:2000],
        "file": os.path.relpath(place.filename, source) if place else None,
        "line": place.lineno if place else None,
        "after": last,
        "traceback": "".join(traceback.format_exception(type(error), error, error.__traceback__)),
    }
