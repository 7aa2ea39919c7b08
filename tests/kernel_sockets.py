"""How do kernels of tests talk, where several start at the same time?"""

from __future__ import annotations

import os
import tempfile
import uuid

from traitlets.config import Config


def own_sockets() -> Config:
    """Settings with which one kernel talks through files of its own.

    Two kernels that start at once may choose the same port. The files' path is whole, since a kernel has another
    working folder, and short, since a socket's must be; they go when the kernel goes.
    """
    path = os.path.join(tempfile.gettempdir(), f"nb2pkg-{uuid.uuid4().hex[:12]}")
    return Config({"KernelManager": {"transport": "ipc", "ip": path}})
