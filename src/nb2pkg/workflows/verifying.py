"""Verify: run a notebook, run its package, and say whether they agree."""

from __future__ import annotations

import os.path
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import yaml

from nb2pkg.notebook import Limits, read_notebook
from nb2pkg.ports.extracting import NotebookSource, PackageFolders, Runs
from nb2pkg.problems import Diagnostic, NothingToExtract, UsageError
from nb2pkg.verification import (
    EXACT,
    Allowance,
    Boundary,
    Comparison,
    Observation,
    Outcome,
    Seen,
    StepResult,
    Tolerance,
    compare,
    likely_cause,
    makers,
    unstable_parts,
    variable_of,
    with_shares,
)
from nb2pkg.workflows.lock_file import LOCK_PATH, Lock, lock_in
from nb2pkg.workflows.proposal import Proposal
from nb2pkg.workflows.running import (
    OpenRuns,
    allowance_of,
    boundaries_in,
    cells_to_run,
    no_python,
)

Propose = Callable[[str | None], Proposal]
# The notebook's Python and how it was found, by the name of its kernel.
FindPython = Callable[[str | None], tuple[str | None, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What verifying a notebook came to.

    folder: where the package is; None where it is what extract would write
    is_stale: whether the notebook has changed since the package was extracted
    explained: what extract had said that explains differences, by step
    unstable: why a step gives another value each time the notebook runs, by step
    order_of_sets: what depends on the order in which sets are gone through, by step
    makers: step and variable that differs → cell and line that make or change it
    pictures: the PNGs of the pictures that differ, by the names of their files
    """

    notebook: str
    folder: str | None
    package: str
    comparison: Comparison
    explained: tuple[tuple[str, Diagnostic], ...]
    unstable: tuple[tuple[str, str], ...]
    order_of_sets: tuple[tuple[str, str], ...]
    makers: Mapping[tuple[str, str], tuple[int, int]]
    pictures: Mapping[str, bytes]
    python: str
    is_stale: bool
    notebook_seconds: float
    package_seconds: float

    @property
    def outcome(self) -> Outcome:
        """Same, or not, or the notebook ended too early to say."""
        return self.comparison.outcome

    def made_at(self, step: str, path: str) -> str:
        """Where the notebook last makes or changes a variable in a step: ` (cell 4, line 2)`, or nothing."""
        place = self.makers.get((step, variable_of(path)))
        return f" (cell {place[0]}, line {place[1]})" if place else ""


def verify_notebook(
    source: NotebookSource,
    folder: str | None,
    *,
    propose: Propose,
    find_python: FindPython,
    folders: PackageFolders,
    open_runs: OpenRuns,
    timeout_seconds: float,
    in_steps: bool = False,
    repeat: int = 1,
    tolerance: Tolerance = EXACT,
) -> Verification:
    """Run the notebook and its package, and compare them after every step.

    The package runs in one process, or `in_steps`: its step notebooks run in a process each, with their
    artifacts in between. The notebook runs `repeat` times, and once more where they differ: what it does
    not do twice itself is set apart. From three times on, one of them goes through sets in another order.

    `folder` is the package's, or None for the usual one beside the notebook; where there is none,
    what extract would write is verified. A notebook that only looks at values makes no package: it is
    the same as none if it prints and writes nothing.

    Raises:
        UsageError: there is no package in `folder` (NB013).
        EnvironmentFailure: there is no kernel to run the notebook in.
        Nb2pkgError: whatever `propose` has to say.
    """
    given = _lock_of(folder, folders) if folder is not None else None
    try:
        proposal = propose(given.package if given else None)
    except NothingToExtract:
        return _without_package(source, find_python, open_runs, timeout_seconds)
    place = folder or os.path.join(source.folder, proposal.package)
    lock = given or _lock_there(place, source, folders)
    document = read_notebook(source.data, source.name, format=source.format, limits=Limits())
    boundaries = boundaries_in(proposal.steps)
    cells = list(cells_to_run(document))
    sources = {cell.position: cell.source for cell in cells}
    if proposal.interpreter is None:
        raise no_python()
    package = lock.package if lock else proposal.package
    allowance = allowance_of(proposal)
    with open_runs(proposal.interpreter, package, [place] if lock else []) as runs:
        home = place if lock else runs.put(proposal.files)
        run_package = _package_runner(runs, home, folders, timeout_seconds, in_steps=in_steps)

        def run_notebook(boundaries: Sequence[Boundary], hash_seed: int = 0) -> Observation:
            return runs.notebook(cells, boundaries, timeout_seconds, hash_seed)

        expected = run_notebook(boundaries)
        found = run_package(boundaries)
        others: list[Observation] = []
        first = compare(expected, found, boundaries, allowance)
        if _is_worth_another_run(first):
            # Once more, with every element of what differs; is it another one for the notebook, too?
            boundaries = _in_detail(boundaries, first)
            others.append(expected)
            expected = run_notebook(boundaries)
            if any(boundary.detailed for boundary in boundaries):
                found = run_package(boundaries)
        shuffles = int(repeat >= 3)
        others += [run_notebook(boundaries) for _ in range(repeat - 1 - shuffles)]
        unstable = unstable_parts(expected, others, allowance.text)
        # All these runs order sets alike. Does the notebook depend on how?
        shuffled = [run_notebook(boundaries, hash_seed=1) for _ in range(shuffles)]
        ordered = unstable_parts(expected, shuffled, allowance.text)
        comparison = compare(expected, found, boundaries, allowance, unstable, tolerance)
        comparison = _with_shares(comparison, runs, tolerance)
        pictures = {
            figure.file: runs.picture(figure)
            for step in comparison.steps
            for difference in step.figures
            for figure in (difference.expected, difference.found)
            if figure is not None
        }
    return Verification(
        notebook=source.path,
        folder=place if lock else None,
        package=package,
        comparison=comparison,
        explained=tuple(_explained(comparison, proposal)),
        unstable=tuple(_why_unstable(comparison, sources)),
        order_of_sets=tuple(
            (boundary.step, place)
            for boundary in boundaries
            for place in ordered.places(boundary.step)
            if place not in unstable.places(boundary.step)
        ),
        makers=makers(comparison.steps, sources),
        pictures=pictures,
        python=proposal.python,
        is_stale=lock is not None and lock.cells_sha256 != proposal.cells_sha256,
        notebook_seconds=expected.seconds,
        package_seconds=found.seconds,
    )


def _with_shares(comparison: Comparison, runs: Runs, tolerance: Tolerance) -> Comparison:
    """Say of pictures that differ how much of them does."""
    pairs = [
        (figure.expected, figure.found)
        for step in comparison.steps
        for figure in step.figures
        if figure.expected is not None and figure.found is not None
    ]
    if not pairs:
        return comparison
    shares = runs.picture_shares(pairs)
    known = {(a.file, b.file): share for (a, b), share in zip(pairs, shares, strict=True)}
    return with_shares(comparison, known, tolerance)


def _without_package(
    source: NotebookSource, find_python: FindPython, open_runs: OpenRuns, timeout_seconds: float
) -> Verification:
    """Run a notebook of which nothing is extracted: does it do anything that is missed then?"""
    document = read_notebook(source.data, source.name, format=source.format, limits=Limits())
    interpreter, found_by = find_python(document.kernel_name)
    if interpreter is None:
        raise no_python()
    cells = list(cells_to_run(document))
    with open_runs(interpreter, source.name, []) as runs:
        expected = runs.notebook(cells, (), timeout_seconds)
    nothing = Observation(seen=(Seen(step="", values={}),))
    allowance = Allowance(figures=frozenset(cell.position for cell in cells))
    return Verification(
        notebook=source.path,
        folder=None,
        package="",
        comparison=compare(expected, nothing, (), allowance),
        explained=(),
        unstable=(),
        order_of_sets=(),
        makers={},
        pictures={},
        python=found_by,
        is_stale=False,
        notebook_seconds=expected.seconds,
        package_seconds=0.0,
    )


def _package_runner(
    runs: Runs, home: str, folders: PackageFolders, timeout_seconds: float, *, in_steps: bool
) -> Callable[[Sequence[Boundary]], Observation]:
    """How the package in `home` is run: as a whole, or step by step."""
    code = os.path.join(home, "src")
    if not in_steps:
        return lambda boundaries: runs.package(code, boundaries, timeout_seconds)
    notebooks = _step_notebooks(home, folders)
    return lambda boundaries: _without_artifacts(
        runs.step_notebooks(code, notebooks, boundaries, timeout_seconds)
    )


def _in_detail(boundaries: Sequence[Boundary], comparison: Comparison) -> tuple[Boundary, ...]:
    """The same boundaries, with the variables that differ to be told element by element."""
    differing = {
        result.step: {variable_of(d.path) for d in result.values} for result in comparison.steps
    }
    return tuple(
        replace(b, detailed=frozenset(differing.get(b.step, set()) & b.names.keys()))
        for b in boundaries
    )


def _is_worth_another_run(comparison: Comparison) -> bool:
    """Whether it is to be asked if the notebook does twice what the package did not."""
    return comparison.outcome is Outcome.DIFFERS and comparison.notebook_failure is None


def _why_unstable(comparison: Comparison, sources: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    """For each step with something unstable in it: the likely reason, in its own cells or before."""
    before: list[str] = []
    for step in comparison.steps:
        own = [sources.get(cell, "") for cell in step.cells]
        before += own
        if step.unstable:
            cause = likely_cause(own)
            yield step.step, cause if cause != likely_cause([]) else likely_cause(before)


def _step_notebooks(folder: str, folders: PackageFolders) -> list[list[str]]:
    """The code of the step notebooks, cell by cell, in the order of the pipeline.

    Raises:
        UsageError: the pipeline, or a notebook that it names, is not there or damaged (NB014).
    """
    texts = folders.contents(folder, ("pipeline.yaml",))
    try:
        steps = (yaml.safe_load(texts["pipeline.yaml"]) or {})["steps"]
        paths = [str(step["notebook"]) for step in steps.values()]
        found = folders.contents(folder, paths)
        return [_code(found[path]) for path in paths]
    except (KeyError, TypeError, AttributeError, ValueError, yaml.YAMLError) as error:
        raise UsageError(
            "NB014",
            f"the pipeline in {folder} cannot be read: {error}",
            hint="extract it anew, or leave --steps out",
        ) from error


def _code(notebook: bytes) -> list[str]:
    document = read_notebook(notebook, "step", format="ipynb", limits=Limits())
    return [cell.source for cell in document.code_cells]


_ARTIFACTS = "artifacts/"


def _without_artifacts(found: Observation) -> Observation:
    """Leave aside the files that step notebooks hand to one another."""
    files = {path: d for path, d in found.files.items() if not path.startswith(_ARTIFACTS)}
    return replace(found, files=files)


def _lock_of(folder: str, folders: PackageFolders) -> Lock:
    lock = lock_in(folder, folders)
    if lock is None:
        raise UsageError(
            "NB013",
            f"{folder} is no package that nb2pkg extracted: it has no {LOCK_PATH}",
            hint="leave the folder out to verify what extract would write",
        )
    return lock


def _lock_there(folder: str, source: NotebookSource, folders: PackageFolders) -> Lock | None:
    """The lock of the package beside the notebook, if it is this notebook's."""
    lock = lock_in(folder, folders)
    return lock if lock is not None and lock.notebook == source.file_name else None


def _explained(comparison: Comparison, proposal: Proposal) -> Iterator[tuple[str, Diagnostic]]:
    """What extract had said of the variables and the cells that now differ."""
    for result in comparison.steps:
        if result.outcome is Outcome.DIFFERS:
            for diagnostic in proposal.diagnostics:
                if _is_about(diagnostic, result):
                    yield result.step, diagnostic


# Said of the whole notebook: what a step shows may differ anywhere.
_OF_ALL_STEPS = ("NB151", "NB212")


def _is_about(diagnostic: Diagnostic, result: StepResult) -> bool:
    if diagnostic.code in _OF_ALL_STEPS:
        return True
    names = {variable_of(d.path) for d in result.values}
    if any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", diagnostic.message) for name in names):
        return True
    return result.text is not None and diagnostic.location.cell == result.text.cell
