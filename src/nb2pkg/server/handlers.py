"""How is a request let in, handed over, and its answer given? Nothing is done about notebooks here."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from http.client import responses
from typing import Any, TypeVar

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.extension.handler import ExtensionHandlerMixin
from jupyter_server.services.contents.fileio import FileManagerMixin
from tornado import web

from nb2pkg import __version__
from nb2pkg.api.working import Reply, WorkerCrew, WorkerLost
from nb2pkg.problems import EnvironmentFailure, Nb2pkgError
from nb2pkg.server.openapi import openapi_document
from nb2pkg.server.payloads.problems import Problem
from nb2pkg.server.payloads.server import Info
from nb2pkg.server.reading_json import read_query
from nb2pkg.server.routes import (
    API_VERSION,
    INFO,
    LONGEST_BODY,
    OPENAPI,
    ROUTES,
    Action,
    Route,
)
from nb2pkg.server.statuses import status_of
from nb2pkg.server.writing_json import json_bytes

_Verb = TypeVar("_Verb", bound=Callable[..., Awaitable[None]])
RESOURCE = "nb2pkg"
_JSON = "application/json"
_HTML = "text/html; charset=utf-8"
# A page is let do nothing, and come from nowhere: neither scripts nor forms, not even as this server's.
_PAGE_POLICY = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
# What may stand in any address: Jupyter's own, and the time that JupyterLab adds against caches.
_OF_JUPYTER = frozenset({"token", "_xsrf", "no_track_activity"})


class Handler(ExtensionHandlerMixin, APIHandler):  # type: ignore[misc]
    """What all routes have in common: who may come in, how an answer is given, what is said of what goes wrong."""

    auth_resource = RESOURCE

    def initialize(self, name: str, route: Route, crew: WorkerCrew) -> None:
        """Be the handler of a route."""
        super().initialize(name)
        self._route = route
        self._crew = crew
        self._asked: Future[Reply] | None = None

    def set_default_headers(self) -> None:
        """Say what holds for every answer."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")

    async def prepare(self) -> None:
        """Refuse what cannot be a request of ours, once it is known who asks."""
        await super().prepare()
        if self.request.method != "POST" or self.current_user is None:
            return
        if len(self.request.body) > LONGEST_BODY:
            raise web.HTTPError(413, f"the body has more than {LONGEST_BODY:,} bytes")
        kind = self.request.headers.get("Content-Type", "")
        if kind.partition(";")[0].strip().lower() != _JSON:
            raise web.HTTPError(415, f"the body has to be {_JSON}")

    async def answer(self) -> None:
        """Give the answer of the route."""
        try:
            if self._route is INFO:
                await self._give(200, json_bytes(self._info()))
            elif self._route is OPENAPI:
                read_query(OPENAPI.request, self._query())
                await self._give(200, json.dumps(openapi_document(self.base_url)).encode())
            else:
                await self._hand_over()
        except Nb2pkgError as error:
            problem = Problem(code=error.code, message=error.message, hint=error.hint, findings=())
            await self._give(status_of(error), json_bytes(problem))

    def on_connection_close(self) -> None:
        """Do not begin what nobody waits for any more."""
        super().on_connection_close()
        if self._asked is not None:
            self._asked.cancel()

    def write_error(self, status_code: int, **more: Any) -> None:
        """Say what is wrong as all other problems are said; what went wrong within is for the log alone."""
        error = more.get("exc_info", (None, None, None))[1]
        message = responses.get(status_code, "something is wrong")
        if isinstance(error, web.HTTPError):
            message = error.log_message or error.reason or message
        self.set_header("Content-Type", _JSON)
        if status_code == 405:
            self.set_header("Allow", self._route.method)
        self.finish(json_bytes(Problem(code=None, message=message, hint=None, findings=())))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log a fault without the request, whose address may hold a token."""
        if not isinstance(value, web.HTTPError):
            self.log.error("nb2pkg: %s failed", self._route.path, exc_info=(typ, value, tb))

    # -- what is done

    async def _hand_over(self) -> None:
        route = self._route
        header = {
            "route": route.path,
            "root": _root(self.contents_manager),
            "allows_hidden": bool(self.contents_manager.allow_hidden),
            "query": self._query(),
        }
        asked = self._crew.ask(self._asker(), header, self.request.body, route.seconds)
        self._asked = asked
        try:
            reply = await asyncio.wrap_future(asked)
        except asyncio.CancelledError:
            if asked.cancelled():
                raise web.Finish from None
            raise
        except WorkerLost as lost:
            self.log.warning("nb2pkg: %s: its process is gone: %s", route.path, lost)
            raise EnvironmentFailure(
                "NB550", f"there is no answer: {lost}", hint="other requests are answered"
            ) from lost
        await self._reply(reply)

    async def _reply(self, reply: Reply) -> None:
        if reply.header.get("log"):
            self.log.error("nb2pkg: %s: %s", self._route.path, reply.header["log"])
        is_page = reply.header["kind"] == "page"
        if is_page:
            self.set_header("Content-Security-Policy", _PAGE_POLICY)
        await self._give(reply.header["status"], reply.body, _HTML if is_page else _JSON)

    async def _give(self, status: int, body: bytes, kind: str = _JSON) -> None:
        self.set_status(status)
        await self.finish(body, set_content_type=kind)

    def _query(self) -> Mapping[str, list[str]]:
        """What the address asks for. In UTF-8, or it is refused as no text of anybody's."""
        if self.request.method == "POST":
            return {}
        return {
            name: [value.decode("utf-8", "replace") for value in values]
            for name, values in self.request.query_arguments.items()
            if name not in _OF_JUPYTER and not (name.isdigit() and values == [b""])
        }

    def _asker(self) -> str:
        """Whose turn it is: users take turns, and so do the kinds of things that one of them asks for.

        Who sends the token and no cookie has a new name each time: there, what counts is where they come from.
        """
        users = self.identity_provider
        is_nameless = users.is_token_authenticated(self) and not self.get_secure_cookie(
            users.get_cookie_name(self)
        )
        who = self.request.remote_ip if is_nameless else getattr(self.current_user, "username", "")
        return f"{who} {self._route.path}"

    def _info(self) -> Info:
        read_query(INFO.request, self._query())
        return Info(
            version=__version__,
            api=API_VERSION,
            routes=tuple(sorted(route.path for route in ROUTES)),
            can_run=os.name != "nt",
            has_files=isinstance(self.contents_manager, FileManagerMixin),
            longest_body=LONGEST_BODY,
        )


def _allowed(action: Action) -> Callable[[_Verb], _Verb]:
    """Have the server's authorizer asked first."""
    decorate: Callable[[_Verb], _Verb] = authorized(action, RESOURCE)
    return decorate


class Reads(Handler):
    """A route that is asked by an address alone, and only looks."""

    @web.authenticated
    @_allowed("read")
    async def get(self) -> None:
        """Answer."""
        await self.answer()


class Looks(Handler):
    """A route that is sent something, and only looks at it."""

    @web.authenticated
    @_allowed("read")
    async def post(self) -> None:
        """Answer."""
        await self.answer()


class Writes(Handler):
    """A route that writes files."""

    @web.authenticated
    @_allowed("write")
    async def post(self) -> None:
        """Answer."""
        await self.answer()


class Executes(Handler):
    """A route that has code run, or ended."""

    @web.authenticated
    @_allowed("execute")
    async def post(self) -> None:
        """Answer."""
        await self.answer()


_OF_POST = {"read": Looks, "write": Writes, "execute": Executes}


def handlers(crew: WorkerCrew) -> list[tuple[str, type[Handler], dict[str, Any]]]:
    """Give the handlers of all routes, as tornado wants them."""
    return [
        (
            f"/nb2pkg/{route.path}",
            Reads if route.method == "GET" else _OF_POST[route.action],
            {"route": route, "crew": crew},
        )
        for route in ROUTES
    ]


def _root(contents: Any) -> str:
    """The folder that the server shows.

    Raises:
        EnvironmentFailure: it shows no files of this machine (NB551).
    """
    if not isinstance(contents, FileManagerMixin):
        raise EnvironmentFailure(
            "NB551",
            "this server's notebooks are no files on its machine",
            hint="nb2pkg works on files; run it where they are",
        )
    return str(contents.root_dir)
