"""Where do the sockets of a run's kernels lie, and what becomes of those that a killed run has left?

Their paths may have a hundred bytes at most, so they are not in the run's own folder. Whoever uses a folder holds the
system's lock on it, which goes when its holder does.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time

_PREFIX = "nb2pkg-run-"
_GRACE_SECONDS = 3600.0


class SocketFolder:
    """A folder with a short path, for as long as a run goes on."""

    def __init__(self) -> None:
        """Make it; an OSError says what is in the way."""
        self.path = tempfile.mkdtemp(prefix=_PREFIX)
        self._descriptor = os.open(self.path, os.O_RDONLY)
        self._given = 0
        _lock(self._descriptor)

    def place(self) -> str:
        """The beginning of a path that nothing else has."""
        self._given += 1
        return os.path.join(self.path, f"{self._given:x}")

    def close(self) -> None:
        """Remove it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._descriptor)


def sweep_socket_folders() -> None:
    """Remove the folders that nobody holds, of this user; none that is about to be used."""
    parent = tempfile.gettempdir()
    with contextlib.suppress(OSError):
        for name in os.listdir(parent):
            if name.startswith(_PREFIX):
                with contextlib.suppress(OSError):
                    _remove_unless_held(os.path.join(parent, name))


def _remove_unless_held(path: str) -> None:
    found = os.lstat(path)
    if found.st_uid != os.getuid() or time.time() - found.st_mtime < _GRACE_SECONDS:
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if _lock(descriptor):
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    import fcntl  # not on Windows, where no steps run

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
