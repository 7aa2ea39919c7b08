"""How is slow work done while a server goes on? In a thread, which is left behind where the work never ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

_T = TypeVar("_T")


class Threads:
    """So many threads at a time; whoever comes later waits for one that has ended.

    Not an executor of the standard library: at its end a process would wait for all that these do.
    """

    def __init__(self, most: int) -> None:
        self._room = asyncio.Semaphore(most)

    async def do(self, work: Callable[[], _T]) -> _T:
        """Do something in a thread; give what it gives, or raise what it raises. Who stops waiting stops nothing."""
        await self._room.acquire()
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[_T] = loop.create_future()

        def settle(value: _T | None, error: BaseException | None) -> None:
            self._room.release()
            if outcome.done():
                return
            if error is not None:
                outcome.set_exception(error)
            else:
                outcome.set_result(value)  # type: ignore[arg-type]  # None only where work gives None

        def run() -> None:
            value, error = None, None
            try:
                value = work()
            except BaseException as problem:  # it is raised where it is waited for
                error = problem
            with suppress(RuntimeError):  # the server has gone
                loop.call_soon_threadsafe(settle, value, error)

        threading.Thread(target=run, name="nb2pkg-status", daemon=True).start()
        return await outcome
