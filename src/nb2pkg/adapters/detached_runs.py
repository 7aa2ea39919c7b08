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
from nb2pkg.ports.extracting import Json
from nb2pkg.problems import EnvironmentFailure

_PROGRAM = "nb2pkg.api.started_run"
_MOST_READ = 1_000_000


def start_detached(order: Json, wait_seconds: float) -> str:
    """Start a run, wait until it is written down, and give its id. What may be secret is in no command line.

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
    with process.stdout as said:
        with contextlib.suppress(BrokenPipeError), process.stdin as told:  # its end says why
            told.write(json.dumps(order).encode() + b"\n")
        text = _read(said.fileno(), wait_seconds)
    # What was started has left the run to itself, or is nothing but a failure by now.
    process.wait()
    return _id_in(text)


def _id_in(text: bytes) -> str:
    try:
        answer = json.loads(text)
    except ValueError:
        raise EnvironmentFailure(
            "NB550", "the run did not begin", hint="nb2pkg run, in a terminal, may say why"
        ) from None
    if "stop" in answer:
        raise_stop(answer["stop"])
    return str(answer["began"])


def _read(descriptor: int, seconds: float) -> bytes:
    """Read to the end of the pipe, or as long as there is time."""
    until = time.monotonic() + seconds
    data = b""
    while len(data) < _MOST_READ:
        left = until - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            return b""
        piece = os.read(descriptor, 65536)
        if not piece:
            break
        data += piece
    return data
