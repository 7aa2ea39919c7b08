"""How does an answer read as JSON?"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from typing import Any


def json_bytes(answer: Any) -> bytes:
    """Give the bytes of an answer: ASCII, whatever texts hold, and null for numbers that JSON does not know."""
    return json.dumps(_plain(answer), separators=(",", ":"), allow_nan=False).encode("ascii")


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
