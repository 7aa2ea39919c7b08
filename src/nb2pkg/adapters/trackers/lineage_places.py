"""How do OpenLineage events get into a file, or to a server?"""

from __future__ import annotations

import base64
import contextlib
import http.client
import os
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

# Takes whole events, and is done with them by a time of the monotonic clock. Raises CannotSend.
Place = Callable[[Sequence[bytes], float], None]

_CONNECT_SECONDS = 5.0
_PAUSES = (0.5, 2.0)


class CannotSend(Exception):
    """Events were not taken; the message says why, as a clause that may hold secrets."""


def written_file(path: str) -> Place:
    """A file to which each event is added as a line of JSON."""

    def write(lines: Sequence[bytes], deadline: float) -> None:
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            # Not to wait for somebody to read, should it be a pipe.
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0)
            file = os.open(path, flags, 0o666)
            try:
                for line in lines:
                    # One write a line: several runs may add to the file at once.
                    data = line + b"\n"
                    if os.write(file, data) != len(data):
                        raise CannotSend("only a part of an event could be written")
            finally:
                os.close(file)
        except OSError as error:
            raise CannotSend(error.strerror or str(error)) from error

    return write


class WebPlace:
    """A server that takes each event by POST."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        connect_seconds: float = _CONNECT_SECONDS,
        pauses: Sequence[float] = _PAUSES,
    ) -> None:
        parts = urlsplit(url)
        credentials, _, host = parts.netloc.rpartition("@")
        self._url = parts._replace(netloc=host, fragment="").geturl()
        self._headers = {"Content-Type": "application/json", "User-Agent": "nb2pkg"}
        if key.strip():
            self._headers["Authorization"] = f"Bearer {key.strip()}"
        elif credentials:
            encoded = base64.b64encode(unquote(credentials).encode("utf-8")).decode("ascii")
            self._headers["Authorization"] = f"Basic {encoded}"
        self._connect_seconds = connect_seconds
        self._pauses = pauses

    def post(self, lines: Sequence[bytes], deadline: float) -> None:
        """Send events one by one, each up to three times.

        Raises:
            CannotSend: one was not taken; those before it were.
        """
        opener = urllib.request.build_opener(_Http(deadline), _Https(deadline), _NoRedirect())
        for line in lines:
            for pause in (*self._pauses, None):
                problem = self._try(opener, line)
                if problem is None:
                    break
                if pause is None or time.monotonic() + pause >= deadline:
                    raise CannotSend(problem)
                time.sleep(pause)

    def _try(self, opener: urllib.request.OpenerDirector, line: bytes) -> str | None:
        """Send an event; what is said is why it may be worth another try."""
        try:
            request = urllib.request.Request(self._url, line, self._headers, method="POST")
            with opener.open(request, timeout=self._connect_seconds):
                return None
        except urllib.error.HTTPError as error:
            with contextlib.closing(error):
                answer = f"the server answered {error.code} {error.reason}".strip()
            if error.code < 500:
                raise CannotSend(answer) from error
            return answer
        except (OSError, http.client.HTTPException) as error:
            return _why(error)
        except ValueError as error:  # a host or a key with characters that cannot be sent
            raise CannotSend("the address or the key has characters that cannot be sent") from error


def _why(error: BaseException) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return "no answer in time"
    if isinstance(reason, OSError) and reason.strerror and not isinstance(reason, ssl.SSLError):
        return f"no connection: {reason.strerror}"
    return f"no connection: {str(reason) or type(reason).__name__}"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nobody to another place: it would be told without the event, and with the key."""

    def redirect_request(self, *_: object) -> None:
        return None


class _Http(urllib.request.HTTPHandler):
    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        def connection(host: str, **options: Any) -> http.client.HTTPConnection:
            return _Patient(host, self._deadline, **options)

        return self.do_open(connection, req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        def connection(host: str, **options: Any) -> http.client.HTTPConnection:
            return _PatientTls(host, self._deadline, **options)

        return self.do_open(connection, req, context=ssl.create_default_context())


class _Patient(http.client.HTTPConnection):
    """Waits less long for a connection than for an answer."""

    def __init__(self, host: str, deadline: float, **options: Any) -> None:
        super().__init__(host, **options)
        self._deadline = deadline

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(max(self._deadline - time.monotonic(), 0.1))


class _PatientTls(http.client.HTTPSConnection):
    def __init__(self, host: str, deadline: float, **options: Any) -> None:
        super().__init__(host, **options)
        self._deadline = deadline

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(max(self._deadline - time.monotonic(), 0.1))
