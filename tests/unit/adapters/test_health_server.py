"""A daemon says how it is, to whoever asks on this machine, and to nobody else."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from nb2pkg.adapters import health_server
from nb2pkg.adapters.health_server import HealthServer
from nb2pkg.workflows.daemon_health import Health, metrics_text

_WELL = Health(started_at=5.0, version="0.3.0")


class _Daemon:
    """How it is can be changed while it is asked."""

    def __init__(self) -> None:
        self.health: Health | Exception = _WELL

    def look(self) -> Health:
        if isinstance(self.health, Exception):
            raise self.health
        return self.health


@contextmanager
def _serving(host: str = "127.0.0.1") -> Iterator[tuple[_Daemon, int]]:
    daemon = _Daemon()
    with HealthServer(0, daemon.look, metrics_text, host=host) as server:
        yield daemon, server.port


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[_Daemon, int]]:
    with _serving() as pair:
        yield pair


@pytest.fixture
def served(running: tuple[_Daemon, int]) -> tuple[_Daemon, int]:
    running[0].health = _WELL
    return running


def _ask(
    port: int, path: str, method: str = "GET", host: str | None = None
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, headers={} if host is None else {"Host": host})
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, headers, answer.read().decode()
    finally:
        connection.close()


def test_a_daemon_that_is_well_says_so(served: tuple[_Daemon, int]) -> None:
    status, headers, text = _ask(served[1], "/healthz")

    assert (status, json.loads(text)) == (200, {"status": "ok"})
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


def test_one_that_is_not_says_why(served: tuple[_Daemon, int]) -> None:
    served[0].health = Health(started_at=5.0, version="0", reason='the "records" are away')

    status, _, text = _ask(served[1], "/healthz")

    assert (status, json.loads(text)["reason"]) == (503, 'the "records" are away')


def test_one_that_cannot_tell_is_not_well(served: tuple[_Daemon, int]) -> None:
    served[0].health = ValueError("with a secret")

    for path in ("/healthz", "/metrics"):
        status, _, text = _ask(served[1], path)
        assert status == 503 and "ValueError" in text and "secret" not in text


def test_metrics_are_there_whether_it_is_well_or_not(served: tuple[_Daemon, int]) -> None:
    served[0].health = Health(started_at=5.0, version="0", reason="it is not")

    status, headers, text = _ask(served[1], "/metrics?x=y")

    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert "nb2pkg_daemon_healthy 0\n" in text


@pytest.mark.parametrize("path", ["/", "/healthz/", "/../healthz", "/etc/passwd", "/%2e%2e/x", "x"])
def test_there_is_nothing_else(served: tuple[_Daemon, int], path: str) -> None:
    assert _ask(served[1], path)[0] in (400, 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "MOVE"])
def test_it_can_only_be_asked(served: tuple[_Daemon, int], method: str) -> None:
    status, headers, _ = _ask(served[1], "/healthz", method)

    assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_a_head_has_no_body(served: tuple[_Daemon, int]) -> None:
    status, headers, text = _ask(served[1], "/healthz", "HEAD")

    assert (status, headers["content-length"], text) == (200, "17", "")


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost:1", 200), ("127.0.0.1", 200), ("[::1]:80", 200), ("evil.example", 403), ("", 403)],
)
def test_a_page_elsewhere_cannot_ask_under_its_own_name(
    served: tuple[_Daemon, int], host: str, status: int
) -> None:
    for path in ("/healthz", "/metrics"):
        assert _ask(served[1], path, host=host)[0] == status


@pytest.mark.parametrize(
    "sent",
    [b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", b"\x00" * 9_000, b"GET\r\n\r\n", b"\r\n\r\n", b""],
    ids=["long", "no text", "no path", "empty", "nothing"],
)  # fmt: skip
def test_nonsense_harms_nobody(served: tuple[_Daemon, int], sent: bytes) -> None:
    answer = b""
    with (
        socket.create_connection(("127.0.0.1", served[1]), timeout=20) as connection,
        suppress(ConnectionError, OSError),  # it may be closed before all is sent
    ):
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(1000)

    assert b"200" not in answer.partition(b"\r\n")[0]
    assert _ask(served[1], "/healthz")[0] == 200


def test_who_asks_slowly_is_left(
    served: tuple[_Daemon, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health_server, "_HEAD_SECONDS", 0.3)
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", served[1]), timeout=20) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\n")
        assert connection.recv(1000) == b""

    assert time.monotonic() - began < 5


def test_no_more_than_a_few_are_heard_at_a_time(served: tuple[_Daemon, int]) -> None:
    before = threading.active_count()
    waiting = [socket.create_connection(("127.0.0.1", served[1]), timeout=20) for _ in range(30)]
    try:
        turned_away = 0
        for connection in waiting[health_server._MOST_AT_ONCE :]:
            try:
                turned_away += connection.recv(1) == b""
            except ConnectionResetError:
                turned_away += 1
        assert turned_away == 30 - health_server._MOST_AT_ONCE
        assert threading.active_count() <= before + health_server._MOST_AT_ONCE
    finally:
        for connection in waiting:
            connection.close()


def test_the_port_is_free_once_it_is_closed() -> None:
    with _serving() as (_, port):
        pass

    with pytest.raises(OSError):
        _ask(port, "/healthz")


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            HealthServer(taken.getsockname()[1], lambda: _WELL, metrics_text)
