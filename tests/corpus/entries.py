"""Which notebooks the corpus is made of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .cache import HERE, unpacked


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A notebook, pinned by the digest of the source distribution that ships it."""

    id: str
    distribution: str
    version: str
    sdist: str
    sdist_sha256: str
    path: str
    status: str
    code_cells: int | None
    language: str | None
    runs: bool
    deterministic: bool

    @property
    def file(self) -> Path:
        """Where the notebook lies once fetched."""
        return unpacked() / self.path


def read_entries() -> tuple[Entry, ...]:
    """Read the list of notebooks, in the order in which it was written."""
    lines = (HERE / "notebooks.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(_entry(json.loads(line)) for line in lines if line.strip())


def select(
    entries: Sequence[Entry], *, only: Sequence[str] = (), distributions: Sequence[str] = ()
) -> tuple[Entry, ...]:
    """Keep the entries whose id or path holds one of `only` and whose distribution is asked for."""
    return tuple(
        entry
        for entry in entries
        if (not only or any(part in entry.id or part in entry.path for part in only))
        and (not distributions or entry.distribution in distributions)
    )


def _entry(record: dict[str, object]) -> Entry:
    runs = record.get("runs")
    cells = record.get("code_cells")
    language = record.get("lang")
    return Entry(
        id=str(record["id"]),
        distribution=str(record["distribution"]),
        version=str(record["version"]),
        sdist=str(record["sdist"]),
        sdist_sha256=str(record["sdist_sha256"]),
        path=str(record["path"]),
        status=str(record["status"]),
        code_cells=cells if isinstance(cells, int) else None,
        language=language if isinstance(language, str) else None,
        runs=isinstance(runs, dict),
        deterministic=isinstance(runs, dict) and bool(runs.get("deterministic")),
    )
