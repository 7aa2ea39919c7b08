"""Which type has a parameter, and which value of it does a text or a value from elsewhere stand for?"""

from __future__ import annotations

import ast
import datetime
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from nb2pkg.pipeline.python_text import tree_of
from nb2pkg.pipeline.yaml_text import core_value, is_too_large, plain, read_yaml
from nb2pkg.problems import BadPipeline


@dataclass(frozen=True, slots=True)
class Plain:
    """One of the types that have a name: int, float, str, bool, None, path, date, datetime."""

    name: str


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list, tuple or set, whose elements have one type; JSON has lists only."""

    name: str
    element: ParameterType


@dataclass(frozen=True, slots=True)
class DictOf:
    """A mapping from texts to values of one type."""

    element: ParameterType


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any of several types, tried in this order."""

    types: tuple[ParameterType, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these values and nothing else."""

    values: tuple[bool | int | float | str | None, ...]


@dataclass(frozen=True, slots=True)
class Anything:
    """Whatever JSON can say: nothing is known of the type."""


ParameterType: TypeAlias = "Plain | ListOf | DictOf | OneOf | Choice | Anything"

ANYTHING = Anything()
PLAIN_NAMES = ("int", "float", "str", "bool", "path", "date", "datetime")
_ALIASES = {
    "Path": "path",
    "PurePath": "path",
    "integer": "int",
    "number": "float",
    "string": "str",
    "text": "str",
    "boolean": "bool",
    "None": "None",
}
_LISTS = {
    "list": "list",
    "List": "list",
    "Sequence": "list",
    "Iterable": "list",
    "Collection": "list",
}
_LISTS |= {"tuple": "tuple", "Tuple": "tuple", "set": "set", "Set": "set", "frozenset": "set"}
_DICTS = ("dict", "Dict", "Mapping", "MutableMapping")
_ANY = ("any", "Any", "json", "object")
_FORMS = ("Optional", "Union", "Literal", "Annotated", "Final")
_KNOWN = frozenset((*PLAIN_NAMES, *_ALIASES, *_LISTS, *_DICTS, *_ANY, *_FORMS))
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What every Python from 3.10 on reads; later ones read more, and also `2024-03-01Z`.
_DATETIME = re.compile(
    rf"{_DATE.pattern}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{3}(?:[0-9]{3})?)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_WHOLE = re.compile(r"[-+]?[0-9]+(_[0-9]+)*")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(_[0-9]+)*(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_NUMBERS = {"nan": math.nan, "inf": math.inf, "+inf": math.inf, "-inf": -math.inf}
_TRUTH = {"true": True, "yes": True, "on": True, "1": True}
_TRUTH |= {"false": False, "no": False, "off": False, "0": False}
_NOTHING = ("None", "none", "null", "~", "")
_LONGEST_DIGITS = 1000
_SHOWN = 40
_SHOWN_CHOICES = 12


class NotOfType(ValueError):
    """A value is not of the type that was declared; the message is a clause: `is no int`."""


def type_from_annotation(annotation: str) -> ParameterType:
    """Read a Python annotation, or one of the names of `pipeline.yaml`; unknown ones are Anything."""
    node = _expression(annotation)
    try:
        return Anything() if node is None else _read(node)
    except (ValueError, TypeError, RecursionError):
        return Anything()


def is_type_name(annotation: str) -> bool:
    """Whether nothing in it is unknown: neither `flot` nor `list[flot]` is a type."""
    node = _expression(annotation)
    if node is None:
        return False
    parts = list(ast.walk(node))
    inner = {id(part.value) for part in parts if isinstance(part, ast.Attribute)}
    names = [
        _last_name(part)
        for part in parts
        if isinstance(part, (ast.Name, ast.Attribute)) and id(part) not in inner
    ]
    means_any = any(name in _ANY for name in names)
    is_known = means_any or not isinstance(type_from_annotation(annotation), Anything)
    return is_known and all(name in _KNOWN for name in names)


def type_of_value(value: Any) -> ParameterType:
    """The type that a default stands for; nothing is known where it is None."""
    if isinstance(value, bool):
        return Plain("bool")
    if isinstance(value, (int, float, str)):
        return Plain(type(value).__name__)
    if isinstance(value, (list, tuple)):
        kinds = {type_of_value(item) for item in value}
        return ListOf("list", kinds.pop() if len(kinds) == 1 else Anything())
    if isinstance(value, Mapping):
        return DictOf(Anything())
    return Anything()


def type_name(kind: ParameterType) -> str:
    """How a type is called in messages and pages: as Python would write it."""
    match kind:
        case Plain(name):
            return name
        case ListOf(name, element):
            return name if isinstance(element, Anything) else f"{name}[{type_name(element)}]"
        case DictOf(element):
            return "dict" if isinstance(element, Anything) else f"dict[str, {type_name(element)}]"
        case OneOf(types):
            last = sorted(types, key=lambda t: t == Plain("None"))
            return " | ".join(type_name(t) for t in last)
        case Choice(values):
            shown = [str(value)[:_SHOWN] for value in values[:_SHOWN_CHOICES]]
            return "one of " + ", ".join([*shown, "…"] if len(values) > len(shown) else shown)
        case Anything():
            return "any value"


def value_from_text(text: str, kind: ParameterType) -> Any:
    """The value that a word of the command line or the environment stands for.

    Raises:
        NotOfType: it stands for none of this type.
    """
    match kind:
        case Plain(name):
            return _FROM_TEXT[name](text)
        case ListOf() | DictOf():
            return checked_value(_flow_value(text, kind), kind)
        case OneOf(types):
            return _first_that_fits(text, kind, types, value_from_text)
        case Choice(values):
            found = [value for value in values if _said_by(text, value)]
            if not found:
                raise NotOfType(f"is not {type_name(kind)}")
            return found[0]
        case Anything():
            if text[:1] in ("[", "{"):
                return _flow_value(text, kind)
            value = core_value(text)
            if is_too_large(text, value):
                raise NotOfType("is too large for a float")
            return value


def checked_value(value: Any, kind: ParameterType) -> Any:
    """The same value, as this type has it: an int becomes the float that was declared.

    Raises:
        NotOfType: it is none of this type.
    """
    match kind:
        case Plain(name):
            return _checked_plain(value, name)
        case ListOf(_, element):
            if not isinstance(value, (list, tuple)):
                raise NotOfType(f"is no {type_name(kind)}")
            return [checked_value(item, element) for item in value]
        case DictOf(element):
            if not isinstance(value, Mapping) or not all(isinstance(k, str) for k in value):
                raise NotOfType(f"is no {type_name(kind)}")
            return {key: checked_value(item, element) for key, item in value.items()}
        case OneOf(types):
            return _first_that_fits(value, kind, types, checked_value)
        case Choice(values):
            same = [v for v in values if v == value and _is_as_good(value, v)]
            if not same:
                raise NotOfType(f"is not {type_name(kind)}")
            return same[0]
        case Anything():
            return _json_value(value)


def _first_that_fits(
    value: Any,
    kind: ParameterType,
    types: Sequence[ParameterType],
    convert: Callable[[Any, ParameterType], Any],
) -> Any:
    for one in types:
        try:
            return convert(value, one)
        except NotOfType:
            continue
    raise NotOfType(f"is no {type_name(kind)}")


# -- annotations


def _expression(annotation: str) -> ast.expr | None:
    tree = tree_of(annotation.strip())
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return None
    return tree.body[0].value


def _read(node: ast.expr) -> ParameterType:
    if isinstance(node, ast.Constant):
        if node.value is None:
            return Plain("None")
        return type_from_annotation(node.value) if isinstance(node.value, str) else Anything()
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union([_read(node.left), _read(node.right)])
    if isinstance(node, ast.Subscript):
        return _read_subscript(_last_name(node.value), node.slice)
    return _named(_last_name(node))


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _named(name: str) -> ParameterType:
    name = _ALIASES.get(name, name)
    if name in (*PLAIN_NAMES, "None"):
        return Plain(name)
    if name in _LISTS:
        return ListOf(_LISTS[name], Anything())
    return DictOf(Anything()) if name in _DICTS else Anything()


def _read_subscript(name: str, inside: ast.expr) -> ParameterType:
    parts = inside.elts if isinstance(inside, ast.Tuple) else [inside]
    if not parts:
        return Anything()
    if name == "Optional":
        return _union([_read(parts[0]), Plain("None")])
    if name == "Union":
        return _union([_read(part) for part in parts])
    if name == "Literal":
        values = tuple(ast.literal_eval(part) for part in parts)
        return Choice(values) if all(_is_scalar(value) for value in values) else Anything()
    if name in ("Annotated", "Final"):
        return _read(parts[0])
    if name in _DICTS:
        return DictOf(_read(parts[-1]))
    if name in _LISTS:
        kinds = [_read(p) for p in parts if not (isinstance(p, ast.Constant) and p.value is ...)]
        return ListOf(_LISTS[name], kinds[0] if len(set(kinds)) == 1 else Anything())
    return Anything()


def _is_scalar(value: Any) -> bool:
    if isinstance(value, int):
        # Python refuses to show longer numbers.
        return value.bit_length() < 3 * _LONGEST_DIGITS
    return value is None or isinstance(value, (float, str))


# From the narrowest to the widest: "5" is an int where both may be meant.
_NARROWEST_FIRST = ("None", "bool", "int", "float", "date", "datetime", "path", "str")


def _union(types: Sequence[ParameterType]) -> ParameterType:
    flat: list[ParameterType] = []
    for one in types:
        flat += one.types if isinstance(one, OneOf) else [one]
    if any(isinstance(one, Anything) for one in flat):
        return Anything()

    def width(one: ParameterType) -> int:
        return _NARROWEST_FIRST.index(one.name) if isinstance(one, Plain) else -1

    distinct = sorted(dict.fromkeys(flat), key=width)
    return distinct[0] if len(distinct) == 1 else OneOf(tuple(distinct))


# -- texts


def _int(text: str) -> int:
    word = text.strip()
    if not _WHOLE.fullmatch(word) or len(word) > _LONGEST_DIGITS:
        raise NotOfType("is no int")
    return int(word)


def _float(text: str) -> float:
    word = text.strip()
    if word.lower() in _NOT_NUMBERS:
        return _NOT_NUMBERS[word.lower()]
    if not _NUMBER.fullmatch(word):
        raise NotOfType("is no float")
    value = float(word)
    if math.isinf(value):
        raise NotOfType("is too large for a float")
    return value


def _bool(text: str) -> bool:
    if text.strip().lower() not in _TRUTH:
        raise NotOfType("is no bool (true or false)")
    return _TRUTH[text.strip().lower()]


def _nothing(text: str) -> None:
    if text not in _NOTHING:
        raise NotOfType("is not None")


def _str(text: str) -> str:
    if "\0" in text:
        raise NotOfType("holds a NUL character")
    return text


def _path(text: str) -> str:
    if not text or "\0" in text:
        raise NotOfType("is no path")
    return text


def _date(text: str) -> str:
    word = text.strip()
    if not _DATE.fullmatch(word) or not _is_time(datetime.date.fromisoformat, word):
        raise NotOfType("is no date (such as 2024-03-01)")
    return word


def _datetime(text: str) -> str:
    word = text.strip()
    zoned = word.replace("Z", "+00:00")
    if not _DATETIME.fullmatch(word) or not _is_time(datetime.datetime.fromisoformat, zoned):
        raise NotOfType("is no date and time (such as 2024-03-01T12:00:00)")
    return word


def _is_time(read: Callable[[str], object], word: str) -> bool:
    try:
        read(word)
    except ValueError:
        return False
    return True


_FROM_TEXT: Mapping[str, Callable[[str], Any]] = {
    "int": _int,
    "float": _float,
    "str": _str,
    "bool": _bool,
    "None": _nothing,
    "path": _path,
    "date": _date,
    "datetime": _datetime,
}


def _flow_value(text: str, kind: ParameterType) -> Any:
    """A list or mapping, written as JSON or as YAML on one line."""
    try:
        return plain(read_yaml(text.encode("utf-8", "replace")))
    except BadPipeline as error:
        raise NotOfType(f"is no {type_name(kind)}: {error.message}") from None


def _said_by(text: str, value: bool | int | float | str | None) -> bool:
    if isinstance(value, str):
        return text == value
    if value is None:
        return text in _NOTHING
    try:
        return bool(value_from_text(text, type_of_value(value)) == value)
    except NotOfType:
        return False


# -- values


def _checked_plain(value: Any, name: str) -> Any:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if name == "float" and is_number:
        try:
            return float(value)
        except OverflowError:
            raise NotOfType("is too large for a float") from None
    if name == "int" and is_number and isinstance(value, int):
        return value
    if name == "bool" and isinstance(value, bool):
        return value
    if name == "None" and value is None:
        return None
    if name in ("str", "path", "date", "datetime") and isinstance(value, str):
        return _FROM_TEXT[name](value)
    article = "is not None" if name == "None" else f"is no {name}"
    raise NotOfType(f"{article} but {_kind_of(value)}")


def _is_as_good(value: Any, choice: Any) -> bool:
    """Whether an equal value is of the choice's type: 1 may stand for 1.0, and True for neither."""
    return type(value) is type(choice) or (type(value) is int and isinstance(choice, float))


def _kind_of(value: Any) -> str:
    if value is None:
        return "None"
    name = type(value).__name__
    return f"an {name}" if name[:1] in "aeiou" else f"a {name}"


def _json_value(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [_json_value(item) for item in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: _json_value(item) for key, item in value.items()}
    raise NotOfType(f"cannot be handed to a notebook: it is {_kind_of(value)}")
