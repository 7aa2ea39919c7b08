"""How are the status pages served, from the first request to a signal to stop?"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

from nb2pkg.adapters.status_access import Callers, is_any_address
from nb2pkg.adapters.status_site import Site

if TYPE_CHECKING:  # 80 ms, for nobody but who serves pages
    import asyncio

    from tornado.httpserver import HTTPServer

_THREADS = 4
_IDLE_SECONDS = 30.0
_MOST_HEADER_BYTES = 16_384
_MOST_BODY_BYTES = 1_024  # of requests, which need none


def serve_status(
    site: Site, *, host: str, port: int, token: str, ready: Callable[[str], None]
) -> None:
    """Serve pages until SIGINT or SIGTERM.

    port: 0 for any that is free
    ready: is told the address, with the token in it, once there is somebody to answer

    Raises:
        OSError: the port is taken, or the address is none of this machine.
    """
    import asyncio
    import signal

    async def until_signal() -> None:
        loop, asked = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, asked.set)
        await answering(site, host=host, port=port, token=token, ready=ready, until=asked)

    asyncio.run(until_signal())


async def answering(
    site: Site,
    *,
    host: str,
    port: int,
    token: str,
    ready: Callable[[str], None],
    until: asyncio.Event,
) -> None:
    """Serve pages until something has happened. What a page takes from the records it takes in a thread."""
    from tornado.httpserver import HTTPServer

    from nb2pkg.adapters.status_handler import application
    from nb2pkg.adapters.status_threads import Threads

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family)
    listening.setblocking(False)
    port = listening.getsockname()[1]
    server: HTTPServer = HTTPServer(
        application(site, Callers(token, host, port), Threads(_THREADS), _complain),
        idle_connection_timeout=_IDLE_SECONDS,
        body_timeout=_IDLE_SECONDS,
        max_header_size=_MOST_HEADER_BYTES,
        max_body_size=_MOST_BODY_BYTES,
    )
    try:
        server.add_socket(listening)
        ready(f"http://{_shown(host)}:{port}/?token={quote(token, safe='')}")
        await until.wait()
    finally:
        server.stop()
        await server.close_all_connections()


def _shown(host: str) -> str:
    if is_any_address(host):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _complain(text: str) -> None:
    print(text, file=sys.stderr, end="", flush=True)
