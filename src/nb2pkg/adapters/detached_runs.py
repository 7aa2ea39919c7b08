"""How is a run started that goes on by itself, whatever becomes of who has started it?"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import time

from nb2pkg.adapters.guarded_outcomes import raise_stop
from nb2pkg.adapters.passed_on import environment_of_runs
from nb2pkg.adapters.processes import end_group_and_rest
from nb2pkg.ports.extracting import Json
from nb2pkg.problems import EnvironmentFailure

_PROGRAM = "nb2pkg.api.started_run"
_MOST_READ = 1_000_000


def start_detached(order: Json, wait_seconds: float) -> str:
    """Start a run, wait until it is written down, and give its id. What may be secret is in no command line.

    What has not begun in time is ended, and does not begin later.

    Raises:
        EnvironmentFailure: it has not begun in time (NB550).
        Nb2pkgError: what stood in its way.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # A module that lies beside the target must not stand for one of Python's own.
        cwd=os.path.abspath(os.sep),
        env=environment_of_runs(),
        start_new_session=True,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        with process.stdout as said:
            with contextlib.suppress(BrokenPipeError), process.stdin as told:  # its end says why
                told.write(json.dumps(order).encode() + b"\n")
            text = _read(said.fileno(), wait_seconds)
    except BaseException:
        # It is late, or we are to end: who asked takes it that there is no run, and may start another one.
        end_group_and_rest(process)
        raise
    # What was started has left the run to itself, or is nothing but a failure by now.
    process.wait()
    return _id_in(text)


def _did_not_begin(how: str = "") -> EnvironmentFailure:
    return EnvironmentFailure(
        "NB550", f"the run did not begin{how}", hint="nb2pkg run, in a terminal, may say why"
    )


def _id_in(text: bytes) -> str:
    try:
        answer = json.loads(text)
    except ValueError:
        raise _did_not_begin() from None
    if "stop" in answer:
        raise_stop(answer["stop"])
    return str(answer["began"])


def _read(descriptor: int, seconds: float) -> bytes:
    """Read to the end of the pipe.

    Raises:
        EnvironmentFailure: there was not time enough (NB550).
    """
    until = time.monotonic() + seconds
    data = b""
    while len(data) < _MOST_READ:
        left = until - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            raise _did_not_begin(f" within {seconds:g} s")
        piece = os.read(descriptor, 65536)
        if not piece:
            break
        data += piece
    return data
