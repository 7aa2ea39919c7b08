"""Put hooks into the functions of a package as it is imported: what does each take and give?"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import os
from collections.abc import Iterator
from typing import Any

HOOK = "__nb2pkg_calls__"
_CALL = "__nb2pkg_call__"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = (*_FUNCTIONS, ast.Lambda, ast.ClassDef)
# Functions that call one of these see variables of ours.
_LOOKS_AT_ITSELF = frozenset(["locals", "vars", "dir", "eval", "exec", "globals", "_getframe"])


def hooked(tree: ast.Module, module: str) -> ast.Module:
    """Tell the hook of each call of a top-level function, or of a method of a top-level class."""
    for node in tree.body:
        if isinstance(node, _FUNCTIONS):
            _hook(node, f"{module}:{node.name}")
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, _FUNCTIONS):
                    _hook(inner, f"{module}:{node.name}.{inner.name}")
    return ast.fix_missing_locations(tree)


def _hook(node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> None:
    own = list(_own(node))
    if node.decorator_list or any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in own):
        return
    if any(isinstance(n, ast.Name) and n.id in _LOOKS_AT_ITSELF for n in own):
        return
    returns = _Returns()
    body = [returns.visit(statement) for statement in node.body]
    start = 1 if ast.get_docstring(node, clean=False) is not None else 0
    entered = ast.parse(f"{_CALL} = {HOOK}.entered({name!r}, locals())").body
    left = ast.parse(f"{HOOK}.left({_CALL}, None)").body
    for new in (*entered, *left):
        ast.copy_location(new, node)
    node.body = [*body[:start], *entered, *body[start:], *left]


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Every node of a function, without those of functions within it."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, _SCOPES):
            yield from _own(child)


class _Returns(ast.NodeTransformer):
    """`return value` tells the hook first."""

    def visit_Return(self, node: ast.Return) -> Any:
        value = node.value or ast.Constant(None)
        hook = ast.Attribute(ast.Name(HOOK, ast.Load()), "left", ast.Load())
        node.value = ast.Call(hook, [ast.Name(_CALL, ast.Load()), value], [])
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> Any:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        return node


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module with hooks in it; no bytecode is read or written."""

    def get_code(self, fullname: str) -> Any:
        path = self.get_filename(fullname)
        tree = ast.parse(self.get_data(path), path)
        return compile(hooked(tree, fullname), path, "exec", dont_inherit=True)


class HookedModules(importlib.abc.MetaPathFinder):
    """Finds the modules of a package's steps."""

    def __init__(self, package: str, source: str) -> None:
        self._prefix = f"{package}.steps."
        self._folder = os.path.join(source, *package.split("."), "steps")

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        name = fullname[len(self._prefix) :]
        place = os.path.join(self._folder, f"{name}.py")
        if not fullname.startswith(self._prefix) or not os.path.isfile(place):
            return None
        loader = _Loader(fullname, place)
        return importlib.machinery.ModuleSpec(fullname, loader, origin=place)
