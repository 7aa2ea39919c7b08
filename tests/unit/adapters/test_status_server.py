"""Status pages are for who knows the token, on a server that does nothing but show them."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from nb2pkg.adapters import status_handler
from nb2pkg.adapters.status_access import is_known_host, known_names
from nb2pkg.adapters.status_server import serve_status
from nb2pkg.ports.running import StoreAway
from nb2pkg.problems import EnvironmentFailure
from nb2pkg.workflows.status_page import StatusSite, StatusSource
from tests.browser.status_pages import RUN_OF_HOSTILE, hostile_source, source, usual
from tests.browser.status_serving import TOKEN, served
from tests.browser.xss_payloads import PAYLOADS

_ROOT = Path(__file__).parents[3]
_RUN = "20260304-020000-7f3a"
_PAGES = (
    "/", "/schedules/churn", f"/runs/{_RUN}", f"/runs/{_RUN}/report", f"/runs/{_RUN}/logs/train",
    f"/runs/{_RUN}/logs/train?as=text", "/healthz", "/metrics",
)  # fmt: skip


class Answer:
    """What a server gave. All headers are there by their names in small letters."""

    def __init__(self, given: http.client.HTTPResponse) -> None:
        self.status = given.status
        self.headers = {name.lower(): value for name, value in given.getheaders()}
        self.cookies: SimpleCookie = SimpleCookie()
        for value in given.headers.get_all("Set-Cookie") or []:
            self.cookies.load(value)
        self.text = given.read().decode("utf-8")


class Client:
    """Asks one server, with the token unless it is told otherwise."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        assert parts.hostname is not None and parts.port is not None
        self.host, self.port = parts.hostname, parts.port
        self.asked = [TOKEN]

    def ask(
        self, path: str = "/", method: str = "GET", *, knows: bool = True, **headers: str
    ) -> Answer:
        """Ask; `Host` and other headers are given by their names."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            given = {"Host": f"{self.host}:{self.port}", **headers}
            if knows:
                given["Authorization"] = f"Bearer {TOKEN}"
            for name, value in given.items():
                connection.putheader(name, value)
            connection.endheaders()
            return Answer(connection.getresponse())
        finally:
            connection.close()


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with served(StatusSite(usual())) as address:
        yield Client(address)


# -- the token


@pytest.mark.parametrize("path", _PAGES)
def test_who_knows_the_token_sees_every_page(client: Client, path: str) -> None:
    assert client.ask(path).status == 200


@pytest.mark.parametrize("path", [*_PAGES, "/nowhere", "/?token=", "/?token=wrong"])
def test_who_does_not_know_it_sees_none(client: Client, path: str) -> None:
    answer = client.ask(path, knows=False)

    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert not answer.cookies
    assert "churn" not in answer.text


@pytest.mark.parametrize(
    "said",
    ["", "Bearer", "Bearer ", "Bearer x", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer \xff"],
)  # fmt: skip
def test_a_wrong_bearer_is_refused(client: Client, said: str) -> None:
    assert client.ask(knows=False, Authorization=said).status == 401


def test_the_token_in_an_address_becomes_a_cookie_and_goes(client: Client) -> None:
    first = client.ask(f"/schedules/churn?before=5&token={TOKEN}&reload=no", knows=False)

    [(name, cookie)] = first.cookies.items()
    assert (first.status, first.headers["location"]) == (303, "./churn?before=5&reload=no")
    assert cookie["httponly"] and cookie["samesite"] == "Strict" and not cookie["domain"]
    assert TOKEN not in str(first.headers)
    assert str(client.port) in name
    assert client.ask(knows=False, Cookie=f"{name}={cookie.value}").status == 200


def test_the_cookie_is_no_token(client: Client) -> None:
    cookie = next(iter(client.ask(f"/?token={TOKEN}", knows=False).cookies.values()))

    assert client.ask(f"/?token={cookie.value}", knows=False).status == 401
    assert client.ask(knows=False, Authorization=f"Bearer {cookie.value}").status == 401


@pytest.mark.parametrize("value", ["", "x", TOKEN, "0" * 64])
def test_another_cookie_is_refused(client: Client, value: str) -> None:
    name = next(iter(client.ask(f"/?token={TOKEN}", knows=False).cookies))

    assert client.ask(knows=False, Cookie=f"{name}={value}").status == 401


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/", "./"),
        (f"/runs/{_RUN}", f"./{_RUN}"),
        ("//evil.example/x", "./x"),
        ("/\\evil.example", "./\\evil.example"),
        ("/javascript:alert(1)", "./javascript:alert(1)"),
    ],
)
def test_nobody_is_led_to_another_server(client: Client, path: str, leads_to: str) -> None:
    answer = client.ask(f"{path}?token={TOKEN}", knows=False)

    assert answer.headers["location"] == leads_to


def test_the_token_is_on_no_page_and_in_no_message(
    client: Client, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    for path in (*_PAGES, "/nowhere"):
        address = f"{path}{'&' if '?' in path else '?'}token={TOKEN}"
        answers = [client.ask(path), client.ask(address), client.ask(address, "POST")]
        assert not any(TOKEN in answer.text + str(answer.headers) for answer in answers)

    assert TOKEN not in "".join(capfd.readouterr()) + caplog.text


# -- names


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])
def test_it_answers_to_its_own_names(client: Client, name: str) -> None:
    assert client.ask(Host=f"{name}:{client.port}").status == 200


@pytest.mark.parametrize(
    "name",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:8080", "", "192.0.2.1",
     "localhost:x", "[::1", "127.0.0.1@evil.example", "2130706433"],
)  # fmt: skip
def test_a_name_that_somebody_made_point_here_is_refused(client: Client, name: str) -> None:
    for path in ("/", f"/?token={TOKEN}", "/healthz"):
        answer = client.ask(path, Host=name)

        assert answer.status in (400, 403)
        assert not answer.cookies and "churn" not in answer.text


@pytest.mark.parametrize(
    ("bound", "called", "is_known"),
    [
        ("127.0.0.1", "192.0.2.7:80", False),
        ("192.0.2.7", "192.0.2.7:80", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("host.example", "HOST.example", True),
        ("0.0.0.0", "192.0.2.8:80", True),
        ("::", "[2001:db8::1]:80", True),
        ("0.0.0.0", "evil.example", False),
        ("0.0.0.0", socket.gethostname(), True),
    ],
)
def test_a_name_is_known_by_the_address_that_is_bound(
    bound: str, called: str, is_known: bool
) -> None:
    is_open = bound in ("0.0.0.0", "::")

    assert is_known_host(called, known_names(bound), any_address=is_open) is is_known


# -- methods, headers


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "MOVE"]
)
@pytest.mark.parametrize("knows", [True, False])
def test_nothing_can_be_done_but_read(client: Client, method: str, knows: bool) -> None:
    for path in ("/", "/schedules/churn", f"/?token={TOKEN}"):
        answer = client.ask(path, method, knows=knows)

        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", [*_PAGES, "/nowhere"])
def test_a_head_is_a_get_without_its_body(client: Client, path: str) -> None:
    whole, head = client.ask(path), client.ask(path, "HEAD")

    assert head.status == whole.status and head.text == ""
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert head.headers["content-length"] == str(len(whole.text.encode()))


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("knows", [True, False])
@pytest.mark.parametrize("path", [*_PAGES, "/nowhere", f"/?token={TOKEN}"])
def test_every_answer_is_guarded(client: Client, method: str, knows: bool, path: str) -> None:
    headers = client.ask(path, method, knows=knows).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'") and "frame-ancestors 'none'" in policy
    assert "script-src" not in policy and "server" not in headers and "etag" not in headers


def test_only_a_report_may_bring_a_style_that_its_own_policy_names(client: Client) -> None:
    loose = {p for p in _PAGES if "unsafe" in client.ask(p).headers["content-security-policy"]}

    assert loose == {f"/runs/{_RUN}/report"}
    assert "style-src 'sha256-" in client.ask(f"/runs/{_RUN}/report").text


# -- addresses


class _Listening:
    """A source that remembers with what it was asked for files."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        good = usual()
        self.source = replace(
            good,
            run=lambda run: self._note(run) or good.run(run),
            log=lambda run, step, limit: self._note(run, step) or good.log(run, step, limit),
            report=lambda run: self._note(run) or good.report(run),
        )

    def _note(self, *words: str) -> None:
        self.asked.append(words)


_WAYS_OUT = (
    "..", "../..", "%2e%2e", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%2f..%2fetc%2fpasswd", "..%5c..%5cetc",
    "%2fetc%2fpasswd", "train%00", "%00", "~", "%7e", ".", "C:%5cwindows", "train%2f..%2f..", "%c0%ae%c0%ae",
    "%252e%252e%252f", "train/../../..", "%ff", "a" * 300,
)  # fmt: skip


@pytest.mark.parametrize("way", _WAYS_OUT)
def test_no_address_leads_out(way: str) -> None:
    listening = _Listening()
    with served(StatusSite(listening.source)) as address:
        client = Client(address)
        for path in (f"/runs/{way}", f"/runs/{way}/report", f"/runs/{way}/logs/train",
                     f"/runs/{_RUN}/logs/{way}", f"/schedules/{way}", f"/{way}"):  # fmt: skip
            answer = client.ask(path)
            assert answer.status == 404, path
            assert "root:" not in answer.text

    assert set(listening.asked) <= {(_RUN,), ("train",)}


@pytest.mark.parametrize(
    "path",
    ["/schedules/nope", "/schedules/", "/schedules", "/runs/", "/runs/nope", "/runs/nope/report", "/x",
     f"/runs/{_RUN}/logs/nope", f"/runs/{_RUN}/logs", f"/runs/{_RUN}/x", f"/runs/{_RUN}/", "//", "/favicon.ico"],
)  # fmt: skip
def test_what_is_not_there_is_told_in_a_short_page(client: Client, path: str) -> None:
    answer = client.ask(path)

    assert answer.status == 404
    assert "There is no such page" in answer.text


# -- what goes wrong


def _failing(error: Exception) -> StatusSource:
    def fail() -> tuple[()]:
        raise error

    return replace(source(), jobs=fail)


def test_a_bug_is_told_to_who_runs_the_server_and_not_to_who_reads(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with served(StatusSite(_failing(ValueError("a secret of the machine")))) as address:
        answer = Client(address).ask("/?reload=no")

    assert answer.status == 500
    assert "Traceback" not in answer.text and "secret" not in answer.text
    said = capfd.readouterr().err
    assert "ValueError: a secret of the machine" in said and "reload=no" not in said


@pytest.mark.parametrize(
    "error",
    [EnvironmentFailure("NB510", "the store <is> away"), StoreAway("the store <is> away")],
    ids=["stop", "away"],
)
def test_records_that_cannot_be_read_are_told(
    error: Exception, capfd: pytest.CaptureFixture[str]
) -> None:
    with served(StatusSite(_failing(error))) as address:
        answer = Client(address).ask()

    assert answer.status == 503
    assert "the store &lt;is&gt; away" in answer.text
    assert capfd.readouterr().err == ""


def test_a_slow_page_keeps_nobody_waiting() -> None:
    release, good = threading.Event(), usual()
    slow = replace(good, report=lambda run: str(release.wait(20)))
    with served(StatusSite(slow)) as address:
        client = Client(address)
        found: list[Answer] = []
        waiting = threading.Thread(
            target=lambda: found.append(client.ask(f"/runs/{_RUN}/report")), daemon=True
        )
        waiting.start()

        assert client.ask().status == 200
        assert client.ask(knows=False).status == 401
        assert not found
        release.set()
        waiting.join(20)

    assert [answer.text for answer in found] == ["True"]


def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_handler, "ANSWER_SECONDS", 0.2)
    release = threading.Event()
    slow = replace(source(), jobs=lambda: release.wait(20) and ())
    with served(StatusSite(slow)) as address:
        answer = Client(address).ask()
        release.set()

    assert answer.status == 503
    assert "did not answer" in answer.text


@pytest.mark.parametrize("headers", [{"X": "x" * 20_000}, {"Content-Length": "100000"}])
def test_large_requests_are_refused(client: Client, headers: dict[str, str]) -> None:
    with suppress(http.client.HTTPException, OSError):  # the connection may be closed
        assert client.ask(**headers).status >= 400

    assert client.ask().status == 200


# -- what others have written


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_name_of_any_kind_has_a_page_where_it_is_text(payload: str) -> None:
    site = StatusSite(hostile_source(payload))
    with served(site) as address:
        client = Client(address)
        id = quote(f"id {payload}", safe="", errors="replace")
        step = quote(payload, safe="", errors="replace")
        pages = [
            client.ask(path)
            for path in (
                "/",
                "/schedules/plain",
                f"/schedules/{id}",
                f"/runs/{RUN_OF_HOSTILE}",
                f"/runs/{RUN_OF_HOSTILE}/logs/{step}",
            )
        ]

    is_whole = payload.encode("utf-8", "replace").decode() == payload
    assert [page.status for page in pages] == [200] * 5 if is_whole else [200, 200, 404, 200, 404]
    for page in pages:
        assert "<script" not in page.text.lower() and "<img" not in page.text.lower()


def test_a_log_as_text_is_no_page(client: Client) -> None:
    hostile = hostile_source("<script>1</script>")
    with served(StatusSite(hostile)) as address:
        step = quote("<script>1</script>", safe="")
        answer = Client(address).ask(f"/runs/{RUN_OF_HOSTILE}/logs/{step}?as=text")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == "<script>1</script>\n<script>1</script>"


# -- its life

_PROGRAM = """
import sys
sys.path[:0] = [{root!r}, {src!r}]
from nb2pkg.adapters.status_server import serve_status
assert "tornado" not in sys.modules and "asyncio" not in sys.modules
from nb2pkg.workflows.status_page import StatusSite
from tests.browser.status_pages import usual
serve_status(StatusSite(usual()), host="127.0.0.1", port=0, token="t&k/n",
             ready=lambda address: print(address, flush=True))
print("ended")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_it_serves_until_a_signal(number: int) -> None:
    program = _PROGRAM.format(root=str(_ROOT), src=str(_ROOT / "src"))
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        answer = Client(address).ask(address.partition(str(Client(address).port))[2], knows=False)
        process.send_signal(number)
        out, err = process.communicate(timeout=20)

    assert address.endswith("/?token=t%26k%2Fn")
    assert answer.status == 303
    assert (process.returncode, out, err) == (0, "ended\n", "")


_HANGING = """
import sys, threading
sys.path[:0] = [{root!r}, {src!r}]
from dataclasses import replace
from nb2pkg.adapters.status_server import serve_status
from nb2pkg.workflows.status_page import StatusSite
from tests.browser.status_pages import usual
def hang():
    print("hangs", flush=True)
    threading.Event().wait()
serve_status(StatusSite(replace(usual(), jobs=hang)), host="127.0.0.1", port=0, token="t",
             ready=lambda address: print(address, flush=True))
"""


def test_records_that_never_answer_do_not_keep_it_from_ending() -> None:
    program = _HANGING.format(root=str(_ROOT), src=str(_ROOT / "src"))
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        client = Client(process.stdout.readline().strip())
        with socket.create_connection((client.host, client.port)) as connection:
            head = f"GET / HTTP/1.1\r\nHost: {client.host}\r\nAuthorization: Bearer t\r\n\r\n"
            connection.sendall(head.encode())
            assert process.stdout.readline() == "hangs\n"
            process.terminate()
            _, err = process.communicate(timeout=20)

    assert (process.returncode, err) == (0, "")


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            serve_status(
                StatusSite(source()), host="127.0.0.1", port=taken.getsockname()[1],
                token=TOKEN, ready=lambda address: None,
            )  # fmt: skip
