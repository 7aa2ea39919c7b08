"""Which id does a cell get that has none of its own?"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection

from nb2pkg.notebook.notebook import CellKind

_VALID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def is_valid_id(cell_id: str) -> bool:
    """Whether the notebook format allows this id."""
    return _VALID.fullmatch(cell_id) is not None


def derived_id(kind: CellKind, source: str, index: int, taken: Collection[str]) -> str:
    """Derive an id from what a cell holds and where it stands, unlike every id in `taken`.

    The same notebook gets the same ids each time, so that generated files don't change by
    themselves.
    """
    content = f"{index}\0{kind.value}\0{source}".encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(content).hexdigest()
    length = 8
    while digest[:length] in taken:
        length += 1
        if length > len(digest):
            digest, length = hashlib.sha256(digest.encode("ascii")).hexdigest(), 8
    return digest[:length]
