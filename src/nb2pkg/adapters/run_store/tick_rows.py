"""How are the ticks of schedules kept in rows?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nb2pkg.adapters.run_store.database import Row, Transaction, Value
from nb2pkg.adapters.run_store.schedule_json import tries_document, tries_from
from nb2pkg.scheduling import Claim, Fate, Origin, Tick

TICK_COLUMNS = (
    "due, fate, not_before, claimed_at, origin, why, tries, ended_at, number, last_due, is_to_end"
)
_OPEN = "fate IN ('waiting', 'running')"
_UPDATED = ", ".join(f"{name} = excluded.{name}" for name in TICK_COLUMNS.split(", ")[1:])


def tick_of(row: Row) -> Tick:
    """Read a row of TICK_COLUMNS. Raises KeyError, TypeError or ValueError where nobody has written it so."""
    due, fate, not_before, claimed_at, origin, why, tries, ended_at, number, last_due, to_end = row
    return Tick(
        due=float(due),
        fate=Fate(fate),
        not_before=float(not_before),
        claimed_at=float(claimed_at),
        origin=Origin(origin),
        why=why,
        tries=tries_from(tries),
        ended_at=ended_at,
        count=number,
        until=last_due,
        is_to_end=bool(to_end),
    )


def put_ticks(transaction: Transaction, schedule: str, ticks: Iterable[Tick]) -> None:
    """Write down ticks that are new or changed; whoever had claimed one that waits again no longer has."""
    transaction.change_each(
        f"INSERT INTO ticks (schedule, {TICK_COLUMNS}) VALUES ({'?, ' * 11} ?) "
        f"ON CONFLICT (schedule, due) DO UPDATE SET {_UPDATED}, "
        "token = CASE WHEN excluded.fate = 'running' THEN ticks.token END, "
        "daemon = CASE WHEN excluded.fate = 'running' THEN ticks.daemon END",
        [_values(schedule, tick) for tick in ticks],
    )


def open_ticks(transaction: Transaction, schedule: str) -> tuple[Tick, ...]:
    """The ticks that wait or run, the earliest due first."""
    rows = transaction.rows(
        f"SELECT {TICK_COLUMNS} FROM ticks WHERE schedule = ? AND {_OPEN} ORDER BY due", [schedule]
    )
    return tuple(map(tick_of, rows))


def tick_at(transaction: Transaction, schedule: str, due: float) -> Tick:
    """The tick of a moment that has one."""
    [row] = transaction.rows(
        f"SELECT {TICK_COLUMNS} FROM ticks WHERE schedule = ? AND due = ?", [schedule, due]
    )
    return tick_of(row)


def has_tick(transaction: Transaction, schedule: str, tick: Tick) -> bool:
    """Whether a tick was written down, whatever has become of it since."""
    return bool(
        transaction.rows(
            "SELECT 1 FROM ticks WHERE schedule = ? AND due = ? AND claimed_at = ? AND origin = ?",
            [schedule, tick.due, tick.claimed_at, tick.origin.value],
        )
    )


def has_tries_of(transaction: Transaction, schedule: str, tick: Tick) -> bool:
    """Whether the tries of a tick were written down, whatever has become of it since."""
    rows = transaction.rows(
        "SELECT tries FROM ticks WHERE schedule = ? AND due = ?", [schedule, tick.due]
    )
    # Up to the bracket: others may have come after them.
    return bool(rows) and rows[0][0].startswith(tries_document(tick.tries)[:-1])


def taken_after(transaction: Transaction, schedule: str, after: float) -> frozenset[float]:
    """Moments later than one that have a tick which has run, or may."""
    rows = transaction.rows(
        "SELECT due FROM ticks WHERE schedule = ? AND due > ? AND fate <> 'missed'",
        [schedule, after],
    )
    return frozenset(due for (due,) in rows)


def ticks_before(
    transaction: Transaction, schedule: str, limit: int, before: float | None
) -> tuple[Tick, ...]:
    """The ticks of a schedule, the newest first."""
    values: list[Value] = [schedule]
    condition = ""
    if before is not None:
        condition = "AND due < ? "
        values.append(before)
    rows = transaction.rows(
        f"SELECT {TICK_COLUMNS} FROM ticks WHERE schedule = ? {condition}ORDER BY due DESC LIMIT ?",
        [*values, limit],
    )
    return tuple(map(tick_of, rows))


def fate_before(transaction: Transaction, schedule: str, due: float) -> Fate | None:
    """What became of the last tick before one that was to run."""
    rows = transaction.rows(
        "SELECT fate FROM ticks WHERE schedule = ? AND due < ? "
        "AND fate IN ('succeeded', 'failed', 'crashed', 'missed') ORDER BY due DESC LIMIT 1",
        [schedule, due],
    )
    return Fate(rows[0][0]) if rows else None


def claim_tick(transaction: Transaction, claim: Claim, daemon: str) -> None:
    """Give a tick that runs to a daemon."""
    transaction.change(
        "UPDATE ticks SET token = ?, daemon = ? WHERE schedule = ? AND due = ?",
        [claim.token, daemon, claim.schedule, claim.due],
    )


def run_goes_on(transaction: Transaction, claim: Claim) -> bool:
    """Whether the run of a tick has begun and has not ended."""
    rows = transaction.rows(
        "SELECT tries FROM ticks WHERE schedule = ? AND due = ?", [claim.schedule, claim.due]
    )
    tries = tries_from(rows[0][0]) if rows else ()
    return bool(tries) and bool(
        transaction.rows("SELECT 1 FROM runs WHERE id = ? AND status = 'running'", [tries[-1].run])
    )


def holds_claim(transaction: Transaction, claim: Claim, row_lock: str = "") -> bool:
    """Whether a tick runs, and by this claim."""
    return bool(
        transaction.rows(
            "SELECT 1 FROM ticks WHERE schedule = ? AND due = ? AND token = ? "
            f"AND fate = 'running'{row_lock}",
            [claim.schedule, claim.due, claim.token],
        )
    )


def _values(schedule: str, tick: Tick) -> Sequence[Value]:
    return (
        *(schedule, tick.due, tick.fate.value, tick.not_before, tick.claimed_at),
        *(tick.origin.value, tick.why, tries_document(tick.tries), tick.ended_at),
        *(tick.count, tick.until, int(tick.is_to_end)),
    )
