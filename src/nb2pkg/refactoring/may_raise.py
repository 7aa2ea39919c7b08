"""May the evaluation of an expression stop with an error?

Names and literals do not, nor what is computed of values whose kinds are known; everything else may.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nb2pkg.analysis import resolve
from nb2pkg.dataflow import Program
from nb2pkg.refactoring.same_value import only_value

_NUMBERS = (int, float)
_HOLDERS = (str, list, tuple, set, dict)
_CONSTANTS_WORDS = """
    math.pi math.e math.tau math.inf math.nan numpy.pi numpy.e numpy.inf numpy.nan numpy.newaxis
    string.ascii_letters string.ascii_lowercase string.ascii_uppercase string.digits string.punctuation
"""
_CONSTANTS = frozenset(_CONSTANTS_WORDS.split())
_OF_A_TEXT = frozenset(
    {"upper", "lower", "title", "strip", "lstrip", "rstrip", "capitalize", "casefold", "swapcase"}
)
_MAKING = {"list": list, "dict": dict, "set": set, "tuple": tuple, "str": str}
# A power of larger numbers is not told from one that never comes to an end.
_LARGEST = 100


def may_raise(value: ast.expr, program: Program) -> bool:
    """Whether evaluating an expression may stop with an error, as far as can be told."""
    match value:
        case ast.Constant() | ast.Name():
            return False
        case ast.Lambda(args=ast.arguments(defaults=defaults, kw_defaults=others)):
            given = [*defaults, *(o for o in others if o is not None)]
            return any(may_raise(one, program) for one in given)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.JoinedStr(values=parts):
            return any(may_raise(part, program) for part in parts)
        case ast.FormattedValue(value=inner, format_spec=None):
            return may_raise(inner, program)
        case ast.Dict(keys=keys, values=values):
            parts = [k for k in keys if k is not None]
            return (
                len(parts) < len(keys)
                or any(kind_of(k, program) not in (*_NUMBERS, str) for k in parts)
                or any(may_raise(v, program) for v in values)
            )
        case ast.Set(elts=parts):
            return any(kind_of(part, program) not in (*_NUMBERS, str) for part in parts)
        case ast.IfExp(test=test, body=one, orelse=other):
            return kind_of(test, program) is None or any(
                may_raise(part, program) for part in (one, other)
            )
        case ast.Compare(left=left, ops=ops, comparators=others):
            if all(isinstance(op, (ast.Is, ast.IsNot)) for op in ops):
                return any(may_raise(part, program) for part in (left, *others))
        case ast.Attribute():
            return resolve(value, program.aliases) not in _CONSTANTS
    return kind_of(value, program) is None


def kind_of(
    value: ast.expr, program: Program, known: frozenset[str] = frozenset()
) -> type[object] | None:
    """The type of what an expression surely gives without an error; None where that is not known.

    `known` are names that are looked at already: two names may be made of one another.
    """
    match value:
        case ast.Constant(value=plain):
            of: type[object] = type(plain)
            return int if of is bool else of if of in (*_NUMBERS, str) else None
        case ast.Name(id="__name__") if "__name__" not in program.binders:
            return str
        case ast.Name(id=name):
            made = None if name in known else only_value(name, program)
            return kind_of(made, program, known | {name}) if made is not None else None
        case ast.JoinedStr():
            return None if may_raise(value, program) else str
        case ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
            if known and any(isinstance(n, ast.Name) for n in ast.walk(value)):
                return None
            return None if may_raise(value, program) else _MAKING[type(value).__name__.lower()]
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return int if kind_of(inner, program, known) is not None else None
        case ast.UnaryOp(op=op, operand=inner):
            kind = kind_of(inner, program, known)
            fits = kind in _NUMBERS and not (isinstance(op, ast.Invert) and kind is float)
            return kind if fits else None
        case ast.BinOp(left=left, op=op, right=right):
            one, other = kind_of(left, program, known), kind_of(right, program, known)
            return _of_operator(one, op, other, left, right)
        case ast.BoolOp(values=parts):
            kinds = {kind_of(part, program, known) for part in parts}
            return kinds.pop() if len(kinds) == 1 else None
        case ast.IfExp(test=test, body=one, orelse=other):
            kinds = {kind_of(part, program, known) for part in (one, other)}
            is_known = len(kinds) == 1 and kind_of(test, program, known) is not None
            return kinds.pop() if is_known else None
        case ast.Compare(left=left, ops=ops, comparators=others):
            kinds_of = [kind_of(part, program, known) for part in (left, *others)]
            return int if _can_be_compared(kinds_of, ops) else None
        case ast.Attribute():
            name = resolve(value, program.aliases) or ""
            if name in _CONSTANTS and not name.endswith("newaxis"):
                return str if name.startswith("string") else float
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            if name not in program.binders and name not in program.aliases:
                return _of_call(name, [kind_of(a, program, known) for a in args])
        case ast.Call(func=ast.Attribute(value=inner, attr=method), args=[], keywords=[]):
            is_text = method in _OF_A_TEXT and kind_of(inner, program, known) is str
            return str if is_text else None
    return None


def _of_operator(
    one: type[object] | None,
    op: ast.operator,
    other: type[object] | None,
    left: ast.expr,
    right: ast.expr,
) -> type[object] | None:
    if isinstance(op, ast.Add) and one is other and one in (str, list, tuple):
        return one
    if isinstance(op, ast.Mult) and {one, other} in ({str, int}, {list, int}, {tuple, int}):
        return one if other is int else other
    if one not in _NUMBERS or other not in _NUMBERS:
        return None
    kind = int if one is int and other is int else float
    if isinstance(op, (ast.Add, ast.Sub, ast.Mult)):
        return kind
    if isinstance(op, (ast.BitAnd, ast.BitOr, ast.BitXor)):
        return int if kind is int else None
    divisor = right.value if isinstance(right, ast.Constant) else None
    if isinstance(op, (ast.Div, ast.FloorDiv, ast.Mod)):
        return (float if isinstance(op, ast.Div) else kind) if divisor else None
    base = left.value if isinstance(left, ast.Constant) else None
    if isinstance(op, ast.Pow) and isinstance(base, _NUMBERS) and isinstance(divisor, int):
        return kind if 0 <= divisor <= _LARGEST and abs(base) <= _LARGEST else None
    return None


def _can_be_compared(kinds: Sequence[type[object] | None], ops: Sequence[ast.cmpop]) -> bool:
    if None in kinds:
        return False
    for number, op in enumerate(ops):
        one, other = kinds[number : number + 2]
        if isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
            if not (one in _NUMBERS and other in _NUMBERS) and not one is other is str:
                return False
        elif isinstance(op, (ast.In, ast.NotIn)) and not (
            other in (list, tuple)
            or (other in (set, dict) and one in (*_NUMBERS, str))
            or one is other is str
        ):
            return False
    return True


def _of_call(name: str, given: Sequence[type[object] | None]) -> type[object] | None:
    if None in given:
        return None
    if not given:
        return _MAKING.get(name)
    if len(given) > 1:
        return None
    kind = given[0]
    if name in ("str", "repr"):
        return str
    if name == "len":
        return int if kind in _HOLDERS else None
    if name == "bool" or (name in ("int", "abs") and kind is int):
        return int
    if name in ("list", "tuple"):
        return _MAKING[name] if kind in _HOLDERS else None
    return float if name == "abs" and kind is float else None
