"""How is a value kept for tests: as an expression, in a file, or not at all, and why?"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from typing import Any

Kept = dict[str, Any]  # text and imports of an expression, or: why there is none

LONGEST_EXPRESSION = 240
# A value larger than this is kept in part.
MOST_ELEMENTS = 20_000
MOST_ROWS = 200
_SECRET_NAME = re.compile(
    r"(^|_)(passw(or)?d|passwd|pwd|passphrase|secret|api_?key|access_?key|bearer"
    r"|private_?key|credentials?)(_|$)|(^|_)(token|pass|cookie|dsn)$",
    re.IGNORECASE,
)
_MOST_LOOKED_AT = 20_000  # parts of a value, for secrets
_SHORTEST_SECRET = 6


class Keeper:
    """Keeps values below a folder of data, each proved by making it anew and comparing.

    recorded: the module with which tests load values; secrets: patterns of what is never written
    base: the folder that all of a run lies in, which is gone after it
    """

    def __init__(
        self,
        data: str,
        package: str,
        describe: Callable[[Any], Any],
        observers: Callable[[str], Any],
        secrets: Sequence[str],
        base: str = "",
    ) -> None:
        self.data = data
        self.describe = describe
        self.recorded = observers("recorded_values")
        self.recorded.DATA = __import__("pathlib").Path(data)
        self._package = package
        self._expressions = observers("expressions")
        self._write = observers("value_files").write
        self._secrets = [re.compile(pattern) for pattern in secrets]
        # What the environment hides under such a name is a secret wherever it turns up.
        self._unwanted = [
            v
            for n, v in os.environ.items()
            if _SECRET_NAME.search(n) and len(v) >= _SHORTEST_SECRET
        ]
        self._base = base

    def keep(self, value: Any, place: str, name: str = "") -> Kept:
        """Keep a value as files whose names begin with `place`, or as an expression alone."""
        if _has_secret_name(name, value):
            return {"why": "its name says that it is a secret"}
        if any(text is None or self.is_secret(text) for text in _texts_in(value)):
            return {"why": "it holds what looks like a secret"}
        files: list[str] = []
        node = self.describe(value)
        if "not_compared" in node or "inside" in node:
            reason = node.get("not_compared") or "a part of it cannot be looked at"
            return {"why": reason}

        def same_as(part: Any) -> Callable[[Any], bool]:
            digest = (node if part is value else self.describe(part))["digest"]
            return lambda other: (
                type(other) is type(part) and self.describe(other)["digest"] == digest
            )

        is_it = same_as(value)

        def in_file(part: Any, place: str) -> str | None:
            is_same = is_it if part is value else same_as(part)
            place = self.free(place)
            base = os.path.join(self.data, place)
            ending = self._write(part, base, self.recorded.load, is_same)
            if ending is None:
                return None
            files.append(place + ending)
            if os.path.exists(base + ".types.json"):
                files.append(place + ".types.json")
            return f"load({place + ending!r})"

        kept = self._found(value, place, in_file, is_it)
        if "text" in kept:
            texts = [kept["text"], *(self._text_of(path) for path in files)]
            if any(self.is_secret(text) for text in texts):
                kept = {"why": "it holds what looks like a secret"}
            elif any(self.is_of_this_run(text) for text in texts):
                kept = {"why": "it holds the path of a folder that only this run has"}
        if "text" not in kept:
            for path in dict.fromkeys(files):
                os.remove(os.path.join(self.data, path))
        return kept

    def free(self, place: str) -> str:
        """The place, numbered where a file has its name already, also on disks that ignore case."""
        folder, _, name = place.rpartition("/")
        whole = os.path.join(self.data, folder)
        there = os.listdir(whole) if os.path.isdir(whole) else []
        taken = {path.split(".")[0].casefold() for path in there}
        found, number = name, 1
        while found.casefold() in taken:
            number += 1
            found = f"{name}_{number}"
        return f"{folder}/{found}" if folder else found

    def _found(self, value: Any, place: str, in_file: Any, is_it: Any) -> Kept:
        inexpressible = self._expressions.Inexpressible
        why = "it is too large for a test"
        try:
            short = self._expressions.Expressions(self._package).of(value)
            if len(short.text) <= LONGEST_EXPRESSION and self._makes(short, is_it):
                return {"text": short.text, "imports": sorted(short.imports)}
        except Exception as error:  # a class may do as it likes when it is looked at
            why = str(error) if isinstance(error, inexpressible) else f"looking at it: {error!r}"
        whole = in_file(value, place)
        if whole is not None:
            return {"text": whole, "imports": ["from recorded_values import load"]}
        try:
            mixed = self._expressions.Expressions(self._package, in_file).of(value, place)
            if len(mixed.text) <= 4 * LONGEST_EXPRESSION and self._makes(mixed, is_it):
                return {"text": mixed.text, "imports": sorted(mixed.imports)}
        except Exception as error:
            why = str(error) if isinstance(error, inexpressible) else f"looking at it: {error!r}"
        return {"why": why}

    def _makes(self, expression: Any, is_it: Callable[[Any], bool]) -> bool:
        try:
            return is_it(self.evaluate(expression.text, expression.imports))
        except Exception:
            return False

    def evaluate(self, text: str, imports: Sequence[str]) -> Any:
        """Make the value of an expression."""
        space: dict[str, Any] = {}
        for statement in imports:
            if statement.startswith("from recorded_values import "):
                continue
            exec(statement, space)
        space.update(load=self.recorded.load, made=self.recorded.made)
        return eval(text, space)

    def _text_of(self, path: str) -> str:
        with open(os.path.join(self.data, path), "rb") as file:
            return file.read().decode("utf-8", "replace")

    def is_secret(self, text: str) -> bool:
        """Whether a text holds what looks like a password or a key."""
        return any(pattern.search(text) for pattern in self._secrets) or any(
            value in text for value in self._unwanted
        )

    def is_of_this_run(self, text: str) -> bool:
        """Whether a text names the folder of this run, which nobody else has."""
        return bool(self._base) and self._base in text

    def without_base(self, text: str) -> str:
        """A text for people, without that folder."""
        return text.replace(self._base, "…") if self._base else text


def _has_secret_name(name: str, value: Any) -> bool:
    return bool(_SECRET_NAME.search(name)) and not isinstance(value, (bool, int, float, type(None)))


def _texts_in(value: Any) -> list[str | None]:
    """The texts in a value; None where a key, a column or an attribute says that it is secret."""
    found: list[str | None] = []
    waiting: list[Any] = [value]
    known: set[int] = set()
    while waiting and len(known) < _MOST_LOOKED_AT:
        part = waiting.pop()
        if isinstance(part, str):
            found.append(part)
            continue
        if part is None or isinstance(part, (bool, int, float, bytes)) or id(part) in known:
            continue
        known.add(id(part))
        named = _named_parts(part)
        for name, inner in named:
            if _has_secret_name(str(name), inner):
                found.append(None)
        waiting += [inner for _, inner in named]
        if isinstance(part, (list, tuple, set, frozenset)):
            waiting += list(part)[:_MOST_LOOKED_AT]
        elif getattr(getattr(part, "dtype", None), "kind", "") in ("O", "U", "S"):
            waiting += [str(v) for v in list(getattr(part, "flat", part))[:_MOST_LOOKED_AT]]
    return found


def _named_parts(part: Any) -> list[tuple[Any, Any]]:
    if isinstance(part, dict):
        return list(part.items())
    if hasattr(part, "columns") and hasattr(part, "iloc"):
        return [(part.columns[n], part.iloc[:, n]) for n in range(part.shape[1])]
    if type(part).__module__.partition(".")[0] in ("numpy", "pandas"):
        return []
    state = getattr(part, "__dict__", None)
    return list(state.items()) if isinstance(state, dict) else []


def in_part(
    values: dict[str, Any], most_rows: int = MOST_ROWS, most_elements: int = MOST_ELEMENTS
) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """Large values in part: every n-th row, the same ones of values that are equally long.

    Gives the values, and name → how many rows there were, and how many are left.
    """
    left: dict[int, int] = {}
    for value in values.values():
        rows = _rows(value)
        if rows and _elements(value) > most_elements:
            wanted = max(1, min(most_rows, most_elements * rows // _elements(value)))
            left[rows] = min(left.get(rows, rows), wanted)
    found, shorter = dict(values), {}
    for name, value in values.items():
        rows = _rows(value)
        if rows in left and left[rows] < rows:
            found[name] = _at(value, [n * rows // left[rows] for n in range(left[rows])])
            shorter[name] = [rows, left[rows]]
    return found, shorter


def _kinds(table: Any) -> dict[str, Any]:
    """Of what kind each column is, and what was seen in it; nothing where names do not tell them apart."""
    names = list(table.columns)
    if not names or len(set(names)) < len(names) or not all(isinstance(n, str) for n in names):
        return {}
    told = {name: _column(table[name]) for name in names}
    return {
        "kinds": {name: kind for name, (kind, _) in told.items()},
        "notes": {name: note for name, (_, note) in told.items()},
    }


def _column(column: Any) -> tuple[str, str]:
    dtype = str(column.dtype)
    gaps = int(column.isna().sum())
    notes = [dtype]
    kind = dtype
    if dtype == "object" or dtype == "string" or dtype == "str":
        texts = [value for value in column.dropna() if isinstance(value, str)]
        is_text = bool(texts) and len(texts) == len(column) - gaps
        kind = "text" if is_text else ""
        notes = [f"{column.nunique()} different texts"] if is_text else [dtype]
    elif column.dtype.kind in "iuf":
        kind = "number"
        notes += [f"{column.min():g} to {column.max():g}"] if gaps < len(column) else []
    elif column.dtype.kind == "M":
        kind = "time"
        notes = [f"{column.min()} to {column.max()}"] if gaps < len(column) else []
    elif column.dtype.kind != "b":
        kind = ""
    if gaps:
        notes.append(f"{gaps} gaps")
    return kind, ", ".join(notes)


def _rows(value: Any) -> int | None:
    kind = type(value)
    if kind.__module__.startswith("pandas.") and kind.__name__ in ("DataFrame", "Series"):
        return len(value)
    if kind.__module__ == "numpy" and kind.__name__ == "ndarray" and value.ndim:
        return len(value)
    return len(value) if kind is list else None


def _elements(value: Any) -> int:
    return int(getattr(value, "size", None) or len(value))


def _at(value: Any, places: list[int]) -> Any:
    if hasattr(value, "iloc"):
        return value.iloc[places]
    return [value[place] for place in places] if isinstance(value, list) else value[places]


def shape(value: Any) -> dict[str, Any] | None:
    """What a reader wants to know of a table or an array: how many rows, which columns."""
    kind = type(value)
    if kind.__module__.startswith("pandas.") and kind.__name__ == "DataFrame":
        return {
            "rows": len(value),
            "columns": [str(name) for name in value.columns],
            "dtypes": [str(dtype) for dtype in value.dtypes],
            **_kinds(value),
        }
    if kind.__module__.startswith("pandas.") and kind.__name__ == "Series":
        return {"rows": len(value), "of": str(value.dtype)}
    if kind.__module__ == "numpy" and kind.__name__ == "ndarray":
        return {"shape": list(value.shape), "of": str(value.dtype)}
    return None
