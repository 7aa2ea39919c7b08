"""What is a value's type, as an annotation would say it? With the names that libraries make public."""

from __future__ import annotations

import collections
import pathlib
import sys
import types
from collections.abc import Iterable
from typing import Any

ANY = "typing.Any"
_MOST_ITEMS = 1000
_MOST_ALTERNATIVES = 3
_DEEPEST = 4
_LONGEST_TUPLE = 5
_PLAIN = frozenset(
    ["bool", "int", "float", "complex", "str", "bytes", "range", "slice", "bytearray"]
)
_CALLABLE = (
    types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.BuiltinMethodType,
)  # fmt: skip
# Where libraries keep what they do not mean to be imported from there.
_INNER = frozenset(["core", "internals", "impl", "compat"])


def type_name(value: Any, depth: int = 0) -> str:
    """Name the type of a value: `dict[str, pandas.DataFrame]`, with full names of classes.

    NumPy's numbers are `int`, `float` and `bool`, as people write them. What cannot be named is
    `typing.Any`.
    """
    kind = type(value)
    if value is None:
        return "None"
    if kind.__module__ == "builtins" and kind.__name__ in _PLAIN:
        return kind.__name__
    if _is_numpy_scalar(value):
        plain = _NUMPY_KINDS.get(value.dtype.kind)
        if plain is not None:
            return plain
    if isinstance(value, pathlib.PurePath):
        return "pathlib.Path" if isinstance(value, pathlib.Path) else "pathlib.PurePath"
    if isinstance(value, _CALLABLE):
        return f"collections.abc.Callable[..., {ANY}]"
    if isinstance(value, types.GeneratorType):
        return f"collections.abc.Iterator[{ANY}]"
    if isinstance(value, type):
        return f"type[{ANY}]"
    if depth > _DEEPEST:
        return _class_name(kind)
    if kind in (list, set, frozenset):
        return f"{kind.__name__}[{_of_items(value, depth)}]"
    if kind is tuple:
        return _tuple(value, depth)
    if isinstance(value, dict):
        return _mapping(value, kind, depth)
    if kind is collections.deque:
        return f"collections.deque[{_of_items(value, depth)}]"
    return _class_name(kind)


def union(names: Iterable[str]) -> str:
    """Join type names: `float | None`. An int is a float; more than three types are any."""
    found = list(dict.fromkeys(part for name in names for part in _alternatives(name)))
    if ANY in found:
        return ANY
    if "float" in found and "int" in found:
        found.remove("int")
    bare = [name for name in found if name != "None"]
    # An empty list tells nothing of its items: the others do.
    bare = [
        name
        for name in bare
        if not (
            name.endswith(f"[{ANY}]")
            and any(o != name and o.startswith(name.partition("[")[0] + "[") for o in bare)
        )
    ]
    if len(bare) > _MOST_ALTERNATIVES:
        return ANY
    return " | ".join([*sorted(bare), *(["None"] if "None" in found else [])]) or ANY


def _alternatives(name: str) -> list[str]:
    """The parts of a union, those within brackets left together."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(name):
        depth += (letter == "[") - (letter == "]")
        if letter == "|" and not depth:
            parts.append(name[start:place].strip())
            start = place + 1
    return [*parts, name[start:].strip()]


_NUMPY_KINDS = {"b": "bool", "i": "int", "u": "int", "f": "float", "c": "complex", "U": "str"}


def _is_numpy_scalar(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.generic)


def _of_items(items: Iterable[Any], depth: int) -> str:
    found: dict[str, None] = {}
    for number, item in enumerate(items):
        if number >= _MOST_ITEMS or len(found) > 8:
            break
        found[type_name(item, depth + 1)] = None
    return union(found)


def _tuple(value: tuple[Any, ...], depth: int) -> str:
    if not value:
        return "tuple[()]"
    if len(value) > _LONGEST_TUPLE:
        return f"tuple[{_of_items(value, depth)}, ...]"
    return f"tuple[{', '.join(type_name(item, depth + 1) for item in value)}]"


def _mapping(value: dict[Any, Any], kind: type, depth: int) -> str:
    name = _class_name(kind)
    if name == "collections.Counter":
        return f"{name}[{_of_items(value, depth)}]"
    if name in ("dict", "collections.defaultdict", "collections.OrderedDict"):
        values = _of_items(value.values(), depth)
        return f"{name}[{_of_items(value, depth)}, {values}]"
    return name


def _class_name(kind: type) -> str:
    """The name under which a class can be imported, or its nearest base that has one."""
    for one in kind.__mro__[:-1]:
        name = _public_name(one)
        if name is not None:
            return name
    return ANY


_known: dict[type, Any] = {}


def _public_name(kind: type) -> str | None:
    if kind not in _known:
        _known[kind] = _look_up(kind)
    found: str | None = _known[kind]
    return found


def _look_up(kind: type) -> str | None:
    name, module = kind.__qualname__, kind.__module__
    if "." in name or not module or module == "__main__":
        return None
    if module == "builtins":
        return name if hasattr(sys.modules["builtins"], name) else None
    parts = module.split(".")
    places = [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
    if module not in places[:1]:
        near = sorted(m for m in sys.modules if m.startswith(parts[0] + "."))
        places += sorted(near, key=lambda m: (m.count("."), m))
    for place in places:
        inner = place.split(".")
        if any(part.startswith("_") for part in inner) or _INNER & set(inner[1:]):
            continue
        there = sys.modules.get(place)
        if there is not None and there.__dict__.get(name) is kind:
            return f"{place}.{name}"
    return None
