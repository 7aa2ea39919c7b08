"""How much of one picture is another one? Told in the share of its pixels."""

from __future__ import annotations

import json
from typing import Any

# Levels of 255 that a colour may be apart in a pixel: what rounding does.
_LEVELS = 2


def write_shares(pairs: list[tuple[str, str]], result: str) -> None:
    """Write the share of pixels that differ in each pair of PNG files, as JSON; null for other sizes."""
    with open(result, "w", encoding="utf-8") as file:
        json.dump([_share(one, other) for one, other in pairs], file)


def _share(one: str, other: str) -> float | None:
    from matplotlib import image

    first: Any = image.imread(one)
    second: Any = image.imread(other)
    if first.shape != second.shape:
        return None
    apart = abs(first - second) > _LEVELS / 255
    return float((apart.any(axis=-1) if apart.ndim > 2 else apart).mean())
