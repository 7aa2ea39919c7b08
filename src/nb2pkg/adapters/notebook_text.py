"""How is an executed notebook written, so that any reader takes it, whatever its outputs hold?"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import nbformat.v4


def notebook_text(notebook: Any, secrets: Sequence[str] = ()) -> str:
    """The text of a notebook's file, with `***` wherever one of the secrets stands.

    What JSON cannot say (NaN, infinities) becomes null; the text may hold lone surrogates, so that it has to
    be written with `errors="backslashreplace"`: within JSON, what that writes is an escape like any other.
    """
    # Odd notebooks are written as they came: whoever reads them can say more about it than we.
    text: str = nbformat.v4.writes(notebook)
    if "NaN" in text or "Infinity" in text:
        finite = _finite(json.loads(text))
        text = json.dumps(finite, ensure_ascii=False, indent=1, sort_keys=True)
    for secret in secrets:
        # As JSON writes it; and once more, as it stands in the source of a cell that sets it.
        for form in (
            secret,
            json.dumps(secret)[1:-1],
            json.dumps(secret, ensure_ascii=False)[1:-1],
        ):
            text = text.replace(json.dumps(form, ensure_ascii=False)[1:-1], "***")
    return text if text.endswith("\n") else text + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value
