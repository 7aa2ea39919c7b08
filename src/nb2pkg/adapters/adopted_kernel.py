"""A kernel that somebody else has started, as nbclient wants to see one."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient

_SHUTDOWN_SECONDS = 15.0
_POLL_SECONDS = 0.002
_ASK_AGAIN_SECONDS = 1.0
_PUBLISHED_SECONDS = (0.05, 0.5)


class AdoptedKernel:
    """Stands in for a kernel manager: the process is known by its id, and not ours to wait for."""

    has_kernel = True
    ipykernel = True
    kernel_id = ""

    def __init__(self, connection_file: str, pid: int, start_seconds: float) -> None:
        self._connection_file = connection_file
        self._pid = pid
        self._start_seconds = start_seconds
        self._client: Any = None

    def client(self) -> AdoptedClient:
        """A client that talks to it."""
        client = AdoptedClient(connection_file=self._connection_file)
        client.kernel = self
        client.load_connection_file()
        self._client = client
        self._wait_for_sockets()
        return client

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

    def _wait_for_sockets(self) -> None:
        """Who connects to a socket that is not there yet tries again only after a while."""
        if self._client.transport != "ipc":
            return
        ports = (self._client.shell_port, self._client.iopub_port, self._client.control_port)
        deadline = time.monotonic() + self._start_seconds
        for port in ports:
            while not os.path.exists(f"{self._client.ip}-{port}"):
                if not self.is_alive() or time.monotonic() >= deadline:
                    return
                time.sleep(_POLL_SECONDS)


class AdoptedClient(AsyncKernelClient):
    """Talks to an adopted kernel. language_info: what the kernel told of its language when it was ready."""

    kernel: AdoptedKernel
    language_info: Any = None

    def start_channels(
        self,
        shell: bool = True,
        iopub: bool = True,
        stdin: bool = False,
        hb: bool = False,
        control: bool = True,
    ) -> None:
        """Connect. Nobody is there to be asked for input, and whether the kernel is there its process tells."""
        super().start_channels(shell=shell, iopub=iopub, stdin=stdin, hb=hb, control=control)

    async def is_alive(self) -> bool:
        """Whether the kernel's process is there."""
        return self.kernel.is_alive()

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers, and what it publishes arrives.

        Raises:
            RuntimeError: it died, or did not answer in time.
        """
        deadline = time.monotonic() + (timeout if timeout is not None else float("inf"))
        patience = _PUBLISHED_SECONDS[0]
        while not await self._answers(patience):
            # What was published before we were heard to listen is not published again: ask once more.
            patience = min(2 * patience, _PUBLISHED_SECONDS[1])
            if not self.kernel.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")

    async def _answers(self, patience: float) -> bool:
        """Ask the kernel what it is; whether it said so, and published that it is idle again."""
        asked = self.kernel_info()
        try:
            reply = await self.shell_channel.get_msg(timeout=_ASK_AGAIN_SECONDS)
            if reply["parent_header"].get("msg_id") != asked:
                return False
            self._handle_kernel_info_reply(reply)
            self.language_info = reply["content"].get("language_info")
            while True:
                told = await self.iopub_channel.get_msg(timeout=patience)
                is_ours = told["parent_header"].get("msg_id") == asked
                if is_ours and told["content"].get("execution_state") == "idle":
                    return True
        except Empty:
            return False
