"""How does a program learn whether a daemon is well? By asking it over HTTP, on this machine.

The standard library's server and a thread a request, since a daemon that does nothing should stay small.
"""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, Generic, Protocol, TypeVar

from nb2pkg.adapters.status_access import is_any_address, is_known_host, known_names

METRICS = "text/plain; version=0.0.4; charset=utf-8"
_JSON = "application/json"
_MOST_AT_ONCE = 8
_MOST_HEAD_BYTES = 8_192
_HEAD_SECONDS = 5.0  # for all that is asked, however slowly it is sent


class Condition(Protocol):
    """How a daemon is."""

    @property
    def is_ok(self) -> bool:
        """Whether it is well."""

    @property
    def reason(self) -> str:
        """Why it is not."""


_C = TypeVar("_C", bound=Condition)


class HealthServer(Generic[_C]):
    """Answers `/healthz` and `/metrics` from threads of its own until it is closed.

    port: 0 for any that is free, which `port` then is
    look: how the daemon is, called by a thread for each request; tell: that, in Prometheus's text format

    Raises:
        OSError: the port is taken, or the address is none of this machine.
    """

    def __init__(
        self,
        port: int,
        look: Callable[[], _C],
        tell: Callable[[_C], str],
        *,
        host: str = "127.0.0.1",
    ) -> None:
        def answer(path: str) -> _Answer:
            return _answer(path, look, tell)

        self._server = _Server(host, port, answer)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="nb2pkg-health", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Answer nothing more; takes half a second at most."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> HealthServer[_C]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_Answer = tuple[int, str, str]


def _answer(path: str, look: Callable[[], _C], tell: Callable[[_C], str]) -> _Answer:
    if path not in ("/healthz", "/metrics"):
        return 404, _JSON, _said("there are /healthz and /metrics")
    try:
        condition = look()
        if path == "/metrics":
            return 200, METRICS, tell(condition)
    except Exception as error:  # who asks has to hear that something is wrong
        return 503, _JSON, _said(f"how it is cannot be told: {type(error).__name__}")
    if condition.is_ok:
        return 200, _JSON, json.dumps({"status": "ok"}) + "\n"
    return 503, _JSON, _said(condition.reason)


def _said(reason: str) -> str:
    return json.dumps({"status": "failing", "reason": reason}) + "\n"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 16

    def __init__(self, host: str, port: int, answer: Callable[[str], _Answer]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.answer = answer
        self.names = known_names(host)
        self.is_open = is_any_address(host)
        self._room = threading.BoundedSemaphore(_MOST_AT_ONCE)
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        # The library's own asks what the address is called, which may take seconds.
        TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked has gone; that is nobody's trouble here."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.0"  # one request a connection
    server_version = "nb2pkg"
    sys_version = ""

    def handle(self) -> None:
        """Answer one request, which has to be small and to come soon."""
        self.rfile = io.BytesIO(self._head())
        super().handle()

    def do_GET(self) -> None:
        known, is_open = self.server.names, self.server.is_open
        if not is_known_host(self.headers.get("Host", ""), known, any_address=is_open):
            self._give(403, _JSON, _said("this server is not called so"))
            return
        self._give(*self.server.answer(self.path.partition("?")[0]))

    do_HEAD = do_GET

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Say what was wrong with a request; the library would quote it."""
        is_method = code == 501
        self._give(405 if is_method else code, _JSON, _said("this can only be read, by GET"))

    def log_message(self, format: str, *args: Any) -> None:
        """Who asks every few seconds is not worth a line each."""

    def _head(self) -> bytes:
        """What is asked; nothing where that is too long or takes too long."""
        until, head = time.monotonic() + _HEAD_SECONDS, b""
        while b"\r\n\r\n" not in head:
            left = until - time.monotonic()
            if left <= 0 or len(head) >= _MOST_HEAD_BYTES:
                return b""
            self.connection.settimeout(left)
            part = self.connection.recv(_MOST_HEAD_BYTES - len(head))
            if not part:
                return b""
            head += part
        self.connection.settimeout(_HEAD_SECONDS)
        return head

    def _give(self, status: int, kind: str, text: str) -> None:
        body = text.encode("utf-8", "replace")
        self.send_response(status)
        if status == 405:
            self.send_header("Allow", "GET, HEAD")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
