"""Where do two values part? Both are trees of digests, so only what differs is looked into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nb2pkg.verification.observation import Node

_MOST = 20
_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place in which a value of the package is not the notebook's.

    path: from the variable to the place, as code would say it: `model.coef_`, `df column 'age'`
    elements: the first elements that differ, each as place, expected, found; where they are known
    count: how many elements differ, of how many
    is_kept_look: a private attribute that one side has not filled yet: objects keep what they worked out
        when somebody looked, and looks are left out of packages
    """

    path: str
    expected: str
    found: str
    elements: tuple[tuple[str, str, str], ...] = ()
    count: tuple[int, int] | None = None
    is_kept_look: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far numbers may be apart: |expected - found| <= absolute + relative * |expected|.

    pixels: the share of a picture that may be another one
    """

    relative: float = 0.0
    absolute: float = 0.0
    pixels: float = 0.0

    def allows(self, expected: Any, found: Any) -> bool:
        """Whether two elements, or the numbers that texts show, count as the same."""
        if expected == found:
            return True
        one, other = _number(expected), _number(found)
        if one is None or other is None or not (self.relative or self.absolute):
            return False
        return abs(one - other) <= self.absolute + self.relative * abs(one)


EXACT = Tolerance()


def differences(
    name: str,
    expected: Node | None,
    found: Node | None,
    most: int = _MOST,
    tolerance: Tolerance = EXACT,
) -> tuple[Difference, ...]:
    """List the innermost places where two values differ; at most `most` of them."""
    if expected is None or found is None:
        gone = Difference(path=name, expected=_told(expected), found=_told(found))
        return () if expected is found else (gone,)
    found_ones = (d for d in _differing(name, expected, found, tolerance) if d is not None)
    return tuple(d for _, d in zip(range(most), found_ones, strict=False))


def _differing(
    path: str, expected: Node, found: Node, tolerance: Tolerance
) -> Iterator[Difference | None]:
    """What differs; None for each place that the tolerance lets pass."""
    if expected["digest"] == found["digest"]:
        return
    one, other = expected.get("parts", {}), found.get("parts", {})
    inner = False
    if expected["kind"] == found["kind"] and expected["type"] == found["type"]:
        for label in dict.fromkeys((*one, *other)):
            parts = one.get(label), other.get(label)
            for difference in _differing_part(path, label, *parts, tolerance):
                inner = True
                yield difference
    if not inner:
        yield _leaf(path, expected, found, tolerance)


def _differing_part(
    whole: str, label: str, one: Node | None, other: Node | None, tolerance: Tolerance
) -> Iterator[Difference | None]:
    path = _joined(whole, label)
    is_empty = [node is None or node.get("shown") == "None" for node in (one, other)]
    if label.startswith("._") and is_empty in ([True, False], [False, True]):
        yield Difference(path=path, expected=_told(one), found=_told(other), is_kept_look=True)
    elif one is None or other is None:
        yield Difference(path=path, expected=_told(one), found=_told(other))
    else:
        yield from _differing(path, one, other, tolerance)


def _leaf(path: str, expected: Node, found: Node, tolerance: Tolerance) -> Difference | None:
    """Two nodes without parts to look into: a number, an array, a column."""
    if expected["kind"] == found["kind"] == "plain":
        if expected["type"] == found["type"] and tolerance.allows(
            expected.get("shown"), found.get("shown")
        ):
            return None
        return Difference(path=path, expected=_told(expected), found=_told(found))
    one, other = expected.get("values"), found.get("values")
    same_kind = expected["type"] == found["type"] and expected.get("shape") == found.get("shape")
    if one is None or other is None or not same_kind or len(one) != len(other):
        return Difference(path=path, expected=_told(expected), found=_told(found))
    places = [
        n for n, pair in enumerate(zip(one, other, strict=True)) if not tolerance.allows(*pair)
    ]
    if not places and one != other:
        return None
    shape = expected.get("shape") or [len(one)]
    return Difference(
        path=path,
        expected=_told(expected),
        found=_told(found),
        elements=tuple(
            (_place(n, shape), str(one[n]), str(other[n])) for n in places[:_MOST_SHOWN]
        ),
        count=(len(places), len(one)),
    )


def _number(value: Any) -> float | None:
    """The number that an element is, or that a text shows."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _place(number: int, shape: Sequence[int]) -> str:
    """The place of an element in an array, by its number in order: `[2, 0]`."""
    places: list[int] = []
    for size in reversed(shape):
        number, place = divmod(number, size)
        places.append(place)
    return f"[{', '.join(map(str, reversed(places)))}]"


def _joined(path: str, label: str) -> str:
    return f"{path}{label}" if label[:1] in "[." else f"{path} {label}"


def _told(node: Node | None) -> str:
    if node is None:
        return "not there"
    shown = node.get("shown")
    if node["kind"] == "plain":
        return str(shown)
    size = f" of {node['size']}" if "size" in node else ""
    return f"{node['type']}{size}{f', {shown}' if shown else ''}"
