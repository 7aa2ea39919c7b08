"""A real Jupyter server with nb2pkg in it, and whoever asks it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

_SOURCE = Path(__file__).parents[2] / "src"
_BASE = "/user/ann/"
_START_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    fields: list[tuple[str, str]]
    body: bytes

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers, the last of each name."""
        return dict(self.fields)

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        """The code of a problem."""
        found: str | None = self.json["code"]
        return found


@dataclass
class Jupyter:
    """A server that runs: its root, its log, and how it is asked."""

    port: int
    token: str
    root: Path
    home: Path
    log: Path
    process: subprocess.Popen[bytes]
    base: str = _BASE
    _cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, /, **query: object) -> Answer:
        """Ask by an address, as who knows the token."""
        address = f"{path}?{urlencode(query)}" if query else path
        return self.ask("GET", address, headers=self.known)

    def post(self, path: str, body: Any) -> Answer:
        """Send something, as who knows the token."""
        headers = {**self.known, "Content-Type": "application/json"}
        return self.ask("POST", path, json.dumps(body).encode(), headers)

    def given(self, path: str, body: Any) -> Any:
        """Send something that there is an answer to, and give that."""
        answer = self.post(path, body)
        assert answer.status == 200, answer.body
        return answer.json

    @property
    def known(self) -> dict[str, str]:
        """The headers of who knows the token."""
        return {"Authorization": f"token {self.token}"}

    def cookies(self) -> tuple[str, str]:
        """What a browser has after it was let in: its cookies, and the XSRF token that stands in one of them."""
        if not self._cookies:
            page = self._exchange("GET", f"{self.base}?token={self.token}", None, {})
            for header, value in page.fields:
                if header == "Set-Cookie":
                    name, _, rest = value.split(";")[0].partition("=")
                    self._cookies[name] = rest
        return self._header(), self._cookies["_xsrf"]

    def _header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask anything of nb2pkg."""
        return self._exchange(method, f"{self.base}nb2pkg/{path}", body, headers or {})

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())

    def workers(self) -> list[int]:
        """The ids of the processes that work for it."""
        return [
            pid for pid in children_of(self.process.pid) if "nb2pkg.server.worker" in command(pid)
        ]


def children_of(pid: int) -> list[int]:
    """The processes that one has started."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(folder.name))
    return found


def command(pid: int) -> str:
    """What a process was started as; nothing where it has ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


@contextlib.contextmanager
def jupyter(
    folder: Path, *options: str, root: Path | None = None, **more: str
) -> Iterator[Jupyter]:
    """Start a server in a folder, with options, and with more in its environment; end it."""
    root = root or folder / "root"
    for place in (root, folder / "home", folder / "runtime", folder / "records"):
        place.mkdir(parents=True, exist_ok=True)
    token = secrets.token_hex(16)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NB2PKG_", "JUPYTER"))
    }
    environment = {
        **kept,
        "HOME": str(folder / "home"),
        "PYTHONPATH": str(_SOURCE),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        # Tokens are for no command line: others can read those.
        "JUPYTER_TOKEN": token,
        "NB2PKG_HOME": str(folder / "records"),
        **more,
    }
    words = (
        "--no-browser", "--allow-root", "--ServerApp.port=0", f"--ServerApp.base_url={_BASE}",
        f"--ServerApp.root_dir={root}", "--ServerApp.jpserver_extensions={'nb2pkg': True}",
        *options,
    )  # fmt: skip
    log = folder / "log.txt"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", *words],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        port = _port(process, folder / "runtime", log)
        yield Jupyter(port, token, root, folder / "records", log, process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _port(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> int:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        for path in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(ValueError, OSError):
                port = int(json.loads(path.read_text())["port"])
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                with contextlib.closing(connection):
                    connection.request("GET", f"{_BASE}api")
                    connection.getresponse().read()
                return port
        time.sleep(0.05)
    raise AssertionError(f"the server does not start: {log.read_text()}")
