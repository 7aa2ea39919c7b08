"""What would a notebook's package be? The answer as plain values that survive a trip as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from nb2pkg.planning import PackagePlan
from nb2pkg.ports.extracting import Json
from nb2pkg.problems import Diagnostic, Location, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSummary:
    """One step, as reports show it: what flows in, what flows out, and from which cells.

    fields: result → what it is called in the package, where that is not its name in the notebook
    """

    name: str
    title: str
    cells: tuple[int, ...]
    parameters: tuple[str, ...]
    options: tuple[str, ...]
    returns: tuple[str, ...]
    results: tuple[str, ...]
    changes: tuple[str, ...]
    statements: int
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Omission:
    """A piece of the notebook that the package does not have, and why."""

    cell: int
    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A package that could be written: its files by path, and all there is to say about them.

    `cells_sha256` is the digest of what the package was made from: cells, without their outputs.
    `interpreter` is the notebook's Python; `python` says how it was found.
    `settings` is a program that sets what the notebook sets before its first step.
    """

    package: str
    files: Mapping[str, str]
    steps: tuple[StepSummary, ...]
    left_out: tuple[Omission, ...]
    diagnostics: tuple[Diagnostic, ...]
    parameters: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    python: str = ""
    interpreter: str | None = None
    cells_sha256: str = ""
    settings: str = ""


def step_summaries(plan: PackagePlan) -> tuple[StepSummary, ...]:
    """Summarise the steps of a plan."""
    return tuple(
        StepSummary(
            name=step.name,
            title=step.title,
            cells=step.cells,
            parameters=step.parameters,
            options=step.options,
            returns=step.returns,
            results=tuple(step.results),
            changes=step.changes,
            statements=len(step.body),
            fields={n: f for n, f in step.results.items() if n != f},
        )
        for step in plan.steps
    )


def omissions(plan: PackagePlan) -> tuple[Omission, ...]:
    """List what a plan leaves out, in reading order."""
    return tuple(
        Omission(cell=o.cell, line=o.line, text=o.text, reason=o.reason) for o in plan.left_out
    )


# -- as JSON -----------------------------------------------------------------------------------------


def proposal_to_json(proposal: Proposal) -> Json:
    """Give a proposal as JSON values."""
    answer = asdict(proposal)
    answer["diagnostics"] = [diagnostic_to_json(d) for d in proposal.diagnostics]
    return answer


def proposal_from_json(answer: Json) -> Proposal:
    """Read a proposal back."""
    return Proposal(
        package=answer["package"],
        files=answer["files"],
        steps=tuple(step_from_json(step) for step in answer["steps"]),
        left_out=tuple(Omission(**omission) for omission in answer["left_out"]),
        diagnostics=tuple(diagnostic_from_json(d) for d in answer["diagnostics"]),
        parameters=tuple(answer["parameters"]),
        dependencies=tuple(answer["dependencies"]),
        python=answer["python"],
        interpreter=answer["interpreter"],
        cells_sha256=answer["cells_sha256"],
        settings=answer["settings"],
    )


def step_from_json(step: Json) -> StepSummary:
    """Read a step back."""
    return StepSummary(
        name=step["name"],
        title=step["title"],
        cells=tuple(step["cells"]),
        parameters=tuple(step["parameters"]),
        options=tuple(step["options"]),
        returns=tuple(step["returns"]),
        results=tuple(step["results"]),
        changes=tuple(step["changes"]),
        statements=step["statements"],
        fields=step["fields"],
    )


def diagnostic_to_json(diagnostic: Diagnostic) -> Json:
    """Give a finding as JSON values."""
    answer = asdict(diagnostic)
    answer["severity"] = diagnostic.severity.value
    return answer


def diagnostic_from_json(answer: Json) -> Diagnostic:
    """Read a finding back."""
    return Diagnostic(
        code=answer["code"],
        severity=Severity(answer["severity"]),
        message=answer["message"],
        location=Location(**answer["location"]),
        hint=answer["hint"],
    )
