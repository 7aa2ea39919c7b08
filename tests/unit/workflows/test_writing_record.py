"""What becomes of steps is told once it is written down; of a store that is away, one line."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from nb2pkg.pipeline.records import LiveProcess, RunStatus, StepRecord, StepStatus
from nb2pkg.ports.running import Silence
from nb2pkg.workflows.run_events import Noticed, RunEvent, StepChanged
from nb2pkg.workflows.writing_record import RecordWriting

_NO_SILENCE = Silence(0.0, "")


class Keeper:
    """Takes everything; `answers` says whether it is in the store."""

    def __init__(self) -> None:
        self.answers = True
        self.lasts = _NO_SILENCE
        self.handed: list[tuple[str, ...]] = []
        self.end: RunStatus | None = None

    def hand_over(
        self,
        steps: Sequence[StepRecord],
        started: Sequence[LiveProcess],
        ended: Sequence[LiveProcess],
    ) -> None:
        self.handed.append(tuple(step.name for step in steps))

    def finish(self, status: RunStatus, message: str, ended_at: float) -> None:
        self.end = status

    def is_written(self, within_seconds: float) -> bool:
        return self.answers

    def silence(self) -> Silence:
        return self.lasts

    def close(self) -> None:
        raise AssertionError("whoever opened it closes it")


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
def told() -> list[RunEvent]:
    return []


@pytest.fixture
def writing(keeper: Keeper, told: list[RunEvent]) -> RecordWriting:
    return RecordWriting(keeper, told.append, lease_seconds=60)


def step(name: str, status: StepStatus = StepStatus.RUNNING) -> StepRecord:
    return StepRecord(name=name, kind="function", work="m:f", status=status)


def test_a_change_is_told_once_it_is_written(
    keeper: Keeper, writing: RecordWriting, told: list[RunEvent]
) -> None:
    keeper.answers = False
    writing.change(step("a"))
    writing.write()
    assert told == []

    writing.change(step("a", StepStatus.SUCCEEDED))
    keeper.answers = True
    writing.write()

    assert told == [StepChanged(step("a")), StepChanged(step("a", StepStatus.SUCCEEDED))]


def test_what_is_noted_is_written_and_not_told(
    keeper: Keeper, writing: RecordWriting, told: list[RunEvent]
) -> None:
    writing.note(step("a"))
    writing.write()
    writing.write()

    assert (keeper.handed, told) == ([("a",)], [])


def test_each_time_that_the_store_is_away_there_is_one_line(
    keeper: Keeper, writing: RecordWriting, told: list[RunEvent]
) -> None:
    for lasts in (1, 4, 9, 0, 2, 5, 6):
        keeper.answers = lasts == 0
        keeper.lasts = Silence(float(lasts), "refused")
        writing.write()

    assert told == [Noticed("NB510", "refused; steps go on, and are written down once it answers")] * 2  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "seconds", "is_given_up"), [(False, 61, True), (False, 59, False), (True, 0, False)]
)
def test_a_store_is_given_up_when_the_lease_is_over(
    keeper: Keeper, writing: RecordWriting, answers: bool, seconds: float, is_given_up: bool
) -> None:
    keeper.answers, keeper.lasts = answers, Silence(seconds, "")
    writing.write()

    assert writing.is_given_up == is_given_up


def test_what_ended_without_a_record_is_not_told(
    keeper: Keeper, writing: RecordWriting, told: list[RunEvent]
) -> None:
    keeper.answers = False
    writing.change(step("a", StepStatus.SUCCEEDED))

    assert not writing.finish(RunStatus.SUCCEEDED, "", 1.0)
    assert (keeper.handed, keeper.end, told) == ([("a",)], RunStatus.SUCCEEDED, [])
