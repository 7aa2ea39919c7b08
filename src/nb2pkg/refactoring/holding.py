"""Which names may hold a value of a certain origin, when some statements have run?"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from nb2pkg.analysis import NONE, argument_names, own_nodes
from nb2pkg.dataflow import Program

_CLOSING = frozenset({"close", "cleanup", "shutdown", "terminate", "disconnect"})
# What these give has no such value in it, whatever they are given.
_USING_UP_WORDS = """
    len sum str repr print format int float bool hash id isinstance issubclass type any all hasattr callable
    load loads safe_load dump read readline readlines read_csv read_json read_excel communicate wait decode
    fetchall fetchone write writelines close name display
    vars dir asdict astuple getattr abs round issubset perf_counter time debug info warning error critical
"""
_USING_UP = frozenset(_USING_UP_WORDS.split())
# What is given to any other call as a generator is used up by it.
_LAZY_WORDS = """
    map filter zip enumerate iter islice chain from_iterable tee cycle takewhile dropwhile zip_longest starmap
    batched pairwise groupby accumulate filterfalse compress peekable
"""
_LAZY = frozenset(_LAZY_WORDS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the values come from.

    starts: whether an expression is such a value by itself
    givers: functions of the notebook that give one; passers: those that give what they are given
    generators: the functions that are such values by their nature, until they are used up
    functions, modules: names of all functions of the notebook, and of what it imports
    methods: methods that give such a value when it is one that they are called on; None for any
    by_name: whether a call that is given a name for such a value may give it back
    """

    starts: Callable[[ast.expr], bool]
    givers: frozenset[str] = NONE
    passers: frozenset[str] = NONE
    functions: frozenset[str] = NONE
    generators: frozenset[str] = NONE
    modules: frozenset[str] = NONE
    methods: frozenset[str] | None = None
    by_name: bool = False


def with_functions(
    origin: Origin, program: Program, makers: Callable[[ast.AST], bool] = lambda _: False
) -> Origin:
    """The origin, with what the notebook's own functions give; `makers` do so by their nature."""
    functions = {
        node.name: node
        for statement in program.statements
        for node in (statement.node,)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    classes = [s.node for s in program.statements if isinstance(s.node, ast.ClassDef)]
    made = {name for name, node in functions.items() if makers(node)}
    found = replace(
        origin,
        givers=origin.givers | made,
        generators=frozenset(made),
        functions=frozenset(functions),
        modules=program.static_imports,
    )
    while True:
        # A function's own names end with it.
        inner = replace(found, by_name=True)
        givers = found.givers | {n for n, f in functions.items() if _gives(f, inner, NONE)}
        if origin.methods is None:
            givers |= {c.name for c in classes if _keeps(c, inner)}
        passers = found.passers | {
            n for n, f in functions.items() if _gives(f, inner, frozenset(argument_names(f.args)))
        }
        if givers == found.givers and passers == found.passers:
            return found
        found = replace(found, givers=givers, passers=passers)


def holders(
    statements: Iterable[ast.stmt], origin: Origin, held: frozenset[str] = NONE
) -> frozenset[str]:
    """The names that may hold such a value after the statements, if `held` do before them."""
    for statement in statements:
        held = _after(statement, origin, held)
    return held


def holds(value: ast.expr | None, origin: Origin, held: frozenset[str]) -> bool:
    """Whether the value of an expression may be such a value, or have one in it."""
    if value is not None and origin.starts(value):
        return True
    match value:
        case None | ast.Constant() | ast.JoinedStr() | ast.Compare() | ast.Lambda():
            return False
        case ast.Name(id=name):
            return name in held
        case ast.Call():
            return _call_holds(value, origin, held)
        case ast.Subscript(value=inner) | ast.Starred(value=inner) | ast.Await(value=inner):
            return holds(inner, origin, held)
        case ast.NamedExpr(value=inner):
            return holds(inner, origin, held)
        case ast.Attribute():
            return False
        case ast.ListComp(elt=elt, generators=parts) | ast.SetComp(elt=elt, generators=parts):
            return holds(elt, origin, in_comprehension(parts, origin, held))
        case ast.DictComp(value=elt, generators=parts):
            return holds(elt, origin, in_comprehension(parts, origin, held))
        case ast.GeneratorExp(elt=elt, generators=parts):
            inside = in_comprehension(parts, origin, held)
            # Until it ends, a generator holds what it goes through.
            return holds(elt, origin, inside) or (
                origin.methods is None and holds(parts[0].iter, origin, held)
            )
    return any(
        holds(part, origin, held)
        for part in ast.iter_child_nodes(value)
        if isinstance(part, ast.expr)
    )


def _call_holds(call: ast.Call, origin: Origin, held: frozenset[str]) -> bool:
    function = call.func
    word = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if isinstance(function, ast.Name) and word in origin.givers:
        return True
    if word in _USING_UP:
        return False
    if isinstance(function, ast.Attribute) and holds(function.value, origin, held):
        is_name = isinstance(function.value, ast.Name)
        if origin.methods is None:
            return origin.by_name or not is_name
        return word in origin.methods
    if isinstance(function, ast.Name) and word in origin.functions and word not in origin.passers:
        return False
    given = [*call.args, *(k.value for k in call.keywords)]
    if word in ("map", "starmap"):
        given = given[1:]
    return any(
        holds(value, origin, held)
        for value in given
        if (origin.by_name or not isinstance(value, ast.Name))
        and (word in _LAZY or word in origin.passers or not _is_generator(value, origin))
    )


def _each_holds(iterated: ast.expr, origin: Origin, held: frozenset[str]) -> bool:
    """Whether what a loop goes through may be such values, that nothing else holds."""
    if isinstance(iterated, ast.Name) and not origin.by_name:
        return False
    return holds(iterated, origin, held) and not _is_generator(iterated, origin)


def _is_generator(value: ast.expr, origin: Origin) -> bool:
    if isinstance(value, ast.Call):
        return getattr(value.func, "id", "") in origin.generators
    return isinstance(value, ast.GeneratorExp) and origin.methods is None


def in_comprehension(
    parts: Sequence[ast.comprehension], origin: Origin, held: frozenset[str]
) -> frozenset[str]:
    """The names that may hold such a value inside a comprehension."""
    for part in parts:
        held = _bound(part.target, _each_holds(part.iter, origin, held), held)
    return held


def _after(statement: ast.stmt, origin: Origin, held: frozenset[str]) -> frozenset[str]:
    for node in own_nodes([statement]):
        if isinstance(node, ast.NamedExpr) and holds(node.value, origin, held):
            held |= _names(node.target)
    match statement:
        case ast.Assign(targets=targets, value=value):
            return _assigned(targets, value, origin, held)
        case ast.AnnAssign(target=target, value=value) if value is not None:
            return _assigned([target], value, origin, held)
        case ast.AugAssign(target=target, value=value):
            return held | (_names(target) if holds(value, origin, held) else NONE)
        case ast.Delete(targets=targets):
            return held - {t.id for t in targets if isinstance(t, ast.Name)}
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=on, attr=word)) as call):
            if word in _CLOSING and isinstance(on, ast.Name):
                return held - {on.id}
            given = [*call.args, *(k.value for k in call.keywords)]
            if any(holds(v, origin, held) for v in given):
                held |= _names(on) - origin.modules
            return held
        case ast.For() | ast.AsyncFor():
            each = _bound(statement.target, _each_holds(statement.iter, origin, held), held)
            once = holders(statement.body, origin, each)
            again = holders(statement.body, origin, once | each)
            if _closes_each(statement):
                return again - _names(statement.iter) - _names(statement.target)
            return held | again | holders(statement.orelse, origin, again)
        case ast.While():
            again = holders(statement.body, origin, holders(statement.body, origin, held) | held)
            return held | again | holders(statement.orelse, origin, again)
        case ast.If():
            return holders(statement.body, origin, held) | holders(statement.orelse, origin, held)
        case ast.With() | ast.AsyncWith():
            for item in statement.items:
                # What a `with` statement opens, it closes.
                held -= (
                    _names(item.context_expr) if isinstance(item.context_expr, ast.Name) else NONE
                )
                if item.optional_vars is not None:
                    held = _bound(item.optional_vars, False, held)
            return holders(statement.body, origin, held)
        case ast.Try():
            inside = holders(statement.body, origin, held)
            found = inside | holders(statement.orelse, origin, inside)
            for handler in statement.handlers:
                found |= holders(handler.body, origin, held | inside)
            return holders(statement.finalbody, origin, found)
        case ast.Match():
            return held.union(*(holders(c.body, origin, held) for c in statement.cases))
    return held


def _assigned(
    targets: Sequence[ast.expr], value: ast.expr, origin: Origin, held: frozenset[str]
) -> frozenset[str]:
    for target in targets:
        if (
            isinstance(target, (ast.Tuple, ast.List))
            and isinstance(value, (ast.Tuple, ast.List))
            and len(target.elts) == len(value.elts)
            and not any(isinstance(e, ast.Starred) for e in (*target.elts, *value.elts))
        ):
            each = [holds(part, origin, held) for part in value.elts]
            for part, is_one in zip(target.elts, each, strict=True):
                held = _bound(part, is_one, held)
        else:
            held = _bound(target, holds(value, origin, held), held)
    return held


def _bound(target: ast.expr, is_one: bool, held: frozenset[str]) -> frozenset[str]:
    if is_one:
        return held | _names(target)
    if isinstance(target, (ast.Attribute, ast.Subscript)):
        return held
    return held - _names(target)


def _names(target: ast.expr) -> frozenset[str]:
    """The names that are bound by a target, or into whose values it stores."""
    match target:
        case ast.Name(id=name):
            return frozenset({name})
        case ast.Tuple(elts=elts) | ast.List(elts=elts):
            return NONE.union(*(_names(e) for e in elts))
        case ast.Starred(value=value) | ast.Attribute(value=value) | ast.Subscript(value=value):
            return _names(value)
    return NONE


def _closes_each(loop: ast.For | ast.AsyncFor) -> bool:
    """`for file in files: file.close()`."""
    match loop:
        case ast.For(
            target=ast.Name(id=name),
            iter=ast.Name(),
            body=[ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=on), attr=word)))],
        ):
            return name == on and word in _CLOSING
    return False


def _gives(
    function: ast.FunctionDef | ast.AsyncFunctionDef, origin: Origin, held: frozenset[str]
) -> bool:
    """Whether what a function returns or yields may be such a value, if its names hold `held`."""
    after = holders(function.body, origin, held) | held
    return any(
        isinstance(node, (ast.Return, ast.Yield, ast.YieldFrom))
        and holds(node.value, origin, after)
        for node in own_nodes(function.body)
    )


def _keeps(node: ast.ClassDef, origin: Origin) -> bool:
    """Whether an instance holds such a value as an attribute."""
    return any(
        "self" in holders(part.body, origin)
        for part in node.body
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef))
    )
