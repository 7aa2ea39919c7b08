"""How does a schedule stand, as its row and those of its ticks say, and how is a decision about it written down?"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from nb2pkg.adapters.run_store.database import Row, Transaction
from nb2pkg.adapters.run_store.record_json import sha256_of
from nb2pkg.adapters.run_store.schedule_json import job_from
from nb2pkg.adapters.run_store.tick_rows import fate_before, open_ticks, put_ticks, taken_after
from nb2pkg.scheduling import BadExpression, BadZone, Fate, Job, Tick
from nb2pkg.scheduling.deciding import Decision, Standing, next_look, startable, undecided_from
from nb2pkg.scheduling.noticing import notice_of

JOB_COLUMNS = "id, document, sha256, name, is_paused"
STANDING_COLUMNS = f"{JOB_COLUMNS}, reached, seen, next_look"


class DamagedSchedule(Exception):
    """A schedule is not what was written. The message says which."""


def job_of(row: Row) -> Job:
    """Read and verify a row that begins with the columns of JOB_COLUMNS."""
    id, document, sha256, name, *_ = row
    if not isinstance(document, str) or sha256_of(document) != sha256:
        raise DamagedSchedule(f"schedule {name}")
    with sound(f"schedule {name}"):
        job = job_from(document)
    if job.id != id:
        raise DamagedSchedule(f"schedule {name}")
    return job


@contextlib.contextmanager
def sound(what: str) -> Iterator[None]:
    """Say of what it is that nobody can have written it so."""
    try:
        yield
    except (BadExpression, KeyError, TypeError, ValueError) as error:
        raise DamagedSchedule(what) from error


def new_standing(job: Job, now: float) -> Standing:
    """How a schedule stands that is due from now on."""
    return Standing(id=job.id, timing=job.timing, reached=now, seen=now)


def standing_of(transaction: Transaction, row: Row, now: float, job: Job) -> Standing:
    """How a schedule stands, from a row of STANDING_COLUMNS."""
    id, _, _, name, is_paused, reached, seen, _ = row
    with sound(f"schedule {name}"):
        ticks = open_ticks(transaction, id)
    return Standing(
        id=id,
        timing=job.timing,
        reached=reached,
        seen=seen,
        open=ticks,
        taken=taken_after(transaction, id, undecided_from(reached, seen, now)),
        is_paused=bool(is_paused),
    )


def with_changed(decision: Decision, changed: Mapping[float, Tick]) -> Decision:
    """A decision with other ticks in the place of some that are open."""
    standing = decision.standing
    ticks = {tick.due: tick for tick in decision.ticks} | dict(changed)
    after = [changed.get(tick.due, tick) for tick in standing.open]
    return Decision(
        standing=replace(standing, open=tuple(tick for tick in after if not tick.fate.is_over)),
        ticks=tuple(sorted(ticks.values(), key=lambda tick: tick.due)),
    )


def put_decision(transaction: Transaction, job: Job, decision: Decision, now: float) -> None:
    """Write down how a schedule stands now, what became of its ticks, and of whom that is told."""
    put_ticks(transaction, job.id, decision.ticks)
    put_standing(transaction, decision.standing, now)
    if not job.notify.is_nobody:
        _put_notices(transaction, job.id, decision.ticks, now)


def put_standing(transaction: Transaction, standing: Standing, now: float) -> None:
    """Write down how a schedule stands now."""
    transaction.change(
        "UPDATE schedules SET is_paused = ?, reached = ?, seen = ?, next_look = ? WHERE id = ?",
        [
            int(standing.is_paused),
            standing.reached,
            standing.seen,
            _next_look(standing, now),
            standing.id,
        ],
    )


def _next_look(standing: Standing, now: float) -> float | None:
    """When to decide next: about what waits for a place, and what was not decided yet; both may be due by now."""
    waiting = startable(standing, now)
    if waiting:
        # Not now: where there is little room, `take` goes by this.
        return min(tick.not_before for tick in waiting)
    try:
        return next_look(standing, undecided_from(standing.reached, standing.seen, now))
    except BadZone:
        return now  # `take` tells


def _put_notices(
    transaction: Transaction, schedule: str, ticks: Iterable[Tick], now: float
) -> None:
    """Have it told what became of ticks; of many that were missed together, once."""
    over = [tick for tick in ticks if tick.fate.is_over]
    missed = [tick.due for tick in over if tick.fate is Fate.MISSED]
    for tick in over:
        if tick.fate is Fate.MISSED and tick.due != missed[-1]:
            continue
        what = notice_of(tick, fate_before(transaction, schedule, tick.due))
        if what is not None:
            transaction.change(
                "UPDATE ticks SET notice = ?, notice_at = ?, notice_tries = 0 "
                "WHERE schedule = ? AND due = ?",
                [what, now, schedule, tick.due],
            )
