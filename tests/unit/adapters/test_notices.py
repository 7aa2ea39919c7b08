"""Those who want to know are told of runs, once; or it is said why not, without a secret."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import os
import re
import select
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from nb2pkg.adapters.notices import Limits, open_notifier
from nb2pkg.adapters.remote_patience import Patience
from nb2pkg.adapters.this_machine import host_name
from nb2pkg.ports.scheduling import Notice, NoticeFailed
from nb2pkg.scheduling import Fate, Job, Notify, Tick, Timing, Try, read_expression

_PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "be-told-of-runs.md"
_DUE = 1795309200.0  # 2026-11-22, two o'clock in Stockholm
_OURS = ("NB2PKG_WEBHOOK_SECRET", "NB2PKG_SMTP", "NB2PKG_SMTP_PASSWORD", "NB2PKG_SMTP_FROM")
_QUICK = Limits(
    command_seconds=20.0,
    webhook=Patience(tries=3, seconds=10.0, pause_seconds=0.01),
    email=Patience(tries=1, seconds=10.0),
)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*_OURS, "http_proxy", "https_proxy", "all_proxy", "TEAM_WEBHOOK"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def notice(
    what: str = "failed",
    *,
    id: str = "n1",
    name: str = "nightly",
    target: str = "/home/ada/churn/pipeline.yaml",
    zone: str = "Europe/Stockholm",
    why: str = "train: ValueError: no rows",
    **who: Any,
) -> Notice:
    fate = {"failed": Fate.FAILED, "recovered": Fate.SUCCEEDED, "missed": Fate.MISSED}[what]
    tries = tuple(
        Try(run=run, fate=fate, began_at=_DUE + 1, ended_at=_DUE + 2)
        for run in (() if what == "missed" else ("r1", "r2"))
    )
    return Notice(
        id=id,
        what=what,
        job=Job(
            id="s1",
            name=name,
            owner="ada",
            target=target,
            timing=Timing(cron="0 2 * * *", expression=read_expression("0 2 * * *"), timezone=zone),
            parameters={"region": "Atlantis"},
            notify=Notify(**who),
        ),
        tick=Tick(due=_DUE, fate=fate, not_before=_DUE, claimed_at=_DUE, why=why, tries=tries),
    )


def give(told: Notice, limits: Limits = _QUICK) -> None:
    open_notifier(limits).give(told)


def problem(told: Notice, limits: Limits = _QUICK) -> str:
    """Why a notice could not be given."""
    with pytest.raises(NoticeFailed) as caught:
        give(told, limits)
    return str(caught.value)


# -- commands


def script(folder: Path, text: str) -> tuple[str, ...]:
    """A command that runs a program of Python's, in a file."""
    path = folder / "tell.py"
    path.write_text(text, "utf-8")
    return (sys.executable, str(path))


def keeping(folder: Path) -> tuple[str, ...]:
    """A command that adds what it gets to files of a folder."""
    return script(
        folder,
        "import json, os, sys\n"
        f"with open({str(folder / 'got.jsonl')!r}, 'a') as file:\n"
        "    file.write(sys.stdin.read() + '\\n')\n"
        f"with open({str(folder / 'environment.json')!r}, 'w') as file:\n"
        "    json.dump(dict(os.environ), file)\n",
    )


def got(folder: Path) -> list[dict[str, Any]]:
    path = folder / "got.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def environment(folder: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / "environment.json").read_text("utf-8"))
    return found


def test_a_command_gets_what_the_page_shows(tmp_path: Path) -> None:
    give(notice(command=keeping(tmp_path)))

    shown = json.loads(
        re.findall(r"^```json\n(.*?)^```$", _PAGE.read_text("utf-8"), re.M | re.S)[0]
    )
    own = {"id": "n1", "run": "r2", "tries": 2, "host": host_name()}
    assert got(tmp_path) == [{**shown, **own}]
    assert list(got(tmp_path)[0]) == list(shown)


def test_a_command_gets_the_facts_as_variables(tmp_path: Path) -> None:
    give(notice("missed", why="so\0\n it\x1b[2J  is", command=keeping(tmp_path)))

    found = environment(tmp_path)
    assert found["NB2PKG_NOTICE_WHAT"] == "missed"
    assert found["NB2PKG_NOTICE_SCHEDULE"] == "nightly"
    assert found["NB2PKG_NOTICE_DUE"] == "2026-11-22T01:00:00Z"
    assert found["NB2PKG_NOTICE_WHY"] == "so it [2J is"
    assert found["NB2PKG_NOTICE_RUN"] == ""


def test_one_notice_of_many_missed_times_says_how_many(tmp_path: Path) -> None:
    many = notice("missed", command=keeping(tmp_path))

    give(replace(many, tick=replace(many.tick, count=1200, until=_DUE + 86_400)))

    [told] = got(tmp_path)
    assert (told["count"], told["until"]) == (1200, "2026-11-23T01:00:00Z")
    assert told["text"] == (
        "nightly was missed 1,200 times (due 2026-11-22 02:00 to 2026-11-23 02:00 Europe/Stockholm)"
    )


def test_a_zone_that_is_not_known_here_stops_no_notice(tmp_path: Path) -> None:
    give(notice(zone="Mars/Olympus", command=keeping(tmp_path)))

    [told] = got(tmp_path)
    assert told["due_local"] == "2026-11-22T01:00:00+00:00"
    assert told["timezone"] == "UTC"


def test_neither_parameters_nor_secrets_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_PASSWORD", "canary-1")
    why = "no connection: postgresql://ada:canary-2@/x@db/sales, with canary-1"

    give(notice(why=why, command=keeping(tmp_path)))

    told = json.dumps(got(tmp_path))
    assert "canary" not in told
    assert "Atlantis" not in told
    assert "no connection: postgresql://***@db/sales, with ***" in told


def test_a_command_does_not_get_our_secrets(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = (
        *_OURS[:3], "TEAM_WEBHOOK", "NB2PKG_STORE", "NB2PKG_CACHE", "NB2PKG_PARAM_API_TOKEN",
        "JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN", "OPENLINEAGE_API_KEY",
    )  # fmt: skip
    for name in secret:
        monkeypatch.setenv(name, server.url)
    monkeypatch.setenv("CHAT_ROOM", "ops")
    told = notice(command=keeping(tmp_path), webhook="$TEAM_WEBHOOK")

    give(told)

    found = environment(tmp_path)
    assert [name for name in secret if name in found] == []
    assert "canary" not in json.dumps(found)
    assert found["CHAT_ROOM"] == "ops"


def test_a_command_runs_beside_what_is_scheduled(tmp_path: Path) -> None:
    (tmp_path / "two  spaces").mkdir()
    tell = tmp_path / "two  spaces" / "tell.sh"
    tell.write_text("#!/bin/sh\npwd > here\n", "utf-8")
    tell.chmod(0o755)

    give(notice(target=str(tell.parent / "pipeline.yaml"), command=("./tell.sh",)))

    assert (tell.parent / "here").read_text("utf-8").strip() == str(tell.parent)


def test_no_shell_reads_a_command(tmp_path: Path) -> None:
    words = ("$HOME", "a b", "; touch injected")
    command = script(
        tmp_path, f"import sys\nopen({str(tmp_path / 'words')!r}, 'w').write(repr(sys.argv[1:]))\n"
    )

    give(notice(command=(*command, *words)))

    assert (tmp_path / "words").read_text("utf-8") == repr(list(words))


def test_a_command_that_fails_says_why_but_not_its_arguments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAT_TOKEN", "canary")
    command = script(tmp_path, "import sys\nsys.exit('first\\n\\x1b[31mno room for canary')\n")

    why = problem(notice(command=(*command, "--password", "hunter2")))

    assert why == f"the command {sys.executable}: exit code 1: [31mno room for ***"


def test_a_command_that_is_killed_says_by_what(tmp_path: Path) -> None:
    command = script(tmp_path, "import os\nos.kill(os.getpid(), 15)\n")

    assert problem(notice(command=command)).endswith(": it was ended by SIGTERM")


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("no-such-program",), "No such file or directory"),
        (("/",), "Permission denied"),
        (("a\0b",), "it has characters that cannot be"),
    ],
    ids=["absent", "folder", "nul"],
)
def test_a_command_that_cannot_be_started_is_said(command: tuple[str, ...], why: str) -> None:
    assert f"it cannot be started: {why}" in problem(notice(command=command))


# More than a pipe holds, and less than a variable may.
_LONG_PATH = "/" + "x" * 100_000


def test_a_command_gets_more_than_a_pipe_holds(tmp_path: Path) -> None:
    give(notice(target=_LONG_PATH, command=keeping(tmp_path)))

    assert got(tmp_path)[0]["target"] == _LONG_PATH


def test_a_command_may_read_nothing(tmp_path: Path) -> None:
    command = script(
        tmp_path, "import os, sys\nos.close(0)\nsys.stderr.write('heard')\nsys.exit(3)\n"
    )

    assert problem(notice(target=_LONG_PATH, command=command)).endswith("exit code 3: heard")


def test_a_command_may_complain_a_lot(tmp_path: Path) -> None:
    command = script(
        tmp_path,
        "import sys\nfor _ in range(5):\n    sys.stderr.write('x' * 100_000)\n"
        "sys.exit('\\nlast words')\n",
    )

    assert problem(notice(command=command)).endswith("exit code 1: last words")


class Witness:
    """Tells whether a process lives: it holds a pipe open that this reads."""

    def __init__(self, folder: Path) -> None:
        self._path = str(folder / "witness")
        self._ready = str(folder / "ready")
        os.mkfifo(self._path)
        self._reader = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK)

    def command(self, then: str) -> tuple[str, ...]:
        """A command that leaves such a process in the background."""
        child = 'sh -c \'echo lives >&9; : > "$0"; exec sleep 600\' "$1" 9>"$0" &'
        return ("sh", "-c", f"{child}\n{then}", self._path, self._ready)

    def is_gone(self) -> bool:
        """Whether the process has lived, and has ended."""
        lived = self._next()
        ended = self._next()
        os.close(self._reader)
        return lived == b"lives\n" and ended == b""

    def _next(self) -> bytes | None:
        found, _, _ = select.select([self._reader], [], [], 5.0)
        return os.read(self._reader, 100) if found else None


def test_a_command_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    witness = Witness(tmp_path)
    command = witness.command("wait")

    why = problem(notice(command=command), replace(_QUICK, command_seconds=1.0))

    assert why == "the command sh: it had not ended after 1 s, and was killed"
    assert witness.is_gone()


def test_what_a_command_leaves_running_holds_nothing_up(tmp_path: Path) -> None:
    witness = Witness(tmp_path)
    command = witness.command('while [ ! -e "$1" ]; do :; done')
    began = time.monotonic()

    give(notice(command=command))

    assert time.monotonic() - began < 10.0
    assert witness.is_gone()


# -- webhooks


class Server(ThreadingHTTPServer):
    """A server that answers as told, and keeps what it got.

    answers: the statuses of the next answers, or places to send whoever asks to; 200 after that
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[int | str] = []
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.released = threading.Event()
        self.released.set()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/T0/canary?key=canary"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.got.append((self.path, dict(self.headers), body))
        self.server.released.wait(20)
        answer = self.server.answers.pop(0) if self.server.answers else 200
        self.send_response(answer if isinstance(answer, int) else 302, "canary")
        if isinstance(answer, str):
            self.send_header("Location", answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def new_server() -> Iterator[Callable[[], Server]]:
    servers: list[tuple[Server, threading.Thread]] = []

    def new() -> Server:
        server = Server()
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        servers.append((server, serving))
        return server

    yield new
    for server, serving in servers:
        server.released.set()
        server.shutdown()
        serving.join()
        server.server_close()


@pytest.fixture
def server(new_server: Callable[[], Server]) -> Server:
    return new_server()


def is_genuine(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """What the page says to do."""
    page: dict[str, Any] = {}
    exec(re.findall(r"^```python\n(.*?)^```$", _PAGE.read_text("utf-8"), re.M | re.S)[0], page)
    return bool(page["is_genuine"](email.message_from_string(_lines(headers)), body, secret))


def _lines(headers: dict[str, str]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in headers.items())


def test_a_webhook_gets_the_same_json(server: Server, tmp_path: Path) -> None:
    give(notice(webhook=server.url, command=keeping(tmp_path)))

    [(path, headers, body)] = server.got
    assert path == "/T0/canary?key=canary"
    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"] == f"nb2pkg/{version('nb2pkg')}"
    assert email.message_from_string(_lines(headers))["Nb2pkg-Notice"] == "n1"
    assert [json.loads(body)] == got(tmp_path)


def test_the_signature_verifies_as_the_page_says(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NB2PKG_WEBHOOK_SECRET", "sësame")

    give(notice(why="Größe: 数", webhook=server.url))

    [(_, headers, body)] = server.got
    names = {name.lower(): name for name in headers}
    later = {**headers, names["nb2pkg-timestamp"]: str(int(time.time()) - 60)}
    unsigned = {n: v for n, v in headers.items() if n != names["nb2pkg-signature"]}
    assert is_genuine(headers, body, "sësame")
    assert not is_genuine(headers, body.replace(b"failed", b"recovered"), "sësame")
    assert not is_genuine(headers, body, "sesame")
    assert not is_genuine(later, body, "sësame")
    assert not is_genuine(unsigned, body, "sësame")
    assert not is_genuine({}, body, "sësame")


def test_an_old_notice_is_not_genuine(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NB2PKG_WEBHOOK_SECRET", "sesame")
    give(notice(webhook=server.url))
    [(_, headers, body)] = server.got

    later = time.time() + 301
    monkeypatch.setattr(time, "time", lambda: later)

    assert not is_genuine(headers, body, "sesame")


def test_without_a_secret_nothing_is_signed(server: Server) -> None:
    give(notice(webhook=server.url))

    [(_, headers, _)] = server.got
    assert "nb2pkg-signature" not in {name.lower() for name in headers}


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_webhook_is_tried_again_where_that_may_help(server: Server, status: int) -> None:
    server.answers = [status, status]

    give(notice(webhook=server.url))

    assert len(server.got) == 3
    assert len({body for _, _, body in server.got}) == 1


@pytest.mark.parametrize(
    ("status", "tries", "why"),
    [(503, 3, "503 Service Unavailable"), (403, 1, "403 Forbidden"), (599, 3, "599")],
)
def test_it_is_said_why_a_webhook_did_not_take_it(
    server: Server, status: int, tries: int, why: str
) -> None:
    server.answers = [status] * 10

    assert problem(notice(webhook=server.url)) == (
        f"the webhook http://127.0.0.1: it answered {why}"
    )
    assert len(server.got) == tries


@pytest.mark.parametrize("place", ["another host", "another scheme", "a path"])
def test_a_redirect_is_not_followed(
    server: Server, new_server: Callable[[], Server], place: str
) -> None:
    other = new_server()
    port = other.server_address[1]
    location, shown = {
        "another host": (f"http://localhost:{port}/canary", "to http://localhost"),
        "another scheme": ("file:///etc/passwd", "elsewhere"),
        "a path": ("/canary", "elsewhere"),
    }[place]
    server.answers = [location]

    assert problem(notice(webhook=server.url)) == (
        f"the webhook http://127.0.0.1: it answered 302 Found, {shown}: redirects are not followed"
    )
    assert len(server.got) == 1
    assert other.got == []


def test_an_address_can_be_in_the_environment(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM_WEBHOOK", f" {server.url} \n")

    give(notice(webhook="$TEAM_WEBHOOK"))

    assert len(server.got) == 1


def test_an_address_may_have_a_user_and_a_password(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM_WEBHOOK", server.url.replace("//", "//ada:s%40me@"))

    give(notice(webhook="$TEAM_WEBHOOK"))

    [(_, headers, _)] = server.got
    assert headers["Authorization"] == "Basic YWRhOnNAbWU="
    assert headers["Host"] == server.url.split("/")[2]


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (None, "$TEAM_WEBHOOK is not set in the environment of what runs the schedules"),
        ("", "$TEAM_WEBHOOK is not set in the environment of what runs the schedules"),
        ("file:///canary", "what $TEAM_WEBHOOK holds is no address such as https://HOST/PATH"),
        ("https://host:port/canary", "what $TEAM_WEBHOOK holds is no address such as https://HOST/PATH"),
        ("canary", "what $TEAM_WEBHOOK holds is no address such as https://HOST/PATH"),
    ],
    ids=["unset", "empty", "file", "port", "word"],
)  # fmt: skip
def test_it_is_said_what_is_wrong_with_a_variable(
    monkeypatch: pytest.MonkeyPatch, held: str | None, why: str
) -> None:
    if held is not None:
        monkeypatch.setenv("TEAM_WEBHOOK", held)

    assert problem(notice(webhook="$TEAM_WEBHOOK")) == f"the webhook: {why}"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/T0/canary", "no connection: Connection refused"),
        ("/T0/canary\x01", "its address has characters that cannot be sent"),
        ("/T0/cänary", "its address has characters that cannot be sent"),
    ],
    ids=["refused", "control", "not ASCII"],
)
def test_messages_do_not_show_an_address(
    monkeypatch: pytest.MonkeyPatch, path: str, why: str
) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        monkeypatch.setenv("TEAM_WEBHOOK", f"http://127.0.0.1:{deaf.getsockname()[1]}{path}")

        with pytest.raises(NoticeFailed) as caught:
            give(notice(webhook="$TEAM_WEBHOOK"))

    assert str(caught.value) == f"the webhook http://127.0.0.1: {why}"
    assert caught.value.__context__ is None  # a traceback would show more


def test_a_server_that_does_not_answer_is_given_up(server: Server) -> None:
    server.released.clear()
    patience = Patience(tries=3, seconds=0.5, pause_seconds=0.01)

    why = problem(notice(webhook=server.url), replace(_QUICK, webhook=patience))

    assert why.startswith("the webhook http://127.0.0.1: no answer within ")


# -- e-mail


class Mailbox:
    """What a mail server of aiosmtpd does: takes e-mails, but for those whom it refuses."""

    def __init__(self) -> None:
        self.got: list[tuple[list[str], EmailMessage]] = []
        self.envelopes: list[Envelope] = []
        self.refused: set[str] = set()
        self.is_secure: list[bool] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 nobody of that name, canary"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.SMTP)
        assert isinstance(message, EmailMessage)
        self.got.append((list(envelope.rcpt_tos), message))
        self.envelopes.append(envelope)
        self.is_secure.append(session.ssl is not None)
        return "250 OK"


def text_in(mailbox: Mailbox) -> str:
    """The text of the one e-mail there."""
    [(_, message)] = mailbox.got
    return str(message.get_content()).replace("\r\n", "\n")


def login(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
) -> AuthResult:
    is_right = data == LoginPassword(b"ada", b"s3same canary")
    return AuthResult(success=is_right, handled=False)


class MailServers:
    """Servers of aiosmtpd, in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._servers: list[asyncio.Server] = []
        self._transports: list[asyncio.BaseTransport] = []

    def start(self, mailbox: Mailbox, context: ssl.SSLContext | None = None, **how: Any) -> str:
        """Start one more, and give its host and port. context: it speaks TLS from the beginning."""

        def connected() -> SMTP:
            smtp = SMTP(mailbox, hostname="mail.example.org", loop=self._loop, **how)
            made = smtp.connection_made

            def connection_made(transport: asyncio.BaseTransport) -> None:
                self._transports.append(transport)
                made(transport)

            smtp.connection_made = connection_made  # type: ignore[method-assign]
            return smtp

        starting = self._loop.create_server(connected, "127.0.0.1", 0, ssl=context)
        server = asyncio.run_coroutine_threadsafe(starting, self._loop).result(10)
        self._servers.append(server)
        return f"127.0.0.1:{server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for transport in self._transports:
            transport.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@pytest.fixture
def mail_servers() -> Iterator[MailServers]:
    servers = MailServers()
    yield servers
    servers.close()


@pytest.fixture
def mailbox(mail_servers: MailServers, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """That of a server on this machine which wants to know nobody."""
    mailbox = Mailbox()
    monkeypatch.setenv("NB2PKG_SMTP", f"smtp://{mail_servers.start(mailbox)}")
    monkeypatch.setenv("NB2PKG_SMTP_FROM", "nb2pkg <runs@example.org>")
    return mailbox


def test_an_email_says_what_happened_and_what_to_type(mailbox: Mailbox) -> None:
    give(notice(emails=("ada@example.org", "bob@example.org")))

    [(to, message)] = mailbox.got
    assert to == ["ada@example.org", "bob@example.org"]
    assert mailbox.envelopes[0].mail_from == "runs@example.org"
    assert message["Subject"] == "[nb2pkg] nightly failed (due 2026-11-22 02:00 Europe/Stockholm)"
    assert message["From"] == "nb2pkg <runs@example.org>"
    assert message["To"] == "ada@example.org, bob@example.org"
    assert message["Message-ID"] == "<nb2pkg.n1@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert abs(message["Date"].datetime.timestamp() - time.time()) < 60
    assert text_in(mailbox) == (
        "nightly failed (due 2026-11-22 02:00 Europe/Stockholm)\n"
        "\n"
        "why     train: ValueError: no rows\n"
        "target  /home/ada/churn/pipeline.yaml\n"
        "fate    failed after 2 tries\n"
        "due     2026-11-22T02:00:00+01:00 Europe/Stockholm\n"
        "run     r2\n"
        f"host    {host_name()}\n"
        "\n"
        f"To see more, type on {host_name()}:\n"
        "\n"
        "    nb2pkg runs show r2\n"
        "    nb2pkg schedule history nightly\n"
    )


def test_an_email_of_a_missed_run_names_no_run(mailbox: Mailbox) -> None:
    give(notice("missed", emails=("ada@example.org",)))

    assert "nightly was missed (due" in text_in(mailbox)
    assert "runs show" not in text_in(mailbox)
    assert "nb2pkg schedule history nightly" in text_in(mailbox)


def test_a_name_cannot_add_headers_nor_commands(mailbox: Mailbox) -> None:
    name = "x\r\nBcc: eve@example.org\r\n\r\nhello\u2028'; rm -rf ~ #"

    give(notice(name=name, id="a>\r\nBcc: <eve@example.org", emails=("ada@example.org",)))

    [(to, message)] = mailbox.got
    assert to == ["ada@example.org"]
    assert "Bcc" not in message
    assert message["Subject"].startswith("[nb2pkg] x Bcc: eve@example.org hello '; rm -rf ~ #")
    assert b"<nb2pkg.a--Bcc---eve-example.org@example.org>" in mailbox.envelopes[0].content
    typed = text_in(mailbox).rstrip().splitlines()[-1].strip()
    words = subprocess.run(
        ["sh", "-c", f"printf '%s|' {typed}"], stdout=subprocess.PIPE, check=True
    )
    assert words.stdout.decode().split("|")[-2] == "x Bcc: eve@example.org hello '; rm -rf ~ #"


def test_an_address_cannot_add_headers(mailbox: Mailbox) -> None:
    why = problem(notice(emails=("ada@example.org\r\nBcc: eve@example.org",)))

    assert why.endswith("an address cannot be written into a header")
    assert mailbox.got == []


@pytest.mark.parametrize("length", [1, 1500])
def test_any_text_arrives(mailbox: Mailbox, length: int) -> None:
    give(notice(name="Größe 数", why="ä" * length, emails=("ada@example.org",)))

    [(_, message)] = mailbox.got
    assert message["Subject"].startswith("[nb2pkg] Größe 数 failed")
    assert "ä" * length in text_in(mailbox)
    assert mailbox.envelopes[0].content.isascii()


def test_who_was_told_is_not_told_again_with_those_who_were_not(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAT_TOKEN", "canary")
    mailbox.refused = {"bob@example.org"}
    notifier = open_notifier(_QUICK)
    told = notice(emails=("ada@example.org", "bob@example.org"))

    with pytest.raises(
        NoticeFailed, match=r"it refused bob@example.org: 550 nobody of that name, \*\*\*"
    ):
        notifier.give(told)
    mailbox.refused = set()
    notifier.give(told)

    assert [to for to, _ in mailbox.got] == [["ada@example.org"], ["bob@example.org"]]


def test_all_may_be_refused(mailbox: Mailbox) -> None:
    mailbox.refused = {"ada@example.org"}

    assert "it refused ada@example.org: 550" in problem(notice(emails=("ada@example.org",)))


def test_a_user_logs_in(mail_servers: MailServers, monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox = Mailbox()
    place = mail_servers.start(mailbox, authenticator=login, auth_require_tls=False)
    monkeypatch.setenv("NB2PKG_SMTP", f"smtp://ada@{place}")
    monkeypatch.setenv("NB2PKG_SMTP_PASSWORD", "s3same canary")

    give(notice(emails=("bob@example.org",)))

    assert mailbox.envelopes[0].mail_from == "ada@127.0.0.1"


def test_a_wrong_password_is_said_but_not_shown(
    mail_servers: MailServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = mail_servers.start(Mailbox(), authenticator=login, auth_require_tls=False)
    monkeypatch.setenv("NB2PKG_SMTP", f"smtp://ada@{place}")
    monkeypatch.setenv("NB2PKG_SMTP_PASSWORD", "another canary")

    why = problem(notice(emails=("bob@example.org",)))

    assert why.startswith(
        f"e-mail to bob@example.org by smtp://{place}: it refused the user or the password: "
    )
    assert "canary" not in why


def test_an_address_can_be_the_user(
    mail_servers: MailServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NB2PKG_SMTP", f"smtp://ada@example.org@{mail_servers.start(Mailbox())}")
    monkeypatch.setenv("NB2PKG_SMTP_PASSWORD", "canary")

    why = problem(notice(emails=("bob@example.org",)))

    assert why.endswith("SMTP AUTH extension not supported by server.")


@pytest.mark.parametrize(
    ("variables", "why"),
    [
        ({}, "$NB2PKG_SMTP is not set where the schedules are run"),
        ({"NB2PKG_SMTP": "mail.example.org"}, "what $NB2PKG_SMTP holds is no server such as"),
        ({"NB2PKG_SMTP": "https://mail.example.org"}, "what $NB2PKG_SMTP holds is no server"),
        ({"NB2PKG_SMTP": "smtp://mail.example.org:x"}, "what $NB2PKG_SMTP holds is no server"),
        (
            {"NB2PKG_SMTP": "smtp://ada:canary@mail.example.org"},
            "$NB2PKG_SMTP holds a password, which belongs in $NB2PKG_SMTP_PASSWORD",
        ),
        (
            {"NB2PKG_SMTP": "smtp://ada@mail.example.org"},
            "$NB2PKG_SMTP names a user, and $NB2PKG_SMTP_PASSWORD is not set",
        ),
        ({"NB2PKG_SMTP": "smtp://mail.example.org"}, "$NB2PKG_SMTP_FROM is not set"),
        (
            {"NB2PKG_SMTP": "smtp://mail.example.org", "NB2PKG_SMTP_FROM": "nobody"},
            "$NB2PKG_SMTP_FROM is no address",
        ),
        (
            {"NB2PKG_SMTP": "smtp://mail.example.org", "NB2PKG_SMTP_FROM": "a@b.c\nBcc: e@f.g"},
            "$NB2PKG_SMTP_FROM is no address",
        ),
    ],
    ids=["unset", "no scheme", "web", "port", "password", "no password", "no sender", "word", "headers"],
)  # fmt: skip
def test_it_is_said_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], why: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    said = problem(notice(emails=("ada@example.org",)))

    assert said.startswith(f"e-mail to ada@example.org: {why}")
    assert "canary" not in said


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """That of a server which is called 127.0.0.1 and 0.0.0.0; it is trusted here."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl to make a certificate")
    key, made = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-nodes", "-days", "1", "-subj", "/CN=nb2pkg test"),
            *("-newkey", "rsa:2048", "-addext", "subjectAltName=IP:127.0.0.1,IP:0.0.0.0"),
            *("-keyout", key, "-out", made),
        ],
        check=True,
        capture_output=True,
    )
    monkeypatch.setenv("SSL_CERT_FILE", made)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context


# 0.0.0.0 is this machine, too, and not known as such: like any other host.


def test_another_machine_is_told_through_starttls(
    mail_servers: MailServers, certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = Mailbox()
    place = mail_servers.start(
        mailbox, tls_context=certificate, require_starttls=True, authenticator=login
    )
    monkeypatch.setenv("NB2PKG_SMTP", f"smtp://ada@{place.replace('127.0.0.1', '0.0.0.0')}")
    monkeypatch.setenv("NB2PKG_SMTP_PASSWORD", "s3same canary")
    monkeypatch.setenv("NB2PKG_SMTP_FROM", "runs@example.org")

    give(notice(emails=("ada@example.org",)))

    assert mailbox.is_secure == [True]


def test_nothing_is_sent_in_the_open(
    mail_servers: MailServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = Mailbox()
    place = mail_servers.start(mailbox, authenticator=login, auth_require_tls=False)
    monkeypatch.setenv("NB2PKG_SMTP", f"smtp://ada@{place.replace('127.0.0.1', '0.0.0.0')}")
    monkeypatch.setenv("NB2PKG_SMTP_PASSWORD", "s3same canary")

    why = problem(notice(emails=("ada@example.org",)))

    assert why.endswith("it offers no STARTTLS, and nothing is sent in the open")
    assert mailbox.got == []


def test_a_certificate_must_be_trusted(
    mail_servers: MailServers, certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = Mailbox()
    place = mail_servers.start(mailbox, tls_context=certificate)
    monkeypatch.setenv("NB2PKG_SMTP", f"smtp://{place.replace('127.0.0.1', '0.0.0.0')}")
    monkeypatch.setenv("NB2PKG_SMTP_FROM", "runs@example.org")
    monkeypatch.delenv("SSL_CERT_FILE")

    why = problem(notice(emails=("ada@example.org",)))

    assert "certificate verify failed" in why
    assert mailbox.got == []


def test_a_server_may_speak_tls_from_the_beginning(
    mail_servers: MailServers, certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = Mailbox()
    place = mail_servers.start(mailbox, context=certificate)
    monkeypatch.setenv("NB2PKG_SMTP", f"smtps://{place}")
    monkeypatch.setenv("NB2PKG_SMTP_FROM", "runs@example.org")

    give(notice(emails=("ada@example.org",)))

    assert len(mailbox.got) == 1


@pytest.mark.parametrize(
    ("listens", "why"),
    [(True, "no answer in time"), (False, "no connection: Connection refused")],
    ids=["silent", "absent"],
)
def test_a_mail_server_that_does_not_answer_is_given_up(
    monkeypatch: pytest.MonkeyPatch, listens: bool, why: str
) -> None:
    quick = replace(_QUICK, email=Patience(tries=1, seconds=0.3))
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        if listens:
            deaf.listen()
        place = f"smtp://127.0.0.1:{deaf.getsockname()[1]}"
        monkeypatch.setenv("NB2PKG_SMTP", place)
        monkeypatch.setenv("NB2PKG_SMTP_FROM", "runs@example.org")

        said = problem(notice(emails=("ada@example.org",)), quick)

    assert said == f"e-mail to ada@example.org by {place}: {why}"


# -- all of them


def test_all_are_told_whichever_of_them_fail(
    server: Server, mailbox: Mailbox, tmp_path: Path
) -> None:
    server.answers = [404]
    told = notice(command=("no-such-program",), webhook=server.url, emails=("ada@example.org",))

    why = problem(told)

    assert why == (
        "the command no-such-program: it cannot be started: No such file or directory; "
        "the webhook http://127.0.0.1: it answered 404 Not Found"
    )
    assert len(mailbox.got) == 1


def test_who_was_told_is_not_told_again(server: Server, mailbox: Mailbox, tmp_path: Path) -> None:
    server.answers = [404]
    notifier = open_notifier(_QUICK)
    told = notice(command=keeping(tmp_path), webhook=server.url, emails=("ada@example.org",))

    with pytest.raises(NoticeFailed):
        notifier.give(told)
    notifier.give(replace(told, tries=1))
    notifier.give(replace(told, tries=2))

    assert (len(got(tmp_path)), len(server.got), len(mailbox.got)) == (1, 2, 1)


def test_another_notice_is_another_one(server: Server) -> None:
    notifier = open_notifier(_QUICK)

    notifier.give(notice(id="n1", webhook=server.url))
    notifier.give(notice("recovered", id="n2", webhook=server.url))

    assert [json.loads(body)["what"] for _, _, body in server.got] == ["failed", "recovered"]


def test_nobody_may_want_to_know() -> None:
    give(notice())
