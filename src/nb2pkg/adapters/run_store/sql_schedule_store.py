"""How are schedules, and what became of their due moments, kept in tables?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace

from nb2pkg.adapters.run_store.database import Database, Result, Row, Transaction
from nb2pkg.adapters.run_store.record_json import sha256_of
from nb2pkg.adapters.run_store.schedule_json import job_document
from nb2pkg.adapters.run_store.schedule_rows import (
    JOB_COLUMNS,
    STANDING_COLUMNS,
    DamagedSchedule,
    job_of,
    new_standing,
    put_decision,
    put_standing,
    sound,
    standing_of,
    with_changed,
)
from nb2pkg.adapters.run_store.tick_rows import (
    TICK_COLUMNS,
    claim_tick,
    has_tick,
    has_tries_of,
    holds_claim,
    put_ticks,
    run_goes_on,
    tick_at,
    tick_of,
    ticks_before,
)
from nb2pkg.pipeline.records import Holder, RunStatus
from nb2pkg.ports.scheduling import Claimed, Daemon, JobState, Notice, Stray, Taken
from nb2pkg.problems import EnvironmentFailure, UsageError
from nb2pkg.scheduling import (
    BadZone,
    Claim,
    Job,
    Origin,
    Tick,
    Timing,
    read_expression,
)
from nb2pkg.scheduling.deciding import (
    Decision,
    Standing,
    decide,
    next_look,
    startable,
)

_CLOCKS_DIFFER_SECONDS = 1.0  # those of several machines; by more, it was put back
_NOTICE_SECONDS = 120.0  # for one who gives a notice to do so, before another tries
# None is put off for longer: such a one is from before a clock was put back.
_LONGEST_NOTICE_SECONDS = 86_400.0
_DEAD_SECONDS = 7 * 86_400.0  # after which a daemon that is not heard of is forgotten
# In the place of a schedule that cannot be read: nothing is tried again, and nobody is told.
_UNREADABLE = Job(
    id="",
    name="",
    owner="",
    target="",
    timing=Timing(cron="@yearly", expression=read_expression("@yearly"), timezone="UTC"),
)


class SqlScheduleStore:
    """The port `ScheduleStore`, on a database.

    A database may do a transaction again where it does not know whether the first time has counted, and so may
    who calls us after StoreAway: what was decided or claimed then is found decided.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        # The store was away before it said whether these were written down.
        self._unsure_taken: Taken | None = None
        self._unsure_ends: dict[Claim, Tick] = {}
        self._told_problems: frozenset[str] = frozenset()

    # -- schedules

    def add(self, job: Job, now: float) -> bool:
        """Keep a new schedule. Again: the same id is there."""
        document = job_document(job)
        look = next_look(new_standing(job, now), now)

        def work(transaction: Transaction) -> bool:
            added = transaction.change(
                "INSERT INTO schedules (id, owner, name, is_paused, reached, seen, next_look, "
                "document, sha256) VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [job.id, job.owner, job.name, now, now, look, document, sha256_of(document)],
            )
            return bool(added or transaction.rows("SELECT 1 FROM schedules WHERE id = ?", [job.id]))

        return self._database.write(work)

    def change(self, job: Job, now: float) -> bool:
        """Keep what is new about a schedule; one with other times is due from now on.

        Raises:
            UsageError: another one has its name (NB313).
        """
        document = job_document(job)

        def work(transaction: Transaction) -> bool:
            row = self._locked(transaction, job.id)
            if row is None:
                return False
            standing = replace(standing_of(transaction, row, now, job), timing=job.timing)
            try:
                old = job_of(row).timing
            except DamagedSchedule:
                old = None
            if old is None or (old.expression, old.timezone) != (
                job.timing.expression,
                job.timing.timezone,
            ):
                standing = replace(standing, reached=now, seen=now)
            if transaction.rows(
                "SELECT 1 FROM schedules WHERE owner = ? AND name = ? AND id <> ?",
                [job.owner, job.name, job.id],
            ):
                raise UsageError(
                    "NB313",
                    f"there is a schedule {job.name!r} already",
                    hint=f"remove it first: nb2pkg schedule remove {job.name}",
                )
            transaction.change(
                "UPDATE schedules SET name = ?, document = ?, sha256 = ? WHERE id = ?",
                [job.name, document, sha256_of(document), job.id],
            )
            put_standing(transaction, standing, now)
            return True

        return self._told(lambda: self._database.write(work))

    def remove(self, id: str) -> bool:
        """Forget a schedule and its ticks."""

        def work(transaction: Transaction) -> bool:
            # First what others lock first: after that none of them adds a tick.
            is_there = transaction.change("DELETE FROM schedules WHERE id = ?", [id])
            transaction.change("DELETE FROM ticks WHERE schedule = ?", [id])
            return bool(is_there)

        return self._database.write(work)

    def id_of(self, owner: str, name: str) -> str | None:
        """The id of the schedule of that name, whatever else is wrong with it."""
        rows = self._database.read(
            lambda transaction: transaction.rows(
                "SELECT id FROM schedules WHERE owner = ? AND name = ?", [owner, name]
            )
        )
        return rows[0][0] if rows else None

    def jobs(self, owner: str | None, *, recent: int) -> tuple[JobState, ...]:
        """The schedules of an owner, or of all, by their names."""

        def work(transaction: Transaction) -> tuple[JobState, ...]:
            condition, values = ("WHERE owner = ?", [owner]) if owner is not None else ("", [])
            rows = transaction.rows(
                f"SELECT {JOB_COLUMNS} FROM schedules {condition} ORDER BY name, owner", values
            )
            return tuple(self._state(transaction, row, recent) for row in rows)

        return self._told(lambda: self._database.read(work))

    def ticks(self, id: str, *, limit: int, before: float | None = None) -> tuple[Tick, ...]:
        """What became of a schedule's due moments, the newest first."""

        def work(transaction: Transaction) -> tuple[Tick, ...]:
            with sound(f"schedule {id}"):
                return ticks_before(transaction, id, limit, before)

        return self._told(lambda: self._database.read(work))

    def alter(self, id: str, work: Callable[[Standing], Decision], now: float) -> Decision | None:
        """Change how a schedule stands. Again: a run that was asked for is there."""
        earlier: list[Decision] = []

        def inside(transaction: Transaction) -> Decision | None:
            row = self._locked(transaction, id)
            if row is None:
                return None
            for decision in earlier:
                if any(
                    tick.origin is Origin.HAND and has_tick(transaction, id, tick)
                    for tick in decision.ticks
                ):
                    return decision
            job = job_of(row)
            standing = standing_of(transaction, row, now, job)
            try:
                decision = work(standing)
            except BadZone as bad:
                raise EnvironmentFailure(
                    "NB510", f"schedule {job.name}: {bad.message}", hint=bad.hint
                ) from bad
            put_decision(transaction, job, decision, now)
            earlier.append(decision)
            return decision

        return self._told(lambda: self._database.write(inside))

    # -- daemons

    def beat(self, daemon: Daemon, lease_seconds: float) -> bool:
        """Say that a daemon lives; True where it counted as late before."""
        now = self._database.now
        holder = daemon.holder

        def work(transaction: Transaction) -> bool:
            late = transaction.rows(
                f"SELECT 1 FROM daemons WHERE id = ? AND lease_until <= {now}", [daemon.id]
            )
            transaction.change(
                "INSERT INTO daemons (id, owner, holder_host, holder_boot, holder_pid, "
                "holder_start, version, since, seen_at, lease_until) "
                f"VALUES ({'?, ' * 8} {now}, {now} + ?) ON CONFLICT (id) DO UPDATE SET "
                "seen_at = excluded.seen_at, lease_until = excluded.lease_until",
                [
                    *(daemon.id, daemon.owner, holder.host, holder.boot, holder.pid),
                    *(holder.process_start, daemon.version, daemon.since, lease_seconds),
                ],
            )
            return bool(late)

        return self._database.write(work)

    def leave(self, daemon: str) -> None:
        """A daemon ends."""

        def work(transaction: Transaction) -> None:
            transaction.change("DELETE FROM daemons WHERE id = ?", [daemon])

        self._database.write(work)

    def daemons(self, owner: str | None) -> tuple[Daemon, ...]:
        """The daemons that have not left, the first first."""
        condition, values = ("WHERE owner = ?", [owner]) if owner is not None else ("", [])
        rows = self._database.read(
            lambda transaction: transaction.rows(
                "SELECT id, owner, holder_host, holder_boot, holder_pid, holder_start, version, "
                f"since, seen_at, lease_until <= {self._database.now} FROM daemons {condition} "
                "ORDER BY since, id",
                values,
            )
        )
        return tuple(
            Daemon(
                id=row[0],
                owner=row[1],
                holder=Holder(host=row[2], boot=row[3], pid=row[4], process_start=row[5]),
                version=row[6],
                since=row[7],
                seen_at=row[8],
                is_late=bool(row[9]),
            )
            for row in rows
        )

    # -- ticks

    def next_look(self, owner: str, now: float) -> float | None:
        """When something is to be decided next, by itself; at once where the clock was put back.

        At once, too, where nobody knows what was taken.
        """
        [(look, is_back)] = self._database.read(
            lambda transaction: transaction.rows(
                "SELECT min(next_look), max(seen) > ? FROM schedules WHERE owner = ?",
                [now + _CLOCKS_DIFFER_SECONDS, owner],
            )
        )
        return now if is_back or self._unsure_taken is not None else look

    def take(
        self,
        owner: str,
        daemon: str,
        now: float,
        most: int,
        begin: Callable[[Job, Tick], Tick],
    ) -> Taken:
        """Decide about all that is due, and give up to `most` ticks to a daemon to run.

        Again: what the first time has claimed is given, as far as nobody has taken it over.
        """

        def work(transaction: Transaction) -> Taken:
            rows = transaction.rows(
                f"SELECT {STANDING_COLUMNS} FROM schedules WHERE owner = ? AND (next_look <= ? OR seen > ?) "
                f"ORDER BY id{self._database.row_lock}",  # not to lock one another out
                [owner, now, now + _CLOCKS_DIFFER_SECONDS],
            )
            rows.sort(key=lambda row: row[-1] or 0.0)
            earlier = self._unsure_taken
            if earlier is not None:
                held = [one for one in earlier.claimed if holds_claim(transaction, one.claim)]
                if held:
                    return replace(earlier, claimed=tuple(held))
            taken = self._unsure_taken = _taken(transaction, rows, daemon, now, most, begin)
            return taken

        taken = self._database.write(work)
        self._unsure_taken = None
        new = tuple(problem for problem in taken.problems if problem not in self._told_problems)
        self._told_problems = frozenset(taken.problems)
        return replace(taken, problems=new)

    def asked_to_end(self, daemon: str) -> tuple[Claim, ...]:
        """Those of a daemon's ticks whose runs are asked to end."""
        rows = self._database.read(
            lambda transaction: transaction.rows(
                "SELECT schedule, due, token FROM ticks "
                "WHERE fate = 'running' AND daemon = ? AND is_to_end = 1",
                [daemon],
            )
        )
        return tuple(Claim(*row) for row in rows)

    def end(
        self,
        claim: Claim,
        change: Callable[[Job, Tick], Tick],
        now: float,
        *,
        unless_it_runs: bool = False,
    ) -> bool:
        """Write down what became of a tick that was claimed. Again: its tries tell whether this call did it.

        A run ends even where its schedule cannot be read any more.
        """

        def work(transaction: Transaction) -> bool:
            row = self._locked(transaction, claim.schedule)
            if row is None:
                return False
            if not holds_claim(transaction, claim, self._database.row_lock):
                earlier = self._unsure_ends.get(claim)
                return earlier is not None and has_tries_of(transaction, claim.schedule, earlier)
            if unless_it_runs and run_goes_on(transaction, claim):
                return False
            try:
                job = job_of(row)
                standing = standing_of(transaction, row, now, job)
            except DamagedSchedule:
                return _end_alone(transaction, claim, change)
            [tick] = [tick for tick in standing.open if tick.due == claim.due]
            ended = self._unsure_ends[claim] = change(job, tick)
            decision = with_changed(Decision(standing=standing, ticks=()), {tick.due: ended})
            put_decision(transaction, job, decision, now)
            return True

        is_ours = self._database.write(work)
        self._unsure_ends.pop(claim, None)
        return is_ours

    def strays(self, owner: str, host: str, daemon: str) -> tuple[Stray, ...]:
        """The ticks that count as running, of daemons that are late, or on `host`, other than `daemon`."""
        now = self._database.now
        columns = ", ".join(f"ticks.{name}" for name in TICK_COLUMNS.split(", "))

        def work(transaction: Transaction) -> tuple[Stray, ...]:
            found = (
                self._stray(transaction, row)
                for row in transaction.rows(
                    f"SELECT ticks.schedule, ticks.token, daemons.holder_host, "
                    "daemons.holder_boot, daemons.holder_pid, daemons.holder_start, "
                    f"daemons.id IS NULL OR daemons.lease_until <= {now}, {columns} "
                    "FROM ticks JOIN schedules ON schedules.id = ticks.schedule "
                    "LEFT JOIN daemons ON daemons.id = ticks.daemon "
                    "WHERE ticks.fate = 'running' AND schedules.owner = ? AND ticks.daemon <> ? "
                    f"AND (daemons.id IS NULL OR daemons.lease_until <= {now} "
                    "OR daemons.holder_host = ?)",
                    [owner, daemon, host],
                )
            )
            return tuple(stray for stray in found if stray is not None)

        return self._database.read(work)

    # -- notices

    def notices(self, owner: str, now: float, most: int) -> tuple[Notice, ...]:
        """Notices that are to be given now; for a while nobody else gets them."""

        def work(transaction: Transaction) -> tuple[Notice, ...]:
            rows = transaction.rows(
                "SELECT schedule, due FROM ticks WHERE (notice_at <= ? OR notice_at > ?) "
                "AND schedule IN (SELECT id FROM schedules WHERE owner = ?) "
                f"ORDER BY notice_at, due LIMIT ?{self._database.row_lock}",
                [now, now + _LONGEST_NOTICE_SECONDS, owner, most],
            )
            found = [self._notice(transaction, schedule, due) for schedule, due in rows]
            transaction.change_each(
                "UPDATE ticks SET notice_at = ? WHERE schedule = ? AND due = ?",
                [(now + _NOTICE_SECONDS, schedule, due) for schedule, due in rows],
            )
            return tuple(notice for notice in found if notice is not None)

        return self._database.write(work)

    def given(self, notice: Notice, *, again_at: float | None) -> None:
        """A notice was given, or will be tried again at a time."""

        def work(transaction: Transaction) -> None:
            transaction.change(
                "UPDATE ticks SET notice_at = ?, notice_tries = notice_tries + 1 "
                "WHERE schedule = ? AND due = ? AND notice = ?",
                [again_at, notice.job.id, notice.tick.due, notice.what],
            )

        self._database.write(work)

    def forget(self, keep: int) -> int:
        """Forget all but so many ticks of each schedule, and daemons that died long ago; give how many ticks."""

        def work(transaction: Transaction) -> int:
            transaction.change(
                f"DELETE FROM daemons WHERE lease_until <= {self._database.now} - ?",
                [_DEAD_SECONDS],
            )
            gone = 0
            for (schedule,) in transaction.rows("SELECT id FROM schedules ORDER BY id"):
                rows = transaction.rows(
                    "SELECT due FROM ticks WHERE schedule = ? ORDER BY due DESC LIMIT 1 OFFSET ?",
                    [schedule, keep],
                )
                for (due,) in rows:
                    gone += transaction.change(
                        "DELETE FROM ticks WHERE schedule = ? AND due <= ? AND notice_at IS NULL "
                        "AND fate NOT IN ('waiting', 'running')",
                        [schedule, due],
                    )
            return gone

        return self._database.write(work)

    def close(self) -> None:
        """Give back what is held open."""
        self._database.close()

    # -- within transactions

    def _locked(self, transaction: Transaction, id: str) -> Row | None:
        rows = transaction.rows(
            f"SELECT {STANDING_COLUMNS} FROM schedules WHERE id = ?{self._database.row_lock}", [id]
        )
        return rows[0] if rows else None

    def _state(self, transaction: Transaction, row: Row, recent: int) -> JobState:
        id, _, _, name, is_paused, *_ = row
        [(last,)] = transaction.rows(
            "SELECT max(due) FROM ticks WHERE schedule = ? AND fate = 'succeeded'", [id]
        )
        with sound(f"schedule {name}"):
            ticks = ticks_before(transaction, id, recent, None)
        return JobState(job=job_of(row), is_paused=bool(is_paused), recent=ticks, last_success=last)

    def _stray(self, transaction: Transaction, row: Row) -> Stray | None:
        schedule, token, host, boot, pid, start, is_late, *columns = row
        try:
            with sound(f"schedule {schedule}"):
                tick = tick_of(tuple(columns))
        except DamagedSchedule:
            return None  # `take` and `jobs` tell
        found = transaction.rows("SELECT status FROM runs WHERE id = ?", [tick.run])
        return Stray(
            claim=Claim(schedule, tick.due, token or ""),
            tick=tick,
            holder=None
            if host is None
            else Holder(host=host, boot=boot, pid=pid, process_start=start),
            is_late=bool(is_late),
            run_status=_run_status(found[0][0]) if found else None,
        )

    def _notice(self, transaction: Transaction, schedule: str, due: float) -> Notice | None:
        rows = transaction.rows(f"SELECT {JOB_COLUMNS} FROM schedules WHERE id = ?", [schedule])
        [(what, tries, *columns)] = transaction.rows(
            f"SELECT notice, notice_tries, {TICK_COLUMNS} FROM ticks "
            "WHERE schedule = ? AND due = ?",
            [schedule, due],
        )
        try:
            with sound(f"schedule {schedule}"):
                tick = tick_of(tuple(columns))
            return Notice(
                id=f"{schedule}-{due:.6f}-{what}",
                what=what,
                job=job_of(rows[0]),
                tick=tick,
                tries=tries,
            )
        except DamagedSchedule:
            return None  # `take` and `jobs` tell

    def _told(self, work: Callable[[], Result]) -> Result:
        try:
            return work()
        except DamagedSchedule as damaged:
            raise EnvironmentFailure(
                "NB510",
                f"{damaged} in the store {self._database.place} is not as it was written",
                hint="remove that schedule, and add it again",
            ) from damaged


def _run_status(value: object) -> RunStatus:
    try:
        return RunStatus(value)
    except ValueError:
        return RunStatus.CRASHED  # nobody knows; it must not look as if it went well


def _taken(
    transaction: Transaction,
    rows: Iterable[Row],
    daemon: str,
    now: float,
    most: int,
    begin: Callable[[Job, Tick], Tick],
) -> Taken:
    """Decide about schedules, from rows of STANDING_COLUMNS, and claim up to `most` of their ticks."""
    claimed: list[Claimed] = []
    decided: list[tuple[str, Tick]] = []
    problems: list[str] = []
    for row in rows:
        try:
            job = job_of(row)
            decision = decide(standing_of(transaction, row, now, job), now)
        except DamagedSchedule as damaged:
            # The others must not wait for it. It is left as it is, for another nb2pkg that can read it.
            problems.append(str(damaged))
            continue
        except BadZone as bad:
            problems.append(f"schedule {job.name} ({bad.message})")
            continue
        ready = startable(decision.standing, now)[: max(0, most - len(claimed))]
        running = {tick.due: begin(job, tick) for tick in ready}
        decision = with_changed(decision, running)
        put_decision(transaction, job, decision, now)
        decided += [(job.name, tick) for tick in decision.ticks]
        for tick in running.values():
            claim = Claim(job.id, tick.due, os.urandom(16).hex())
            claim_tick(transaction, claim, daemon)
            claimed.append(Claimed(job=job, tick=tick, claim=claim))
    return Taken(claimed=tuple(claimed), decided=tuple(decided), problems=tuple(problems))


def _end_alone(transaction: Transaction, claim: Claim, change: Callable[[Job, Tick], Tick]) -> bool:
    """Write down the end of a tick whose schedule cannot be read; False where it cannot be read itself."""
    try:
        with sound(f"schedule {claim.schedule}"):
            tick = tick_at(transaction, claim.schedule, claim.due)
    except DamagedSchedule:
        return False
    put_ticks(transaction, claim.schedule, [change(_UNREADABLE, tick)])
    return True
