"""Where do two values part? Both are trees of digests, so only what differs is looked into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nb2pkg.verification.observation import Node

_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place in which a value of the package is not the notebook's.

    path: from the variable to the place, as code would say it: `model.coef_`, `df column 'age'`
    is_kept_look: a private attribute that one side has not filled yet: objects keep what they worked out
        when somebody looked, and looks are left out of packages
    """

    path: str
    expected: str
    found: str
    is_kept_look: bool = False


def differences(
    name: str, expected: Node | None, found: Node | None, most: int = _MOST
) -> tuple[Difference, ...]:
    """List the innermost places where two values differ; at most `most` of them."""
    if expected is None or found is None:
        gone = Difference(path=name, expected=_told(expected), found=_told(found))
        return () if expected is found else (gone,)
    return tuple(_first(_differing(name, expected, found), most))


def _differing(path: str, expected: Node, found: Node) -> Iterator[Difference]:
    if expected["digest"] == found["digest"]:
        return
    one, other = expected.get("parts", {}), found.get("parts", {})
    inner = False
    if expected["kind"] == found["kind"] and expected["type"] == found["type"]:
        for label in dict.fromkeys((*one, *other)):
            for difference in _differing_part(path, label, one.get(label), other.get(label)):
                inner = True
                yield difference
    if not inner:
        yield Difference(path=path, expected=_told(expected), found=_told(found))


def _differing_part(
    whole: str, label: str, one: Node | None, other: Node | None
) -> Iterator[Difference]:
    path = _joined(whole, label)
    is_empty = [node is None or node.get("shown") == "None" for node in (one, other)]
    if label.startswith("._") and is_empty in ([True, False], [False, True]):
        yield Difference(path=path, expected=_told(one), found=_told(other), is_kept_look=True)
    elif one is None or other is None:
        yield Difference(path=path, expected=_told(one), found=_told(other))
    else:
        yield from _differing(path, one, other)


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


def _first(items: Iterator[Difference], most: int) -> Iterator[Difference]:
    for _, item in zip(range(most), items, strict=False):
        yield item
