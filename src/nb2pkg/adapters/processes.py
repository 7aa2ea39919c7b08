"""How do processes that we started end?"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys


def signal_name(number: int) -> str:
    """SIGKILL for 9; the number itself for one without a name."""
    return next((s.name for s in signal.Signals if s == number), str(number))


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process that still runs, with what it started; it leads a session of its own."""
    if process.poll() is None:
        end_group_and_rest(process)


def end_group_and_rest(process: subprocess.Popen[bytes]) -> None:
    """The same, and what it has left running where it has ended itself."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
