"""What is a value, told so that another process tells the same of an equal one?

A value is a tree. Each node has a digest of all that it holds, and parts with digests of their own where
people would look for a difference: columns, items, attributes. Large values are read piece by piece and
never copied whole.
"""

from __future__ import annotations

import hashlib
import re
import sys
import types
from collections.abc import Iterable
from typing import Any

Node = dict[str, Any]

DEEPEST = 12
MOST_NODES = 200_000
MOST_PARTS = 200  # parts that are told apart; the digest covers all of them
LONGEST_TEXT = 200
MOST_VALUES = 200_000  # elements that are told one by one, when that is asked for
_CHUNK = 1 << 20

_PLAIN = (bool, int, float, complex, str, bytes, type(None), type(...))
_NAMED = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)
# Nothing that these make says anything about the data.
_OF_CODE = (types.CodeType, types.FrameType, types.TracebackType)
_LIVE = (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)
_OPAQUE_ROOTS = frozenset(
    [
        "_thread",
        "_io",
        "asyncio",
        "ipykernel",
        "IPython",
        "logging",
        "numba",
        "zmq",
        "socket",
        "sqlite3",
        "_sqlite3",
        "threading",
        "subprocess",
        "multiprocessing",
        "concurrent",
        "select",
        "comm",
    ]
)
# Formulas keep the whole namespace that they were written in.
_NAMESPACES = frozenset(["EvalEnvironment", "LayeredMapping"])
# Stored hashes change from process to process, and scratch memory is never filled. What is cached
# depends on who looked, and showing a value at the end of a cell is looking.
_PASSING = re.compile(r"hash$|^_tmp|^_cached?($|_)")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
_CLASS_PATH = re.compile(
    r"<((?:class '|function |bound method )?)(?:(?:[^\W\d]\w*|<locals>)\.)+(?=[^\W\d]|<lambda>)"
)


def describe(value: Any, detailed: bool = False) -> Node:
    """Tell what `value` is. The answer is made of what JSON has, and never depends on an address.

    kind: what sort of node; type: the name of its class; digest: 32 letters; shown: a short text;
    parts: name → node; not_compared: why its digest says nothing; values, with `detailed` only: the
    elements of an array, a column or a long sequence, and shape: how an array's elements stand.
    """
    return _Teller(MOST_VALUES if detailed else 0).tell(value, 0)


class _Digest:
    """A running digest of pieces, each with its length, so that no two lists of pieces collide."""

    def __init__(self, *pieces: Any) -> None:
        self._state = hashlib.blake2b(digest_size=16)
        self.add(*pieces)

    def add(self, *pieces: Any) -> None:
        for piece in pieces:
            raw = piece if isinstance(piece, bytes) else str(piece).encode("utf-8", "replace")
            self._state.update(b"%d:" % len(raw))
            self._state.update(raw)

    def add_buffer(self, buffer: Any) -> None:
        self._state.update(buffer)

    def text(self) -> str:
        return self._state.hexdigest()


def masked(text: str) -> str:
    """Text without addresses, and with classes named as they are wherever they are defined."""
    if "0x" in text:
        text = _ADDRESS.sub("0x", text)
    return _CLASS_PATH.sub(r"<\1", text) if "<" in text else text


def name_of(kind: type) -> str:
    """A class's own name: the package keeps the notebook's classes in other modules."""
    return kind.__qualname__.rsplit(".", 1)[-1]


def _is_a(value: Any, module: str, *names: str) -> bool:
    library = sys.modules.get(module)
    kinds = tuple(k for k in (getattr(library, n, None) for n in names) if isinstance(k, type))
    return bool(kinds) and isinstance(value, kinds)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _node(kind: str, type_name: str, digest: str, **more: Any) -> Node:
    node: Node = {"kind": kind, "type": type_name, "digest": digest}
    node.update((key, value) for key, value in more.items() if value is not None)
    return node


class _Teller:
    """Tells of one value; knows what it has told of already."""

    def __init__(self, values: int) -> None:
        self._left = MOST_NODES
        self._values_left = values
        self._on_the_way: dict[int, int] = {}
        self._known: dict[int, tuple[Any, Node]] = {}

    def tell(self, value: Any, depth: int) -> Node:
        kind = type(value)
        if kind in _PLAIN:
            return self._plain(value)
        place = id(value)
        if place in self._known:
            return self._known[place][1]
        if place in self._on_the_way:
            # The same circle leads the same number of steps back.
            back = len(self._on_the_way) - self._on_the_way[place]
            return _node("circle", name_of(kind), _Digest("circle", back).text())
        self._left -= 1
        if depth > DEEPEST or self._left < 0:
            return self._unknown(
                value, "it lies too deep" if depth > DEEPEST else "it is too large"
            )
        self._on_the_way[place] = len(self._on_the_way)
        try:
            node = self._described(value, depth)
        except Exception as error:
            node = self._unknown(value, f"looking at it raises {type(error).__name__}")
        del self._on_the_way[place]
        # The value itself is kept, or its id could be given to a later one.
        self._known[place] = (value, node)
        return node

    # -- what sort of value ----------------------------------------------------------------------

    def _described(self, value: Any, depth: int) -> Node:
        kind = type(value)
        root = (getattr(kind, "__module__", None) or "").split(".")[0]
        if isinstance(value, (*_NAMED, types.ModuleType)) or _wraps_a_function(value):
            name = getattr(value, "__name__", name_of(kind))
            return _node("name", name_of(kind), _Digest("name", name).text(), shown=str(name))
        if isinstance(value, _LIVE):
            return self._unknown(value, "a generator is used up by looking at it")
        if (root in _OPAQUE_ROOTS and not isinstance(value, (list, str))) or isinstance(
            value, _OF_CODE
        ):
            return self._unknown(value, "it is bound to its process")
        if name_of(kind) in _NAMESPACES:
            return _node("namespace", name_of(kind), _Digest("namespace").text())
        if kind in (dict, list, tuple, set, frozenset):
            return self._container(value, depth)
        if root == "IPython" and isinstance(value, (list, str)):  # what `!ls` gives
            return self.tell([*value] if isinstance(value, list) else str(value), depth)
        found = self._of_library(value, root, depth)
        return found if found is not None else self._object(value, root, depth)

    def _plain(self, value: Any) -> Node:
        text = masked(repr(value))
        name = type(value).__name__
        return _node("plain", name, _Digest(name, text).text(), shown=_short(text))

    def _unknown(self, value: Any, reason: str) -> Node:
        # Not even its class: the same thing in another process may be of another.
        return _node(
            "unknown", name_of(type(value)), _Digest("unknown").text(), not_compared=reason
        )

    # -- containers ------------------------------------------------------------------------------

    def _container(self, value: Any, depth: int) -> Node:
        name = name_of(type(value))
        if isinstance(value, dict):
            return self._dict(value, name, depth)
        if isinstance(value, (set, frozenset)):
            nodes = sorted((self.tell(item, depth + 1) for item in value), key=_digest_of)
            parts = {str(n.get("shown", n["digest"])): n for n in nodes[:MOST_PARTS]}
            return self._joined("set", name, nodes, parts, len(value))
        return self._sequence(value, name, depth)

    def _dict(self, value: Any, name: str, depth: int) -> Node:
        # A kernel draws into the page, a program into files: no difference in the settings.
        drawn = ("backend", "interactive") if name == "RcParams" else ()
        digest = _Digest("dict", name)
        parts: dict[str, Node] = {}
        unknown: list[str] = []
        for key in list(value):
            if drawn and str(key).startswith(drawn):
                continue
            told = self.tell(key, depth + 1)
            node = self.tell(dict.__getitem__(value, key), depth + 1)
            digest.add(told["digest"], node["digest"])
            label = "[{}]".format(told.get("shown", told["digest"][:8]))
            if len(parts) < MOST_PARTS:
                parts[label] = node
            unknown += _unknown_in(node, label)
        return _node(
            "dict", name, digest.text(), parts=parts, size=len(value), inside=unknown[:20] or None
        )

    def _sequence(self, value: Any, name: str, depth: int) -> Node:
        items = value if isinstance(value, (list, tuple)) else list(value)
        if len(items) > MOST_PARTS and all(type(item) in _PLAIN for item in items):
            digest = _Digest("plain items", name, len(items))
            for start in range(0, len(items), 65_536):
                digest.add(masked(repr(items[start : start + 65_536])))
            return _node(
                "sequence", name, digest.text(), size=len(items), values=self._told_values(items)
            )
        nodes = [self.tell(item, depth + 1) for item in items]
        parts = {f"[{number}]": node for number, node in enumerate(nodes[:MOST_PARTS])}
        return self._joined("sequence", name, nodes, parts, len(items))

    def _joined(
        self, kind: str, name: str, nodes: Iterable[Node], parts: dict[str, Node], size: int
    ) -> Node:
        digest = _Digest(kind, name, size)
        unknown: list[str] = []
        for number, node in enumerate(nodes):
            digest.add(node["digest"])
            unknown += _unknown_in(node, f"[{number}]")
        return _node(kind, name, digest.text(), parts=parts, size=size, inside=unknown[:20] or None)

    def _told_values(self, data: Any) -> list[Any] | None:
        """The elements one by one, where that is asked for and there are not too many."""
        if not self._values_left or len(data) > self._values_left:
            return None
        self._values_left -= len(data)
        items = data.tolist() if hasattr(data, "tolist") else list(data)
        return [_as_json(item) for item in items]

    # -- arrays and frames -----------------------------------------------------------------------

    def _of_library(self, value: Any, root: str, depth: int) -> Node | None:
        if root == "numpy":
            return self._numpy(value, depth)
        if _is_a(value, "pandas", "DataFrame"):
            return self._frame(value, depth)
        if _is_a(value, "pandas", "Series"):
            return self._series(value, depth)
        if _is_a(value, "pandas", "Index"):
            return self._index(value, depth)
        if _is_a(value, "pandas.api.extensions", "ExtensionArray"):
            digest = _Digest("extension", value.dtype, len(value))
            self._add_column(digest, value, depth)
            return _node("array", name_of(type(value)), digest.text(), shown=str(value.dtype))
        if root == "matplotlib" and not isinstance(value, dict):
            return _node("drawing", name_of(type(value)), _Digest(*_drawing(value)).text())
        if _is_a(value, "pandas", "Timedelta", "Timestamp", "Period", "Interval"):
            digest = _Digest(name_of(type(value)), repr(value))
            return _node("plain", name_of(type(value)), digest.text(), shown=_short(repr(value)))
        # A path remembers how it was shown.
        if _is_a(value, "pathlib", "PurePath"):
            digest = _Digest(name_of(type(value)), str(value))
            return _node("plain", name_of(type(value)), digest.text(), shown=_short(str(value)))
        if root in ("sympy", "shapely"):
            text = value.wkt if root == "shapely" else repr(value)
            digest = _Digest(root, name_of(type(value)), text)
            return _node("text", name_of(type(value)), digest.text(), shown=_short(text))
        # Tables for reading: they fill in their layout, and clocks, when they are shown.
        if type(value).__module__.startswith("statsmodels.iolib"):
            text = re.sub(r"\d\d:\d\d:\d\d", "", str(value))
            return _node("text", name_of(type(value)), _Digest("text", text).text())
        if _is_a(value, "xarray", "Dataset", "DataArray", "Variable"):
            return self._labelled(value, depth)
        if _is_a(value, "scipy.sparse", "spmatrix", "sparray"):
            return self._sparse(value, depth)
        if name_of(type(value)) == "Styler" and hasattr(value, "data"):
            return self.tell(value.data, depth)
        if root == "torch" and hasattr(value, "detach"):
            return self.tell(value.detach().cpu().numpy(), depth)
        return None

    def _numpy(self, value: Any, depth: int) -> Node | None:
        if _is_a(value, "numpy", "ndarray"):
            return self._array(value, depth)
        if _is_a(value, "numpy", "generic"):
            digest = _Digest("scalar", value.dtype.str, value.tobytes())
            return _node("plain", str(value.dtype), digest.text(), shown=_short(repr(value.item())))
        # What an object draws from is mostly seeded by nobody; a generator of one's own counts.
        state = None
        if hasattr(value, "bit_generator"):
            state = value.bit_generator.state
        elif hasattr(value, "get_state"):
            state = value.get_state()
        if state is None:
            return None
        if depth:
            return _node("generator", name_of(type(value)), _Digest("generator").text())
        return _node("generator", name_of(type(value)), self.tell(state, 1)["digest"])

    def _array(self, data: Any, depth: int) -> Node:
        shape = "×".join(map(str, data.shape)) or "scalar"
        digest = _Digest("array", data.dtype.str, data.shape)
        if name_of(type(data)) != "ndarray":
            digest.add(name_of(type(data)))
        if data.dtype.names:
            parts = {f"[{n!r}]": self._array(data[n], depth + 1) for n in data.dtype.names}
            digest.add(*(part["digest"] for part in parts.values()))
            return _node("array", "ndarray", digest.text(), parts=parts, shown=shape)
        self._add_values(digest, data, depth)
        if hasattr(data, "mask"):
            digest.add(data.mask.tobytes())
        shown = f"{data.dtype} {shape}"
        if data.size <= 8 and not data.dtype.hasobject:
            shown = f"{data.dtype} {_short(repr(data.tolist()))}"
        return _node(
            "array",
            name_of(type(data)),
            digest.text(),
            shown=shown,
            values=self._told_values(data.reshape(-1)),
            shape=list(data.shape) if self._values_left else None,
        )

    def _add_values(self, digest: _Digest, data: Any, depth: int) -> None:
        """Add an array's elements in order, a piece at a time."""
        if data.dtype.hasobject:
            digest.add(self._sequence(data.ravel().tolist(), "objects", depth)["digest"])
            return
        if hasattr(data, "filled"):
            data = data.filled()
        if data.flags.c_contiguous and data.size:
            digest.add_buffer(memoryview(data.reshape(-1).view("u1")))
            return
        flat = data.reshape(1) if data.ndim == 0 else data
        rows = max(1, _CHUNK // max(1, flat[:1].size))
        for start in range(0, flat.shape[0], rows):
            digest.add_buffer(flat[start : start + rows].tobytes())

    def _add_column(self, digest: _Digest, data: Any, depth: int) -> None:
        """Add a column, an index or an extension array: its elements and which of them are missing."""
        dtype = data.dtype
        kind = getattr(dtype, "kind", "O")
        if type(dtype).__module__.startswith("numpy"):
            self._add_values(digest, data.to_numpy(), depth)
        elif type(dtype).__name__ == "CategoricalDtype":
            values = getattr(data, "array", data)
            values = getattr(values, "values", values) if hasattr(values, "array") else values
            categories = values.categories
            digest.add(dtype.ordered, self._index(categories, depth)["digest"])
            self._add_values(digest, values.codes, depth)
        elif kind == "M" and hasattr(data, "astype"):
            self._add_values(digest, data.astype("int64").to_numpy(), depth)
        else:
            digest.add(self._sequence(list(data), "values", depth)["digest"])

    def _index(self, data: Any, depth: int) -> Node:
        kind = name_of(type(data))
        if kind == "MultiIndex":
            digest = _Digest("index", kind, [str(name) for name in data.names])
            for level in range(data.nlevels):
                self._add_column(digest, data.get_level_values(level), depth)
        else:
            digest = _Digest("index", data.dtype, repr(data.name))
            self._add_column(digest, data, depth)
        return _node("index", kind, digest.text(), shown=f"{kind} of {len(data)}")

    def _series(self, data: Any, depth: int) -> Node:
        index = self._index(data.index, depth)
        values = _Digest("column", data.dtype)
        self._add_column(values, data, depth)
        node = _node(
            "column",
            str(data.dtype),
            values.text(),
            shown=f"{len(data)} values",
            values=self._told_values(data),
        )
        digest = _Digest("series", repr(data.name), index["digest"], node["digest"])
        parts = {"index": index, "values": node}
        return _node(
            "series", name_of(type(data)), digest.text(), parts=parts, shown=f"{len(data)} rows"
        )

    def _frame(self, data: Any, depth: int) -> Node:
        columns = self._index(data.columns, depth)
        index = self._index(data.index, depth)
        digest = _Digest("frame", data.shape, columns["digest"], index["digest"])
        parts = {"columns": columns, "index": index}
        columns["shown"] = _short(", ".join(map(str, data.columns)))
        for number, name in enumerate(data.columns):
            column = data.iloc[:, number]
            values = _Digest("column", column.dtype)
            self._add_column(values, column, depth)
            digest.add(values.text())
            if len(parts) < MOST_PARTS:
                label = f"column {name!r}"
                if label in parts:
                    label = f"column {name!r} at {number}"
                parts[label] = _node(
                    "column", str(column.dtype), values.text(), values=self._told_values(column)
                )
        shown = "{} rows × {} columns".format(*data.shape)
        return _node("frame", name_of(type(data)), digest.text(), parts=parts, shown=shown)

    def _labelled(self, data: Any, depth: int) -> Node:
        name = name_of(type(data))
        if hasattr(data, "data_vars"):
            parts = {str(n): self._labelled(data[n], depth + 1) for n in data.variables}
        else:
            parts = {"values": self._array(data.values, depth)}
            for label, coordinate in getattr(data, "coords", {}).items():
                parts[f"coordinate {label}"] = self._array(coordinate.values, depth)
            parts["attributes"] = self.tell(dict(data.attrs), depth + 1)
        digest = _Digest("labelled", name, getattr(data, "dims", ""), getattr(data, "name", None))
        for label in sorted(parts):
            digest.add(label, parts[label]["digest"])
        return _node("labelled", name, digest.text(), parts=parts)

    def _sparse(self, data: Any, depth: int) -> Node:
        matrix = data.tocsr()
        if not matrix.has_canonical_format:
            matrix = matrix.copy()
            matrix.sum_duplicates()
        digest = _Digest("sparse", matrix.shape, matrix.dtype)
        for part in (matrix.data, matrix.indices.astype("int64"), matrix.indptr.astype("int64")):
            self._add_values(digest, part, depth)
        shown = f"{'×'.join(map(str, matrix.shape))}, {matrix.nnz} stored"
        return _node("sparse", name_of(type(data)), digest.text(), shown=shown)

    # -- objects ---------------------------------------------------------------------------------

    def _object(self, value: Any, root: str, depth: int) -> Node:
        kind = type(value)
        name = name_of(kind)
        found = _attributes_of(value)
        parts = {f".{key}": self.tell(found[key], depth + 1) for key in sorted(found)}
        digest = _Digest("object", name)
        unknown: list[str] = []
        if isinstance(value, (dict, list, tuple, set, frozenset)):
            inside = self._container(value, depth)
            digest.add(inside["digest"])
            unknown += inside.get("inside", ())
            parts = {**inside.get("parts", {}), **parts}
        elif not parts and not hasattr(value, "__dict__"):
            return self._without_attributes(value, root, depth)
        elif not parts and _shows_itself(kind):
            return self._shown(value)
        for key in sorted(found):
            digest.add(key, parts[f".{key}"]["digest"])
            unknown += _unknown_in(parts[f".{key}"], f".{key}")
        kept = dict(list(parts.items())[:MOST_PARTS])
        return _node("object", name, digest.text(), parts=kept, inside=unknown[:20] or None)

    def _without_attributes(self, value: Any, root: str, depth: int) -> Node:
        kind = type(value)
        if _shows_itself(kind):
            return self._shown(value)
        if root == "builtins":
            return self._unknown(value, "it shows nothing of itself")
        # A compiled class without attributes (a fitted tree, say) still tells how to rebuild it.
        rebuilt = value.__reduce_ex__(2)
        inside = self.tell(list(rebuilt[1:3]) if isinstance(rebuilt, tuple) else rebuilt, depth + 1)
        digest = _Digest("rebuilt", name_of(kind), inside["digest"])
        return _node("object", name_of(kind), digest.text(), parts={"state": inside})

    def _shown(self, value: Any) -> Node:
        text = masked(repr(value))
        name = name_of(type(value))
        return _node("plain", name, _Digest("shown", name, text).text(), shown=_short(text))


def _wraps_a_function(value: Any) -> bool:
    """Whether this is what `functools.cache` and the like make of a function."""
    if getattr(type(value), "__module__", None) != "functools":
        return False
    return isinstance(getattr(value, "__wrapped__", None), types.FunctionType)


def _shows_itself(kind: Any) -> bool:
    return kind.__repr__ is not object.__repr__


def _as_json(item: Any) -> Any:
    """A number as it is, if JSON has it; anything else as a text."""
    if item is None or isinstance(item, (bool, int)):
        return item
    if isinstance(item, float) and abs(item) < float("inf"):
        return item
    return _short(masked(repr(item)))


def _digest_of(node: Node) -> str:
    return str(node["digest"])


def _unknown_in(node: Node, label: str) -> list[str]:
    if "not_compared" in node:
        return [f"{label}: {node['not_compared']}"]
    return [label + inner for inner in node.get("inside", ())]


def _attributes_of(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                found[name] = getattr(value, name)
    found.update(getattr(value, "__dict__", None) or {})
    return {str(name): found[name] for name in found if not _passes(value, name, found[name])}


def _passes(owner: Any, name: Any, value: Any) -> bool:
    """Whether an attribute is no part of what an object is."""
    if _PASSING.search(str(name)):
        return True
    # Many results keep the moment at which they were made.
    if type(value).__name__ == "datetime" and str(name).startswith("_"):
        return True
    owners = (k.__dict__[name] for k in type(owner).__mro__ if name in k.__dict__)
    return type(next(owners, None)).__name__ in ("cached_property", "cache_readonly")


def _drawing(artist: Any) -> list[Any]:
    """What an artist is made of; the picture itself is compared where it is shown."""
    found: list[Any] = [name_of(type(artist))]
    for name in ("lines", "patches", "texts", "collections", "images"):
        found.append(len(getattr(artist, name, ())))
    if hasattr(artist, "number") or hasattr(artist, "canvas"):
        found += [_drawing(axes) for axes in artist.axes]
    return found
