"""Which Python expression makes a value anew?"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import fractions
import math
import pathlib
import uuid
from collections.abc import Callable
from typing import Any

_MOST_PARTS = 60
_DEEPEST = 4
_FEW = 12
_DATES = (datetime.date, datetime.time, datetime.timedelta, datetime.timezone)


class Inexpressible(Exception):
    """A value has no expression that makes it."""


@dataclasses.dataclass
class Expression:
    """Python text, and the import statements that it needs."""

    text: str
    imports: set[str] = dataclasses.field(default_factory=set)


class Expressions:
    """Writes expressions; what has none by itself may be left to `elsewhere`, which gives text or None.

    own: the package, whose objects may be made from their state
    """

    def __init__(
        self, own: str, elsewhere: Callable[[Any, str], str | None] = lambda value, place: None
    ) -> None:
        self._own = own
        self._elsewhere = elsewhere
        self._imports: set[str] = set()
        self._left = 0
        self._on_the_way: list[int] = []

    def of(self, value: Any, place: str = "") -> Expression:
        """Write the expression of a value; `place` names its parts to `elsewhere`.

        Raises:
            Inexpressible: there is none.
        """
        self._imports, self._left, self._on_the_way = set(), _MOST_PARTS, []
        return Expression(self._text(value, place), self._imports)

    def _text(self, value: Any, place: str) -> str:
        self._left -= 1
        if self._left < 0 or len(self._on_the_way) > _DEEPEST or id(value) in self._on_the_way:
            raise Inexpressible("it has too many parts")
        self._on_the_way.append(id(value))
        text = self._plain(value) or self._container(value, place) or self._of_standard(value)
        text = text or self._of_numpy(value) or self._of_pandas(value)
        if (text is None and len(self._on_the_way) > 1) or (text is None and place):
            text = self._elsewhere(value, place)
            if text is not None:
                self._imports.add("from recorded_values import load")
        text = text or self._object(value, place)
        if text is None:
            raise Inexpressible(f"a {type(value).__name__} has no file format")
        self._on_the_way.pop()
        return text

    def _plain(self, value: Any) -> str | None:
        kind = type(value)
        if value is None or kind in (bool, int, str, bytes, complex, range, slice):
            return repr(value)
        if kind is float:
            return repr(value) if math.isfinite(value) else f'float("{value}")'
        return None

    def _container(self, value: Any, place: str) -> str | None:
        kind = type(value)
        if kind is dict:
            parts = [
                f"{self._text(k, place)}: {self._text(v, _joined(place, k))}"
                for k, v in value.items()
            ]
            return "{" + ", ".join(parts) + "}"
        if kind is list:
            return "[" + self._items(value, place) + "]"
        if kind is tuple:
            return f"({self._items(value, place)}{',' if len(value) == 1 else ''})"
        if kind in (set, frozenset):
            items = ", ".join(sorted(self._text(item, place) for item in value))
            text = "{" + items + "}" if items else ""
            return text if kind is set and text else f"{kind.__name__}({text})"
        return None

    def _items(self, items: Any, place: str) -> str:
        return ", ".join(self._text(item, _joined(place, n)) for n, item in enumerate(items))

    def _of_standard(self, value: Any) -> str | None:
        kind = type(value)
        if kind is datetime.datetime or kind in _DATES:
            self._imports.add("import datetime")
            return repr(value)
        if kind in (decimal.Decimal, fractions.Fraction, uuid.UUID):
            self._imports.add(f"from {kind.__module__} import {kind.__name__}")
            return repr(value)
        if isinstance(value, pathlib.PurePath):
            self._imports.add("from pathlib import Path")
            return f"Path({str(value)!r})"
        if isinstance(value, enum.Enum) and not isinstance(value, enum.Flag):
            return f"{self._class(kind)}.{value.name}"
        if isinstance(value, type):
            return self._class(value)
        return None

    def _of_numpy(self, value: Any) -> str | None:
        kind = type(value)
        if kind.__module__ != "numpy":
            return None
        if hasattr(value, "bit_generator"):
            return None
        if kind.__name__ == "ndarray":
            if value.size > _FEW or value.dtype.kind not in "biuf":
                return None
            self._imports.add("import numpy as np")
            usual = {"b": "bool", "i": "int64", "f": "float64"}.get(value.dtype.kind)
            dtype = "" if value.dtype == usual and value.size else f", dtype={str(value.dtype)!r}"
            return f"np.array({self._text(value.tolist(), '')}{dtype})"
        if hasattr(value, "item") and not hasattr(value, "__len__") and value.dtype.kind in "biuf":
            self._imports.add("import numpy as np")
            return f"np.{value.dtype.name.replace('bool', 'bool_')}({self._text(value.item(), '')})"
        return None

    def _of_pandas(self, value: Any) -> str | None:
        kind = type(value)
        if not kind.__module__.startswith("pandas."):
            return None
        if kind.__name__ in ("Timestamp", "Timedelta"):
            self._imports.add("import pandas as pd")
            return f"pd.{value!r}"
        if kind.__name__ == "Series" and len(value) <= _FEW and value.index.nlevels == 1:
            return self._series(value)
        is_plain = kind.__name__ == "DataFrame" and value.columns.is_unique
        if is_plain and 0 < value.size <= _FEW:
            columns = {name: value[name].tolist() for name in value.columns}
            self._imports.add("import pandas as pd")
            index = self._index(value.index)
            return f"pd.DataFrame({self._text(columns, '')}{index})"
        return None

    def _series(self, value: Any) -> str:
        self._imports.add("import pandas as pd")
        name = f", name={self._text(value.name, '')}" if value.name is not None else ""
        is_usual = str(value.dtype) in ("int64", "float64", "bool", "object") and len(value)
        dtype = "" if is_usual else f', dtype="{value.dtype}"'
        if value.index.dtype == object and value.index.is_unique:
            data = dict(zip(value.index.tolist(), value.tolist(), strict=True))
            return f"pd.Series({self._text(data, '')}{dtype}{name})"
        data_text = self._text(value.tolist(), "")
        return f"pd.Series({data_text}{self._index(value.index)}{dtype}{name})"

    def _index(self, index: Any) -> str:
        if type(index).__name__ == "RangeIndex" and index.start == 0 and index.step == 1:
            return ""
        return f", index={self._text(index.tolist(), '')}"

    def _object(self, value: Any, place: str) -> str | None:
        """An object of the package's own classes: as it is made, or made with its state."""
        kind = type(value)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            arguments = zip(value._fields, value, strict=True)
            return self._made(self._class(kind), arguments, place)
        if not f"{kind.__module__ or ''}.".startswith(f"{self._own}."):
            return self._unfitted(value)
        if dataclasses.is_dataclass(value):
            fields = [f for f in dataclasses.fields(value) if f.init]
            given = [(f.name, getattr(value, f.name)) for f in fields]
            return self._made(self._class(kind), given, place)
        state = getattr(value, "__dict__", None)
        if state is None or isinstance(value, (dict, list, tuple, set, str, int, float)):
            return None
        self._imports.add("from recorded_values import made")
        return self._made("made", state.items(), place, self._class(kind))

    def _made(self, called: str, arguments: Any, place: str, *first: str) -> str:
        given = [f"{name}={self._text(v, _joined(place, name))}" for name, v in arguments]
        if not all(text.partition("=")[0].isidentifier() for text in given):
            raise Inexpressible("its attributes have odd names")
        return f"{called}({', '.join([*first, *given])})"

    def _class(self, kind: type) -> str:
        if "." in kind.__qualname__ or kind.__module__ in ("__main__", None):
            raise Inexpressible(f"{kind.__name__} is defined within a function")
        if kind.__module__ != "builtins":
            self._imports.add(f"from {kind.__module__} import {kind.__name__}")
        return kind.__name__

    def _unfitted(self, value: Any) -> str | None:
        """An estimator that has its parameters and nothing else yet."""
        if not hasattr(value, "get_params") or not hasattr(value, "__dict__"):
            return None
        parameters = value.get_params(deep=False)
        if set(vars(value)) - set(parameters):
            return None
        usual = type(value)().get_params(deep=False) if _needs_nothing(type(value)) else {}
        given = [
            (n, v) for n, v in parameters.items() if n not in usual or repr(usual[n]) != repr(v)
        ]
        return self._made(self._public_class(type(value)), given, "")

    def _public_class(self, kind: type) -> str:
        parts = [part for part in kind.__module__.split(".") if not part.startswith("_")]
        self._imports.add(f"from {'.'.join(parts)} import {kind.__name__}")
        return kind.__name__


def _needs_nothing(kind: type) -> bool:
    try:
        kind()
    except Exception:
        return False
    return True


def _joined(place: str, key: Any) -> str:
    """The place of a part: a name for a file, or nothing where its whole has none."""
    word = "".join(c if c.isalnum() or c == "_" else "_" for c in str(key))[:30]
    return f"{place}_{word}" if place else ""
