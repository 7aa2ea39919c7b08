"""Values of the notebook's own run: how tests load them, and how they compare with them."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import sys
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
# Another machine's libraries may add numbers up in another order.
RELATIVE, ABSOLUTE = 1e-7, 1e-12
_NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")


def load(name: str) -> Any:
    """Load a value from `tests/data`, a new one each time."""
    path = DATA / name
    if path.suffix == ".json":
        return json.loads(path.read_text(encoding="utf-8"))
    if path.suffix == ".npy":
        import numpy as np

        return np.load(path, allow_pickle=False)
    return _table(path)


def restore_random_state(*names: str) -> None:
    """Let the global random generators stand where they stood when the notebook ran."""
    for name in names:
        if name.endswith(".npy"):
            import numpy as np

            *keys, place, has_gauss, gauss = load(name)
            np.random.set_state(("MT19937", keys, int(place), int(has_gauss), gauss))
        else:
            import random

            version, numbers, gauss = load(name)
            random.setstate((version, tuple(numbers), gauss))


def made(kind: type, **attributes: Any) -> Any:
    """Make an object with these attributes, as it was; its `__init__` is not called."""
    value: Any = object.__new__(kind)
    for name, attribute in attributes.items():
        object.__setattr__(value, name, attribute)
    return value


def assert_same(found: Any, expected: Any, where: str = "the value") -> None:
    """Fail where a value is not as it was, and say where. Floats may differ in the eighth digit."""
    pd, np = sys.modules.get("pandas"), sys.modules.get("numpy")
    if np and isinstance(expected, np.generic):
        found, expected = np.asarray(found), np.asarray(expected)
    assert type(found).__name__ == type(expected).__name__, f"{where}: {type(found)}"
    if isinstance(expected, float):
        is_same = math.isclose(found, expected, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
        assert is_same or (found != found and expected != expected), (
            f"{where}: {found} != {expected}"
        )
    elif isinstance(expected, dict):
        assert list(found) == list(expected), f"{where} has other keys"
        for key in expected:
            assert_same(found[key], expected[key], f"{where}[{key!r}]")
    elif isinstance(expected, (list, tuple)):
        assert len(found) == len(expected), (
            f"{where} has {len(found)} items, not {len(expected)}"
        )
        for number, (one, other) in enumerate(zip(found, expected, strict=True)):
            assert_same(one, other, f"{where}[{number}]")
    elif pd and isinstance(expected, pd.DataFrame):
        tolerance: dict[str, Any] = {
            "rtol": RELATIVE,
            "atol": ABSOLUTE,
            "check_freq": False,
        }
        pd.testing.assert_frame_equal(found, expected, obj=where, **tolerance)
    elif pd and isinstance(expected, pd.Series):
        tolerance = {"rtol": RELATIVE, "atol": ABSOLUTE, "check_freq": False}
        pd.testing.assert_series_equal(found, expected, obj=where, **tolerance)
    elif pd and isinstance(expected, pd.Index):
        pd.testing.assert_index_equal(
            found, expected, rtol=RELATIVE, atol=ABSOLUTE, obj=where
        )
    elif np and isinstance(expected, np.ndarray):
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape), where
        if expected.dtype.kind in "fc":
            np.testing.assert_allclose(
                found, expected, rtol=RELATIVE, atol=ABSOLUTE, err_msg=where
            )
        else:
            np.testing.assert_array_equal(found, expected, err_msg=where)
    elif hasattr(expected, "__dict__") and (
        dataclasses.is_dataclass(expected) or not _compares(type(expected))
    ):
        assert_same(vars(found), vars(expected), where)
    else:
        assert found == expected, f"{where}: {found!r} != {expected!r}"


def _compares(kind: type) -> bool:
    """Whether objects of a class say themselves when they are equal."""
    return any("__eq__" in vars(one) for one in kind.__mro__[:-1])


def assert_same_text(found: str, expected: str) -> None:
    """Fail where a text is another one; numbers in it may differ in the eighth digit."""
    assert _NUMBER.sub("0", found) == _NUMBER.sub("0", expected)
    for one, other in zip(
        _NUMBER.findall(found), _NUMBER.findall(expected), strict=True
    ):
        is_same = math.isclose(
            float(one), float(other), rel_tol=RELATIVE, abs_tol=ABSOLUTE
        )
        assert is_same, f"{one} is not {other}"


def assert_written(folder: str | None, *others: str) -> None:
    """Fail unless the working directory has these files: with the same text as those in `folder` of the
    recorded data, and whatever they hold for `others`.
    """
    texts = (
        sorted(p for p in (DATA / folder).rglob("*") if p.is_file()) if folder else []
    )
    for path in texts:
        found = Path(path.relative_to(DATA / str(folder)))
        assert found.is_file(), f"{found} was not written"
        assert_same_text(found.read_bytes().decode(), path.read_bytes().decode())
    for other in others:
        assert Path(other).is_file() and Path(other).stat().st_size, (
            f"{other} was not written"
        )


def summary(value: Any, depth: int = 0) -> Any:
    """What can be told of an object in numbers and words, to compare where no file can hold it."""
    np, pd = sys.modules.get("numpy"), sys.modules.get("pandas")
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else repr(float(value))
    if np and isinstance(value, np.generic):
        return summary(value.item(), depth)
    if np and isinstance(value, np.ndarray):
        return _summary_of_array(value)
    if pd and isinstance(value, (pd.Series, pd.Index)):
        return _summary_of_array(value.to_numpy())
    if pd and isinstance(value, pd.DataFrame):
        return {
            str(name): _summary_of_array(value[name].to_numpy())
            for name in value.columns
        }
    if depth > _DEEPEST:
        return type(value).__name__
    if isinstance(value, dict):
        kept = [(str(k), v) for k, v in value.items() if not _is_passing(k, v)]
        return {k: summary(v, depth + 1) for k, v in kept[:_MOST]}
    if isinstance(value, (list, tuple)):
        step = len(value) // _MOST + 1
        return [len(value), *(summary(v, depth + 1) for v in value[::step])]
    if isinstance(value, (set, frozenset)):
        return [len(value), *sorted(str(summary(v, depth + 1)) for v in value)[:_MOST]]
    if isinstance(value, type) or (callable(value) and hasattr(value, "__name__")):
        return value.__name__
    told = summary(_state(value), depth + 1)
    if not told and " at 0x" not in repr(value):
        told = {"shown": repr(value)}
    return {"is a": type(value).__name__, **told}


_DEEPEST = 6
_MOST = 30


def _state(value: Any) -> dict[str, Any]:
    """An object's attributes, however it keeps them."""
    if hasattr(value, "__dict__"):
        return dict(vars(value))
    try:
        state = value.__getstate__()
    except Exception:
        return {}
    return state if isinstance(state, dict) else {}


def _is_passing(name: Any, value: Any) -> bool:
    """What differs from process to process, or says nothing: caches, generators, logs."""
    text = str(name).lower()
    module = type(value).__module__
    return (
        "cache" in text
        or "hash" in text
        or module.startswith(("numpy.random", "logging"))
    )


def _summary_of_array(array: Any) -> Any:
    if array.dtype.names:
        return {name: _summary_of_array(array[name]) for name in array.dtype.names}
    flat = array.ravel()
    few = flat[:: len(flat) // 10 + 1].tolist()
    told = {
        "dtype": str(array.dtype),
        "shape": list(array.shape),
        "some": [str(v) for v in few],
    }
    if array.dtype.kind in "biuf" and len(flat):
        total = summary(float(abs(flat[flat == flat].astype(float)).sum()))
        told.update(some=[summary(v) for v in few], sum=total)
    return told


def _table(path: Path) -> Any:
    import pandas as pd

    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    types = path.with_suffix(".types.json")
    if not types.exists():
        return pd.read_csv(path, float_precision="round_trip")
    about = json.loads(types.read_text(encoding="utf-8"))
    dtypes, index = about.get("dtypes", {}), about.get("index", [])
    dates = {
        name: dtype for name, dtype in dtypes.items() if dtype.startswith("datetime")
    }
    table = pd.read_csv(
        path,
        dtype={name: dtype for name, dtype in dtypes.items() if name not in dates},
        parse_dates=[*dates, *about.get("dates in index", [])],
        index_col=list(range(len(index))) or None,
        keep_default_na=False,
        na_values=[""],
        float_precision="round_trip",
    )
    table = table.astype(dates)
    if index:
        table.index.names = index
    if "freq" in about:
        table.index = pd.DatetimeIndex(table.index, freq=about["freq"])
    if "columns" in about:
        table.columns = pd.Index(about["columns"], name=about.get("columns name"))
    return table.iloc[:, 0].rename(about["name"]) if "name" in about else table
