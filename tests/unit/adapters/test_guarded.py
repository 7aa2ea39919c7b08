"""The guard: a crash, a hang or a flood of memory in the work is a finding, never our end."""

from __future__ import annotations

import os
import sys
import time

import pytest

from nb2pkg.adapters.guarded import GuardedProcess, GuardLimits
from nb2pkg.problems import BadNotebook, FindingsError, InternalError, Severity, UsageError
from tests.unit.adapters import guard_entries

_MEMORY = 2 * 2**30


@pytest.fixture(params=[True, False], ids=["fork", "spawn"])
def guard(request: pytest.FixtureRequest) -> GuardedProcess:
    if request.param and not hasattr(os, "fork"):
        pytest.skip("there is no fork here")
    limits = GuardLimits(wall_seconds=2, cpu_seconds=1, memory_bytes=_MEMORY)
    return GuardedProcess(limits, fork=request.param)


def test_the_answer_comes_back_whatever_else_is_printed(guard: GuardedProcess) -> None:
    answer = guard.call(guard_entries.echo, b"a\nb{1}\n2", {"deep": [1, None, "é"]})

    assert answer == {"data": "a\nb{1}\n2", "options": {"deep": [1, None, "é"]}}


def test_a_large_answer_comes_back_whole(guard: GuardedProcess) -> None:
    assert len(guard.call(guard_entries.answer_with_megabytes, b"", 5_000_000)) == 5_000_000


def test_a_large_notebook_gets_there_whole(guard: GuardedProcess) -> None:
    answer = guard.call(guard_entries.echo, b"x" * 3_000_000, None)

    assert len(answer["data"]) == 3_000_000


def test_a_crash_is_a_finding_about_the_cell_it_was_at(guard: GuardedProcess) -> None:
    with pytest.raises(BadNotebook, match="cell 7") as caught:
        guard.call(guard_entries.crash, b"", None)

    assert caught.value.code == "NB109"
    assert caught.value.location.cell == 7


@pytest.mark.parametrize("entry", [guard_entries.hang, guard_entries.burn])
def test_what_takes_too_long_is_ended(guard: GuardedProcess, entry: object) -> None:
    started = time.monotonic()
    with pytest.raises(BadNotebook, match="took too long"):
        guard.call(entry, b"", None)  # type: ignore[arg-type]

    assert time.monotonic() - started < 10


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_a_flood_of_memory_is_a_finding(guard: GuardedProcess) -> None:
    with pytest.raises(BadNotebook) as caught:
        guard.call(guard_entries.flood, b"", 2 * _MEMORY)

    assert caught.value.code == "NB109"


def test_deep_recursion_has_room(guard: GuardedProcess) -> None:
    assert guard.call(guard_entries.dive, b"", 5000) == 5000


def test_bottomless_recursion_is_a_finding(guard: GuardedProcess) -> None:
    with pytest.raises(BadNotebook) as caught:
        guard.call(guard_entries.dive, b"", 10**9)

    assert caught.value.code == "NB109"


def test_a_stop_arrives_as_it_was_raised(guard: GuardedProcess) -> None:
    with pytest.raises(UsageError) as caught:
        guard.call(guard_entries.refuse, b"", None)

    stop = caught.value
    assert (stop.code, stop.message, stop.hint) == ("NB404", "no", "yes")
    assert (stop.location.cell, stop.location.line) == (2, 1)


def test_findings_arrive_as_they_were_raised(guard: GuardedProcess) -> None:
    with pytest.raises(FindingsError) as caught:
        guard.call(guard_entries.find, b"", None)

    assert caught.value.notebook == "n"
    assert [(d.code, d.severity, d.location.cell) for d in caught.value.diagnostics] == [
        ("NB104", Severity.ERROR, 4)
    ]


def test_a_bug_arrives_with_its_traceback(guard: GuardedProcess) -> None:
    with pytest.raises(InternalError, match="KeyError") as caught:
        guard.call(guard_entries.stumble, b"", None)

    assert "in stumble" in caught.value.trace
