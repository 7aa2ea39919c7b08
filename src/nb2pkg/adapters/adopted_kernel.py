"""A kernel that somebody else has started, as nbclient wants to see one."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from typing import Any

_SHUTDOWN_SECONDS = 15.0
_POLL_SECONDS = 0.005


class AdoptedKernel:
    """Stands in for a kernel manager: the process is known by its id, and not ours to wait for."""

    has_kernel = True
    ipykernel = True
    kernel_id = ""

    def __init__(self, connection_file: str, pid: int) -> None:
        self._connection_file = connection_file
        self._pid = pid
        self._client: Any = None

    def client(self) -> Any:
        """A client that talks to it."""
        from jupyter_client.asynchronous.client import AsyncKernelClient

        self._client = AsyncKernelClient(connection_file=self._connection_file)
        self._client.load_connection_file()
        return self._client

    def is_alive(self) -> bool:
        """Whether the process is there."""
        try:
            os.kill(self._pid, 0)
        except OSError:
            return False
        return True

    async def interrupt_kernel(self) -> None:
        """What Ctrl-C does, to it and what it has started."""
        if self.is_alive():
            os.killpg(self._pid, signal.SIGINT)

    async def shutdown_kernel(self, now: bool = False) -> None:
        """Ask it to end, and wait; with force where that takes too long."""
        if not now and self._client is not None:
            self._client.shutdown()
        deadline = time.monotonic() + (_SHUTDOWN_SECONDS if not now else 0.0)
        while self.is_alive():
            if time.monotonic() >= deadline:
                os.killpg(self._pid, signal.SIGKILL)
                return
            await asyncio.sleep(_POLL_SECONDS)

    async def cleanup_resources(self, restart: bool = False) -> None:
        """There is nothing of ours to clean up."""
