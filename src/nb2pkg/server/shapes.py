"""Which JSON values does a type of ours stand for? What is read, documented and generated goes by this."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias

# Whatever JSON can say.
Json: TypeAlias = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBounds:
    """What a text may be: so many characters, and all of it as the pattern says."""

    longest: int
    shortest: int = 0
    pattern: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberBounds:
    """What a number may be."""

    least: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CountBounds:
    """How many elements a list, or members an object, may have."""

    most: int


@dataclass(frozen=True, slots=True)
class Text:
    """A string."""

    bounds: TextBounds | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """A number without a fraction."""

    bounds: NumberBounds | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A number; never NaN."""

    bounds: NumberBounds | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Anything:
    """Whatever JSON can say."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some texts."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """An array."""

    element: Shape
    bounds: CountBounds | None = None


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object with keys that are not known before."""

    element: Shape
    bounds: CountBounds | None = None


@dataclass(frozen=True, slots=True)
class Maybe:
    """That, or null."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object; where it is left out, it is as its default says."""

    name: str
    shape: Shape
    is_required: bool


@dataclass(frozen=True, slots=True)
class Record:
    """An object with known members, as a dataclass has fields."""

    kind: type
    members: tuple[Member, ...]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.kind.__name__

    @property
    def about(self) -> str:
        """What it is."""
        return (self.kind.__doc__ or "").strip()


Shape: TypeAlias = (
    "Text | Whole | Number | Truth | Anything | OneOf | ListOf | MapOf | Maybe | Record"
)

_PLAIN: Mapping[object, Shape] = {
    str: Text(),
    int: Whole(),
    float: Number(),
    bool: Truth(),
    Any: Anything(),
}


@cache
def record_of(kind: type) -> Record:
    """Give the shape of a dataclass."""
    hints = typing.get_type_hints(kind, include_extras=True)
    return Record(
        kind,
        tuple(
            Member(
                name=field.name,
                shape=shape_of(hints[field.name]),
                is_required=field.default is dataclasses.MISSING
                and field.default_factory is dataclasses.MISSING,
            )
            for field in dataclasses.fields(kind)
        ),
    )


def shape_of(hint: Any) -> Shape:
    """Give the shape of a type, as it stands in an annotation."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _bounded(shape_of(parts[0]), parts[1])
    if origin is Literal:
        return OneOf(tuple(parts))
    if origin in (typing.Union, types.UnionType):
        [rest] = [part for part in parts if part is not types.NoneType]
        return Maybe(shape_of(rest))
    if origin is tuple:
        return ListOf(shape_of(parts[0]))
    if origin is dict:
        return MapOf(shape_of(parts[1]))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return record_of(hint)
    raise TypeError(f"{hint!r} stands for no JSON value")


def records_in(shape: Shape) -> dict[str, Record]:
    """Give all records that a shape is made of, by name, with itself."""
    match shape:
        case Record(_, members):
            found = {shape.name: shape}
            for member in members:
                found |= records_in(member.shape)
            return found
        case ListOf(element, _) | MapOf(element, _):
            return records_in(element)
        case Maybe(inner):
            return records_in(inner)
    return {}


def _bounded(shape: Shape, bounds: object) -> Shape:
    if isinstance(shape, Text) and isinstance(bounds, TextBounds):
        return Text(bounds)
    if isinstance(shape, (Whole, Number)) and isinstance(bounds, NumberBounds):
        return type(shape)(bounds)
    if isinstance(shape, (ListOf, MapOf)) and isinstance(bounds, CountBounds):
        return type(shape)(shape.element, bounds)
    raise TypeError(f"{bounds!r} are no bounds of {shape!r}")
