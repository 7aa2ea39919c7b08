"""Record: run a notebook and its package once, and keep what tests and annotations need.

The notebook says what is right, the package how its functions come to it. What is kept of a step was seen
to be the same in both, and to come out the same when the step is called by itself, twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from nb2pkg.checks import SECRET_PATTERNS
from nb2pkg.notebook import Limits, read_notebook
from nb2pkg.planning import Observed
from nb2pkg.ports.extracting import NotebookSource, RecordingRequest
from nb2pkg.problems import Diagnostic, Location, Severity
from nb2pkg.verification import Comparison, Outcome, compare, unstable_parts
from nb2pkg.workflows.confirming import confirmed
from nb2pkg.workflows.proposal import Proposal
from nb2pkg.workflows.recorded_files import used_files, without_twins
from nb2pkg.workflows.replaying import DIFFERS, RecordedLines, Replay
from nb2pkg.workflows.running import (
    OpenRuns,
    allowance_of,
    boundaries_in,
    cells_to_run,
    no_python,
)

# git must not write the ends of their lines anew.
_AS_THEY_ARE = ("tests/data/.gitattributes", b"* -text\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What came of running: for signatures and tests, and the files that the tests load."""

    observed: Observed
    data: Mapping[str, bytes]
    comparison: Comparison
    diagnostics: tuple[Diagnostic, ...]
    notebook_seconds: float
    package_seconds: float

    @property
    def tested_steps(self) -> int:
        """How many steps have a test on recorded values."""
        return sum(seen.call is not None for seen in self.observed.steps.values())

    @property
    def tested_functions(self) -> int:
        """How many functions of the notebook have one."""
        return sum(bool(seen.calls) for seen in self.observed.functions.values())


def record_notebook(
    source: NotebookSource,
    proposal: Proposal,
    *,
    open_runs: OpenRuns,
    with_tests: Callable[[Observed], Mapping[str, str]],
    timeout_seconds: float,
    say: Callable[[str], None],
) -> Recording:
    """Run the notebook, then the package that is proposed for it, and record the package's calls.

    The notebook runs again where the two differ, to see whether it does twice what it did once. `say`
    is told what is run, before it is. `with_tests` gives the package's files with what was observed, as
    they are in a folder beside the notebook.

    Raises:
        EnvironmentFailure: there is no Python or no kernel to run the notebook in.
    """
    if proposal.interpreter is None:
        raise no_python()
    document = read_notebook(source.data, source.name, format=source.format, limits=Limits())
    cells = list(cells_to_run(document))
    boundaries = boundaries_in(proposal.steps)
    allowance = allowance_of(proposal)
    request = RecordingRequest(
        steps={
            f"{proposal.package}.steps.{step.name}:{step.name}": step.name
            for step in proposal.steps
        },
        secrets=SECRET_PATTERNS,
    )
    with open_runs(proposal.interpreter, proposal.package, []) as runs:
        say(f"running {source.file_name}")
        expected = runs.notebook(cells, boundaries, timeout_seconds)
        home = runs.put(proposal.files)
        say("running its package")
        found, calls = runs.recorded_package(home, boundaries, timeout_seconds, request)
        comparison = compare(expected, found, boundaries, allowance)
        if comparison.outcome is Outcome.DIFFERS:
            say("they differ: running the notebook once more, to see what it does not do twice")
            again = runs.notebook(cells, boundaries, timeout_seconds)
            unstable = unstable_parts(again, [expected], allowance.text)
            comparison = compare(again, found, boundaries, allowance, unstable)
        differing = {s.step for s in comparison.steps if s.outcome is Outcome.DIFFERS}
        lines = RecordedLines(calls)
        stable = {s.step for s in comparison.steps if s.outcome is Outcome.SAME and not s.unstable}
        failure = comparison.notebook_failure
        stops = "" if failure is None else f"cell {failure.cell} ends with {failure.message}"
        replay = Replay(proposal, lines, differing, stable, stops)
        say("calling its functions by themselves, for their tests")
        answers = runs.replay(home, timeout_seconds, replay.request())
        kept = runs.data(home)
        observed, data = without_twins(replay.observed(answers), kept)

        def files_for(observed: Observed) -> Mapping[str, str | bytes]:
            return {**with_tests(observed), **data}

        say("running these tests")
        confirmation = confirmed(observed, runs, files_for, timeout_seconds)
        observed = confirmation.observed
        data = used_files(data, observed)
        if data:
            data[_AS_THEY_ARE[0]] = _AS_THEY_ARE[1]
    return Recording(
        observed=observed,
        data=data,
        comparison=comparison,
        diagnostics=tuple(_diagnostics(comparison, observed, were_run=confirmation.were_run)),
        notebook_seconds=expected.seconds,
        package_seconds=found.seconds,
    )


def _diagnostics(
    comparison: Comparison, observed: Observed, *, were_run: bool
) -> Iterator[Diagnostic]:
    failure = comparison.notebook_failure
    if failure is not None:
        yield Diagnostic(
            code="NB530",
            severity=Severity.WARNING,
            message=f"the notebook stops: {observed.stops}",
            location=Location(cell=failure.cell),
            hint="what comes after it was not recorded",
        )
    for step in comparison.steps:
        if step.outcome is Outcome.DIFFERS:
            yield Diagnostic(
                code="NB531",
                severity=Severity.WARNING,
                message=f"step {step.step} of the package does not give what the notebook gives",
                location=Location(cell=step.cells[0] if step.cells else None),
                hint="nb2pkg verify shows what differs",
            )
    if not were_run:
        yield Diagnostic(
            code="NB535",
            severity=Severity.NOTE,
            message="the tests were not run: the notebook's Python has no pytest, or they took too long",
            hint="each call was repeated by itself; to see them pass together, run pytest in the package",
        )
    for name, seen in observed.steps.items():
        if seen.call is None and seen.why not in ("", DIFFERS):
            yield Diagnostic(
                code="NB532",
                severity=Severity.NOTE,
                message=f"step {name} has no test on recorded values: {seen.why}",
            )
