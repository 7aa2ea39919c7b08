"""Status pages as they are served: a real server on a free port, in a thread of the test."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from nb2pkg.adapters.status_server import answering
from nb2pkg.adapters.status_site import Site

TOKEN = "a-token-that-nobody-knows"


@contextmanager
def served(site: Site, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve pages; gives the address, with the token."""
    began: queue.SimpleQueue[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = (
        queue.SimpleQueue()
    )

    async def serve() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        await answering(
            site,
            host=host,
            port=0,
            token=TOKEN,
            ready=lambda address: began.put((address, loop, stop)),
            until=stop,
        )

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    address, loop, stop = began.get(timeout=10)
    try:
        yield address
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
