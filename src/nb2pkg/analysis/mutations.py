"""Which values does a statement change in place, and which names may share a value afterwards?"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from nb2pkg.analysis.dotted_names import resolve, root_name
from nb2pkg.analysis.effect_tables import MUTATING_FUNCTIONS, PURE_BUILTINS, PURE_MODULES
from nb2pkg.analysis.effects import Effects
from nb2pkg.analysis.facts import Mutation, Touch
from nb2pkg.analysis.scoping import FUNCTIONS, bound_by
from nb2pkg.analysis.syntax_tree import children, walk

# Builtins whose result holds or gives out what they were given.
_PASSING_BUILTINS = frozenset(
    [
        "dict",
        "enumerate",
        "filter",
        "iter",
        "list",
        "map",
        "reversed",
        "set",
        "sorted",
        "tuple",
        "zip",
    ]
)
_GIVING_BUILTINS = frozenset({"getattr", "max", "min", "next"})
_SELF_RETURNING = frozenset({"fit", "set_params"})
_GIVING_OUT = frozenset(
    {"setdefault", "get", "pop", "popitem", "popleft", "values", "items", "__getitem__"}
)
_STORING = frozenset(
    {"append", "add", "insert", "extend", "update", "setdefault", "put", "appendleft", "extendleft"}
)
_VIEWS = frozenset(
    [
        "asarray",
        "asanyarray",
        "atleast_1d",
        "atleast_2d",
        "ravel",
        "reshape",
        "squeeze",
        "transpose",
        "swapaxes",
        "broadcast_to",
        "view",
        "array_split",
        "split",
        "diagonal",
        "expand_dims",
        "moveaxis",
        "deque",
        "defaultdict",
        "OrderedDict",
        "Counter",
        "concat",
    ]
)


# Those of them that show the same numbers, whatever the shape: `grid.T`, `flat.reshape(2, 3)`.
_SURE_VIEWS = frozenset(
    ["ravel", "reshape", "squeeze", "transpose", "swapaxes", "view", "diagonal", "expand_dims"]
)


class Relation(str, Enum):
    """How a value is related to the value that it came from."""

    IS = "is"  # the same object
    PART = "part"  # an item, an attribute or a view of it
    HOLDS = "holds"  # a container or an object that has it inside


@dataclass(frozen=True, slots=True)
class Source:
    """One name whose value another value is, is a part of, or holds; `sure` or only perhaps."""

    name: str
    relation: Relation
    sure: bool


@dataclass(frozen=True, slots=True)
class Share:
    """After this statement, the value of `target` shares objects with those of `sources`."""

    target: str
    sources: tuple[Source, ...]
    rebinds: bool = True  # False: what `target` shared before it still shares


def mutations_of(statement: ast.AST, effects: Effects, own: Collection[str] = ()) -> list[Mutation]:
    """List the names whose values this statement may change in place, function bodies left aside.

    `own` are functions of the notebook: what they change is worked out elsewhere.
    """
    found: list[Mutation] = []
    for node in _now(statement, _CHANGING):
        if isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
            name = root_name(node)
            if name is not None:
                found.append(Mutation(name, Touch.LIKELY, deep=_chain_length(node) > 1))
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            found.append(Mutation(node.target.id, Touch.POSSIBLE))
        elif isinstance(node, ast.Call):
            found.extend(_call_mutations(node, effects, own))
    return [m for m in found if m.name not in effects.aliases]


def _call_mutations(node: ast.Call, effects: Effects, own: Collection[str]) -> Iterator[Mutation]:
    name = resolve(node.func, effects.aliases)
    if isinstance(node.func, ast.Name) and node.func.id in own:
        return
    in_place = any(
        k.arg == "inplace" and isinstance(k.value, ast.Constant) and k.value.value is True
        for k in node.keywords
    )
    if name in effects.pure_calls:
        return
    if effects.random_sources:
        yield from _drawn_from(node, effects.random_sources)
    root = root_name(node.func)
    last = name.rsplit(".", 1)[-1] if name else getattr(node.func, "attr", "")
    is_method = (
        isinstance(node.func, ast.Attribute) and root is not None and root not in effects.aliases
    )
    if is_method and root is not None:
        deep = _chain_length(node.func) > 1
        if in_place or effects.changes_receiver(last):
            yield Mutation(root, Touch.LIKELY, deep)
        elif not effects.is_pure_method(last):
            yield Mutation(root, Touch.POSSIBLE, deep)
        if effects.is_pure_method(last) or effects.changes_receiver(last):
            return
    elif last in MUTATING_FUNCTIONS and node.args:
        first = root_name(node.args[0])
        if first:
            yield Mutation(first, Touch.LIKELY)
        return
    elif (name and (name in PURE_BUILTINS or name in ("print", "open", "display"))) or (
        name and root in effects.aliases and name.split(".")[0] in PURE_MODULES
    ):
        return
    for argument in (*node.args, *(k.value for k in node.keywords)):
        if isinstance(argument, (ast.Name, ast.Attribute, ast.Subscript, ast.Starred)):
            given = root_name(argument)
            if given:
                yield Mutation(given, Touch.POSSIBLE, deep=True)


def _drawn_from(node: ast.Call, random_sources: Collection[str]) -> Iterator[Mutation]:
    """Generators of random numbers that are handed over: `frame.sample(3, random_state=rng)`."""
    for argument in (*node.args, *(k.value for k in node.keywords)):
        for part in walk(argument):
            if isinstance(part, ast.Name) and part.id in random_sources:
                yield Mutation(part.id, Touch.POSSIBLE)


def shares_of(statement: ast.stmt, effects: Effects) -> list[Share]:
    """List what may share a value with what after this statement, in order."""
    found: list[Share] = []
    for node in _now(statement, _SHARING):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                _assign(found, target, node.value, effects)
            first = node.targets[0]
            if isinstance(first, ast.Name):  # x = y = []: one object under two names
                same = (Source(first.id, Relation.IS, True),)
                found.extend(Share(t.id, same) for t in node.targets[1:] if isinstance(t, ast.Name))
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            # The same object, as for a list, or a new one: what it shared, it may go on sharing.
            given = tuple(_held(_parts(_collect(node.value, effects)), sure=False))
            found.append(Share(node.target.id, given, rebinds=False))
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            _assign(found, node.target, node.value, effects)
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            _assign(found, node.target, node.iter, effects, part=True)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            _assign(found, node.optional_vars, node.context_expr, effects)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            _held_by_receiver(found, node, effects)
        elif isinstance(node, ast.Match):
            given = _parts(sources(node.subject, effects))
            for case in node.cases:
                for part in walk(case.pattern):
                    found.extend(Share(name, given) for name in bound_by(part))
    return found


def _held_by_receiver(found: list[Share], node: ast.Call, effects: Effects) -> None:
    """`xs.append(a)`: the receiver now holds its arguments."""
    receiver = root_name(node.func)
    assert isinstance(node.func, ast.Attribute)
    if receiver is None or receiver in effects.aliases or effects.is_pure_method(node.func.attr):
        return
    given = [
        Source(source.name, Relation.HOLDS, source.sure and node.func.attr in _STORING)
        for argument in (*node.args, *(k.value for k in node.keywords))
        for source in sources(argument, effects)
        if source.name != receiver
    ]
    if given:
        found.append(Share(receiver, tuple(given), rebinds=False))


def _assign(
    found: list[Share], target: ast.AST, value: ast.expr, effects: Effects, *, part: bool = False
) -> None:
    if isinstance(target, (ast.Tuple, ast.List)):
        if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
            for one, its in zip(target.elts, value.elts, strict=False):
                _assign(found, one, its, effects, part=part)
        else:
            for one in target.elts:
                _assign(found, one, value, effects, part=True)
    elif isinstance(target, ast.Starred):
        _assign(found, target.value, value, effects, part=part)
    elif isinstance(target, ast.Name):
        given = sources(value, effects)
        found.append(Share(target.id, _parts(given) if part else given))
    else:
        holder = root_name(target)
        given = tuple(Source(s.name, Relation.HOLDS, s.sure) for s in sources(value, effects))
        if holder is not None and holder not in effects.aliases and given:
            found.append(Share(holder, given, rebinds=False))


def sources(value: ast.expr, effects: Effects) -> tuple[Source, ...]:
    """The names whose values `value` is, views or holds."""
    return tuple(s for s in _collect(value, effects) if s.name not in effects.aliases)


def _parts(given: Iterable[Source], *, sure: bool = True) -> tuple[Source, ...]:
    """What an item or attribute of a value with these sources comes from."""
    return tuple(Source(s.name, Relation.PART, s.sure and sure) for s in given)


def _held(given: Iterable[Source], *, sure: bool = True) -> Iterator[Source]:
    for source in given:
        yield Source(source.name, Relation.HOLDS, source.sure and sure)


def _collect(node: ast.AST, effects: Effects) -> Iterator[Source]:
    if isinstance(node, ast.Name):
        yield Source(node.id, Relation.IS, True)
    elif isinstance(node, ast.Subscript):
        yield from _parts(_collect(node.value, effects), sure=not _copies(node.slice))
    elif isinstance(node, ast.Attribute):
        yield from _parts(_collect(node.value, effects))
    elif isinstance(node, (ast.Starred, ast.Await, ast.NamedExpr)):
        yield from _collect(node.value, effects)
    elif isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        for element in node.elts:
            yield from _held(_collect(element, effects))
    elif isinstance(node, ast.Dict):
        for element in node.values:
            yield from _held(_collect(element, effects))
    elif isinstance(node, ast.IfExp):
        yield from _collect(node.body, effects)
        yield from _collect(node.orelse, effects)
    elif isinstance(node, ast.BoolOp):
        for element in node.values:
            yield from _collect(element, effects)
    elif isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
        yield from _held(_collect_comprehension(node.elt, node.generators, effects))
    elif isinstance(node, ast.DictComp):
        yield from _held(_collect_comprehension(node.value, node.generators, effects))
    elif isinstance(node, ast.Call):
        yield from _collect_call(node, effects)


def _collect_comprehension(
    element: ast.expr, generators: list[ast.comprehension], effects: Effects
) -> Iterator[Source]:
    targets: dict[str, ast.expr] = {}
    for generator in generators:
        for part in walk(generator.target):
            targets.update((name, generator.iter) for name in bound_by(part))
    for source in _collect(element, effects):
        if source.name in targets:
            yield from _parts(_collect(targets[source.name], effects), sure=source.sure)
        else:
            yield source


def _collect_call(node: ast.Call, effects: Effects) -> Iterator[Source]:
    name = resolve(node.func, effects.aliases)
    last = name.rsplit(".", 1)[-1] if name else getattr(node.func, "attr", "")
    root = root_name(node.func)
    arguments = [*node.args, *(k.value for k in node.keywords)]
    if isinstance(node.func, ast.Attribute) and root not in effects.aliases:
        receiver = tuple(_collect(node.func.value, effects))
        if last in _SELF_RETURNING:
            yield from receiver
        elif last in _GIVING_OUT or last in _SURE_VIEWS:
            yield from _parts(receiver)
        elif not effects.gives_fresh(last):
            yield from _parts(receiver, sure=False)
        if effects.is_pure_method(last) or effects.changes_receiver(last):
            return
    elif name in _PASSING_BUILTINS:
        for argument in arguments:
            yield from _held(_parts(_collect(argument, effects)))
        return
    elif name in _GIVING_BUILTINS:
        for argument in arguments:
            yield from _parts(_collect(argument, effects))
        return
    elif name in PURE_BUILTINS or name in ("print", "open"):
        return
    elif name and root in effects.aliases and name.split(".")[0] in PURE_MODULES:
        if last in _VIEWS:
            for argument in arguments:
                yield from _parts(_collect(argument, effects), sure=last in _SURE_VIEWS)
        return
    # An object of one of the notebook's classes most likely keeps what it is made of.
    own = isinstance(node.func, ast.Name) and name == node.func.id and name[:1].isupper()
    for argument in arguments:
        yield from _held(_collect(argument, effects), sure=own)


def is_view(value: ast.AST | None) -> bool:
    """Whether this most likely shows a part of an array: `grid[1:]`, `grid.T`, `flat.reshape(2, 2)`."""
    if isinstance(value, ast.Subscript):
        return any(isinstance(n, ast.Slice) for n in walk(value.slice))
    if isinstance(value, ast.Call):
        return getattr(value.func, "attr", "") in _SURE_VIEWS
    return isinstance(value, ast.Attribute) and value.attr == "T"


def _copies(index: ast.expr) -> bool:
    """Whether this subscript most likely selects into a new object (a mask, a list of labels)."""
    return isinstance(index, (ast.List, ast.Compare, ast.BinOp, ast.UnaryOp, ast.Call, ast.Name))


def _now(statement: ast.AST, kinds: Collection[type[ast.AST]]) -> list[ast.AST]:
    """Every node of these kinds that runs with the statement, in order; bodies of functions run later."""
    found: list[ast.AST] = []
    stack = [statement]
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind in kinds:
            found.append(node)
        if kind not in _FUNCTIONS:
            stack.extend(reversed(children(node)))
    return found


_FUNCTIONS = frozenset(FUNCTIONS)
_CHANGING = frozenset({ast.Subscript, ast.Attribute, ast.AugAssign, ast.Call})
_SHARING = frozenset(
    {ast.Assign, ast.AugAssign, ast.AnnAssign, ast.NamedExpr, ast.For, ast.AsyncFor}
    | {ast.comprehension, ast.withitem, ast.Call, ast.Match}
)


def _chain_length(node: ast.AST) -> int:
    """How many steps lead from the root name to the thing that is changed."""
    length = 0
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call, ast.Starred, ast.Await)):
        length += not isinstance(node, (ast.Starred, ast.Await))
        node = node.func if isinstance(node, ast.Call) else node.value
    return length
