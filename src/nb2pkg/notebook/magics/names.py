"""Which names a command in a cell can see, and which modules are not what their name says."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from nb2pkg.notebook.magics.expansion import Bound
from nb2pkg.notebook.magics.ipython_input import parse_python

# What translations use by its plain name; `numpy` is what %precision and %pylab speak of.
USED_BY_TRANSLATIONS = frozenset(
    {"os", "subprocess", "io", "contextlib", "pathlib", "shlex", "numpy", "print", "format"}
)
STAR = "*"
# Where such a name is neither called nor looked into, or is defined. Most cells have none.
_ANY = "|".join(sorted(USED_BY_TRANSLATIONS))
_MAY_SHADOW = re.compile(rf"\b(?:{_ANY})\b(?!\s*[.(])|\b(?:def|class)\s+(?:{_ANY})\b")
_BUILTINS = frozenset(dir(builtins)) | {"get_ipython", "display"}
_SHELL_HISTORY = re.compile(r"_+|_i+|_[io]h|_dh|_i?\d+|In|Out|_exit_code")
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_OwnScope = _Function | ast.ClassDef | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleNames:
    """The names that one place in a cell sees."""

    bound: Collection[str]  # by earlier cells
    here: Collection[str]  # by this cell, before that place
    later: Collection[str]  # by this cell, after it

    def look_up(self, name: str) -> Bound:
        """Say whether `name` has a value there."""
        if name in self.bound or name in self.here or name in _BUILTINS:
            return Bound.YES
        shouted = name.isupper() or not name.isidentifier()  # $HOME, $1: the shell's
        if name in self.later or _SHELL_HISTORY.fullmatch(name):
            return Bound.UNSURE
        if (STAR in self.bound or STAR in self.here) and not shouted:
            return Bound.UNSURE
        return Bound.NO

    def is_empty(self) -> bool:
        """Say whether nothing has been bound so far."""
        return not self.bound and not self.here


def visible_names(
    tree: ast.Module, scopes: tuple[ast.AST, ...], line: int, bound: Collection[str]
) -> VisibleNames:
    """Collect what `line` sees inside `scopes`, the functions around it from the outside in."""
    functions = [scope for scope in scopes if isinstance(scope, _Function)]
    here: set[str] = set()
    later: set[str] = set()
    for name, at in _bindings(tree):
        # A function runs after the cell has gone on, so it sees what the cell binds below it.
        (here if at < line or functions else later).add(name)
    for scope in functions:
        here.update(name for name, _ in _bindings(scope))
    return VisibleNames(bound=bound, here=frozenset(here), later=frozenset(later - here))


def shadowed_names(source: str) -> frozenset[str]:
    """Find the names translations rely on that `source` gives another meaning.

    `from skimage import io` is one: `io` is then not the standard library's. `import os` is not.
    Unparsable source shadows nothing.
    """
    if not _MAY_SHADOW.search(source):
        return frozenset()
    tree = parse_python(source)
    return shadowed_in(tree) if tree is not None else frozenset()


def shadowed_in(tree: ast.Module) -> frozenset[str]:
    """Find the names translations rely on that `tree` gives another meaning at module level."""
    shadowed = {name for name, _ in _bindings(tree, plain_imports=False)}
    return frozenset(shadowed & USED_BY_TRANSLATIONS)


def _bindings(scope: ast.AST, *, plain_imports: bool = True) -> Iterator[tuple[str, int]]:
    """Yield the names that `scope` itself binds, with the line."""
    if isinstance(scope, _Function):
        for argument in ast.walk(scope.args):
            if isinstance(argument, ast.arg):
                yield argument.arg, argument.lineno
    pending = list(ast.iter_child_nodes(scope))
    while pending:
        node = pending.pop()
        yield from _bound_by(node, plain_imports)
        if not isinstance(node, _OwnScope):
            pending.extend(ast.iter_child_nodes(node))


def _bound_by(node: ast.AST, plain_imports: bool) -> Iterator[tuple[str, int]]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            yield name, node.lineno
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name, node.lineno
        case ast.ExceptHandler(name=str(name)):
            yield name, node.lineno
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name, node.lineno
        case ast.MatchMapping(rest=str(name)):
            yield name, node.lineno
        case ast.Import(names=aliases):
            for alias in aliases:
                name = alias.asname or alias.name.partition(".")[0]
                if plain_imports or (alias.asname and alias.asname != alias.name):
                    yield name, node.lineno
        case ast.ImportFrom(names=aliases):
            for alias in aliases:
                yield alias.asname or alias.name, node.lineno
