"""How often and how long is something tried that is far away?

Only for what may be done twice. Each try runs in a thread: what hangs in a network is left behind there.
"""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

_T = TypeVar("_T")

# Answers rather than failures: the next try would get the same.
ANSWERS = (
    FileNotFoundError,
    NotADirectoryError,
    IsADirectoryError,
    PermissionError,
    NotImplementedError,
    ImportError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often something is tried, and for how long.

    seconds: for all tries together, and one more for each `bytes_per_second` that are moved
    pause_seconds: before the second try, about; each further pause is twice as long
    rest_seconds: for how long a place that did not answer is left alone
    """

    tries: int = 3
    seconds: float = 30.0
    bytes_per_second: float = 1e6
    pause_seconds: float = 0.5
    rest_seconds: float = 300.0


USUAL_PATIENCE = Patience()


def insist(work: Callable[[], _T], patience: Patience, size: int = 0) -> _T:
    """Do something, again where it fails; size: of what is moved, in bytes.

    Raises:
        TimeoutError: there was no answer in time.
        Exception: what the last try has raised, or the first that got an answer.
    """
    seconds = patience.seconds + size / patience.bytes_per_second
    until = time.monotonic() + seconds
    for number in range(1, patience.tries + 1):
        try:
            return _within(until - time.monotonic(), work)
        except _TooLong:
            raise TimeoutError(f"no answer within {seconds:.0f} s") from None
        except ANSWERS:
            raise
        except Exception:  # every file system has its own kinds
            # Many machines that fail at once should not come back at once.
            pause = patience.pause_seconds * 2 ** (number - 1) * random.uniform(0.5, 1.5)
            if number == patience.tries or time.monotonic() + pause >= until:
                raise
            time.sleep(pause)
    raise AssertionError("there is at least one try")


class _TooLong(Exception):
    """The time is over."""


def _within(seconds: float, work: Callable[[], _T]) -> _T:
    outcome: queue.SimpleQueue[tuple[_T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            outcome.put((work(), None))
        except BaseException as error:  # it is raised where it is waited for
            outcome.put((None, error))

    threading.Thread(target=run, name="nb2pkg-remote", daemon=True).start()
    try:
        value, error = outcome.get(timeout=max(0.0, seconds))
    except queue.Empty:
        raise _TooLong from None
    if error is not None:
        raise error
    return value  # type: ignore[return-value]  # None only where work gives None
