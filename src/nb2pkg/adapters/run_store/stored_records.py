"""Is what the tables hold of a run what was written there, and what does it say?"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from nb2pkg.adapters.run_store.database import Row, Transaction, Value, storable
from nb2pkg.adapters.run_store.record_json import attempt_from, run_from, sha256_of, step_from
from nb2pkg.pipeline.pipeline import Json
from nb2pkg.pipeline.records import Attempt, RunRecord, RunStatus, StepRecord

DAMAGED = "this record is damaged"

# What a row says beside its document and the digest of that: the same as these keys of the document.
_RUN = ("id", "pipeline", "target", "status", "started_at", "ended_at", "folder")
_STEP = ("run", "name", "status")
_ATTEMPT = ("run", "step", "number", "status")
RUN_COLUMNS = ", ".join((*_RUN, "document", "sha256"))

_Record = TypeVar("_Record")
_Key = TypeVar("_Key")


class DamagedRecord(Exception):
    """A row is not what was written, or gone. The message says which: `attempt 2 of step 'train'`."""


def stored_run(transaction: Transaction, id: str) -> RunRecord | None:
    """Read a run with all its steps, and verify every row. Raises DamagedRecord."""
    found = transaction.rows(f"SELECT {RUN_COLUMNS} FROM runs WHERE id = ?", [id])
    if not found:
        return None
    steps = _steps(transaction, id)

    def run(document: Mapping[str, Json]) -> RunRecord:
        names = [storable(name) for name in document["steps"]]
        return run_from(document, _all(steps, names, "step {!r}"))

    return _read(found[0], _RUN, "the run itself", run)


def listed_run(row: Row) -> RunRecord:
    """Read a row of RUN_COLUMNS, without steps; where it is damaged, what the other columns say."""
    try:
        return _read(row, _RUN, "the run itself", lambda document: run_from(document, ()))
    except DamagedRecord:
        id, pipeline, target, status, started_at, ended_at, folder, *_ = row
    return RunRecord(
        id=str(id),
        pipeline=str(pipeline),
        target=str(target),
        pipeline_sha256="",
        parameters={},
        user="",
        host="",
        version="",
        environment="",
        folder=str(folder),
        started_at=_number(started_at) or 0.0,
        ended_at=_number(ended_at),
        status=_status(status),
        message=DAMAGED,
    )


def _steps(transaction: Transaction, run: str) -> dict[str, StepRecord]:
    attempts = _attempts(transaction, run)
    steps = {}
    for row in transaction.rows(
        "SELECT run, step, status, document, sha256 FROM steps WHERE run = ?", [run]
    ):
        name: str = row[1]
        its_attempts = attempts[name]

        def step(
            document: Mapping[str, Json],
            name: str = name,
            attempts: Mapping[int, Attempt] = its_attempts,
        ) -> StepRecord:
            what = f"attempt {{}} of step {name!r}"
            return step_from(document, _all(attempts, document["attempts"], what))

        steps[name] = _read(row, _STEP, f"step {name!r}", step)
    return steps


def _attempts(transaction: Transaction, run: str) -> Mapping[str, Mapping[int, Attempt]]:
    attempts: dict[str, dict[int, Attempt]] = defaultdict(dict)
    for row in transaction.rows(
        "SELECT run, step, number, status, document, sha256 FROM attempts WHERE run = ?", [run]
    ):
        _, step, number, *_ = row
        what = f"attempt {number} of step {step!r}"
        attempts[step][number] = _read(row, _ATTEMPT, what, attempt_from)
    return attempts


def _all(records: Mapping[_Key, _Record], keys: Sequence[_Key], what: str) -> list[_Record]:
    for key in keys:
        if key not in records:
            raise DamagedRecord(what.format(key))
    return [records[key] for key in keys]


def _read(
    row: Row, keys: Sequence[str], what: str, record: Callable[[Mapping[str, Json]], _Record]
) -> _Record:
    *columns, text, sha256 = row
    if not isinstance(text, str) or sha256_of(text) != sha256:
        raise DamagedRecord(what)
    try:
        document = json.loads(text)
        if [_stored(document[key]) for key in keys] != columns:
            raise DamagedRecord(what)
        return record(document)
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedRecord(what) from error


def _stored(value: Value) -> Value:
    return storable(value) if isinstance(value, str) else value


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _status(value: object) -> RunStatus:
    try:
        return RunStatus(value)
    except ValueError:
        return RunStatus.CRASHED  # nobody knows; it must not look as if it went well
