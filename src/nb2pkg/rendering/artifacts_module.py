"""How do the step notebooks store values for one another? The text of `artifacts.py`."""

from __future__ import annotations

from nb2pkg.planning.plan import PackagePlan

ARTIFACTS_MODULE = '''\
"""How the step notebooks store values for one another.

A value's type chooses the kind of file: Parquet, NumPy's or JSON where reading gives exactly the same
value back, a pickle otherwise. Unpickling runs code: load only what your own runs have saved.
"""

import importlib.util
import io
import json
import os
import pickle
import random
import tempfile
from pathlib import Path

SUFFIXES = (".parquet", ".npy", ".json", ".pickle")


def save(value: object, path: str) -> str:
    """Store a value and return the file's name: `path` with a suffix that says its kind.

    Values that share objects stay so when they are saved together: `save({"a": a, "b": b}, path)`.
    """
    for suffix, encode in (
        (".parquet", _as_parquet),
        (".npy", _as_npy),
        (".json", _as_json),
        (".pickle", _as_pickle),
    ):
        data = encode(value)
        if data is not None:
            return _write(path, suffix, data)
    raise AssertionError("a pickle takes every value, or says why not")


def load(path: str) -> object:
    """Read a value back; `path` is what `save` was given, or the file's own name."""
    file = _file_of(path)
    if file.suffix == ".parquet":
        import pandas as pd

        return pd.read_parquet(file)
    if file.suffix == ".npy":
        import numpy as np

        return np.load(file)
    if file.suffix == ".json":
        return json.loads(file.read_text(encoding="utf-8"))
    return pickle.loads(file.read_bytes())


def save_random_state(path: str) -> str:
    """Store where the global random generators are, for the next step to go on from there."""
    numpy_random = _loaded("numpy.random")
    state = numpy_random.get_state() if numpy_random else None
    return save({"random": random.getstate(), "numpy": state}, path)


def load_random_state(path: str) -> None:
    """Set the global random generators to where an earlier step left them."""
    state = load(path)
    random.setstate(state["random"])
    if state["numpy"] is not None:
        import numpy as np

        np.random.set_state(state["numpy"])


def _as_parquet(value):
    """A plain frame as Parquet; None where a type, an index or a name would come back as another."""
    pd = _loaded("pandas")
    if pd is None or type(value) is not pd.DataFrame or not importlib.util.find_spec("pyarrow"):
        return None
    is_plain = type(value.index) is pd.RangeIndex and value.index.name is None and not value.attrs
    names = [*value.columns, value.columns.name or ""]
    if not is_plain or not all(type(n) is str for n in names) or len(set(names)) < len(names):
        return None
    if not all(getattr(t, "kind", "O") in "biufM" and t.isnative for t in value.dtypes):
        return None
    buffer = io.BytesIO()
    value.to_parquet(buffer)
    back = pd.read_parquet(io.BytesIO(buffer.getvalue()))
    same = back.index.equals(value.index) and back.dtypes.equals(value.dtypes)
    return buffer.getvalue() if same and back.equals(value) else None


def _as_npy(value):
    np = _loaded("numpy")
    if np is None or type(value) is not np.ndarray or value.dtype.hasobject or value.dtype.names:
        return None
    buffer = io.BytesIO()
    np.save(buffer, value, allow_pickle=False)
    return buffer.getvalue()


def _as_json(value):
    if not _is_json(value):
        return None
    text = json.dumps(value, ensure_ascii=True)
    return text.encode() if repr(json.loads(text)) == repr(value) else None


def _is_json(value, seen=()):
    """Whether a value is made of JSON's own types, each list and dict in one place only."""
    if isinstance(value, (list, dict)):
        inner = value.values() if type(value) is dict else value
        exact = type(value) is list or (type(value) is dict and all(type(k) is str for k in value))
        if not exact or id(value) in seen:
            return False
        containers = [id(v) for v in inner if isinstance(v, (list, dict))]
        if len(set(containers)) < len(containers):
            return False
        return all(_is_json(v, (*seen, id(value))) for v in inner)
    return value is None or type(value) in (bool, int, float, str)


def _as_pickle(value):
    try:
        import cloudpickle as pickler
    except ImportError:
        pickler = pickle
    return pickler.dumps(value)


def _loaded(module):
    """A module if the program has imported it already: a value of its types can exist only then."""
    import sys

    return sys.modules.get(module)


def _file_of(path):
    candidates = [Path(path), *(Path(path + suffix) for suffix in SUFFIXES)]
    for file in candidates:
        if file.is_file():
            return file
    raise FileNotFoundError(f"no artifact {path}: has the step that makes it run?")


def _write(path, suffix, data):
    """Write beside and move into place, so that a file is whole or absent; other kinds go."""
    target = Path(path + suffix)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as file:
        file.write(data)
    os.replace(file.name, target)
    for other in SUFFIXES:
        if other != suffix:
            Path(path + other).unlink(missing_ok=True)
    return str(target)
'''


def artifacts_module(plan: PackagePlan) -> str:
    """The text of `artifacts.py`: `save`, `load` and where the random generators are."""
    return ARTIFACTS_MODULE
