"""How does an executed notebook get to where the user wants it: whole, once, and never through a link?"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator

from nb2pkg.problems import Busy, EnvironmentFailure, Refused

_WAIT_SECONDS = 0.1


@contextlib.contextmanager
def claimed(path: str, home: str, run: str, *, waits: bool) -> Iterator[None]:
    """Hold a file or folder for one run: no other run writes to it meanwhile.

    The lock is the system's own, so that it goes when its holder does; what the file says is for messages alone.

    Raises:
        Busy: another run holds it (NB311).
    """
    whole = os.path.realpath(path)
    name = hashlib.sha256(os.fsencode(whole)).hexdigest()[:32]
    folder = os.path.join(home, "locks")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    descriptor = os.open(os.path.join(folder, name), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not _lock(descriptor):
            if not waits:
                raise Busy(
                    "NB311",
                    f"{path} is being written by {_holder(descriptor)}",
                    hint="--wait waits for it",
                )
            time.sleep(_WAIT_SECONDS)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, run.encode("utf-8"), 0)
        try:
            yield
        finally:
            # Whoever holds it next is not us, before it has said who it is.
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _holder(descriptor: int) -> str:
    """Who holds a lock; it may have got it only this moment, and not have said who it is."""
    for _ in range(20):
        if id := os.pread(descriptor, 100, 0).decode("utf-8", "replace"):
            return f"run {id}"
        time.sleep(0.01)
    return "another run"


def refuse_unfit(path: str) -> None:
    """Stop where something stands at a path that is no file, or a link.

    Raises:
        Refused: what stands there (NB402).
    """
    if os.path.islink(path):
        raise Refused("NB402", f"{path} is a symbolic link; it is not followed")
    if os.path.lexists(path) and not os.path.isfile(path):
        raise Refused("NB402", f"{path} is not a regular file")


def publish(source: str, path: str) -> None:
    """Put a copy of a file at a path, in one step.

    Raises:
        Refused: a link stands there (NB402).
        EnvironmentFailure: it cannot be written (NB502).
    """
    refuse_unfit(path)
    folder = os.path.dirname(os.path.abspath(path))
    beside = os.path.join(folder, f".{os.path.basename(path)}.{secrets.token_hex(4)}.part")
    try:
        os.makedirs(folder, exist_ok=True)
        with open(source, "rb") as given, open(beside, "xb") as target:
            shutil.copyfileobj(given, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        os.replace(beside, path)
    except OSError as error:
        free = _free(folder) if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
        raise EnvironmentFailure("NB502", f"{path}: {error.strerror or error}{free}") from error
    finally:
        with contextlib.suppress(OSError):
            os.unlink(beside)


def _free(folder: str) -> str:
    try:
        return f" ({shutil.disk_usage(folder).free:,} bytes are free)"
    except OSError:
        return ""


def _lock(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows: the file is replaced in one step all the same
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
