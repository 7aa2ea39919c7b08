"""Which file can hold a value, so that loading it gives the same?"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

Encoded = dict[str, bytes]  # the ending of a file's name → what is in it

MOST_BYTES = 200_000
_WIDTH = 100
_PLAIN = (bool, int, float, str, type(None))


def files_of(value: Any) -> Iterator[Encoded]:
    """Every way to write a value into files: those that people can read first."""
    pd, np = sys.modules.get("pandas"), sys.modules.get("numpy")
    if pd and type(value) in (pd.DataFrame, pd.Series):
        is_series = type(value) is pd.Series
        table = value.to_frame(name="value") if is_series else value
        if not is_series and type(value.index) is pd.RangeIndex:
            yield {".csv": table.to_csv(index=False, lineterminator="\n").encode()}
        yield from _described(value, is_series)
        if not is_series:
            yield from _parquet(value)
    elif np and type(value) is np.ndarray and value.dtype.kind in "biufcmMSU":
        buffer = io.BytesIO()
        np.save(buffer, value, allow_pickle=False)
        yield {".npy": buffer.getvalue()}
    elif type(value) in (dict, list) and _is_json(value, 0):
        yield {".json": json_text(value).encode()}


def write(
    value: Any, base: str, load: Callable[[str], Any], same: Callable[[Any], bool]
) -> str | None:
    """Write a value to `base` with an ending, and give the ending; None where no file is true to it.

    load: gives the value in a file back; same: whether a value is this one
    """
    try:
        for encoded in files_of(value):
            if sum(map(len, encoded.values())) > MOST_BYTES:
                continue
            os.makedirs(os.path.dirname(base), exist_ok=True)
            for ending, data in encoded.items():
                with open(base + ending, "wb") as file:
                    file.write(data)
            ending = next(iter(encoded))
            if _is_true(base + ending, load, same):
                return ending
            for other in encoded:
                os.remove(base + other)
    except Exception:  # whatever a library says: this value is not for files
        return None
    return None


def _is_true(path: str, load: Callable[[str], Any], same: Callable[[Any], bool]) -> bool:
    try:
        return same(load(path))
    except Exception:
        return False


def _described(value: Any, is_series: bool) -> Iterator[Encoded]:
    """A table as CSV, with a second file that says what CSV cannot: as little of it as is enough."""
    pd: Any = sys.modules["pandas"]
    table = value.to_frame() if is_series else value
    index = table.index
    is_usual = type(index) is pd.RangeIndex and index.start == 0 and index.step == 1
    levels = 0 if is_usual else index.nlevels
    columns = list(table.columns)
    is_readable = all(isinstance(c, str) for c in columns) and len(set(columns)) == len(columns)
    names = columns if is_readable else [f"column {n}" for n in range(len(columns))]
    labels = [f"index {n}" if label is None else str(label) for n, label in enumerate(index.names)]
    if set(labels) & set(names):
        labels = [f"index {n}" for n in range(levels)]
    about: dict[str, Any] = {}
    if levels:
        about["index"] = list(index.names)
    dates = [
        labels[n]
        for n in range(levels)
        if str(index.get_level_values(n).dtype).startswith("datetime")
    ]
    about.update({"dates in index": dates} if dates else {})
    about.update({"freq": index.freqstr} if levels and getattr(index, "freq", None) else {})
    if is_series:
        about["name"] = value.name
    if not is_readable or (table.columns.name is not None and not is_series):
        about.update({"columns": columns, "columns name": table.columns.name})
    text = table.set_axis(names, axis=1).to_csv(
        index=bool(levels), index_label=labels[:levels] or None, lineterminator="\n"
    )
    dtypes = {"dtypes": {n: str(d) for n, d in zip(names, table.dtypes, strict=True)}}
    for told in (about, {**about, **dtypes}):
        try:
            types = json_text(told)
        except TypeError:  # columns that are no text: times, intervals
            return
        yield {".csv": text.encode(), ".types.json": types.encode()}


def _parquet(value: Any) -> Iterator[Encoded]:
    from importlib.util import find_spec

    if find_spec("pyarrow"):
        buffer = io.BytesIO()
        value.to_parquet(buffer)
        yield {".parquet": buffer.getvalue()}


def json_text(value: Any) -> str:
    """JSON in which what fits on a line stands on one."""
    return _json_lines(value, "") + "\n"


def _json_lines(value: Any, margin: str) -> str:
    whole = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if len(margin) + len(whole) <= _WIDTH or not isinstance(value, (dict, list)):
        return whole
    inner = margin + "  "
    if isinstance(value, dict):
        names = (json.dumps(str(name), ensure_ascii=False) for name in value)
        parts = [
            f"{inner}{n}: {_json_lines(v, inner)}"
            for n, v in zip(names, value.values(), strict=True)
        ]
        return "{\n" + ",\n".join(parts) + f"\n{margin}}}"
    parts = [inner + _json_lines(item, inner) for item in value]
    return "[\n" + ",\n".join(parts) + f"\n{margin}]"


def _is_json(value: Any, depth: int) -> bool:
    if type(value) in _PLAIN:
        return True
    if depth > 20:
        return False
    if type(value) is list:
        return all(_is_json(item, depth + 1) for item in value)
    if type(value) is dict:
        return all(type(k) is str and _is_json(v, depth + 1) for k, v in value.items())
    return False
