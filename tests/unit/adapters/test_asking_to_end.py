"""Who is asked to end is the process that was written down, and no other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from nb2pkg.adapters.asking_to_end import ask_to_end
from nb2pkg.adapters.this_machine import is_alive, process_start, this_holder
from nb2pkg.pipeline.records import Holder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals as on Linux and macOS")


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process
        process.kill()


def _holder(process: subprocess.Popen[bytes]) -> Holder:
    return replace(this_holder(), pid=process.pid, process_start=process_start(process.pid))


def test_a_process_that_runs_is_asked(sleeper: subprocess.Popen[bytes]) -> None:
    holder = _holder(sleeper)

    assert is_alive(holder) is True
    assert ask_to_end(holder)
    assert sleeper.wait(10) == -signal.SIGTERM
    assert not ask_to_end(holder)


@pytest.mark.skipif(sys.platform != "linux", reason="others do not tell when a process began")
def test_another_process_of_that_number_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    holder = _holder(sleeper)

    assert not ask_to_end(replace(holder, process_start=holder.process_start - 1))
    assert not ask_to_end(replace(holder, boot="another start of the machine"))
    assert not ask_to_end(replace(holder, host="another machine"))
    time.sleep(0.1)
    assert sleeper.poll() is None


@pytest.mark.skipif(sys.platform != "linux", reason="others do not tell")
def test_what_has_ended_and_was_not_asked_for_its_end_is_not_alive(
    sleeper: subprocess.Popen[bytes],
) -> None:
    # In a container, there may be nobody who asks.
    holder = _holder(sleeper)
    os.kill(sleeper.pid, signal.SIGKILL)
    until = time.monotonic() + 10
    while is_alive(holder) is not False:
        assert time.monotonic() < until
        time.sleep(0.01)

    assert not ask_to_end(holder)
