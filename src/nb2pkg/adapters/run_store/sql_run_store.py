"""How are the records of runs kept in tables?"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Sequence

from nb2pkg.adapters.run_store.database import Database, Result, Transaction, Value, storable
from nb2pkg.adapters.run_store.ended_runs import crash_steps, end_run
from nb2pkg.adapters.run_store.record_json import (
    attempt_document,
    run_document,
    sha256_of,
    step_document,
)
from nb2pkg.adapters.run_store.stored_records import (
    RUN_COLUMNS,
    DamagedRecord,
    listed_run,
    stored_run,
)
from nb2pkg.adapters.run_store.tick_rows import holds_claim
from nb2pkg.pipeline.records import (
    Attempt,
    Holder,
    LiveProcess,
    RunRecord,
    RunStatus,
    StepRecord,
)
from nb2pkg.ports.running import Abandoned, Lease, LeaseLost, RunQuery, StoreAway
from nb2pkg.problems import EnvironmentFailure
from nb2pkg.scheduling import Claim

_MOST_IDS = 10


class SqlRunStore:
    """The port `RunStore`, on a database.

    A database may do a transaction again where it does not know whether the first time has counted, and so
    may who calls us after StoreAway. Each write says why that does no harm.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        # The numbers of calls that ended a run, or not: the store was away before it said so.
        self._unsure: dict[str, str] = {}

    # -- writing under a lease

    def begin(
        self, run: RunRecord, holder: Holder, lease_seconds: float, claim: Claim | None = None
    ) -> Lease:
        """Write down a new run with all its steps, and give the right to write to it.

        Again: the same record of the same process is there; it only gets the newer lease.
        """
        lease = Lease(run.id, os.urandom(16).hex())
        held_by = (holder.host, holder.boot, holder.pid, holder.process_start)
        document = run_document(run)
        sha256 = sha256_of(document)
        row: tuple[Value, ...] = (
            *(run.id, run.pipeline, run.target, run.status.value, run.started_at, run.ended_at),
            *(run.folder, *held_by, document, sha256, lease.token, lease_seconds),
        )

        def work(transaction: Transaction) -> None:
            if claim is not None and not holds_claim(transaction, claim, self._database.row_lock):
                raise LeaseLost(f"somebody else has taken the place of run {run.id}")
            is_new = transaction.change(
                "INSERT INTO runs (id, pipeline, target, status, started_at, ended_at, folder, "
                "holder_host, holder_boot, holder_pid, holder_start, document, sha256, token, "
                f"lease_until) VALUES ({'?, ' * 14} {self._database.now} + ?) "
                "ON CONFLICT (id) DO NOTHING",
                row,
            )
            if is_new:
                _insert_steps(transaction, run.id, run.steps)
            elif not transaction.change(
                f"UPDATE runs SET token = ?, lease_until = {self._database.now} + ? "
                "WHERE id = ? AND status = 'running' AND sha256 = ? AND holder_host = ? "
                "AND holder_boot = ? AND holder_pid = ? AND holder_start = ?",
                [lease.token, lease_seconds, run.id, sha256, *held_by],
            ):
                raise ValueError(f"there is a run {run.id!r} already")

        self._database.write(work)
        return lease

    def renew(self, lease: Lease, lease_seconds: float) -> None:
        """Say that the run is still looked after. Again: the lease is as long, from a little later on."""

        def work(transaction: Transaction) -> None:
            if not transaction.change(
                f"UPDATE runs SET lease_until = {self._database.now} + ? "
                "WHERE id = ? AND status = 'running' AND token = ?",
                [lease_seconds, lease.run, lease.token],
            ):
                raise _lost(transaction, lease)

        self._database.write(work)

    def put_steps(self, lease: Lease, steps: Sequence[StepRecord]) -> None:
        """Write down what became of steps. Again: nobody else writes to them, so they are the same."""
        last = {step.name: step for step in steps}
        rows = [_step_row(lease.run, step) for step in last.values()]

        def work(transaction: Transaction) -> None:
            self._hold(transaction, lease)
            found = transaction.change_each(
                "UPDATE steps SET status = ?, document = ?, sha256 = ? WHERE run = ? AND step = ?",
                rows,
            )
            if found != len(rows):
                raise ValueError(f"run {lease.run!r} was begun without some of {sorted(last)}")
            _put_attempts(transaction, lease.run, tuple(last.values()))

        self._database.write(work)

    def put_processes(
        self, lease: Lease, started: Sequence[LiveProcess], ended: Sequence[LiveProcess]
    ) -> None:
        """Write down what has started and ended. Again: what is there stays, what is gone is gone."""

        def work(transaction: Transaction) -> None:
            self._hold(transaction, lease)
            transaction.change_each(
                "INSERT INTO processes (run, step, process_group, process_start) "
                "VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [(lease.run, one.step, one.group, one.process_start) for one in started],
            )
            transaction.change_each(
                "DELETE FROM processes WHERE run = ? AND step = ? AND process_group = ? "
                "AND process_start = ?",
                [(lease.run, one.step, one.group, one.process_start) for one in ended],
            )

        self._database.write(work)

    def finish(self, lease: Lease, status: RunStatus, message: str, ended_at: float) -> None:
        """Write down the end of a run. Again: the row tells which call ended it, and it was this one."""

        def work(transaction: Transaction, call: str) -> None:
            if self._ended_by(transaction, lease.run) != call:
                self._hold(transaction, lease)
                end_run(transaction, lease.run, status, message, ended_at, call)

        self._end(lease.token, work)

    # -- reading

    def run(self, id: str) -> RunRecord | None:
        """The record of a run, with its steps."""
        try:
            return self._database.read(lambda transaction: stored_run(transaction, id))
        except DamagedRecord as damaged:
            raise EnvironmentFailure(
                "NB510",
                f"the record of run {id} in the store {self._database.place} is damaged: "
                f"{damaged} is not as it was written",
                hint="nothing was changed; run the pipeline again, or delete this run",
            ) from damaged

    def runs(self, query: RunQuery) -> tuple[RunRecord, ...]:
        """The records of runs, without their steps."""
        conditions, values = _conditions(query)
        sql = (
            f"SELECT {RUN_COLUMNS} FROM runs WHERE {conditions} "
            "ORDER BY started_at DESC, id DESC LIMIT ?"
        )
        values.append(max(0, query.limit))
        rows = self._database.read(lambda transaction: transaction.rows(sql, values))
        return tuple(map(listed_run, rows))

    def ids_like(self, prefix: str) -> tuple[str, ...]:
        """Up to ten ids that begin so, newest first."""
        begin = storable(prefix)
        rows = self._database.read(
            lambda transaction: transaction.rows(
                "SELECT id FROM runs WHERE substr(id, 1, ?) = ? "
                "ORDER BY started_at DESC, id DESC LIMIT ?",
                [len(begin), begin, _MOST_IDS],
            )
        )
        return tuple(id for (id,) in rows)

    def abandoned(self, host: str) -> tuple[Abandoned, ...]:
        """Runs that are `running` although their lease has ended, or whose holder is on `host`."""
        now = self._database.now

        def work(transaction: Transaction) -> tuple[Abandoned, ...]:
            processes: dict[str, list[LiveProcess]] = defaultdict(list)
            for row in transaction.rows(
                "SELECT run, step, process_group, process_start FROM processes "
                "WHERE run IN (SELECT id FROM runs WHERE status = 'running') "
                "ORDER BY run, step, process_group, process_start"
            ):
                run, step, group, start = row
                processes[run].append(
                    LiveProcess(run=run, step=step, group=group, process_start=start)
                )
            return tuple(
                Abandoned(
                    run=id,
                    holder=Holder(host=on, boot=boot, pid=pid, process_start=start),
                    has_expired=bool(has_expired),
                    processes=tuple(processes[id]),
                )
                for id, on, boot, pid, start, has_expired in transaction.rows(
                    "SELECT id, holder_host, holder_boot, holder_pid, holder_start, "
                    f"lease_until <= {now} FROM runs WHERE status = 'running' "
                    f"AND (lease_until <= {now} OR holder_host = ?) ORDER BY started_at, id",
                    [host],
                )
            )

        return self._database.read(work)

    # -- what needs no lease

    def mark_crashed(self, run: str, message: str, ended_at: float) -> bool:
        """Mark a running run as crashed. Again: the row tells which call did it, and it was this one."""

        def work(transaction: Transaction, call: str) -> bool:
            found = transaction.rows(
                f"SELECT status, ended_by FROM runs WHERE id = ?{self._database.row_lock}", [run]
            )
            if not found:
                return False
            status, ended_by = found[0]
            if status != RunStatus.RUNNING.value:
                return bool(ended_by == call)
            end_run(transaction, run, RunStatus.CRASHED, message, ended_at, call)
            crash_steps(transaction, run, message, ended_at)
            return True

        return self._end(run, work)

    def delete(self, runs: Sequence[str]) -> None:
        """Forget runs that have ended, and leave those that run. Again: what is gone is gone."""

        def work(transaction: Transaction) -> None:
            over = [
                (run,)
                for run in sorted(set(runs))  # in one order, not to lock one another out
                if transaction.rows(
                    "SELECT 1 FROM runs WHERE id = ? AND status <> 'running'", [run]
                )
            ]
            transaction.change_each("DELETE FROM attempts WHERE run = ?", over)
            transaction.change_each("DELETE FROM steps WHERE run = ?", over)
            transaction.change_each("DELETE FROM processes WHERE run = ?", over)
            transaction.change_each("DELETE FROM runs WHERE id = ?", over)

        self._database.write(work)

    def close(self) -> None:
        """Give back what is held open."""
        self._database.close()

    # -- leases

    def _hold(self, transaction: Transaction, lease: Lease) -> None:
        """Make sure of a lease until the transaction is over, or raise LeaseLost."""
        if not transaction.rows(
            "SELECT 1 FROM runs WHERE id = ? AND status = 'running' AND token = ?"
            + self._database.row_lock,
            [lease.run, lease.token],
        ):
            raise _lost(transaction, lease)

    def _end(self, key: str, work: Callable[[Transaction, str], Result]) -> Result:
        """Do what ends a run under the number of this call, or of an earlier one that was left in doubt."""
        call = self._unsure.pop(key, None) or os.urandom(8).hex()
        try:
            return self._database.write(lambda transaction: work(transaction, call))
        except StoreAway:
            self._unsure[key] = call
            raise

    def _ended_by(self, transaction: Transaction, run: str) -> str | None:
        found = transaction.rows("SELECT ended_by FROM runs WHERE id = ?", [run])
        return found[0][0] if found else None


def _lost(transaction: Transaction, lease: Lease) -> LeaseLost:
    found = transaction.rows("SELECT status FROM runs WHERE id = ?", [lease.run])
    if not found:
        return LeaseLost(f"run {lease.run} is not in the store any more")
    if found[0][0] == RunStatus.RUNNING.value:
        return LeaseLost(f"run {lease.run} was taken over")
    return LeaseLost(f"run {lease.run} does not run any more: it is marked as {found[0][0]}")


def _insert_steps(transaction: Transaction, run: str, steps: Sequence[StepRecord]) -> None:
    transaction.change_each(
        "INSERT INTO steps (status, document, sha256, run, step) VALUES (?, ?, ?, ?, ?)",
        [_step_row(run, step) for step in steps],
    )
    _put_attempts(transaction, run, steps)


def _put_attempts(transaction: Transaction, run: str, steps: Sequence[StepRecord]) -> None:
    # The step's document says which attempts it has: one too many here would be read by nobody.
    transaction.change_each(
        "INSERT INTO attempts (status, document, sha256, run, step, number) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (run, step, number) DO UPDATE SET "
        "status = excluded.status, document = excluded.document, sha256 = excluded.sha256",
        [_attempt_row(run, step.name, attempt) for step in steps for attempt in step.attempts],
    )


def _step_row(run: str, step: StepRecord) -> tuple[Value, ...]:
    document = step_document(run, step)
    return (step.status.value, document, sha256_of(document), run, step.name)


def _attempt_row(run: str, step: str, attempt: Attempt) -> tuple[Value, ...]:
    document = attempt_document(run, step, attempt)
    return (attempt.status.value, document, sha256_of(document), run, step, attempt.number)


def _conditions(query: RunQuery) -> tuple[str, list[Value]]:
    asked: list[tuple[str, Value]] = [
        ("pipeline = ?", query.pipeline),
        ("target = ?", query.target),
        ("started_at >= ?", query.started_from),
        ("started_at < ?", query.before),
    ]
    conditions = [condition for condition, value in asked if value is not None]
    values: list[Value] = [value for _, value in asked if value is not None]
    if query.statuses:
        conditions.append(f"status IN ({', '.join('?' * len(query.statuses))})")
        values.extend(status.value for status in query.statuses)
    return " AND ".join(conditions) or "1 = 1", values
