"""How is the record of a run written as JSON, and read again?

Each run, step and attempt is a document of its own; a run's names its steps, a step's numbers its attempts.
Unknown keys are passed over, so that an older nb2pkg reads what a newer one wrote; what is missing gets its
default. Documents are ASCII: what a database would refuse, such as NUL, is escaped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from nb2pkg.pipeline.pipeline import Json
from nb2pkg.pipeline.records import (
    Artifact,
    Attempt,
    GitState,
    RunRecord,
    RunStatus,
    StepRecord,
    StepStatus,
)


def run_document(run: RunRecord) -> str:
    """Write a run, with no more of its steps than their names."""
    return written({**_fields(run), "steps": [step.name for step in run.steps]})


def step_document(run: str, step: StepRecord) -> str:
    """Write a step of a run, with no more of its attempts than their numbers."""
    numbers = sorted(attempt.number for attempt in step.attempts)
    return written({"run": run, **_fields(step), "attempts": numbers})


def attempt_document(run: str, step: str, attempt: Attempt) -> str:
    """Write an attempt to run a step."""
    return written({"run": run, "step": step, **_fields(attempt)})


def changed_document(document: str, changes: Mapping[str, Json]) -> str:
    """Give a document with other values for some keys; those that we do not know are kept."""
    return written({**json.loads(document), **changes})


def sha256_of(document: str) -> str:
    """Identify a document by its bytes, so that a change behind our back is seen."""
    return hashlib.sha256(document.encode("utf-8", "replace")).hexdigest()


def run_from(document: Mapping[str, Json], steps: Sequence[StepRecord]) -> RunRecord:
    """Read a run. Raises TypeError or ValueError for what no nb2pkg has written; so do the others."""
    values = known_fields(RunRecord, document)
    _convert(values, "status", RunStatus)
    _convert(values, "git", lambda git: GitState(**known_fields(GitState, git)))
    return RunRecord(**{**values, "steps": tuple(steps)})


def step_from(document: Mapping[str, Json], attempts: Sequence[Attempt]) -> StepRecord:
    """Read a step."""
    values = known_fields(StepRecord, document)
    _convert(values, "status", StepStatus)
    _convert(values, "needs", tuple)
    _convert(values, "notes", tuple)
    _convert(values, "artifacts", lambda found: tuple(map(_artifact, found)))
    _convert(values, "notebook", _artifact)
    return StepRecord(**{**values, "attempts": tuple(attempts)})


def attempt_from(document: Mapping[str, Json]) -> Attempt:
    """Read an attempt."""
    values = known_fields(Attempt, document)
    _convert(values, "status", StepStatus)
    return Attempt(**values)


def written(document: Any) -> str:
    """Write a record, or what is made of records."""
    return json.dumps(document, default=_plain, separators=(",", ":"))


def _plain(value: object) -> Json:
    if isinstance(value, Mapping):
        return dict(value)
    return sorted(value) if isinstance(value, frozenset) else _fields(value)


def _fields(record: Any) -> dict[str, Json]:
    return {field.name: getattr(record, field.name) for field in fields(record)}


def known_fields(record: type[Any], document: Mapping[str, Json]) -> dict[str, Any]:
    """What a document says of a record's fields."""
    return {field.name: document[field.name] for field in fields(record) if field.name in document}


def _convert(values: dict[str, Any], name: str, convert: Callable[[Any], Any]) -> None:
    if values.get(name) is not None:
        values[name] = convert(values[name])


def _artifact(document: Mapping[str, Json]) -> Artifact:
    return Artifact(**known_fields(Artifact, document))
