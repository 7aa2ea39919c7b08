"""How is a program told?"""

from __future__ import annotations

import os
import selectors
import shlex
import subprocess
import time
from collections.abc import Collection, Mapping, Sequence
from typing import IO

from nb2pkg.adapters.notices.mail_server import SERVER
from nb2pkg.adapters.notices.not_told import NotTold
from nb2pkg.adapters.notices.notice_facts import Facts, json_of
from nb2pkg.adapters.passed_on import environment_of_steps
from nb2pkg.adapters.processes import end_group_and_rest, signal_name

_PARAMETERS = "NB2PKG_PARAM_"
_NOTICE = "NB2PKG_NOTICE_"
_KEPT_BYTES = 2000
_LOOK_SECONDS = 0.05
_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


def command_name(command: Sequence[str]) -> str:
    """What a command is called in messages: its arguments may be secret."""
    return shlex.quote(command[0])


def tell_command(
    command: Sequence[str], facts: Facts, *, target: str, unset: Collection[str], seconds: float
) -> None:
    """Run a command with the facts as JSON on its standard input, and as variables.

    target: it runs in the folder where that lies
    unset: variables that it does not get, besides those that never are passed on
    seconds: after them it is killed; whatever it has started ends with it in any case

    Raises:
        NotTold: it cannot be started, fails, or takes too long.
    """
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=_folder(target),
            env=_environment(facts, unset),
            bufsize=0,
            start_new_session=True,
        )
    except OSError as error:
        raise NotTold(f"it cannot be started: {error.strerror or error}") from error
    except ValueError as error:  # a NUL among its words
        raise NotTold("it cannot be started: it has characters that cannot be") from error
    try:
        last = _talk(process, json_of(facts), time.monotonic() + seconds)
        code = process.poll()
    finally:
        _end(process)
    if code is None:
        raise NotTold(f"it had not ended after {seconds:g} s, and was killed")
    if code:
        ended = f"exit code {code}" if code > 0 else f"it was ended by {signal_name(-code)}"
        raise NotTold(f"{ended}: {last}" if last else ended)


def _folder(target: str) -> str | None:
    """Where the target lies, as far as it still does; else where this process is."""
    folder = target if os.path.isdir(target) else os.path.dirname(target)
    return folder if os.path.isdir(folder) else None


def _environment(facts: Facts, unset: Collection[str]) -> Mapping[str, str]:
    # The server's address should hold no password, and may.
    ours = {
        name: value
        for name, value in environment_of_steps().items()
        if name not in (SERVER, *unset) and not name.startswith(_PARAMETERS)
    }
    told = {
        _NOTICE + key.upper(): "" if value is None else str(value) for key, value in facts.items()
    }
    return {**ours, **told}


def _talk(process: subprocess.Popen[bytes], data: bytes, deadline: float) -> str:
    """Hand over what there is to read until the process ends, and give the last line of its complaints.

    What it started may hold its standard error open for longer: nobody waits for that.
    """
    assert process.stdin is not None and process.stderr is not None
    words = b""
    with selectors.DefaultSelector() as selector:
        for pipe, event in ((process.stdin, _WRITE), (process.stderr, _READ)):
            os.set_blocking(pipe.fileno(), False)
            selector.register(pipe, event)
        while process.poll() is None and (left := deadline - time.monotonic()) > 0:
            for _, event in selector.select(min(left, _LOOK_SECONDS)):
                if event == _WRITE:
                    data = _unwritten(process.stdin, data)
                    if not data:
                        selector.unregister(process.stdin)
                        process.stdin.close()
                elif piece := _read(process.stderr):
                    words = (words + piece)[-_KEPT_BYTES:]
                else:
                    selector.unregister(process.stderr)
    words += _read(process.stderr)
    return "".join(words.decode("utf-8", "replace").strip().splitlines()[-1:])


def _unwritten(pipe: IO[bytes], data: bytes) -> bytes:
    """What is still to be written; nothing, where nobody reads it."""
    try:
        return data[os.write(pipe.fileno(), data) :]
    except BrokenPipeError:
        return b""


def _read(pipe: IO[bytes]) -> bytes:
    """All that is there; a pipe holds no more at a time."""
    try:
        return os.read(pipe.fileno(), 1 << 20)
    except BlockingIOError:
        return b""


def _end(process: subprocess.Popen[bytes]) -> None:
    end_group_and_rest(process)
    for pipe in (process.stdin, process.stderr):
        if pipe is not None:
            pipe.close()
