"""What did an earlier run of this notebook show? Kept in the package, for extracts that do not run it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from nb2pkg.planning import Observed, observed_from_json
from nb2pkg.ports.extracting import Json

OBSERVED_PATH = ".nb2pkg/observed.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRun:
    """What a run showed, of which cells, and the files with its values.

    observed: as JSON, as `planning.observed_from_json` reads it
    contracts: whether tables are to be checked against what was seen
    """

    cells_sha256: str
    observed: Json
    files: tuple[str, ...]
    contracts: bool = False


def kept_run(
    observed: Observed, cells_sha256: str, data: Mapping[str, bytes], *, contracts: bool
) -> KeptRun:
    """Make a run fit to be kept."""
    plain = json.loads(json.dumps(asdict(observed)))
    return KeptRun(
        cells_sha256=cells_sha256, observed=plain, files=tuple(sorted(data)), contracts=contracts
    )


def run_text(run: KeptRun) -> str:
    """Give the text of the file that keeps a run."""
    document = {
        "format": _FORMAT,
        "cells_sha256": run.cells_sha256,
        "contracts": run.contracts,
        "files": list(run.files),
        "observed": run.observed,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def read_run(data: bytes | None) -> KeptRun | None:
    """Read it back; None where there is none, or where it cannot be understood."""
    try:
        document = json.loads(data or b"null")
        if document is None or document["format"] != _FORMAT:
            return None
        observed_from_json(document["observed"])  # whether it can be read at all
        return KeptRun(
            cells_sha256=str(document["cells_sha256"]),
            observed=document["observed"],
            files=tuple(map(str, document["files"])),
            contracts=bool(document["contracts"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
