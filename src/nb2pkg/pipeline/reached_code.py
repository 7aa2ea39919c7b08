"""Which code of a step's own modules does it use: which definitions, from which files?

A module is taken apart into what its import does (statements other than definitions, imports and plain
constants) and what is only there to be used. The first counts as soon as the module is imported, the second
when a name reaches it. Where names cannot be followed, the whole module counts.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from nb2pkg.pipeline.python_text import tree_of

# Finds the source of a module of the step's own: its path and text, or None for any other module.
FindModule = Callable[[str], "tuple[str, str] | None"]
_EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Reached:
    """The parts of modules that are used, in a fixed order, and the files that they are in.

    imports: all that these modules import, used or not: that happens as soon as they are imported
    """

    nodes: tuple[ast.AST, ...]
    files: frozenset[str]
    imports: frozenset[str] = frozenset()
    unparsed: tuple[str, ...] = ()


class OwnModules:
    """The modules of a project, each found and taken apart once."""

    def __init__(self, find: FindModule) -> None:
        self._find = find
        self._modules: dict[str, _Module | None] = {}

    def module(self, name: str) -> _Module | None:
        """A module taken apart; None for one that is not the project's own."""
        if name not in self._modules:
            found = self._find(name)
            self._modules[name] = None if found is None else _taken_apart(name, *found)
        return self._modules[name]


def reached_from(sources: Iterable[str], modules: OwnModules) -> Reached:
    """What the cells of a notebook use of the step's own modules."""
    search = _Search(modules)
    for source in sources:
        tree = tree_of(source)
        if tree is not None:
            search.follow_imports(tree, "", is_package=False)
    return search.done()


def reached_by_function(module: str, name: str, modules: OwnModules) -> Reached:
    """What a function uses, itself included."""
    search = _Search(modules)
    search.want(module, name)
    return search.done()


@dataclass(slots=True)
class _Module:
    """A module taken apart: which statements bind a name, which do something, which import."""

    name: str
    path: str
    is_package: bool
    text: str
    tree: ast.Module | None
    bindings: dict[str, list[ast.stmt]] = field(default_factory=dict)
    effects: list[ast.stmt] = field(default_factory=list)
    imports: list[ast.Import | ast.ImportFrom] = field(default_factory=list)


class _Search:
    def __init__(self, modules: OwnModules) -> None:
        self._own = modules
        self._modules: dict[str, _Module | None] = {}
        self._wanted: list[tuple[str, str]] = []
        self._seen: set[tuple[str, str]] = set()
        self._nodes: dict[tuple[str, int], ast.AST] = {}

    def want(self, module: str, name: str) -> None:
        """A name of a module is used."""
        self._wanted.append((module, name))

    def done(self) -> Reached:
        """Follow every name to its end."""
        while self._wanted:
            module, name = self._wanted.pop()
            if (module, name) not in self._seen:
                self._seen.add((module, name))
                self._reach(module, name)
        found = [m for m in self._modules.values() if m is not None]
        return Reached(
            nodes=tuple(node for _, node in sorted(self._nodes.items(), key=lambda item: item[0])),
            files=frozenset(module.path for module in found),
            imports=frozenset(name for module in found for name in _imported_by(module)),
            unparsed=tuple(sorted(module.text for module in found if module.tree is None)),
        )

    def follow_imports(self, tree: ast.AST, package: str, *, is_package: bool) -> None:
        """What the imports anywhere below a node bring in."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    used = _attributes_of(tree, alias.asname or alias.name, alias)
                    for name in used:
                        self.want(alias.name, name)
            elif isinstance(node, ast.ImportFrom):
                module = _absolute(node, package, is_package=is_package)
                for alias in node.names:
                    self.want(module, alias.name)

    def _reach(self, module_name: str, name: str) -> None:
        parts = module_name.split(".")
        for end in range(1, len(parts)):
            self.want(".".join(parts[:end]), "")
        module = self._module(module_name)
        if module is None or module.tree is None or not name:
            return
        if name == _EVERYTHING:
            for bound in module.bindings:
                self.want(module_name, bound)
            return
        statements = module.bindings.get(name)
        if statements is None:
            # A module of a package, or a name that only comes to be when the module runs.
            self.want(f"{module_name}.{name}", _EVERYTHING)
            if "__getattr__" in module.bindings:
                self.want(module_name, _EVERYTHING)
            return
        for statement in statements:
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                self._through_import(module, statement, name)
            else:
                self._keep(module, statement)

    def _through_import(
        self, module: _Module, statement: ast.Import | ast.ImportFrom, name: str
    ) -> None:
        if isinstance(statement, ast.ImportFrom):
            origin = _absolute(statement, module.name, is_package=module.is_package)
            for alias in statement.names:
                if (alias.asname or alias.name) == name:
                    self.want(origin, alias.name)
            return
        for alias in statement.names:
            if (alias.asname or alias.name.partition(".")[0]) == name:
                self.want(alias.name, _EVERYTHING)

    def _keep(self, module: _Module, statement: ast.stmt) -> None:
        """A statement counts, and with it all that it names."""
        key = (module.path, statement.lineno)
        if key in self._nodes:
            return
        self._nodes[key] = statement
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and node.id in module.bindings:
                self.want(module.name, node.id)
            elif isinstance(node, ast.Constant) and node.value in module.bindings:
                # An annotation in quotes, or a name that is looked up.
                self.want(module.name, str(node.value))
        self.follow_imports(statement, module.name, is_package=module.is_package)

    def _module(self, name: str) -> _Module | None:
        if name not in self._modules:
            module = self._own.module(name)
            self._modules[name] = module
            if module is not None:
                self._import_runs(module)
        return self._modules[name]

    def _import_runs(self, module: _Module) -> None:
        """What happens as soon as a module is imported."""
        for statement in module.effects:
            self._keep(module, statement)
        for statement in module.imports:
            if isinstance(statement, ast.ImportFrom):
                origin = _absolute(statement, module.name, is_package=module.is_package)
                self.want(origin, "")
                if any(alias.name == "*" for alias in statement.names):
                    self.want(origin, _EVERYTHING)
            else:
                for alias in statement.names:
                    self.want(alias.name, "")


def _imported_by(module: _Module) -> Iterator[str]:
    for statement in module.imports:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif statement.module and not statement.level:
            yield statement.module


def _taken_apart(name: str, path: str, text: str) -> _Module:
    is_package = path.replace("\\", "/").endswith("/__init__.py")
    module = _Module(name=name, path=path, is_package=is_package, text=text, tree=tree_of(text))
    for statement in module.tree.body if module.tree is not None else ():
        names = list(_bound_by(statement))
        for bound in names:
            module.bindings.setdefault(bound, []).append(statement)
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            module.imports.append(statement)
        if not _only_there_to_be_used(statement):
            module.effects.append(statement)
    return module


def _bound_by(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name
    elif isinstance(statement, ast.Import):
        for alias in statement.names:
            yield alias.asname or alias.name.partition(".")[0]
    elif isinstance(statement, ast.ImportFrom):
        for alias in statement.names:
            yield alias.asname or alias.name
    else:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def _only_there_to_be_used(statement: ast.stmt) -> bool:
    """Whether nothing happens but that names are bound."""
    if isinstance(statement, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef)):
        return True
    if isinstance(statement, ast.ClassDef):
        return not statement.keywords
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        is_name = all(isinstance(target, ast.Name) for target in targets)
        calls = (ast.Call, ast.Await, ast.Yield, ast.NamedExpr)
        value = statement.value
        return is_name and (value is None or not any(isinstance(n, calls) for n in ast.walk(value)))
    return False


def _attributes_of(tree: ast.AST, bound: str, alias: ast.alias) -> set[str]:
    """Which names of an imported module are used; everything where it is used as a whole."""
    if alias.asname is None and "." in alias.name:
        return {_EVERYTHING}
    used: set[str] = {""}
    within: set[int] = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == bound
        ):
            used.add(node.attr)
            within.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == bound and id(node) not in within:
            return {_EVERYTHING}
    return used


def _absolute(node: ast.ImportFrom, module: str, *, is_package: bool) -> str:
    """The full name of the module that names are imported from."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    kept = parts[: len(parts) - node.level + (1 if is_package else 0)]
    return ".".join([*kept, *filter(None, [node.module])])
