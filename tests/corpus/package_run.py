"""Whether an extracted package leaves behind what its notebook leaves behind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from . import cache
from .digest_cell import read_digests, without_digests
from .printed import lost_lines
from .reference import TIMEOUT_SECONDS, Reference
from .tool import Extraction, package_name
from .workplace import offline, run_program


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one notebook: `outcome` in a word, `detail` in a line."""

    outcome: str
    detail: str = ""
    differing: tuple[str, ...] = ()
    unannounced: tuple[str, ...] = ()
    lost_lines: int = 0

    def with_announced(self, names: tuple[str, ...]) -> Verdict:
        """Count variables that a diagnostic gave up as differing, though not silently."""
        if self.outcome not in ("same", "differs"):
            return self
        differing = (*names, *self.differing)
        return replace(self, outcome="differs", detail=", ".join(differing), differing=differing)


def judge_extraction(extraction: Extraction, output: Path) -> Verdict | None:
    """Say why there is nothing to run, or None when there is a package."""
    if extraction.exit_code is None:
        return Verdict(outcome="timeout", detail="extract")
    if extraction.crashed:
        lines = [line for line in extraction.stderr.splitlines() if line.strip()]
        return Verdict(outcome="extract crashed", detail=lines[-1].strip() if lines else "")
    if extraction.exit_code != 0:
        codes = ", ".join(extraction.error_codes) or f"exit {extraction.exit_code}"
        return Verdict(outcome="refused", detail=codes)
    if package_name(output) is None:
        return Verdict(outcome="extract crashed", detail="exit 0 and no package")
    return None


def judge_package(
    output: Path, folder: Path, extraction: Extraction, reference: Reference
) -> Verdict:
    """Run the package in the notebook's folder and compare what it prints with the reference."""
    finished = run_program(
        [cache.corpus_python(), "-m", package_name(output) or ""],
        folder=folder,
        environment=offline(PYTHONPATH=str(output / "src"), MPLBACKEND="Agg"),
        timeout_seconds=TIMEOUT_SECONDS,
    )
    # For whoever looks at one notebook with --keep.
    (output.parent / "package.stdout.txt").write_text(finished.stdout, encoding="utf-8")
    (output.parent / "package.stderr.txt").write_text(finished.stderr, encoding="utf-8")
    if finished.exit_code is None:
        return Verdict(outcome="timeout", detail="package")
    if finished.exit_code != 0:
        detail = finished.last_error_line or f"exit {finished.exit_code}"
        return Verdict(outcome="package failed", detail=detail)
    differing = _differing(reference.stable, read_digests(finished.stdout))
    told = "\n".join(finding.message for finding in extraction.findings)
    unannounced = tuple(name for name in differing if not re.search(rf"\b{name}\b", told))
    return Verdict(
        outcome="differs" if differing else "same",
        detail=", ".join(differing),
        differing=differing,
        unannounced=unannounced,
        lost_lines=lost_lines(reference.stdout, without_digests(finished.stdout)),
    )


def _differing(expected: Mapping[str, str], found: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name, digest in expected.items() if found.get(name) != digest)
