"""Whether the last success of a schedule is as recent as it should be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2pkg.scheduling import Fate, Tick, Timing, read_expression
from nb2pkg.scheduling.deciding import due_between
from nb2pkg.scheduling.freshness import Freshness, freshness, usual_seconds

_START = 1_800_000_000.0  # 2027-01-15 08:00 UTC
_HOUR, _DAY = 3600.0, 86_400.0


def timing(cron: str = "0 * * * *", zone: str = "UTC", jitter: float = 0.0) -> Timing:
    return Timing(cron=cron, expression=read_expression(cron), timezone=zone, jitter_seconds=jitter)


def ran(seconds: float, fate: Fate = Fate.SUCCEEDED) -> Tick:
    return Tick(
        due=_START, fate=fate, not_before=_START, claimed_at=_START, ended_at=_START + seconds
    )


@pytest.mark.parametrize(
    ("seconds", "due"),
    [
        pytest.param(0.0, None, id="nothing was due yet"),
        pytest.param(_HOUR + 599, None, id="it may still run"),
        pytest.param(_HOUR + 600, _START + _HOUR, id="it should have succeeded"),
        pytest.param(2 * _HOUR + 599, _START + _HOUR, id="the next one may still run"),
        pytest.param(30 * _DAY, _START + 30 * _DAY - _HOUR, id="long ago"),
        pytest.param(-_DAY, None, id="before it was there"),
    ],
)
def test_a_run_has_ten_minutes_to_succeed(seconds: float, due: float | None) -> None:
    found = freshness(timing(), _START, None, (), _START + seconds)

    assert found == Freshness(due=due, last_success=None)
    assert found.is_stale == (due is not None)


@pytest.mark.parametrize(
    ("recent", "allowed"),
    [
        ((), 600.0),
        ((ran(10.0), ran(299.0)), 600.0),
        ((ran(500.0), ran(10.0)), 1000.0),
        ((ran(9000.0, Fate.FAILED), ran(9000.0, Fate.CANCELLED)), 600.0),
        ((replace(ran(0.0), ended_at=None),), 600.0),
        pytest.param((ran(-3600.0),), 600.0, id="clock put back"),
    ],
)
def test_a_run_has_twice_as_long_as_those_before(recent: tuple[Tick, ...], allowed: float) -> None:
    assert usual_seconds(recent) == allowed
    now = _START + 5 * _HOUR + allowed
    assert freshness(timing(), _START, None, recent, now).due == _START + 5 * _HOUR
    assert freshness(timing(), _START, None, recent, now - 1).due == _START + 4 * _HOUR


def test_what_somebody_allows_counts_instead_besides_the_jitter() -> None:
    late = timing(jitter=300.0)
    recent = (ran(9000.0),)

    assert freshness(late, _START, None, recent, _START + _HOUR + 310, 10.0).due == _START + _HOUR
    assert freshness(late, _START, None, recent, _START + _HOUR + 309, 10.0).due is None


@pytest.mark.parametrize(
    ("last", "is_stale"),
    [
        pytest.param(None, True, id="never"),
        pytest.param(_START + _HOUR, True, id="the one before"),
        pytest.param(_START + 2 * _HOUR, False, id="the one that counts"),
        pytest.param(_START + 3 * _HOUR, False, id="earlier than it must"),
        pytest.param(_START + 2 * _HOUR + 7, False, id="one that was asked for"),
    ],
)
def test_a_schedule_is_stale_until_what_should_have_succeeded_has(
    last: float | None, is_stale: bool
) -> None:
    now = _START + 3 * _HOUR + 60

    assert freshness(timing(), _START, last, (), now).is_stale == is_stale


_CRONS = ["* * * * *", "*/7 3 * * *", "0 * * * *", "30 2 * * *", "0 0 * * 1", "0 0 1 1 *", "0 0 29 2 *"]  # fmt: skip


@given(
    cron=st.sampled_from(_CRONS),
    zone=st.sampled_from(["UTC", "Europe/Stockholm", "America/St_Johns"]),
    age=st.floats(0, 3 * _DAY),
    allowed=st.floats(0, 2 * _DAY),
    jitter=st.floats(0, _HOUR),
    shift=st.integers(0, 365),
)
def test_what_should_have_succeeded_is_the_last_that_was_due_long_enough_ago(
    cron: str, zone: str, age: float, allowed: float, jitter: float, shift: int
) -> None:
    now = _START + shift * _DAY
    since, until = now - age, now - allowed - jitter
    dues = due_between(timing(cron, zone), since, until)

    found = freshness(timing(cron, zone, jitter), since, None, (), now, allowed)

    assert found.due == (dues[-1] if dues else None)


@given(st.integers(1, 40 * 365), st.sampled_from(["0 0 1 1 *", "0 0 29 2 *", "0 12 1 * *"]))
def test_it_is_found_however_long_ago_it_was(days: int, cron: str) -> None:
    now = _START + days * _DAY
    dues = due_between(timing(cron), _START, now)

    found = freshness(timing(cron), _START, None, (), now, 0.0)

    assert found.due == (dues[-1] if dues else None)
