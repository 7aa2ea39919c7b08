"""For which notebooks the extracted package does what the notebook does."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .digest_cell import digest_cell
from .entries import Entry
from .package_run import Verdict, judge_extraction, judge_package
from .reference import Reference, reference_of
from .shape import PackageShape, read_shape
from .tool import Extraction, extract, package_name
from .workplace import append_cell, copy_folder_of

NOT_HERE = "does not run here"
NOT_STEADY = "never the same"
# What is said aloud is no failure: refusing is allowed, being wrong is not.
ACCEPTED = frozenset({"same", "refused", NOT_HERE, NOT_STEADY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What was found out about one notebook."""

    id: str
    distribution: str
    path: str
    verdict: Verdict
    compared: int
    codes: tuple[str, ...] = ()
    extract_seconds: float = 0.0
    shape: PackageShape | None = None

    @property
    def is_failure(self) -> bool:
        """Whether nb2pkg broke its promise here: wrong without a word, broken, or stuck."""
        if self.verdict.outcome == "differs":
            return bool(self.verdict.unannounced)
        return self.verdict.outcome not in ACCEPTED


def measurable(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Keep the notebooks that run to the end.

    Of those that print something else each time, only the shape of their package is counted.
    """
    return tuple(entry for entry in entries if entry.runs)


def measure_all(
    entries: Sequence[Entry],
    *,
    jobs: int,
    keep: Path | None,
    tell: Callable[[Measurement], None],
) -> tuple[Measurement, ...]:
    """Measure the notebooks, `jobs` at a time; what was made stays under `keep` if it is given."""

    def one(entry: Entry) -> Measurement:
        measurement = _measure_in(entry, keep)
        tell(measurement)
        return measurement

    with ThreadPoolExecutor(max_workers=jobs) as pool:
        return tuple(pool.map(one, entries))


def _measure_in(entry: Entry, keep: Path | None) -> Measurement:
    if keep is not None:
        work = keep / entry.id
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        return measure(entry, work)
    with tempfile.TemporaryDirectory(prefix="nb2pkg-corpus-") as temporary:
        return measure(entry, Path(temporary))


def measure(entry: Entry, work: Path) -> Measurement:
    """Compare what the package with a digest cell prints; count what the plain one looks like."""
    if not entry.deterministic:
        shape = _plain_shape(entry, work / "plain")
        return _measurement(entry, 0, Verdict(outcome=NOT_STEADY), shape=shape)
    reference = reference_of(entry)
    if reference.problem is not None:
        absent = Verdict(outcome=NOT_HERE, detail=reference.problem)
        return _measurement(entry, 0, absent)
    verdict, extraction = _judge_with_digests(entry, work / "with-digest", reference)
    announced = tuple(name for name in verdict.differing if name not in verdict.unannounced)
    if announced and set(verdict.differing) == set(reference.stable):
        # The cell of digests reads a name that is not there, and is left out with all the others.
        others = reference.without(announced)
        again, _ = _judge_with_digests(entry, work / "without-announced", others)
        verdict = again.with_announced(announced)
    codes = tuple(sorted({finding.code for finding in extraction.findings}))
    shape = _plain_shape(entry, work / "plain")
    return _measurement(entry, len(reference.stable), verdict, codes, extraction.seconds, shape)


def _judge_with_digests(
    entry: Entry, work: Path, reference: Reference
) -> tuple[Verdict, Extraction]:
    """Extract the notebook with a last cell that prints the digests, and run the package."""
    notebook = copy_folder_of(entry, work / "folder")
    append_cell(notebook, digest_cell(reference.names))
    output = work / "package"
    extraction = extract(notebook, output)
    verdict = judge_extraction(extraction, output)
    if verdict is None:
        verdict = judge_package(output, notebook.parent, extraction, reference)
    return verdict, extraction


def _plain_shape(entry: Entry, work: Path) -> PackageShape | None:
    """Count what becomes of the notebook as it is: a digest cell reads, and so ties, everything."""
    output = work / "package"
    extraction = extract(copy_folder_of(entry, work / "folder"), output)
    package = package_name(output)
    if judge_extraction(extraction, output) is not None or package is None:
        return None
    try:
        return read_shape(output, package)
    except SyntaxError:
        # The verdict tells it already: what does not parse does not run either.
        return None


def _measurement(
    entry: Entry,
    compared: int,
    verdict: Verdict,
    codes: tuple[str, ...] = (),
    extract_seconds: float = 0.0,
    shape: PackageShape | None = None,
) -> Measurement:
    return Measurement(
        id=entry.id,
        distribution=entry.distribution,
        path=entry.path,
        verdict=verdict,
        compared=compared,
        codes=codes,
        extract_seconds=extract_seconds,
        shape=shape,
    )
