"""What the notebook itself computes: the truth that a package is measured by."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from . import cache
from .digest_cell import digest_cell, finding_cell, read_digests
from .entries import Entry
from .workplace import append_cell, copy_folder_of, offline, run_program

TIMEOUT_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a notebook left behind: digests that two runs agree on, and the names they differ on."""

    id: str
    made_with: str
    problem: str | None
    seconds: float
    stdout: str
    stable: dict[str, str]
    unstable: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every data variable there is at the end, sorted."""
        return tuple(sorted({*self.stable, *self.unstable}))

    def without(self, names: Collection[str]) -> Reference:
        """Give the same reference without some of the variables."""
        stable = {name: digest for name, digest in self.stable.items() if name not in names}
        unstable = tuple(name for name in self.unstable if name not in names)
        return replace(self, stable=stable, unstable=unstable)


def reference_of(entry: Entry) -> Reference:
    """Give the notebook's reference, running it twice if that was not done before."""
    known = known_reference(entry)
    if known is not None:
        return known
    reference = _measure(entry, _made_with(entry))
    # A busy machine or a missing library may be mended by the next time.
    if reference.problem is None:
        file = _file(entry)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(reference), indent=1), encoding="utf-8")
    return reference


def known_reference(entry: Entry) -> Reference | None:
    """Give the reference that was made before, if it still holds."""
    if not _file(entry).is_file():
        return None
    record = json.loads(_file(entry).read_text(encoding="utf-8"))
    if record["made_with"] != _made_with(entry):
        return None
    return Reference(**{**record, "unstable": tuple(record["unstable"])})


def _file(entry: Entry) -> Path:
    return cache.references() / f"{entry.id}.json"


def _made_with(entry: Entry) -> str:
    """Digest all that a reference depends on, so that a stale one is not believed."""
    requirements = (cache.HERE / "requirements.txt").read_text(encoding="utf-8")
    parts = "\n".join([entry.sdist_sha256, finding_cell(), requirements])
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def _measure(entry: Entry, made_with: str) -> Reference:
    first = _run_with(entry, finding_cell())
    found = read_digests(first["last_cell"])
    if first["problem"] is None:
        second = _run_with(entry, digest_cell(sorted(found)))
    else:
        second = first
    again = read_digests(second["last_cell"])
    stable = {name: digest for name, digest in found.items() if again.get(name) == digest}
    return Reference(
        id=entry.id,
        made_with=made_with,
        problem=second["problem"],
        seconds=second["seconds"],
        stdout=second["stdout"],
        stable=dict(sorted(stable.items())),
        unstable=tuple(sorted({*found, *again} - set(stable))),
    )


def _run_with(entry: Entry, cell: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="nb2pkg-corpus-") as temporary:
        # The same names in every run, so that a path in a value is the same text.
        notebook = copy_folder_of(entry, Path(temporary) / "folder")
        append_cell(notebook, cell)
        result = Path(temporary) / "result.json"
        program = [cache.corpus_python(), cache.HERE / "kernel_run.py"]
        finished = run_program(
            [*program, notebook, result, str(TIMEOUT_SECONDS)],
            folder=notebook.parent,
            environment=offline(),
            timeout_seconds=TIMEOUT_SECONDS + 60,
        )
        if result.is_file():
            return dict(json.loads(result.read_text(encoding="utf-8")))
        problem = finished.last_error_line or "took too long"
        return {"problem": problem, "seconds": 0.0, "stdout": "", "last_cell": ""}
