"""What becomes of the moments at which a schedule is due, as time passes and runs end?

Pure: whoever keeps the records gives what stands in them, and writes down what is decided, in one transaction.
Then several who do so at once decide each moment once.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from itertools import islice

from nb2pkg.scheduling.fire_times import fires
from nb2pkg.scheduling.ticks import Fate, Origin, Tick, Try
from nb2pkg.scheduling.timing import CatchUpPolicy, OverlapPolicy, Timing
from nb2pkg.scheduling.zones import zone_named

ON_TIME_SECONDS = 60.0  # how late a moment may be noticed without counting as missed
MOST_KEPT_APART = 1000  # of moments missed in a row; those before are told as one
MOST_WAITING = 100  # of runs that wait for others to end; none of a schedule that keeps up
RETRY_SECONDS = 30.0  # before the first retry; each later one waits twice as long
LONGEST_RETRY_SECONDS = 900.0
LONGEST_LOOK_BACK_SECONDS = 400 * 86_400.0
_AN_HOUR = 3600.0
_A_DAY = 86_400.0
_A_MINUTE = 60.0
_A_MOMENT = 0.001
# Short ones first: the more often something is due, the sooner it is found.
_LOOKS_BACK = (_AN_HOUR, _A_DAY, 32 * _A_DAY, 400 * _A_DAY, 41 * 366 * _A_DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a schedule.

    id: of the schedule
    reached: the latest moment up to which due moments have been decided
    seen: when that was done last; earlier than `reached` only after the clock was put back
    open: its ticks that wait or run, the earliest due first
    taken: due moments after `undecided_from` that have run or will, since the clock was put back
    """

    id: str
    timing: Timing
    reached: float
    seen: float
    open: tuple[Tick, ...] = ()
    taken: frozenset[float] = frozenset()
    is_paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How a schedule stands now, and the ticks that are new or changed."""

    standing: Standing
    ticks: tuple[Tick, ...]


def undecided_from(reached: float, seen: float, now: float) -> float:
    """After which moment due ones have to be decided.

    While the clock shows less than it did before, those that come again are looked at again: most are taken. A
    clock that was wrong by more than an hour and is set right again is not believed for what it showed in between.
    """
    if now < reached:
        start = min(seen, now)
    else:
        start = seen if reached - seen <= _AN_HOUR else reached
    return max(start, now - LONGEST_LOOK_BACK_SECONDS)


def decide(standing: Standing, now: float) -> Decision:
    """Decide about all that has become due, and about what waits."""
    timing = standing.timing
    changed: dict[float, Tick] = {}
    wanted: list[Tick] = []
    if not standing.is_paused:
        wanted, missed = _new_ticks(standing, now)
        changed.update((tick.due, tick) for tick in missed)
    open_ticks = [
        _past_grace(_put_back(tick, standing, now), timing, now) for tick in standing.open
    ]
    for tick in wanted:
        open_ticks = _queued(open_ticks, tick, timing, now)
    before = {tick.due: tick for tick in standing.open}
    changed.update((tick.due, tick) for tick in open_ticks if before.get(tick.due) != tick)
    after = replace(
        standing,
        reached=max(now, standing.reached),
        seen=now,
        open=_still_open(open_ticks),
        taken=frozenset(due for due in standing.taken if due > now),
    )
    return Decision(standing=after, ticks=tuple(sorted(changed.values(), key=_due)))


def startable(standing: Standing, now: float) -> tuple[Tick, ...]:
    """The ticks that may begin now, the first first."""
    # After the clock was put back, some are due later; the others do not wait for them.
    waiting = [
        tick
        for tick in standing.open
        if tick.fate is Fate.WAITING and min(tick.due, tick.not_before) <= now
    ]
    if standing.timing.overlap is OverlapPolicy.ALLOW:
        return tuple(tick for tick in waiting if tick.not_before <= now)
    if any(tick.fate is Fate.RUNNING for tick in standing.open):
        return ()
    return tuple(tick for tick in waiting[:1] if tick.not_before <= now)


def next_look(standing: Standing, now: float) -> float | None:
    """When something is to be decided next, unless a run ends before; None: nothing ever, by itself."""
    if startable(standing, now):
        return now
    times = [
        tick.not_before if tick.not_before > now else _too_late(tick, standing.timing)
        for tick in standing.open
        if tick.fate is Fate.WAITING
    ]
    if not standing.is_paused:
        times.append(next_due(standing.timing, now))
    return min((time for time in times if time is not None), default=None)


def begun(tick: Tick, run: str, now: float) -> Tick:
    """A tick whose run begins."""
    tries = (*tick.tries, Try(run=run, fate=Fate.RUNNING, began_at=now))
    return replace(tick, fate=Fate.RUNNING, tries=tries, why="", is_to_end=False)


def ended(tick: Tick, fate: Fate, why: str, timing: Timing, now: float) -> Tick:
    """A tick whose run has ended; it waits for another try where one is left."""
    if fate is Fate.CANCELLED and tick.is_to_end:
        why = tick.why or why
    last = replace(tick.tries[-1], fate=fate, ended_at=now, why=why)
    tick = replace(tick, tries=(*tick.tries[:-1], last), why=why)
    tried = len(tick.tries)
    if fate in (Fate.FAILED, Fate.CRASHED) and tried <= timing.retries and not tick.is_to_end:
        return replace(tick, fate=Fate.WAITING, not_before=now + _retry_delay(tried))
    return replace(tick, fate=fate, ended_at=now, is_to_end=False)


def paused(standing: Standing, now: float) -> Decision:
    """A schedule that rests: what waits by its times is left out, what has begun goes on."""
    decision = decide(standing, now)
    left_out = {
        tick.due: _over(tick, Fate.SKIPPED, "the schedule was paused", now)
        for tick in decision.standing.open
        if tick.fate is Fate.WAITING and not tick.tries and tick.origin is not Origin.HAND
    }
    open_ticks = tuple(tick for tick in decision.standing.open if tick.due not in left_out)
    changed = {tick.due: tick for tick in decision.ticks} | left_out
    return Decision(
        standing=replace(decision.standing, is_paused=True, open=open_ticks),
        ticks=tuple(sorted(changed.values(), key=_due)),
    )


def unpaused(standing: Standing, now: float) -> Decision:
    """A schedule that goes on from now on; what was due while it rested is not made up for."""
    standing = replace(standing, is_paused=False, reached=max(now, standing.reached), seen=now)
    return Decision(standing=standing, ticks=())


def asked_for(standing: Standing, now: float) -> Decision:
    """A run that somebody asks for, besides those by the schedule's times."""
    due = now
    taken = standing.taken | {tick.due for tick in standing.open}
    # At a whole minute, one by the schedule's times may be due as well.
    while due in taken or due % _A_MINUTE == 0:
        due += _A_MOMENT
    tick = Tick(due=due, fate=Fate.WAITING, not_before=due, claimed_at=now, origin=Origin.HAND)
    open_ticks = _queued(list(standing.open), tick, standing.timing, now)
    before = {one.due: one for one in standing.open}
    return Decision(
        standing=replace(standing, open=_still_open(open_ticks)),
        ticks=tuple(one for one in open_ticks if before.get(one.due) != one),
    )


def next_due(timing: Timing, after: float) -> float | None:
    """The next moment at which a schedule is due, after a time."""
    return next(_dues(timing, after), None)


def dues_after(timing: Timing, after: float, count: int) -> tuple[float, ...]:
    """The next so many moments at which a schedule is due, after a time."""
    return tuple(islice(_dues(timing, after), count))


def due_between(timing: Timing, after: float, until: float) -> list[float]:
    """The moments at which a schedule is due, after a time and up to another."""
    found = []
    for due in _dues(timing, after):
        if due > until:
            break
        found.append(due)
    return found


def last_due_before(timing: Timing, since: float, until: float) -> float | None:
    """The last moment at which a schedule is due, after a time and up to another."""
    for seconds in _LOOKS_BACK:
        start = max(since, until - seconds)
        found = due_between(timing, start, until) if start < until else []
        if found:
            return found[-1]
        if start <= since:
            break
    return None


# -- what is due


def _dues(timing: Timing, after: float) -> Iterator[float]:
    moment = datetime.fromtimestamp(after, timezone.utc)
    for fire in fires(timing.expression, zone_named(timing.timezone), moment):
        yield fire.timestamp()


def _new_ticks(standing: Standing, now: float) -> tuple[list[Tick], list[Tick]]:
    """The ticks that have become due since: those to run, and those that were missed."""
    timing = standing.timing
    last: deque[float] = deque(maxlen=MOST_KEPT_APART)
    first, until, count = None, 0.0, 0
    start = undecided_from(standing.reached, standing.seen, now)
    for due in _dues(timing, start):
        if due > now:
            break
        if due in standing.taken:
            continue
        if len(last) == MOST_KEPT_APART:
            first = last[0] if first is None else first
            until = last[0]
            count += 1
        last.append(due)
    wanted: list[Tick] = []
    missed: list[Tick] = []
    for n, due in enumerate(last):
        is_last = n == len(last) - 1
        tick = _tick(standing.id, due, timing, now)
        if tick.origin is Origin.MADE_UP and not _is_made_up(timing.catch_up, is_last=is_last):
            missed.append(_over(tick, Fate.MISSED, "nothing could run when it was due", now))
            continue
        tick = _past_grace(tick, timing, now)
        (missed if tick.fate.is_over else wanted).append(tick)
    if first is not None:
        tick = _tick(standing.id, first, timing, now)
        why = f"nothing could run when they were due: {count:,} in all"
        missed.insert(0, replace(_over(tick, Fate.MISSED, why, now), count=count, until=until))
    return wanted, missed


def _is_made_up(policy: CatchUpPolicy, *, is_last: bool) -> bool:
    return policy is CatchUpPolicy.ALL or (policy is CatchUpPolicy.LATEST and is_last)


def _tick(schedule: str, due: float, timing: Timing, now: float) -> Tick:
    not_before = due + _jitter(schedule, due, timing.jitter_seconds)
    is_late = now - not_before > ON_TIME_SECONDS
    return Tick(
        due=due,
        fate=Fate.WAITING,
        not_before=not_before,
        claimed_at=now,
        origin=Origin.MADE_UP if is_late else Origin.TIME,
    )


def _jitter(schedule: str, due: float, most: float) -> float:
    """By chance, and yet the same for everybody who looks."""
    if not most:
        return 0.0
    digest = hashlib.sha256(f"{schedule} {due}".encode()).digest()
    return most * int.from_bytes(digest[:4], "big") / 2**32


# -- what waits


def _still_open(ticks: Sequence[Tick]) -> tuple[Tick, ...]:
    return tuple(sorted((tick for tick in ticks if not tick.fate.is_over), key=_due))


def _retry_delay(tried: int) -> float:
    return min(RETRY_SECONDS * 2.0 ** (tried - 1), LONGEST_RETRY_SECONDS)


def _put_back(tick: Tick, standing: Standing, now: float) -> Tick:
    """A tick once the clock shows less than before: what waits for some time, not for a time, waits no longer."""
    if now >= standing.seen or tick.fate is not Fate.WAITING:
        return tick
    if tick.tries:
        latest = now + _retry_delay(len(tick.tries))
    elif tick.origin is Origin.HAND:
        latest = now
    else:
        return tick
    return replace(tick, not_before=min(tick.not_before, latest))


def _past_grace(tick: Tick, timing: Timing, now: float) -> Tick:
    """A tick that waits, or has waited for longer than it may."""
    deadline = _deadline(tick, timing)
    if tick.fate is not Fate.WAITING or deadline is None or now <= deadline:
        return tick
    assert timing.grace_seconds is not None
    why = f"it could not begin within {_length(timing.grace_seconds)}"
    return _over(tick, Fate.MISSED, why, now)


def _deadline(tick: Tick, timing: Timing) -> float | None:
    """Until when a tick may begin for the first time."""
    if timing.grace_seconds is None or tick.tries:
        return None
    return tick.not_before + timing.grace_seconds


def _too_late(tick: Tick, timing: Timing) -> float | None:
    deadline = _deadline(tick, timing)
    return None if deadline is None else deadline + _A_MOMENT


def _queued(before: Sequence[Tick], tick: Tick, timing: Timing, now: float) -> list[Tick]:
    """The ticks once another one has come, the earlier of which have not all ended."""
    ahead = [one for one in before if _is_ahead(one, tick)]
    if not ahead or tick.origin is Origin.MADE_UP:
        return [*before, tick]
    if timing.overlap is OverlapPolicy.CANCEL_OLD:
        return [*(_displaced(one, tick, timing, now) for one in before), tick]
    by_time = [one for one in ahead if one.origin is not Origin.MADE_UP]
    if timing.overlap is OverlapPolicy.SKIP and by_time and tick.origin is Origin.TIME:
        why = f"{_the_run(by_time[0], timing)} had not ended"
        return [*before, _over(tick, Fate.SKIPPED, why, now)]
    if sum(one.fate is Fate.WAITING for one in by_time) >= MOST_WAITING:
        why = f"{MOST_WAITING} runs wait already"
        return [*before, _over(tick, Fate.SKIPPED, why, now)]
    return [*before, tick]


def _is_ahead(old: Tick, new: Tick) -> bool:
    """Whether a tick comes before another; after the clock was put back, some wait that are due later."""
    return old.fate is Fate.RUNNING or (old.fate is Fate.WAITING and old.due < new.due)


def _displaced(old: Tick, new: Tick, timing: Timing, now: float) -> Tick:
    why = f"{_the_run(new, timing)} took its place"
    if not _is_ahead(old, new) or old.is_to_end:
        return old
    if old.fate is Fate.RUNNING:
        return replace(old, is_to_end=True, why=why)
    if old.tries:
        said = "; ".join(part for part in (old.why, f"not tried again: {why}") if part)
        return _over(old, old.tries[-1].fate, said, now)
    return _over(old, Fate.SKIPPED, why, now)


def _over(tick: Tick, fate: Fate, why: str, now: float) -> Tick:
    return replace(tick, fate=fate, why=why, ended_at=now)


def _the_run(tick: Tick, timing: Timing) -> str:
    moment = datetime.fromtimestamp(tick.due, zone_named(timing.timezone))
    how = "asked for" if tick.origin is Origin.HAND else "due"
    return f"the run {how} at {moment:%Y-%m-%d %H:%M %Z}"


def _length(seconds: float) -> str:
    for size, unit in ((_AN_HOUR, "h"), (_A_MINUTE, "m")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


def _due(tick: Tick) -> float:
    return tick.due
