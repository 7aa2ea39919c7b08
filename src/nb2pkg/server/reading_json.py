"""Is what somebody sent what a verb takes? All of it, and nothing else."""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from nb2pkg.problems import UsageError
from nb2pkg.server.shapes import (
    Anything,
    CountBounds,
    Json,
    ListOf,
    MapOf,
    Maybe,
    Number,
    NumberBounds,
    OneOf,
    Record,
    Shape,
    Text,
    Truth,
    Whole,
    record_of,
)

_LONGEST_SHOWN = 40
_LONGEST_NUMBER = 20


def read_body(kind: type, body: bytes) -> Any:
    """Read the body of a request as one of our dataclasses.

    Raises:
        UsageError: it is no JSON, or says something else than it should; where, and what (NB020).
    """
    try:
        value = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        said = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise _unfit("", f"no JSON: {said}") from None
    return _read_record(record_of(kind), value, "")


def read_query(kind: type, arguments: Mapping[str, Sequence[str]]) -> Any:
    """Read the query of an address, in which all is text. The same may be raised."""
    values: dict[str, Json] = {}
    shapes = {member.name: member.shape for member in record_of(kind).members}
    for name, given in arguments.items():
        if len(given) > 1:
            raise _unfit(name, "it is given more than once")
        values[name] = _from_text(shapes.get(name, Text()), given[0], name)
    return _read_record(record_of(kind), values, "")


def _read(shape: Shape, value: Json, where: str) -> Any:
    match shape:
        case Anything():
            return value
        case Maybe(inner):
            return None if value is None else _read(inner, value, where)
        case Text():
            return _read_text(shape, value, where)
        case Whole(bounds) if isinstance(value, int) and not isinstance(value, bool):
            return _within(value, bounds, where)
        case Number(bounds) if isinstance(value, (int, float)) and not isinstance(value, bool):
            return _within(_as_float(value, where), bounds, where)
        case Truth() if isinstance(value, bool):
            return value
        case OneOf(words):
            if isinstance(value, str) and value in words:
                return value
            raise _unfit(where, f"{_shown(value)} is none of: {', '.join(words)}")
        case ListOf(element, bounds) if isinstance(value, list):
            _refuse_many(value, bounds, where)
            return tuple(_read(element, one, f"{where}[{n}]") for n, one in enumerate(value))
        case MapOf(element, bounds) if isinstance(value, dict):
            _refuse_many(value, bounds, where)
            return {key: _read(element, one, _inside(where, key)) for key, one in value.items()}
        case Record():
            return _read_record(shape, value, where)
    raise _unfit(where, f"{_NAMES[type(shape)]} is wanted, and this is {_kind_of(value)}")


_NAMES: Mapping[type, str] = {
    Whole: "a whole number",
    Number: "a number",
    Truth: "true or false",
    ListOf: "an array",
    MapOf: "an object",
}


def _read_record(record: Record, value: Json, where: str) -> Any:
    if not isinstance(value, dict):
        raise _unfit(where, f"an object is wanted, and this is {_kind_of(value)}")
    members = {member.name: member for member in record.members}
    for key in value:
        if key not in members:
            raise _unfit(_inside(where, _shown_key(key)), _unknown(key, list(members)))
    found = {}
    for name, member in members.items():
        if name in value:
            found[name] = _read(member.shape, value[name], _inside(where, name))
        elif member.is_required:
            raise _unfit(_inside(where, name), "it is missing")
    return record.kind(**found)


def _read_text(shape: Text, value: Json, where: str) -> str:
    bounds = shape.bounds
    if not isinstance(value, str):
        raise _unfit(where, f"a text is wanted, and this is {_kind_of(value)}")
    if bounds is None:
        return value
    if len(value) > bounds.longest:
        raise _unfit(where, f"it has more than {bounds.longest:,} characters")
    if len(value) < bounds.shortest:
        raise _unfit(where, "it is empty")
    if bounds.pattern is not None and not re.fullmatch(bounds.pattern, value):
        raise _unfit(where, f"{_shown(value)} does not match {bounds.pattern}")
    return value


def _within(value: Any, bounds: NumberBounds | None, where: str) -> Any:
    if bounds is not None and not bounds.least <= value <= bounds.most:
        raise _unfit(where, f"it is not from {bounds.least:g} to {bounds.most:g}")
    return value


def _as_float(value: int | float, where: str) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _unfit(where, "the number is too large")
    return number


def _refuse_many(value: Json, bounds: CountBounds | None, where: str) -> None:
    if bounds is not None and len(value) > bounds.most:
        raise _unfit(where, f"there are more than {bounds.most:,}")


def _from_text(shape: Shape, text: str, where: str) -> Json:
    """The value that a text of an address stands for."""
    match shape:
        case Maybe(inner):
            return _from_text(inner, text, where)
        case Whole():
            if not re.fullmatch(r"-?[0-9]+", text, re.ASCII) or len(text) > _LONGEST_NUMBER:
                raise _unfit(where, f"a whole number is wanted, and this is {_shown(text)}")
            return int(text)
        case Number():
            try:
                return float(text)
            except ValueError:
                raise _unfit(where, f"a number is wanted, and this is {_shown(text)}") from None
        case Truth():
            if text not in ("true", "false"):
                raise _unfit(where, f"true or false is wanted, and this is {_shown(text)}")
            return text == "true"
    return text


def _unfit(where: str, what: str) -> UsageError:
    place = f"{where}: " if where else ""
    return UsageError("NB020", f"the request cannot be understood: {place}{what}")


def _unknown(key: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(key[:_LONGEST_SHOWN], known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known) or 'nothing'}"
    return f"there is no such member ({hint})"


def _inside(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _shown_key(key: str) -> str:
    return _shown(key)[1:-1]


def _shown(value: Json) -> str:
    text = json.dumps(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _kind_of(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, (int, float)):
        return "a number"
    kinds: tuple[tuple[type, str], ...] = ((str, "a text"), (list, "an array"), (dict, "an object"))
    return next(name for kind, name in kinds if isinstance(value, kind))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no value of JSON")
