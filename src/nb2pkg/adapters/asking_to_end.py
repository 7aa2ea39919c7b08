"""How is a process that was written down asked to end, and never another one that has its number by now?"""

from __future__ import annotations

import os
import signal

from nb2pkg.adapters.this_machine import is_alive
from nb2pkg.pipeline.records import Holder


def ask_to_end(holder: Holder) -> bool:
    """Ask a process of this machine to end; False where it is not known to run here, or is somebody else's."""
    try:
        if hasattr(os, "pidfd_open") and hasattr(signal, "pidfd_send_signal"):
            return _ask_by_descriptor(holder)
        if is_alive(holder) is not True:
            return False
        os.kill(holder.pid, signal.SIGTERM)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _ask_by_descriptor(holder: Holder) -> bool:
    """The descriptor stays with the process, so that it is still the one that was looked at."""
    descriptor = os.pidfd_open(holder.pid)
    try:
        if is_alive(holder) is not True:
            return False
        signal.pidfd_send_signal(descriptor, signal.SIGTERM)
    finally:
        os.close(descriptor)
    return True
