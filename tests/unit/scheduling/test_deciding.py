"""What becomes of due moments, one decision at a time. Whole stories are in tests/pages/scheduling."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from nb2pkg.scheduling import (
    CatchUpPolicy,
    Fate,
    Origin,
    OverlapPolicy,
    Tick,
    Timing,
    read_expression,
)
from nb2pkg.scheduling.deciding import (
    MOST_KEPT_APART,
    MOST_WAITING,
    Decision,
    Standing,
    asked_for,
    begun,
    decide,
    due_between,
    ended,
    last_due_before,
    next_due,
    next_look,
    paused,
    startable,
    undecided_from,
    unpaused,
)

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
YEAR = 365 * DAY
TWO = datetime(2026, 11, 22, 2, tzinfo=timezone.utc).timestamp()
POLICIES = list(OverlapPolicy)


def timing(
    cron: str = "* * * * *",
    overlap: OverlapPolicy = OverlapPolicy.SKIP,
    catch_up: CatchUpPolicy = CatchUpPolicy.LATEST,
    *,
    zone: str = "UTC",
    retries: int = 0,
    jitter: float = 0.0,
    grace: float | None = None,
) -> Timing:
    return Timing(
        cron=cron,
        expression=read_expression(cron),
        timezone=zone,
        overlap=overlap,
        catch_up=catch_up,
        retries=retries,
        jitter_seconds=jitter,
        grace_seconds=grace,
    )


def standing(timing: Timing, *open_ticks: Tick, at: float = TWO) -> Standing:
    return Standing(id="nightly", timing=timing, reached=at, seen=at, open=open_ticks)


def waiting(due: float, origin: Origin = Origin.TIME) -> Tick:
    return Tick(due=due, fate=Fate.WAITING, not_before=due, claimed_at=due, origin=origin)


def running(due: float, origin: Origin = Origin.TIME) -> Tick:
    return begun(waiting(due, origin), "run-1", due)


def fates(decision: Decision) -> list[tuple[float, str, str]]:
    """What was decided: how long after two, what, and why."""
    return [(tick.due - TWO, tick.fate.value, tick.why) for tick in decision.ticks]


# -- what is due


def test_nothing_is_due_before_its_time() -> None:
    before = standing(timing())

    decision = decide(before, TWO + 59)

    assert decision.ticks == ()
    assert decision.standing == replace(before, reached=TWO + 59, seen=TWO + 59)


def test_what_is_due_waits_and_may_begin() -> None:
    decision = decide(standing(timing()), TWO + 60)

    assert fates(decision) == [(60, "waiting", "")]
    assert startable(decision.standing, TWO + 60) == decision.ticks


@pytest.mark.parametrize("late", [0.0, 60.0])
def test_within_a_minute_nobody_is_late(late: float) -> None:
    decision = decide(standing(timing("*/5 * * * *")), TWO + 300 + late)

    assert [tick.origin for tick in decision.ticks] == [Origin.TIME]


def test_after_a_minute_a_run_is_made_up_for() -> None:
    decision = decide(standing(timing("*/5 * * * *")), TWO + 300 + 60.5)

    assert [tick.origin for tick in decision.ticks] == [Origin.MADE_UP]


def test_a_year_of_minutes_missed_is_told_as_a_thousand_and_one() -> None:
    now = TWO + YEAR + 30

    decision = decide(standing(timing()), now)

    first, *others = decision.ticks
    assert (first.due, first.fate, first.origin) == (TWO + 60, Fate.MISSED, Origin.MADE_UP)
    assert first.count == 365 * 24 * 60 - MOST_KEPT_APART
    assert first.why == "nothing could run when they were due: 524,600 in all"
    assert first.until == others[0].due - 60
    assert len(others) == MOST_KEPT_APART
    assert [tick.fate for tick in others] == [*[Fate.MISSED] * 999, Fate.WAITING]
    assert others[-1].due == TWO + YEAR


def test_of_a_year_of_minutes_a_thousand_are_made_up_for_at_most() -> None:
    decision = decide(standing(timing(catch_up=CatchUpPolicy.ALL)), TWO + YEAR + 30)

    assert sum(tick.fate is Fate.WAITING for tick in decision.ticks) == MOST_KEPT_APART


def test_a_thousand_missed_are_told_apart() -> None:
    decision = decide(standing(timing(catch_up=CatchUpPolicy.NONE)), TWO + 1000 * MINUTE)

    assert len(decision.ticks) == 1000
    assert {tick.count for tick in decision.ticks} == {1}


def test_nobody_looks_back_further_than_400_days() -> None:
    decision = decide(standing(timing("0 0 * * *")), TWO + 1000 * DAY)

    assert len(decision.ticks) == 400


@pytest.mark.parametrize(
    ("catch_up", "expected"),
    [
        (CatchUpPolicy.LATEST, ["missed", "missed", "waiting"]),
        (CatchUpPolicy.ALL, ["waiting", "waiting", "waiting"]),
        (CatchUpPolicy.NONE, ["missed", "missed", "missed"]),
    ],
)
def test_what_is_made_up_for(catch_up: CatchUpPolicy, expected: list[str]) -> None:
    decision = decide(standing(timing("*/5 * * * *", catch_up=catch_up)), TWO + 17 * MINUTE)

    assert [tick.fate.value for tick in decision.ticks] == expected


@pytest.mark.parametrize("overlap", POLICIES)
def test_what_is_made_up_for_waits_and_ends_nothing(overlap: OverlapPolicy) -> None:
    before = standing(timing("*/5 * * * *", overlap=overlap), running(TWO))

    decision = decide(before, TWO + 7 * MINUTE)

    assert fates(decision) == [(300, "waiting", "")]


def test_jitter_is_the_same_for_everybody_and_another_each_time() -> None:
    jittery = standing(timing(jitter=600.0, overlap=OverlapPolicy.ALLOW))

    one, other = decide(jittery, TWO + 120), decide(jittery, TWO + 120)

    delays = [tick.not_before - tick.due for tick in one.ticks]
    assert one == other
    assert len(set(delays)) == 2
    assert all(0 <= delay < 600 for delay in delays)


def test_a_run_that_jitter_delays_is_late_only_afterwards() -> None:
    jittery = standing(timing("0 * * * *", catch_up=CatchUpPolicy.NONE, jitter=1800.0))
    [tick] = decide(jittery, TWO + HOUR).ticks

    in_time = decide(jittery, tick.not_before + 60)
    too_late = decide(jittery, tick.not_before + 61)

    assert tick.not_before - tick.due > 60
    assert [one.origin for one in in_time.ticks] == [Origin.TIME]
    assert [one.fate for one in too_late.ticks] == [Fate.MISSED]


# -- while another one runs


@pytest.mark.parametrize(
    ("overlap", "old", "new"),
    [
        (OverlapPolicy.SKIP, None, ("skipped", "the run due at 2026-11-22 02:00 UTC had not ended")),
        (OverlapPolicy.QUEUE, None, ("waiting", "")),
        (OverlapPolicy.ALLOW, None, ("waiting", "")),
        (
            OverlapPolicy.CANCEL_OLD,
            "the run due at 2026-11-22 02:01 UTC took its place",
            ("waiting", ""),
        ),
    ],
)  # fmt: skip
def test_a_run_is_due_while_another_one_runs(
    overlap: OverlapPolicy, old: str | None, new: tuple[str, str]
) -> None:
    decision = decide(standing(timing(overlap=overlap), running(TWO)), TWO + 60)

    told = [] if old is None else [(0, "running", old)]
    assert fates(decision) == [*told, (60, *new)]


def test_a_reason_names_a_moment_as_the_schedule_means_it() -> None:
    before = standing(timing(zone="Europe/Stockholm"), running(TWO))

    decision = decide(before, TWO + 60)

    assert decision.ticks[0].why == "the run due at 2026-11-22 03:00 CET had not ended"


def test_a_reason_tells_what_was_asked_for() -> None:
    decision = decide(standing(timing(), running(TWO + 7, Origin.HAND)), TWO + 60)

    assert decision.ticks[0].why == "the run asked for at 2026-11-22 02:00 UTC had not ended"


def test_a_run_that_is_to_end_knows_the_first_that_took_its_place() -> None:
    before = standing(timing(overlap=OverlapPolicy.CANCEL_OLD), running(TWO))

    first = decide(before, TWO + 60)
    second = decide(first.standing, TWO + 120)

    took = "the run due at 2026-11-22 02:0{} UTC took its place"
    assert first.standing.open[0].is_to_end
    assert fates(second) == [(60, "skipped", took.format(2)), (120, "waiting", "")]
    assert second.standing.open[0].why == took.format(1)


@pytest.mark.parametrize("overlap", [OverlapPolicy.QUEUE, OverlapPolicy.ALLOW])
def test_a_hundred_may_wait_and_no_more(overlap: OverlapPolicy) -> None:
    ticks = [waiting(TWO - n * MINUTE) for n in reversed(range(MOST_WAITING))]
    before = standing(timing(overlap=overlap), *ticks)

    by_time, by_hand = decide(before, TWO + 60), asked_for(before, TWO + 5)

    assert fates(by_time) == [(60, "skipped", "100 runs wait already")]
    assert fates(by_hand) == [(5, "skipped", "100 runs wait already")]


def test_what_is_made_up_for_does_not_count_as_waiting() -> None:
    ticks = [waiting(TWO - n * MINUTE, Origin.MADE_UP) for n in reversed(range(500))]

    decision = decide(standing(timing(overlap=OverlapPolicy.QUEUE), *ticks), TWO + 60)

    assert fates(decision) == [(60, "waiting", "")]


@pytest.mark.parametrize("overlap", POLICIES)
def test_one_begins_at_a_time_unless_that_is_allowed(overlap: OverlapPolicy) -> None:
    free = standing(timing(overlap=overlap), waiting(TWO - 60), waiting(TWO))
    busy = standing(timing(overlap=overlap), running(TWO - 60), waiting(TWO))

    is_allowed = overlap is OverlapPolicy.ALLOW
    assert len(startable(free, TWO)) == (2 if is_allowed else 1)
    assert len(startable(busy, TWO)) == (1 if is_allowed else 0)


# -- grace


@pytest.mark.parametrize(
    ("grace", "said"),
    [(0.0, "0 s"), (45.0, "45 s"), (90.0, "90 s"), (300.0, "5 m"), (7200.0, "2 h"), (5400.0, "90 m")],
)  # fmt: skip
def test_what_waits_for_too_long_is_missed(grace: float, said: str) -> None:
    before = standing(timing("0 0 1 1 *", grace=grace), waiting(TWO))

    still, too_late = decide(before, TWO + grace), decide(before, TWO + grace + 0.01)

    assert still.ticks == ()
    assert fates(too_late) == [(0, "missed", f"it could not begin within {said}")]


def test_what_is_noticed_after_its_grace_is_missed_at_once() -> None:
    decision = decide(standing(timing("*/5 * * * *", grace=30.0)), TWO + 340)

    assert fates(decision) == [(300, "missed", "it could not begin within 30 s")]


def test_the_next_look_is_when_grace_is_over() -> None:
    before = standing(timing("0 0 1 1 *", grace=30.0), running(TWO), waiting(TWO + 1))

    look = next_look(before, TWO + 2)

    assert look is not None
    assert TWO + 31 < look < TWO + 31.01
    assert fates(decide(before, look)) == [(1, "missed", "it could not begin within 30 s")]


# -- tries


@pytest.mark.parametrize(
    ("tried", "delay"), [(1, 30), (2, 60), (3, 120), (5, 480), (6, 900), (90, 900)]
)
def test_each_try_waits_twice_as_long_up_to_a_quarter_of_an_hour(tried: int, delay: float) -> None:
    tick = running(TWO)
    tick = replace(tick, tries=tick.tries * tried)

    after = ended(tick, Fate.FAILED, "no data", timing(retries=100), TWO + 5)

    assert (after.fate, after.not_before, after.why) == (Fate.WAITING, TWO + 5 + delay, "no data")


@pytest.mark.parametrize("fate", [Fate.SUCCEEDED, Fate.CANCELLED])
def test_only_failures_and_crashes_are_tried_again(fate: Fate) -> None:
    after = ended(running(TWO), fate, "", timing(retries=3), TWO + 5)

    assert (after.fate, after.ended_at) == (fate, TWO + 5)


def test_what_is_to_end_is_not_tried_again() -> None:
    tick = replace(running(TWO), is_to_end=True)

    after = ended(tick, Fate.FAILED, "interrupted", timing(retries=3), TWO + 5)

    assert (after.fate, after.is_to_end) == (Fate.FAILED, False)


def test_what_was_ended_for_another_one_says_for_which() -> None:
    before = standing(timing(overlap=OverlapPolicy.CANCEL_OLD), running(TWO))
    [old, _] = decide(before, TWO + 60).standing.open

    after = ended(old, Fate.CANCELLED, "it was asked to end", before.timing, TWO + 65)

    assert after.why == after.tries[-1].why
    assert after.why == "the run due at 2026-11-22 02:01 UTC took its place"


def test_a_try_that_another_one_replaces_has_failed() -> None:
    policy = timing(overlap=OverlapPolicy.CANCEL_OLD, retries=3)
    failed = ended(running(TWO), Fate.FAILED, "no data", policy, TWO + 45)

    decision = decide(standing(policy, failed), TWO + 60)

    why = "no data; not tried again: the run due at 2026-11-22 02:01 UTC took its place"
    assert fates(decision) == [(0, "failed", why), (60, "waiting", "")]


def test_a_try_begins_whatever_the_grace() -> None:
    policy = timing("0 0 1 1 *", retries=1, grace=1.0)
    failed = ended(running(TWO), Fate.FAILED, "", policy, TWO + 600)

    decision = decide(standing(policy, failed), TWO + 700)

    assert decision.ticks == ()
    assert startable(decision.standing, TWO + 700) == (failed,)


# -- what people want


def test_a_pause_leaves_out_what_waits_and_not_what_has_begun() -> None:
    policy = timing(overlap=OverlapPolicy.ALLOW, retries=1)
    failed = ended(running(TWO - 180), Fate.FAILED, "", policy, TWO)
    asked = waiting(TWO - 30.5, Origin.HAND)
    before = standing(policy, failed, running(TWO - 120), waiting(TWO - 60), asked)

    decision = paused(before, TWO + 5)

    assert fates(decision) == [(-60, "skipped", "the schedule was paused")]
    assert decision.standing.is_paused
    assert decision.standing.open == (failed, running(TWO - 120), asked)


def test_a_pause_decides_first_what_nobody_has_looked_at() -> None:
    decision = paused(standing(timing("*/5 * * * *")), TWO + 11 * MINUTE)

    assert fates(decision) == [
        (300, "missed", "nothing could run when it was due"),
        (600, "skipped", "the schedule was paused"),
    ]


def test_nothing_is_due_during_a_pause() -> None:
    resting = paused(standing(timing()), TWO).standing

    decision = decide(resting, TWO + 1000)

    assert decision.ticks == ()
    assert next_look(resting, TWO) is None


def test_what_was_due_during_a_pause_is_not_made_up_for() -> None:
    resting = paused(standing(timing(catch_up=CatchUpPolicy.ALL)), TWO).standing

    decision = decide(unpaused(resting, TWO + 1000).standing, TWO + 1021)

    assert fates(decision) == [(1020, "waiting", "")]


def test_what_is_asked_for_has_a_moment_of_its_own() -> None:
    first = asked_for(standing(timing(overlap=OverlapPolicy.ALLOW)), TWO)
    second = asked_for(first.standing, TWO)
    by_time = decide(replace(second.standing, reached=TWO - 1, seen=TWO - 1), TWO)

    dues = [tick.due - TWO for one in (first, second, by_time) for tick in one.ticks]
    assert dues == pytest.approx([0.001, 0.002, 0], abs=1e-4)
    assert len(set(dues)) == 3
    assert [tick.origin for tick in first.ticks] == [Origin.HAND]


@pytest.mark.parametrize("overlap", [OverlapPolicy.SKIP, OverlapPolicy.QUEUE])
def test_what_is_asked_for_waits_its_turn(overlap: OverlapPolicy) -> None:
    decision = asked_for(standing(timing(overlap=overlap), running(TWO)), TWO + 5)

    assert fates(decision) == [(5, "waiting", "")]
    assert startable(decision.standing, TWO + 5) == ()


# -- clocks


@pytest.mark.parametrize(
    ("reached", "seen", "now", "start"),
    [
        (0, 0, 10, 0),  # time goes by
        (0, 0, -10, -10),  # the clock has just been put back
        (0, -100, -90, -100),  # it has been, and goes on
        (0, -3600, 10, -3600),  # it has caught up
        (0, -3601, 10, 0),  # it was wrong, and is set right
        (0, 0, 1000 * DAY, 600 * DAY),  # nobody looks back for ever
    ],
)
def test_what_is_undecided(reached: float, seen: float, now: float, start: float) -> None:
    assert undecided_from(TWO + reached, TWO + seen, TWO + now) == TWO + start


def test_what_has_run_does_not_run_again_when_the_clock_is_put_back() -> None:
    before = replace(
        standing(timing()), seen=TWO - 300, taken=frozenset({TWO - 240, TWO - 120, TWO - 60})
    )

    decision = decide(before, TWO - 100)

    assert [tick.due - TWO for tick in decision.ticks] == [-180]
    assert decision.standing.reached == TWO
    assert decision.standing.taken == frozenset({TWO - 60})


def test_a_try_does_not_wait_for_a_time_that_a_wrong_clock_showed() -> None:
    policy = timing(retries=2)
    failed = ended(running(TWO + YEAR), Fate.FAILED, "", policy, TWO + YEAR + 10)

    decision = decide(standing(policy, failed, at=TWO + YEAR + 20), TWO + 5)

    assert [tick.not_before - TWO for tick in decision.ticks] == [35]


def test_what_is_asked_for_does_not_wait_for_a_time_that_a_wrong_clock_showed() -> None:
    asked = waiting(TWO + YEAR, Origin.HAND)

    decision = decide(standing(timing(), asked, at=TWO + YEAR), TWO + 5)

    assert startable(decision.standing, TWO + 5) == decision.ticks == (replace(asked, not_before=TWO + 5),)  # fmt: skip


@pytest.mark.parametrize("overlap", POLICIES)
def test_what_waits_for_a_time_that_a_wrong_clock_showed_is_in_nobodys_way(
    overlap: OverlapPolicy,
) -> None:
    later = waiting(TWO + YEAR)
    put_back = decide(standing(timing(overlap=overlap), later, at=TWO + YEAR), TWO + 5).standing

    decision = decide(put_back, TWO + 60)

    assert fates(decision) == [(60, "waiting", "")]
    assert decision.standing.open == (*decision.ticks, later)
    assert startable(decision.standing, TWO + 60) == decision.ticks
    assert next_look(decision.standing, TWO + YEAR - 1) is not None


# -- when it is due


def test_moments_that_are_due() -> None:
    every = timing("*/5 * * * *")

    assert next_due(every, TWO) == TWO + 300
    assert due_between(every, TWO, TWO + 900) == [TWO + 300, TWO + 600, TWO + 900]
    assert last_due_before(every, TWO, TWO + 899) == TWO + 600
    assert last_due_before(every, TWO, TWO + 299) is None
    assert last_due_before(timing("0 0 29 2 *"), TWO - 3 * YEAR, TWO) is not None
