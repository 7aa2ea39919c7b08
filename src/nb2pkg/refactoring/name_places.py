"""Where in a cell does which name stand, and where does it mean the notebook's variable?

Scoping is CPython's. A name in the body of a class that the class binds too may mean either.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from nb2pkg.analysis import (
    COMPREHENSIONS,
    FUNCTIONS,
    bound_by,
    children,
    imported_name,
    local_names,
    own_nodes,
    walk,
)
from nb2pkg.analysis.captures import annotations_of


class Means(Enum):
    """Whose variable a name is."""

    NOTEBOOK = "the notebook's"
    OWN = "that of a function, a class or a comprehension around it"
    EITHER = "the class's, or else the notebook's"


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One place where a name stands.

    node: what carries the name: an `ast.Name`, a definition, an import's alias, `except … as`, a pattern,
        a `global` statement
    parent: what the node stands in
    scopes: the functions, classes and comprehensions around it, the innermost first
    mangled: whether Python made the name of a `__name` inside a class: `_Class__name`
    """

    name: str
    node: ast.AST
    means: Means
    parent: ast.AST
    scopes: tuple[ast.AST, ...]
    mangled: bool = False


def places_of(tree: ast.Module) -> tuple[Place, ...]:
    """Every place in a cell where a variable's name stands, in the order in which it is read."""
    reader = _Reader()
    scope = _Scope(None, frozenset(), frozenset(), None)
    for statement in tree.body:
        reader.visit(statement, scope, tree)
    return tuple(reader.found)


def bound_in(scope: ast.AST) -> frozenset[str]:
    """The names that a function, class or comprehension makes its own, type parameters included."""
    return _bound(scope) | {p.name for p in getattr(scope, "type_params", ())}


def _bound(scope: ast.AST) -> frozenset[str]:
    if isinstance(scope, FUNCTIONS):
        return frozenset(local_names(scope)[0])
    if isinstance(scope, COMPREHENSIONS):
        targets = (walk(generator.target) for generator in scope.generators)
        return frozenset(n for inner in targets for node in inner for n in bound_by(node))
    if isinstance(scope, ast.ClassDef):
        bound = frozenset(name for node in own_nodes(scope.body) for name in bound_by(node))
        return bound - _declared(scope.body, (ast.Global, ast.Nonlocal))
    return frozenset()


def _declared(
    body: Sequence[ast.AST], kinds: tuple[type[ast.AST], ...] = (ast.Global,)
) -> frozenset[str]:
    return frozenset(
        name
        for node in own_nodes(body)
        if isinstance(node, kinds)
        for name in node.names  # type: ignore[attr-defined]
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Scope:
    """A scope: `node` is None for the notebook's own; `outer` are the names declared `global`."""

    node: ast.AST | None
    bound: frozenset[str]
    outer: frozenset[str]
    around: _Scope | None
    type_parameters: bool = False

    @property
    def nodes(self) -> tuple[ast.AST, ...]:
        """What it and the scopes around it are, the innermost first."""
        if self.around is None:
            return ()
        assert self.node is not None
        return (self.node, *self.around.nodes)

    @property
    def is_class(self) -> bool:
        return isinstance(self.node, ast.ClassDef) and not self.type_parameters

    def means(self, name: str) -> tuple[Means, _Scope]:
        """Whose variable a name is here, and the scope that has it."""
        scope, direct = self, True
        while scope.around is not None:
            if (
                direct or not scope.is_class
            ):  # methods do not see the names of the class around them
                if name in scope.outer:
                    return Means.NOTEBOOK, scope
                if name in scope.bound:
                    return Means.OWN, scope
            direct = direct and scope.type_parameters
            scope = scope.around
        return Means.NOTEBOOK, scope


class _Reader:
    """Goes through a cell in the order in which names are looked up or bound."""

    def __init__(self) -> None:
        self.found: list[Place] = []
        # What the class bodies around the place have bound so far: for sure, and perhaps.
        self.surely: dict[ast.AST, set[str]] = {}
        self.maybe: dict[ast.AST, set[str]] = {}

    def visit(self, node: ast.AST, scope: _Scope, parent: ast.AST) -> None:
        if isinstance(node, ast.Name):
            reads = isinstance(node.ctx, ast.Load) or isinstance(parent, ast.AugAssign)
            self._place(node.id, node, scope, parent, reads=reads)
        elif isinstance(node, FUNCTIONS):
            self._function(node, scope, parent)
        elif isinstance(node, ast.ClassDef):
            self._class(node, scope, parent)
        elif isinstance(node, COMPREHENSIONS):
            self._comprehension(node, scope)
        elif isinstance(node, ast.NamedExpr):
            self.visit(node.value, scope, node)
            self._place(node.target.id, node.target, scope, node, walrus=True)
        elif isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
            for part in _in_order(node):
                self.visit(part, scope, node)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                if alias.name != "*":
                    self._place(imported_name(alias), alias, scope, node)
        elif isinstance(node, ast.Global):
            self.found += (Place(n, node, Means.NOTEBOOK, parent, scope.nodes) for n in node.names)
        elif type(node).__name__ == "TypeAlias":
            name, value = node.name, node.value  # type: ignore[attr-defined]
            self.visit(name, scope, node)
            self.visit(value, self._type_parameters(node, scope), node)
        else:
            self._binding(node, scope, parent)
            for child in children(node):
                self.visit(child, scope, node)

    def _binding(self, node: ast.AST, scope: _Scope, parent: ast.AST) -> None:
        """The name that `except … as` or a pattern binds beside what is below it."""
        if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping)):
            for name in bound_by(node):
                self._place(name, node, scope, parent)

    def _function(self, node: ast.AST, scope: _Scope, parent: ast.AST) -> None:
        assert isinstance(node, FUNCTIONS)
        inner = scope
        for child in (*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)):
            self.visit(child, scope, node)
        if not isinstance(node, ast.Lambda):
            for child in node.decorator_list:
                self.visit(child, scope, node)
            inner = self._type_parameters(node, scope)
            for child in annotations_of(node):
                self.visit(child, inner, node)
            self._place(node.name, node, scope, parent)
        body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
        inside = _Scope(node, _bound(node), _declared(body), inner)
        for part in body:
            self.visit(part, inside, node)

    def _class(self, node: ast.ClassDef, scope: _Scope, parent: ast.AST) -> None:
        for child in node.decorator_list:
            self.visit(child, scope, node)
        inner = self._type_parameters(node, scope)
        for child in (*node.bases, *(k.value for k in node.keywords)):
            self.visit(child, inner, node)
        inside = _Scope(node, _bound(node), _declared(node.body), inner)
        self.surely[node], self.maybe[node] = set(), set()
        for statement in node.body:
            self._class_statement(statement, inside, node)
        self._place(node.name, node, scope, parent)

    def _class_statement(self, node: ast.stmt, scope: _Scope, parent: ast.ClassDef) -> None:
        """A statement of a class's body: what it binds, it may have bound when it reads."""
        binds = {name for inner in own_nodes([node]) for name in bound_by(inner)}
        binds_last = _binds_last(node)
        if not binds_last:
            self.maybe[parent] |= binds
        self.visit(node, scope, parent)
        self.maybe[parent] |= binds
        if binds_last:
            self.surely[parent] |= binds
        else:
            self.surely[parent] -= binds

    def _type_parameters(self, node: ast.AST, scope: _Scope) -> _Scope:
        """The scope that `def f[T](…)` has around it, with its names (PEP 695)."""
        parameters: list[ast.AST] = getattr(node, "type_params", [])
        if not parameters:
            return scope
        names = frozenset(p.name for p in parameters)  # type: ignore[attr-defined]
        inside = _Scope(node, names, frozenset(), scope, type_parameters=True)
        for parameter in parameters:
            for child in children(parameter):
                self.visit(child, inside, parameter)
        return inside

    def _comprehension(self, node: ast.AST, scope: _Scope) -> None:
        assert isinstance(node, COMPREHENSIONS)
        self.visit(node.generators[0].iter, scope, node)
        inside = _Scope(node, _bound(node), frozenset(), scope)
        for number, generator in enumerate(node.generators):
            for part in (*([generator.iter] if number else []), generator.target, *generator.ifs):
                self.visit(part, inside, node)
        for part in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
            self.visit(part, inside, node)

    def _place(
        self,
        name: str,
        node: ast.AST,
        scope: _Scope,
        parent: ast.AST,
        *,
        reads: bool = False,
        walrus: bool = False,
    ) -> None:
        means, where = (_without_comprehensions(scope) if walrus else scope).means(name)
        if reads and means is Means.OWN and where.is_class:
            assert where.node is not None
            if name not in self.maybe[where.node]:
                means = Means.NOTEBOOK
            elif name not in self.surely[where.node] or where is not scope:
                means = Means.EITHER
        mangled = _mangled(name, scope)
        self.found.append(
            Place(mangled or name, node, means, parent, scope.nodes, mangled is not None)
        )


def _mangled(name: str, scope: _Scope) -> str | None:
    """What Python makes of a name inside a class, where it makes something of it."""
    if not name.startswith("__") or name.endswith("__"):
        return None
    around = next((n.name for n in scope.nodes if isinstance(n, ast.ClassDef)), "")
    return f"_{around.lstrip('_')}{name}" if around.strip("_") else None


_PLAIN = (
    ast.Assign, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
)  # fmt: skip


def _binds_last(node: ast.stmt) -> bool:
    """Whether a statement has read all that it reads when it binds."""
    if not isinstance(node, _PLAIN):
        return False
    targets = node.targets if isinstance(node, ast.Assign) else []
    return not any(isinstance(inner, ast.NamedExpr) for inner in own_nodes([node])) and all(
        isinstance(inner, (ast.Name, ast.Tuple, ast.List, ast.Starred))
        for target in targets
        for inner in walk(target)
    )


def _in_order(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> list[ast.expr]:
    parts = [node.value] if node.value is not None else []
    parts += node.targets if isinstance(node, ast.Assign) else [node.target]
    return [*parts, node.annotation] if isinstance(node, ast.AnnAssign) else parts


def _without_comprehensions(scope: _Scope) -> _Scope:
    """Where a walrus binds: in what is around the comprehensions that it stands in (PEP 572)."""
    while scope.around is not None and isinstance(scope.node, COMPREHENSIONS):
        scope = scope.around
    return scope
