"""What changes in the tables when a run ends, or has crashed?

The rows of a damaged record get their new status, so that it does not look as if it ran for ever; what is
damaged of it stays so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nb2pkg.adapters.run_store.database import Row, Transaction
from nb2pkg.adapters.run_store.record_json import changed_document, sha256_of
from nb2pkg.pipeline.pipeline import Json
from nb2pkg.pipeline.records import RunStatus, StepStatus


def end_run(
    transaction: Transaction, run: str, status: RunStatus, message: str, ended_at: float, call: str
) -> None:
    """Write down the end of a run: no lease counts any more. `call` tells who has done so."""
    changes = {"status": status.value, "message": message, "ended_at": ended_at}
    [stored] = transaction.rows("SELECT document, sha256 FROM runs WHERE id = ?", [run])
    transaction.change(
        "UPDATE runs SET status = ?, ended_at = ?, token = NULL, lease_until = NULL, ended_by = ?, "
        "document = ?, sha256 = ? WHERE id = ?",
        [status.value, ended_at, call, *_changed(stored, changes), run],
    )


def crash_steps(transaction: Transaction, run: str, message: str, ended_at: float) -> None:
    """Steps and attempts that ran have crashed; steps that waited are skipped."""
    crashed = StepStatus.CRASHED.value
    status = {"waiting": StepStatus.SKIPPED.value, "running": crashed}
    transaction.change_each(
        "UPDATE steps SET status = ?, document = ?, sha256 = ? WHERE run = ? AND step = ?",
        [
            (status[was], *_changed(stored, {"status": status[was]}), run, step)
            for was, step, *stored in transaction.rows(
                "SELECT status, step, document, sha256 FROM steps "
                "WHERE run = ? AND status IN ('waiting', 'running')",
                [run],
            )
        ],
    )
    changes = {"status": crashed, "message": message, "ended_at": ended_at}
    transaction.change_each(
        "UPDATE attempts SET status = ?, document = ?, sha256 = ? "
        "WHERE run = ? AND step = ? AND number = ?",
        [
            (crashed, *_changed(stored, changes), run, step, number)
            for step, number, *stored in transaction.rows(
                "SELECT step, number, document, sha256 FROM attempts "
                "WHERE run = ? AND status = 'running'",
                [run],
            )
        ],
    )


def _changed(stored: Row | Sequence[str], changes: Mapping[str, Json]) -> tuple[str, str]:
    document, sha256 = stored
    if sha256_of(document) != sha256:
        return document, sha256
    document = changed_document(document, changes)
    return document, sha256_of(document)
