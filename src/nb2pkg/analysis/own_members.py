"""Which methods and properties of the notebook's own classes do more than look?"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence

from nb2pkg.analysis.dotted_names import Aliases
from nb2pkg.analysis.effects import Effects
from nb2pkg.analysis.looking import call_only_looks
from nb2pkg.analysis.scoping import argument_names
from nb2pkg.analysis.syntax_tree import walk

_Function = (ast.FunctionDef, ast.AsyncFunctionDef)
_CONSTRUCTORS = frozenset({"__init__", "__post_init__"})
_EXCEPTIONS = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
)
_REMEMBERING = ("cache", "lazy", "memo")


def noisy_members(nodes: Iterable[ast.AST], aliases: Aliases) -> frozenset[str]:
    """The names of methods and properties that change, print, draw or remember something.

    `nodes` are those of the notebook's classes. A method is quiet where its text shows it: it stores
    into nothing but what it made itself, and calls what only looks.
    """
    classes = [n for n in nodes if isinstance(n, ast.ClassDef)]
    methods = [
        (owner, m)
        for owner in classes
        for m in owner.body
        if isinstance(m, _Function) and not _is_accessor(m)
    ]
    noisy: frozenset[str] = frozenset()
    while True:
        made = frozenset(c.name for c in classes if not c.keywords and not noisy & {f"{c.name}()"})
        effects = Effects(aliases=aliases, pure_calls=made, noisy=noisy)
        own = frozenset(m.name for _, m in methods)
        found = {
            f"{owner.name}()" if m.name in _CONSTRUCTORS else m.name
            for owner, m in methods
            if not _is_quiet(m, effects, own)
        }
        if found <= noisy:
            return frozenset(n for n in noisy if not n.endswith("()"))
        noisy |= found


def noisy_functions(nodes: Iterable[ast.AST], aliases: Aliases) -> frozenset[str]:
    """The names of functions that change, print, draw or remember something when they are called.

    `nodes` are the notebook's functions and the assignments that give a lambda a name.
    """
    functions: list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]] = []
    for node in nodes:
        if isinstance(node, _Function):
            functions.append((node.name, node))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            body: list[ast.stmt] = [ast.Return(node.value.body)]
            named = ast.FunctionDef("", node.value.args, body, [])
            functions.extend((t.id, named) for t in node.targets if isinstance(t, ast.Name))
    noisy: frozenset[str] = frozenset()
    while True:
        quiet = frozenset(name for name, _ in functions) - noisy
        effects = Effects(aliases=aliases, pure_calls=quiet, noisy_functions=noisy)
        found = {name for name, f in functions if not _is_quiet(f, effects, quiet)}
        if found <= noisy:
            return noisy
        noisy |= found


def _is_accessor(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it is the `@total.setter` of a property: storing runs it, looking does not."""
    return any(
        isinstance(d, ast.Attribute) and d.attr in ("setter", "deleter")
        for d in method.decorator_list
    )


def _is_quiet(
    method: ast.FunctionDef | ast.AsyncFunctionDef, effects: Effects, own: frozenset[str]
) -> bool:
    if any(word in ast.unparse(d).lower() for d in method.decorator_list for word in _REMEMBERING):
        return False
    parameters = argument_names(method.args)
    fresh = _fresh_names(method)
    if method.name in _CONSTRUCTORS and parameters:
        fresh |= {parameters[0]}
    for node in _body_nodes(method.body):
        if isinstance(node, (ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom, ast.Delete)):
            return False
        if isinstance(node, (ast.With, ast.AsyncWith, ast.Await, *_Function, ast.ClassDef)):
            return False
        if isinstance(node, (ast.Attribute, ast.Subscript)):
            if not isinstance(node.ctx, ast.Load) and _holder(node) not in fresh:
                return False
            if isinstance(node, ast.Attribute) and node.attr in effects.noisy:
                return False
        elif isinstance(node, ast.AugAssign):
            if isinstance(node.target, ast.Name) and node.target.id in parameters:
                return False
        elif isinstance(node, ast.Call) and not _is_quiet_call(node, effects, own, fresh):
            return False
    return True


def _is_quiet_call(
    call: ast.Call, effects: Effects, own: frozenset[str], fresh: frozenset[str]
) -> bool:
    function = call.func
    if isinstance(function, ast.Attribute):
        if isinstance(function.value, ast.Name) and function.value.id in fresh:
            return True
        if function.attr in own:
            return function.attr not in effects.noisy
    if isinstance(function, ast.Name) and (function.id == "super" or function.id in _EXCEPTIONS):
        return True
    return call_only_looks(call, effects)


def _fresh_names(method: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """Local names that only ever hold a container made in the method itself."""
    values: dict[str, list[ast.expr]] = {}
    for node in _body_nodes(method.body):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    values.setdefault(target.id, []).append(node.value)
    return frozenset(name for name, given in values.items() if all(map(_makes_container, given)))


def _makes_container(value: ast.expr) -> bool:
    displays = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.JoinedStr)
    return isinstance(value, displays) or (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id in ("list", "dict", "set")
        and not value.args
    )


def _holder(node: ast.Attribute | ast.Subscript) -> str | None:
    """`x` for `x[0]` and `x.y`, and nothing for what lies deeper."""
    return node.value.id if isinstance(node.value, ast.Name) else None


def _body_nodes(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    for statement in body:
        yield from walk(statement)


def own_instances(
    statements: Iterable[tuple[frozenset[str], frozenset[str]]], classes: frozenset[str]
) -> frozenset[str]:
    """Names that may hold an object of one of the `classes`, given each statement's reads and binds."""
    found = set(classes)
    pairs = list(statements)
    while True:
        more = {n for reads, binds in pairs if reads & found for n in binds} - found
        if not more:
            return frozenset(found)
        found |= more
