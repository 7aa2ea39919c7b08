"""In what do two runs differ: in what was asked for, in what became of the steps, in what they gave?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nb2pkg.pipeline.fingerprints import canonical
from nb2pkg.pipeline.pipeline import Json
from nb2pkg.pipeline.records import RunRecord, StepRecord


@dataclass(frozen=True, slots=True)
class RunDifference:
    """One thing that two runs have not alike. step: empty where it is about the whole run."""

    step: str
    what: str
    first: str
    second: str


def differences(first: RunRecord, second: RunRecord) -> tuple[RunDifference, ...]:
    """Compare two runs; what is a matter of course (ids, times) is left out."""
    return (*_of_run(first, second), *_of_steps(first, second))


def _of_run(first: RunRecord, second: RunRecord) -> Iterator[RunDifference]:
    pairs: list[tuple[str, Json, Json]] = [
        ("pipeline", first.pipeline, second.pipeline),
        ("target", first.target, second.target),
        ("pipeline file", first.pipeline_sha256[:12], second.pipeline_sha256[:12]),
        ("status", first.status.value, second.status.value),
        ("packages", first.environment[:12], second.environment[:12]),
        ("git commit", _commit(first), _commit(second)),
        ("host", first.host, second.host),
        ("user", first.user, second.user),
        ("nb2pkg", first.version, second.version),
    ]
    for name in dict.fromkeys([*first.parameters, *second.parameters]):
        pairs.append((name, first.parameters.get(name), second.parameters.get(name)))
    for what, one, other in pairs:
        if canonical(one) != canonical(other):
            yield RunDifference("", what, _shown(one), _shown(other))


def _of_steps(first: RunRecord, second: RunRecord) -> Iterator[RunDifference]:
    theirs = {step.name: step for step in second.steps}
    ours = {step.name: step for step in first.steps}
    for name in dict.fromkeys([*ours, *theirs]):
        one, other = ours.get(name), theirs.get(name)
        if one is None or other is None:
            yield RunDifference(name, "step", _there(one), _there(other))
            continue
        yield from _of_step(one, other)


def _of_step(one: StepRecord, other: StepRecord) -> Iterator[RunDifference]:
    if one.status.is_good != other.status.is_good:
        yield RunDifference(one.name, "status", one.status.value, other.status.value)
    if one.key and other.key and one.key != other.key:
        yield RunDifference(one.name, "what it depends on", one.key[:12], other.key[:12])
    made = {artifact.name: artifact.sha256[:12] for artifact in one.artifacts}
    made_there = {artifact.name: artifact.sha256[:12] for artifact in other.artifacts}
    for name in dict.fromkeys([*made, *made_there]):
        if made.get(name) != made_there.get(name) and one.status.is_good and other.status.is_good:
            yield RunDifference(
                one.name, f"artifact {name}", made.get(name, "-"), made_there.get(name, "-")
            )
    for name in dict.fromkeys([*one.metrics, *other.metrics]):
        mine, theirs = one.metrics.get(name), other.metrics.get(name)
        if mine != theirs:
            yield RunDifference(one.name, f"metric {name}", _shown(mine), _shown(theirs))


def _commit(record: RunRecord) -> str:
    if record.git is None:
        return "-"
    return record.git.commit[:12] + (" and changes" if record.git.is_dirty else "")


def _there(step: StepRecord | None) -> str:
    return "-" if step is None else step.status.value


def _shown(value: Json) -> str:
    return "-" if value is None else value if isinstance(value, str) else canonical(value)
