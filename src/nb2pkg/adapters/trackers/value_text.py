"""How is the value of a parameter told to others, who know but text?"""

from __future__ import annotations

import json

from nb2pkg.pipeline.pipeline import Json


def value_text(value: Json) -> str:
    """A text as it is, everything else as JSON."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, TypeError, RecursionError):
        return str(value)
