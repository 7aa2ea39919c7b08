"""How do the step notebooks store values for one another? The text of `artifacts.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nb2pkg.planning.plan import PackagePlan

ARTIFACTS_MODULE = '''\
"""How step notebooks hand values to one another: one file a value, or several saved together.

A file is Parquet, NumPy's or JSON where reading it gives exactly the same value, and a pickle
otherwise. Unpickling runs code: load only what your own runs have saved.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

_TYPES = ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8", "M8[ns]")
_PLAIN = (bool, int, float, str, type(None))


def save(value: Any, path: str) -> None:
    """Store a value at `path`, with an ending that says the kind of file.

    Values that share objects are saved together, so that they share them after `load` too:
    `save({"a": a, "b": b}, path)`.
    """
    encoded = ((e, encode(value)) for e, encode in _ENCODERS.items())
    ending, data = next((e, data) for e, data in encoded if data is not None)
    target = Path(path + ending)
    folder = target.parent
    folder.mkdir(parents=True, exist_ok=True)
    # Written beside and moved into place: a file is whole, or it is not there.
    with NamedTemporaryFile(dir=folder, prefix=".saving-", delete=False) as file:
        file.write(data)
    os.replace(file.name, target)
    for other in _ENCODERS.keys() - {ending}:
        Path(path + other).unlink(missing_ok=True)


def load(path: str) -> Any:
    """Read a value back from the `path` that it was saved at."""
    file = next((f for e in _ENCODERS if (f := Path(path + e)).is_file()), None)
    if file is None:
        raise FileNotFoundError(f"no artifact {path}: has the step that saves it run?")
    if file.suffix == ".parquet":
        import pandas as pd

        return pd.read_parquet(file)
    if file.suffix == ".npy":
        import numpy as np

        return np.load(file, allow_pickle=False)
    read = json.loads if file.suffix == ".json" else pickle.loads
    return read(file.read_bytes())


def save_random_state(path: str) -> None:
    """Store where the global random generators are."""
    np = sys.modules.get("numpy")
    save((random.getstate(), np.random.get_state() if np else None), path)


def load_random_state(path: str) -> None:
    """Let the global random generators go on from where an earlier step left them."""
    state, numpy_state = load(path)
    random.setstate(state)
    if numpy_state is not None:
        import numpy as np

        np.random.set_state(numpy_state)


def _parquet(value: Any) -> bytes | None:
    pd = sys.modules.get("pandas")
    if pd is None or type(value) is not pd.DataFrame or not find_spec("pyarrow"):
        return None
    names, index = value.columns, value.index
    if type(index) is not pd.RangeIndex or index.name is not None or value.attrs:
        return None
    if value.empty or names.name is not None or not names.is_unique:
        return None
    if not all(type(n) is str and _is_plain(value[n]) for n in names):
        return None
    buffer = io.BytesIO()
    try:
        value.to_parquet(buffer)
    except ValueError:  # a text or a time that Arrow does not take
        return None
    back = pd.read_parquet(io.BytesIO(buffer.getvalue()))
    is_same = back.equals(value) and _types(back) == _types(value)
    return buffer.getvalue() if is_same else None


def _types(frame: Any) -> list[Any]:
    return [type(frame.index), frame.columns.dtype, *frame.dtypes]


def _is_plain(column: Any) -> bool:
    """Whether Parquet has this very type: numbers and times of NumPy's, or nothing but text."""
    if column.dtype == object:
        return all(type(v) is str for v in column)
    is_of_numpy = type(column.to_numpy().dtype) is type(column.dtype)
    return is_of_numpy and column.dtype.str[1:] in _TYPES


def _npy(value: Any) -> bytes | None:
    np = sys.modules.get("numpy")
    if np is None or type(value) is not np.ndarray or value.dtype.kind not in "biufc":
        return None
    buffer = io.BytesIO()
    np.save(buffer, value, allow_pickle=False)
    return buffer.getvalue()


def _json(value: Any) -> bytes | None:
    kind = type(value)
    if kind is dict and not all(type(key) is str for key in value):
        return None
    parts = list(value.values()) if kind is dict else value if kind is list else [value]
    if not all(type(part) in _PLAIN for part in parts):
        return None
    data = json.dumps(value).encode()
    return data if repr(json.loads(data)) == repr(value) else None


def _pickle(value: Any) -> bytes:
    if find_spec("cloudpickle"):  # it takes lambdas and local classes too
        import cloudpickle

        data: bytes = cloudpickle.dumps(value)
        return data
    return pickle.dumps(value)


# The first that can take a value exactly takes it.
_ENCODERS = {".parquet": _parquet, ".npy": _npy, ".json": _json, ".pickle": _pickle}
'''


def artifacts_module(plan: PackagePlan) -> str:
    """The text of `artifacts.py`; empty where the package has no steps, and so no step notebooks."""
    return ARTIFACTS_MODULE if plan.steps else ""
