"""Does a daemon of this user's run on this machine already?"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def daemon_lock(home: str) -> Iterator[bool]:
    """Hold the one lock of all daemons of a home, if nobody does; say whether it is held.

    It is the system's lock, which ends with whoever holds it, however that ends.
    """
    descriptor = os.open(
        os.path.join(home, "daemon.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
    )
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_alone = True
        except BlockingIOError:
            is_alone = False
        yield is_alone
    finally:
        os.close(descriptor)
