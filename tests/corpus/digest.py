"""What a value is, told in sixteen letters that another process would give for an equal value.

The text of `_nb2pkg_digest` is copied into the last cell of a notebook. So it stands on its own,
has no types, imports inside, and looks at a library only where the notebook has loaded it.
"""
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, check-untyped-defs=False


def _nb2pkg_digest(value):
    """Digest a value by what it holds; never raises, never tells where in memory it lies."""
    import hashlib
    import os
    import re
    import sys
    import types

    deepest, parts_left = 7, [60_000]
    here = os.path.realpath(os.getcwd())
    on_the_way, known = set(), dict()  # noqa: C408
    plain = (bool, int, float, complex, str, bytes, type(None), type(...))
    named = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)
    # Formulas keep the whole namespace that they were written in.
    namespaces = ("EvalEnvironment", "LayeredMapping")
    # Nothing that these make says anything about the data.
    of_code = (types.CodeType, types.FrameType, types.TracebackType)
    opaque = ("_thread", "_io", "asyncio", "ipykernel", "IPython", "logging", "numba", "zmq")

    def short(*pieces):
        digest = hashlib.sha256()
        for piece in pieces:
            raw = piece if isinstance(piece, bytes) else str(piece).encode("utf-8", "replace")
            digest.update(b"%d:" % len(raw) + raw)
        return digest.hexdigest()[:16]

    def masked(text):
        text = re.sub(r"\b0x[0-9a-fA-F]{6,}", "0x", text).replace(here, "<here>")
        # The package keeps the notebook's classes in another module: only their names count.
        return re.sub(r"<(class ')?(?:[^\W\d]\w*\.)+(?=\w)", "<", text)

    def name_of(kind):
        return kind.__qualname__.rsplit(".", 1)[-1]

    def is_a(thing, module, *names):
        library = sys.modules.get(module)
        return library is not None and isinstance(
            thing, tuple(getattr(library, name) for name in names)
        )

    def array(data, depth):
        if data.dtype.names:
            fields = [array(data[name], depth + 1) for name in data.dtype.names]
            return short("records", data.shape, data.dtype.names, *fields)
        if data.dtype.hasobject:
            return short("array", data.shape, sequence(data.ravel().tolist(), depth))
        if hasattr(data, "filled"):
            return short("masked", array(data.filled(), depth), data.mask.tobytes())
        return short("array", data.dtype.str, data.shape, data.tobytes())

    def column(data, depth):
        kind = getattr(data.dtype, "kind", "O")
        if type(data.dtype).__module__.startswith("numpy") and kind != "O":
            return array(data.to_numpy(), depth)
        return sequence(list(data), depth)

    def table(data, depth):
        if is_a(data, "pandas", "MultiIndex"):
            return short("index", list(data.names), sequence(list(data), depth))
        if is_a(data, "pandas", "Index"):
            return short("index", data.dtype, repr(data.name), column(data, depth))
        if is_a(data, "pandas", "Series"):
            label = (data.dtype, repr(data.name), table(data.index, depth))
            return short("series", *label, column(data, depth))
        labels = [table(axis, depth) for axis in (data.columns, data.index)]
        dtypes = [str(dtype) for dtype in data.dtypes]
        columns = [column(data.iloc[:, i], depth) for i in range(data.shape[1])]
        return short("frame", *labels, *dtypes, *columns)

    def labelled(data, depth):
        if hasattr(data, "data_vars"):
            names = sorted(data.variables, key=str)
            return short(
                "dataset", sorted(map(str, data.coords)), *[labelled(data[n], depth) for n in names]
            )
        pairs = [(n, array(c.values, depth)) for n, c in getattr(data, "coords", {}).items()]
        kept = (data.dims, getattr(data, "name", None), sorted(pairs, key=str))
        return short("labelled", *kept, array(data.values, depth), digest(data.attrs, depth + 1))

    def sequence(items, depth):
        if len(items) > 200 and all(type(item) in plain for item in items):
            return short("plain", masked(repr(items)))
        return short(len(items), *[digest(item, depth + 1) for item in items])

    def drawing(artist):
        found = [name_of(type(artist))]
        for name in ("lines", "patches", "texts", "collections", "images"):
            found.append(len(getattr(artist, name, ())))
        if hasattr(artist, "number") or hasattr(artist, "canvas"):
            found += [drawing(axes) for axes in artist.axes]
        return found

    def attributes_of(thing):
        found = {}
        for kind in type(thing).__mro__:
            slots = kind.__dict__.get("__slots__", ())
            for name in (slots,) if isinstance(slots, str) else slots:
                if name not in ("__dict__", "__weakref__") and hasattr(thing, name):
                    found[name] = getattr(thing, name)
        found.update(getattr(thing, "__dict__", None) or {})
        return {str(name): found[name] for name in found if not passes(thing, name, found[name])}

    def passes(thing, name, value):
        # Stored hashes change from process to process, and scratch memory is never filled. What is
        # cached depends on who looked, and showing a value at the end of a cell is looking.
        if re.search(r"hash$|^_tmp|^_cached?($|_)", str(name)):
            return True
        # Many results keep the moment at which they were made.
        if type(value).__name__ == "datetime" and str(name).startswith("_"):
            return True
        owners = (kind.__dict__[name] for kind in type(thing).__mro__ if name in kind.__dict__)
        return type(next(owners, None)).__name__ in ("cached_property", "cache_readonly")

    def container(thing, depth):
        if isinstance(thing, dict):
            # A kernel draws into the page, a program into files: no difference in the settings.
            drawn = ("backend", "interactive") if name_of(type(thing)) == "RcParams" else ()
            keys = [key for key in thing if not str(key).startswith(drawn)] if drawn else thing
            pairs = [(digest(key, depth + 1), digest(thing[key], depth + 1)) for key in keys]
            return short("dict", *[part for pair in pairs for part in pair])
        if isinstance(thing, (set, frozenset)):
            return short("set", *sorted(digest(item, depth + 1) for item in thing))
        return short(name_of(type(thing)), sequence(list(thing), depth))

    def from_library(thing, root, depth):
        if is_a(thing, "pandas", "DataFrame", "Series", "Index"):
            return table(thing, depth)
        if is_a(thing, "numpy", "ndarray"):
            return array(thing, depth)
        if is_a(thing, "numpy", "generic"):
            return short("scalar", thing.dtype.str, thing.tobytes())
        # What an object draws from is mostly seeded by nobody; a generator of one's own counts.
        if root == "numpy" and hasattr(thing, "bit_generator"):
            return short("generator", digest(thing.bit_generator.state, 1) if depth == 0 else "")
        if root == "numpy" and hasattr(thing, "get_state"):
            return short("generator", digest(thing.get_state(), 1) if depth == 0 else "")
        if root == "matplotlib" and not isinstance(thing, dict):
            return short("drawing", drawing(thing))
        if root in ("sympy", "shapely"):
            text = thing.wkt if root == "shapely" else repr(thing)
            return short(root, name_of(type(thing)), text)
        # Tables for reading: they fill in their layout, and clocks, when they are shown.
        if type(thing).__module__.startswith("statsmodels.iolib"):
            return short("text", re.sub(r"\d\d:\d\d:\d\d", "", str(thing)))
        if is_a(thing, "xarray", "Dataset", "DataArray", "Variable"):
            return labelled(thing, depth)
        if type(thing).__name__ == "Styler":
            return short("styled", table(thing.data, depth))
        return None

    def other(thing, root, depth):
        kind = type(thing)
        found = attributes_of(thing)
        pairs = [short(name, digest(found[name], depth + 1)) for name in sorted(found)]
        if isinstance(thing, (dict, list, tuple, set, frozenset)):
            return short("like", name_of(kind), container(thing, depth), *pairs)
        if pairs or (hasattr(thing, "__dict__") and kind.__repr__ is object.__repr__):
            return short("object", name_of(kind), *pairs)
        if kind.__repr__ is not object.__repr__:
            return short("shown", name_of(kind), masked(repr(thing)))
        if root == "builtins":
            return short("thing", name_of(kind))
        # A compiled class without attributes (a fitted tree, say) still tells how to rebuild it.
        rebuilt = thing.__reduce_ex__(2)
        inside = digest(list(rebuilt[1:3]), depth + 1) if isinstance(rebuilt, tuple) else rebuilt
        return short("rebuilt", name_of(kind), inside)

    def described(thing, depth):
        kind = type(thing)
        root = (getattr(kind, "__module__", None) or "").split(".")[0]
        if kind in plain:
            return short(name_of(kind), masked(repr(thing)))
        if isinstance(thing, (*named, types.ModuleType)):
            return short("named", thing.__name__)
        if root in opaque or name_of(kind) in namespaces or isinstance(thing, of_code):
            return short("thing", name_of(kind))
        if kind in (dict, list, tuple, set, frozenset):
            return container(thing, depth)
        return from_library(thing, root, depth) or other(thing, root, depth)

    def digest(thing, depth):
        if type(thing) in plain:
            return described(thing, depth)
        parts_left[0] -= 1
        place = (id(thing), depth)
        if place in known:
            return known[place][1]
        if depth > deepest or parts_left[0] < 0 or id(thing) in on_the_way:
            return short("beyond", name_of(type(thing)))
        on_the_way.add(id(thing))
        try:
            found = described(thing, depth)
        except Exception as error:
            found = short("undigested", name_of(type(thing)), type(error).__name__)
        on_the_way.discard(id(thing))
        # The thing itself is kept, or its id could be given to a later one.
        known[place] = (thing, found)
        return found

    return digest(value, 0)
