"""How is one request for a status page answered? Only this module and `status_server` know tornado."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from http.client import responses
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.web import Application, HTTPError, RequestHandler

from nb2pkg.adapters.status_access import Callers
from nb2pkg.adapters.status_site import Answer, Site
from nb2pkg.adapters.status_threads import Threads

ANSWER_SECONDS = 30.0
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_NO_TOKEN = (
    "Open the address that nb2pkg schedule serve has printed: it ends in a token. "
    "If you have come here by a link, and have opened that address before, load this page again."
)
_NO_NAME = "This server answers to the address that it was started with, and to localhost."


def application(
    site: Site, callers: Callers, threads: Threads, complain: Callable[[str], None]
) -> Application:
    """All of the server but its socket. complain: is told what went wrong here, for whoever runs it"""
    given = {"site": site, "callers": callers, "threads": threads, "complain": complain}
    return Application(
        [(r".*", _Handler, given)],
        # What is asked for may hold the token; nothing of it is logged.
        log_function=lambda handler: None,
        compress_response=False,
        autoreload=False,
    )


class _Handler(RequestHandler):
    SUPPORTED_METHODS = ("GET", "HEAD")

    def initialize(
        self, site: Site, callers: Callers, threads: Threads, complain: Callable[[str], None]
    ) -> None:
        self._site = site
        self._callers = callers
        self._threads = threads
        self._complain = complain

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in _HEADERS.items():
            self.set_header(name, value)
        self._set_policy("default-src 'none'")

    def compute_etag(self) -> str | None:
        return None

    def prepare(self) -> None:
        if not self._callers.is_called_by_name(self.request.headers.get("Host", "")):
            raise HTTPError(403)

    async def get(self) -> None:
        asked = self.request
        token = _only(asked, "token")
        if token is not None:
            self._let_in(token)
            return
        if not self._is_known():
            raise HTTPError(401)
        query = {name: _only(asked, name) or "" for name in asked.query_arguments}
        work = self._threads.do(lambda: self._site.answer(asked.path, query))
        self._give(await asyncio.wait_for(work, ANSWER_SECONDS))

    head = get

    def _is_known(self) -> bool:
        return self._callers.is_bearer(
            self.request.headers.get("Authorization", "")
        ) or self._callers.is_cookie(self.get_cookie(self._callers.cookie_name) or "")

    def _let_in(self, token: str) -> None:
        """Give a cookie to who knows the token, and lead them to the same address without it."""
        if not self._callers.is_token(token):
            raise HTTPError(401)
        self.set_cookie(
            self._callers.cookie_name,
            self._callers.cookie,
            path="/",
            httponly=True,
            samesite="Strict",
        )
        self.set_status(303)
        self.set_header("Location", _without_token(self.request))

    def _give(self, answer: Answer) -> None:
        self.set_status(answer.status)
        self.set_header("Content-Type", answer.content_type)
        self._set_policy(answer.policy)
        self.finish(answer.body.encode("utf-8", "replace"))

    def _set_policy(self, policy: str) -> None:
        self.set_header("Content-Security-Policy", f"{policy}; frame-ancestors 'none'")

    # -- what goes wrong

    def write_error(self, status_code: int, **others: Any) -> None:
        if status_code == 405:
            self.set_header("Allow", "GET, HEAD")
        if status_code == 401:
            self.set_header("WWW-Authenticate", 'Bearer realm="nb2pkg"')
        error = others.get("exc_info", (None, None, None))[1]
        if isinstance(error, TimeoutError | asyncio.TimeoutError):
            status_code, why = 503, f"They did not answer within {ANSWER_SECONDS:.0f} seconds."
        else:
            why = {401: _NO_TOKEN, 403: _NO_NAME}.get(status_code, "")
        if status_code >= 500 and not why:
            why = "What went wrong is told where nb2pkg schedule serve runs."
        try:
            self._give(self._site.trouble(status_code, self.request.path, why))
        except Exception:  # even the page about trouble may be in trouble
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish(f"{responses.get(status_code, 'trouble')}\n")

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Tell a bug to whoever runs the server, without the request: that may hold the token."""
        if not isinstance(value, HTTPError | TimeoutError | asyncio.TimeoutError):
            self._complain("".join(traceback.format_exception(typ, value, tb)))


def _only(asked: HTTPServerRequest, name: str) -> str | None:
    """The last value of a query's argument."""
    values = asked.query_arguments.get(name)
    return values[-1].decode("utf-8", "replace") if values else None


def _without_token(asked: HTTPServerRequest) -> str:
    """The address that was asked for, without the token; relative, as a proxy may have it below another one."""
    last = asked.path.rpartition("/")[2]
    rest = "&".join(
        part for part in asked.query.split("&") if part and part.partition("=")[0] != "token"
    )
    return f"./{last}{'?' if rest else ''}{rest}"
