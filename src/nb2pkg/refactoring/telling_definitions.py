"""Which functions and classes must stay in the notebook, because something tells their module?

`<__main__.Point object at 0x…>` is shown for an instance without a text of its own, and `__main__.Point` for
the class itself. Made in a module, both have another one.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from nb2pkg.analysis import (
    COMPREHENSIONS,
    NONE,
    Kind,
    Statement,
    argument_names,
    display_arguments,
    own_nodes,
    resolve,
)
from nb2pkg.dataflow import Program
from nb2pkg.refactoring.holding import (
    Origin,
    holders,
    holds,
    in_comprehension,
    with_functions,
)
from nb2pkg.refactoring.refusals import cannot

_SHOWING_WORDS = """
    print display str repr format pprint pformat ascii debug info warning error critical log
"""
_SHOWING = frozenset(_SHOWING_WORDS.split())
# These bases have a text of their own, or are shown without a module.
_NAMELESS = frozenset({"object", "ABC", "Generic", "Protocol"})
_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})
_CONTAINER_WORDS = "pop popleft get values items keys copy setdefault popitem"
_CONTAINER = frozenset(_CONTAINER_WORDS.split())
# Whoever asks for these is told which classes there are, or in which module a class is.
_OF_CLASSES = frozenset({"__subclasses__", "mro", "__mro__"})
_OF_ERRORS_WORDS = """
    format_exception format_exception_only print_exc format_exc print_exception TracebackException exc_info
"""
_OF_ERRORS = frozenset(_OF_ERRORS_WORDS.split())
_DUMPS = "pickle.dumps"
_PICKLERS = frozenset({"pickle", "dill", "cloudpickle", "_pickle", "joblib"})


@dataclass(frozen=True, slots=True)
class _Class:
    node: ast.ClassDef
    is_plain: bool  # its instances are shown with the name of its module
    is_enum: bool


def telling_definitions(program: Program) -> frozenset[int]:
    """The definitions whose module the notebook may tell."""
    words = _words(program)
    found: set[int] = set()
    for index, statement in enumerate(program.statements):
        node = statement.node
        if (
            (_DUMPS in words and statement.kind in (Kind.FUNCTION, Kind.CLASS))
            or (words & _OF_CLASSES and statement.kind is Kind.CLASS)
            or (words & _OF_ERRORS and isinstance(node, ast.ClassDef) and node.bases)
        ):
            found.add(index)
    return frozenset(found) | _shown_classes(program)


def refuse_told_definitions(program: Program, body: Collection[int]) -> None:
    """Stop where a function is made in the body, and what pickle writes of it is looked at.

    Raises:
        FindingsError: that is so (NB801).
    """
    if _DUMPS not in _words(program):
        return
    for index in body:
        statement = program.statements[index]
        if any(isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)) for n in statement.nodes):
            raise cannot(
                "NB801",
                "what pickle writes tells in which module functions are",
                statement=statement,
                hint="leave the function in a cell of its own",
            )


def _words(program: Program) -> frozenset[str]:
    """Every attribute and function that is named, and `pickle.dumps` for each that does the same."""
    found: set[str] = set()
    for statement in program.statements:
        for node in statement.nodes:
            if isinstance(node, (ast.Name, ast.Attribute)):
                found.add(node.attr if isinstance(node, ast.Attribute) else node.id)
                name = resolve(node, program.aliases) or ""
                if name.endswith(".dumps") and name.split(".")[0] in _PICKLERS:
                    found.add(_DUMPS)
            elif isinstance(node, ast.keyword) and node.arg == "exc_info":
                found.add(node.arg)
    return frozenset(found)


def _shown_classes(program: Program) -> frozenset[int]:
    """The classes that are shown, or whose instances are with nothing but their address."""
    classes = _classes(program)
    if not classes:
        return frozenset()
    named = frozenset(n for n, c in classes.items() if not c.is_enum)
    types = with_functions(Origin(starts=_is_type, methods=NONE, by_name=True), program)
    if _is_shown(program, types, named, NONE):
        return _places(program, classes)
    plain = {n: c for n, c in classes.items() if c.is_plain}
    if not plain:
        return frozenset()
    instances = with_functions(
        Origin(
            starts=lambda value: _makes(value, plain),
            methods=_CONTAINER | _giving_methods(plain),
            by_name=True,
        ),
        program,
    )
    if _is_shown(program, instances, NONE, frozenset(plain)):
        return _places(program, plain)
    return frozenset()


def _places(program: Program, names: Collection[str]) -> frozenset[int]:
    return frozenset(
        i
        for i, s in enumerate(program.statements)
        if s.kind is Kind.CLASS and s.facts.order[0] in names
    )


def _classes(program: Program) -> Mapping[str, _Class]:
    found: dict[str, _Class] = {}
    for statement in program.statements:
        node = statement.node
        if isinstance(node, ast.ClassDef):
            bases = {_last(base) for base in node.bases}
            known = [found[b] for b in bases if b in found]
            found[node.name] = _Class(
                node,
                is_plain=not node.decorator_list
                and not _has_text(node)
                and all(b in _NAMELESS or (b in found and found[b].is_plain) for b in bases),
                is_enum=bool(bases & _ENUMS) or any(c.is_enum for c in known),
            )
    return found


def _last(base: ast.expr) -> str:
    """The last word of a base class: `Generic` for `typing.Generic[T]`."""
    if isinstance(base, ast.Subscript):
        base = base.value
    return base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")


def _has_text(node: ast.ClassDef) -> bool:
    """Whether a class says how it is shown, by whatever means."""
    return any(
        getattr(part, "name", "") in ("__repr__", "__str__") or _binds_text(part)
        for part in node.body
    )


def _binds_text(part: ast.stmt) -> bool:
    return isinstance(part, ast.Assign) and any(
        getattr(t, "id", "") in ("__repr__", "__str__") for t in part.targets
    )


def _giving_methods(classes: Mapping[str, _Class]) -> frozenset[str]:
    """Methods that give the instance itself, or make another one."""
    return frozenset(
        part.name
        for one in classes.values()
        for part in one.node.body
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in own_nodes(part.body)
        if isinstance(node, (ast.Return, ast.Yield))
        and (getattr(node.value, "id", "") == "self" or _makes(node.value, classes))
    )


def _is_type(value: ast.expr) -> bool:
    match value:
        case ast.Call(func=ast.Name(id="type"), args=[_]) | ast.Attribute(attr="__class__"):
            return True
    return False


def _makes(value: ast.expr | None, classes: Collection[str]) -> bool:
    match value:
        case ast.Call(func=ast.Name(id=name)) if name in classes:
            return True
        case ast.Call(func=ast.Name(id="map"), args=[ast.Name(id=name), *_]) if name in classes:
            return True
    return False


def _is_shown(
    program: Program, origin: Origin, held: frozenset[str], classes: frozenset[str]
) -> bool:
    """Whether such a value may be shown anywhere; `held` names it from the beginning."""
    showers = frozenset(
        s.node.name
        for s in program.statements
        if isinstance(s.node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and _shows(s.node.body, origin, frozenset(argument_names(s.node.args)), _SHOWING, program)
    )
    showing = _SHOWING | showers
    for statement in program.statements:
        node = statement.node
        if isinstance(node, ast.ClassDef):
            own = frozenset({"self"}) if node.name in classes else NONE
            if any(
                _shows(part.body, origin, held | own, showing, program)
                for part in node.body
                if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef))
            ):
                return True
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if _shows(node.body, origin, held, showing, program):
                return True
            continue
        if _is_shown_last(statement, origin, held) or _shows(
            [node], origin, held, showing, program
        ):
            return True
        held |= holders([node], origin, held)
    return False


def _is_shown_last(statement: Statement, origin: Origin, held: frozenset[str]) -> bool:
    node = statement.node
    return statement.is_last and isinstance(node, ast.Expr) and holds(node.value, origin, held)


def _shows(
    body: Collection[ast.stmt],
    origin: Origin,
    held: frozenset[str],
    showing: Collection[str],
    program: Program,
) -> bool:
    inside = held | holders(body, origin, held)
    for node in body:
        for part in _scopes(node):
            if isinstance(part, (ast.For, ast.AsyncFor)):
                inside |= holders([part], origin, inside)
            if isinstance(part, COMPREHENSIONS):
                inside |= in_comprehension(part.generators, origin, inside)
        for part in _scopes(node):
            if any(holds(value, origin, inside) for value in _shown(part, showing, program)):
                return True
    return False


def _scopes(node: ast.AST) -> Iterator[ast.AST]:
    """Every node of it but for the insides of classes and named functions."""
    yield from own_nodes([node])
    for inner in own_nodes([node]):
        if isinstance(inner, COMPREHENSIONS):
            for part in ast.iter_child_nodes(inner):
                yield from _scopes(part)
        elif isinstance(inner, ast.Lambda):
            yield from _scopes(inner.body)


def _shown(node: ast.AST, showing: Collection[str], program: Program) -> Iterator[ast.expr]:
    """The expressions whose texts the node makes or shows."""
    match node:
        case ast.FormattedValue(value=value):
            yield value
        case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod(), right=right):
            yield right
        case ast.Call(func=function, args=args):
            word = function.attr if isinstance(function, ast.Attribute) else ""
            word = function.id if isinstance(function, ast.Name) else word
            if word in showing:
                yield from args
                yield from (k.value for k in node.keywords)
            elif word == "map" and getattr(args[0] if args else None, "id", "") in showing:
                yield from args[1:]
            else:
                yield from display_arguments(node, program.aliases) or ()
