"""Who is let in, and with what? Every route, one by one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from nb2pkg.api.working import WorkerCrew
from nb2pkg.server.handlers import Handler, handlers
from nb2pkg.server.routes import LONGEST_BODY, ROUTES, WORK, Route
from nb2pkg.server.worker import VERBS
from tests.server.jupyter import Answer, Jupyter, jupyter
from tests.server.samples import BODIES, GETS, POSTS, QUERIES

_ALL = pytest.mark.parametrize("route", ROUTES, ids=[route.path for route in ROUTES])
_POSTS = pytest.mark.parametrize("path", POSTS)
_JSON = {"Content-Type": "application/json"}


def _ask(server: Jupyter, route: Route, headers: dict[str, str], method: str = "") -> Answer:
    method = method or route.method
    if method == "POST":
        body = json.dumps(BODIES.get(route.path, {})).encode()
        return server.ask(method, route.path, body, {**_JSON, **headers})
    query = urlencode(QUERIES.get(route.path, {}))
    return server.ask(method, f"{route.path}?{query}", None, headers)


def test_every_route_has_a_handler_and_every_handler_is_of_a_route() -> None:
    registered = handlers(WorkerCrew("nobody"))

    assert [address for address, _, _ in registered] == [f"/nb2pkg/{r.path}" for r in ROUTES]
    assert all(issubclass(handler, Handler) for _, handler, _ in registered)
    assert set(VERBS) == {route.path for route in WORK}
    assert {*POSTS, *GETS} == {route.path for route in ROUTES}
    assert set(BODIES) == set(POSTS)


@_ALL
def test_who_does_not_know_the_token_is_refused(server: Jupyter, route: Route) -> None:
    for headers in ({}, {"Authorization": "token 0123456789"}, {"Cookie": "username=ann"}):
        answer = _ask(server, route, headers)

        assert answer.status == 403
        assert answer.json["code"] is None


@_ALL
def test_a_browser_is_let_in_by_its_cookie_and_needs_an_xsrf_token_to_send(
    server: Jupyter, route: Route
) -> None:
    cookie, token = server.cookies()

    alone = _ask(server, route, {"Cookie": cookie})
    both = _ask(server, route, {"Cookie": cookie, "X-XSRFToken": token})
    wrong = _ask(server, route, {"Cookie": cookie, "X-XSRFToken": token[::-1]})

    if route.method == "POST":
        assert alone.status == wrong.status == 403
    assert both.status != 403


@_ALL
def test_a_page_of_another_site_is_refused(server: Jupyter, route: Route) -> None:
    cookie, token = server.cookies()
    for origin in ("http://evil.example", f"http://127.0.0.1:{server.port}.evil.example", "null"):
        headers = {"Cookie": cookie, "X-XSRFToken": token, "Origin": origin}
        answer = _ask(server, route, headers)

        assert answer.status in (403, 404)
        assert b"evil" not in answer.body


@_ALL
def test_a_foreign_host_is_refused(server: Jupyter, route: Route) -> None:
    answer = _ask(server, route, {**server.known, "Host": "evil.example"})

    assert answer.status == 403


@_ALL
def test_other_methods_are_refused(server: Jupyter, route: Route) -> None:
    other = "GET" if route.method == "POST" else "POST"
    for method in (other, "PUT", "DELETE", "PATCH"):
        answer = _ask(server, route, {**server.known, **_JSON}, method)

        assert answer.status == 405
        assert answer.headers["Allow"] == route.method


@_ALL
def test_answers_are_kept_by_nobody_and_taken_for_nothing_else(
    server: Jupyter, route: Route
) -> None:
    answer = _ask(server, route, server.known)

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Type"].startswith(("application/json", "text/html"))


@_POSTS
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_what_is_not_said_to_be_json_is_refused(server: Jupyter, path: str, kind: str) -> None:
    # What a page of another site can send without being asked first.
    body = json.dumps(BODIES[path]).encode()
    answer = server.ask("POST", path, body, {**server.known, "Content-Type": kind})

    assert answer.status == 415


@_POSTS
def test_what_is_too_long_is_refused(server: Jupyter, path: str) -> None:
    body = b" " * (LONGEST_BODY + 1)
    answer = server.ask("POST", path, body, {**server.known, **_JSON})

    assert answer.status == 413
    assert server.get("info").status == 200


@_POSTS
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"1", b'"text"', b"\xff\xfe", b'{"notebook": NaN}', b"[" * 100_000,
     b'{"n": ' + b"9" * 10_000 + b"}"],
)  # fmt: skip
def test_what_is_no_request_is_refused(server: Jupyter, path: str, body: bytes) -> None:
    answer = server.ask("POST", path, body, {**server.known, **_JSON})

    assert (answer.status, answer.code) == (400, "NB020")


@_POSTS
def test_members_that_nobody_knows_are_refused(server: Jupyter, path: str) -> None:
    answer = server.post(path, {**BODIES[path], "unknown": 1})

    assert (answer.status, answer.code) == (400, "NB020")
    assert "unknown: there is no such member" in answer.json["message"]


@_POSTS
def test_members_of_another_type_are_refused(server: Jupyter, path: str) -> None:
    for name in BODIES[path]:
        for value in (17, [], True):
            answer = server.post(path, {**BODIES[path], name: value})

            assert (answer.status, answer.code) == (400, "NB020")
            assert f"{name}: " in answer.json["message"]
        without = {key: value for key, value in BODIES[path].items() if key != name}
        assert "missing" in server.post(path, without).json["message"]


@pytest.mark.parametrize("path", GETS)
def test_queries_are_read_as_strictly(server: Jupyter, path: str) -> None:
    for query in ("unknown=1", "limit=many", "limit=1&limit=2", "limit=0", "limit=1e3"):
        address = f"{path}?{urlencode(QUERIES.get(path, {}))}&{query}"
        answer = server.ask("GET", address, headers=server.known)

        assert (answer.status, answer.code) == (400, "NB020")


def test_what_jupyterlab_adds_to_addresses_is_passed_over(server: Jupyter) -> None:
    for query in ("1760000000000", f"token={server.token}", "no_track_activity=1"):
        assert server.ask("GET", f"runs?{query}", headers=server.known).status == 200


def test_the_token_is_in_no_log(server: Jupyter) -> None:
    server.ask("GET", f"run?id=none-such&token={server.token}")
    server.ask("POST", f"check?token={server.token}", b"{", _JSON)

    assert server.token not in server.log.read_text()


def test_who_may_only_read_can_neither_write_nor_run(tmp_path: Path) -> None:
    (tmp_path / "reading.py").write_text(
        "from jupyter_server.auth import Authorizer\n"
        "class Reading(Authorizer):\n"
        "    def is_authorized(self, handler, user, action, resource):\n"
        "        return action == 'read' and resource in ('nb2pkg', 'api')\n"
    )
    option = "--ServerApp.authorizer_class=reading.Reading"
    with jupyter(
        tmp_path, option, PYTHONPATH=f"{Path(__file__).parents[2] / 'src'}:{tmp_path}"
    ) as server:
        refused = {
            route.path for route in ROUTES if _ask(server, route, server.known).status == 403
        }

    wanted: dict[str, Any] = {route.path: route.action for route in ROUTES}
    assert refused == {path for path, action in wanted.items() if action != "read"}
    assert refused == {
        "extract/apply", "refactor/apply", "refactor/undo", "run/start", "run/cancel",
        "schedule/add", "schedule/change",
    }  # fmt: skip


def test_jupyter_finds_no_route_that_anybody_may_use(tmp_path: Path) -> None:
    with jupyter(tmp_path, "--ServerApp.allow_unauthenticated_access=False") as server:
        assert server.get("info").status == 200
        log = server.log.read_text()

    assert "nb2pkg | extension was successfully loaded" in log
    assert not [line for line in log.splitlines() if "nb2pkg" in line and "Warning" in line]


def test_where_notebooks_are_no_files_nothing_is_worked_on(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").write_text(
        "from jupyter_server.services.contents.manager import ContentsManager\n"
        "class Elsewhere(ContentsManager):\n"
        "    def get(self, *args, **kwargs): raise NotImplementedError\n"
        "    def dir_exists(self, path): return True\n"
        "    def file_exists(self, path): return True\n"
    )
    path = f"{Path(__file__).parents[2] / 'src'}:{tmp_path}"
    option = "--ServerApp.contents_manager_class=elsewhere.Elsewhere"
    with jupyter(tmp_path, option, PYTHONPATH=path) as server:
        assert server.get("info").json["has_files"] is False
        for route in WORK:
            answer = _ask(server, route, server.known)
            assert (answer.status, answer.code) == (503, "NB551")
        assert server.workers() == []
