"""Does a module only make names, so that importing it changes nothing?"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import Effects, display_arguments, only_looks, resolve, root_name
from nb2pkg.analysis.captures import outer_expressions

# Decorators that only make another function or class of what they are given.
_DECORATORS_WORDS = """
    property staticmethod classmethod
    abc.abstractmethod abc.abstractclassmethod abc.abstractstaticmethod abc.abstractproperty
    contextlib.contextmanager contextlib.asynccontextmanager dataclasses.dataclass enum.unique
    functools.cache functools.cached_property functools.lru_cache functools.singledispatch
    functools.total_ordering functools.wraps numba.jit numba.njit
    typing.final typing.no_type_check typing.overload typing.runtime_checkable
    typing_extensions.deprecated typing_extensions.final typing_extensions.override
    typing_extensions.overload typing.override warnings.deprecated
"""
_DECORATORS = frozenset(_DECORATORS_WORDS.split())
# Calls that fields, members and types are declared with.
_MAKERS = frozenset(
    {"dataclasses.field", "enum.auto", "typing.NewType", "typing.ParamSpec", "typing.TypeVar"}
)
_OF_PROPERTIES = frozenset({"setter", "getter", "deleter"})
_META = frozenset({"abc.ABCMeta", "enum.EnumMeta", "enum.EnumType", "type"})
# Python calls these while a class is made.
_CLASS_HOOKS = frozenset({"__init_subclass__", "__set_name__", "__prepare__", "__mro_entries__"})
_NOISY_MODULES = frozenset({"this", "antigravity", "__main__"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Module:
    """What is known of a module while its statements are judged."""

    effects: Effects
    own: frozenset[str]
    displays: frozenset[str]
    has_hooks: bool


def first_effect(tree: ast.Module, effects: Effects, own: Collection[str]) -> ast.stmt | None:
    """The first statement that may do more than make names; `own` are the names the module binds itself."""
    displays = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Dict, ast.List))
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    module = _Module(
        effects=effects,
        own=frozenset(own),
        displays=frozenset(displays),
        has_hooks=any(getattr(n, "name", "") in _CLASS_HOOKS for n in ast.walk(tree)),
    )
    return next((node for node in tree.body if not _only_defines(node, module)), None)


def _only_defines(node: ast.stmt, module: _Module) -> bool:
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Import(names=names):
            return not any(alias.name.split(".")[0] in _NOISY_MODULES for alias in names)
        case ast.ImportFrom(module=name):
            return (name or "").split(".")[0] not in _NOISY_MODULES
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            given = [e for e in outer_expressions(node) if e not in node.decorator_list]
            return _all_look(given, module) and _all_decorate(node.decorator_list, module)
        case ast.ClassDef():
            return _is_quiet_class(node, module)
        case ast.Assign(targets=targets, value=value):
            return all(_is_own(t, module) for t in targets) and _looks(value, module)
        case ast.AnnAssign(target=target, annotation=annotation, value=given_value):
            parts = [annotation] if given_value is None else [annotation, given_value]
            return _is_own(target, module) and _all_look(parts, module)
        case ast.If(test=test, orelse=orelse):
            return _is_for_main_or_types(test, module) and _all_define(orelse, module)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            return (
                _all_define([*body, *orelse, *final], module)
                and all(_all_define(h.body, module) for h in handlers)
                and _all_look([h.type for h in handlers if h.type is not None], module)
            )
    return False


def _all_define(nodes: Sequence[ast.stmt], module: _Module) -> bool:
    return all(_only_defines(node, module) for node in nodes)


def _is_quiet_class(node: ast.ClassDef, module: _Module) -> bool:
    if module.has_hooks:
        return False
    for keyword in node.keywords:
        is_meta = keyword.arg == "metaclass"
        if is_meta and resolve(keyword.value, module.effects.aliases) not in _META:
            return False
        if keyword.arg is None or not _looks(keyword.value, module):
            return False
    return (
        _all_look(node.bases, module)
        and _all_decorate(node.decorator_list, module)
        and _all_define(node.body, module)
    )


def _all_decorate(decorators: Sequence[ast.expr], module: _Module) -> bool:
    """Whether these only make something else of what is defined."""
    for decorator in decorators:
        function = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(function, ast.Attribute) and function.attr in _OF_PROPERTIES:
            continue
        if root_name(function) in module.own:
            return False
        name = resolve(function, module.effects.aliases) or ""
        if name not in _DECORATORS and not name.startswith(("pytest.mark.", "pytest.fixture")):
            return False
        if isinstance(decorator, ast.Call) and not _all_look(_given(decorator), module):
            return False
    return True


def _given(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)


def _all_look(expressions: Sequence[ast.expr] | Iterator[ast.expr], module: _Module) -> bool:
    return all(_looks(expression, module) for expression in expressions)


def _looks(expression: ast.expr, module: _Module) -> bool:
    """Whether an expression only looks at values, and runs no function of the module's own."""
    for call in (node for node in ast.walk(expression) if isinstance(node, ast.Call)):
        if root_name(call.func) in module.own and isinstance(call.func, ast.Name):
            return False
        if display_arguments(call, module.effects.aliases) is not None:
            return False
    if isinstance(expression, ast.Call):
        name = resolve(expression.func, module.effects.aliases)
        if name in _MAKERS:
            return _all_look(_given(expression), module)
    return only_looks(expression, module.effects)


def _is_own(target: ast.expr, module: _Module) -> bool:
    """Whether a value is bound to names of the module's own, or put into a dict or list of its own."""
    if isinstance(target, (ast.Tuple, ast.List)):
        return all(_is_own(part, module) for part in target.elts)
    if isinstance(target, ast.Subscript):
        return getattr(target.value, "id", "") in module.displays and _looks(target.slice, module)
    return isinstance(target, ast.Name)


def _is_for_main_or_types(test: ast.expr, module: _Module) -> bool:
    """Whether a condition never holds where the module is imported."""
    if module.own & {"__name__", "TYPE_CHECKING"}:
        return False
    match test:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            names = {getattr(side, "id", "") for side in (left, right)}
            texts = {getattr(side, "value", "") for side in (left, right)}
            return "__name__" in names and "__main__" in texts
        case ast.Name(id="TYPE_CHECKING"):
            return True
        case ast.Attribute(attr="TYPE_CHECKING"):
            return root_name(test) in module.effects.aliases
    return False
