"""Of what somebody is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2pkg.scheduling import Fate, Tick
from nb2pkg.scheduling.noticing import FAILED, MISSED, RECOVERED, notice_of

_COUNTED = (Fate.SUCCEEDED, Fate.FAILED, Fate.CRASHED, Fate.MISSED)  # as what came before


def tick(fate: Fate) -> Tick:
    return Tick(due=60.0, fate=fate, not_before=60.0, claimed_at=60.0)


@pytest.mark.parametrize("before", [None, *Fate])
@pytest.mark.parametrize(
    ("fate", "told"),
    [
        (Fate.FAILED, FAILED),
        (Fate.CRASHED, FAILED),
        (Fate.MISSED, MISSED),
        (Fate.CANCELLED, None),
        (Fate.SKIPPED, None),
        (Fate.WAITING, None),
        (Fate.RUNNING, None),
    ],
)
def test_trouble_is_told_whatever_was_before_and_what_was_meant_is_not(
    fate: Fate, told: str | None, before: Fate | None
) -> None:
    assert notice_of(tick(fate), before) == told


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (None, None),
        (Fate.SUCCEEDED, None),
        (Fate.FAILED, RECOVERED),
        (Fate.CRASHED, RECOVERED),
        (Fate.MISSED, RECOVERED),
    ],
)
def test_a_success_is_told_only_after_trouble(before: Fate | None, told: str | None) -> None:
    assert notice_of(tick(Fate.SUCCEEDED), before) == told


@given(st.lists(st.sampled_from([fate for fate in Fate if fate.is_over])))
def test_whoever_hears_only_notices_knows_how_a_schedule_does(fates: list[Fate]) -> None:
    before = None
    is_well = heard_well = True
    for fate in fates:
        told = notice_of(tick(fate), before)
        if told is not None:
            assert told != RECOVERED or not heard_well  # nobody recovers who was well
            heard_well = told == RECOVERED
        if fate in _COUNTED:
            before = fate
            is_well = fate is Fate.SUCCEEDED
        assert heard_well == is_well
