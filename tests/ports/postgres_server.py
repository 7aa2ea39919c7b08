"""A real PostgreSQL server for one session of tests: private, on a socket in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

WHY_NONE = (
    "no PostgreSQL server here: neither in PATH nor in /usr/lib/postgresql (Debian: postgresql)"
)
_START_SECONDS = 20.0
_SOCKET = ".s.PGSQL.5432"
# What is written is handed to the system before it counts, which outlives SIGKILL; nothing waits for a disk.
_SETTINGS = (
    "listen_addresses=", "fsync=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=40",
    "autovacuum=off", "lc_messages=C",
)  # fmt: skip


class PostgresServer:
    """A server that may be killed and started again; `folder` holds its data and its socket."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.folder = folder
        self._binaries = binaries
        self._process: subprocess.Popen[bytes] | None = None
        # It refuses to run as root.
        self._user = _somebody() if os.geteuid() == 0 else None
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        # The socket's path must be short. No TCP: nobody else on this machine is let in.
        self._run(
            "initdb", "-D", "data", "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync",
        )  # fmt: skip

    def start(self) -> None:
        """Start the server, and wait until it lets clients in."""
        until = time.monotonic() + _START_SECONDS
        while True:
            self._process = self._start()
            while self._process.poll() is None:
                if self._answers():
                    return
                if time.monotonic() > until:
                    self.stop()
                    raise RuntimeError(f"no answer within {_START_SECONDS} s\n{self._log()}")
                time.sleep(0.02)
            # What a killed one leaves holds its memory for a moment.
            if time.monotonic() > until:
                raise RuntimeError(f"it does not start\n{self._log()}")

    def kill(self) -> None:
        """End the server as a crash would; the processes of its sessions notice and go."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def pause(self) -> None:
        """Keep the server, and all sessions that it has, from answering; connections stay as they are."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal_all(signal.SIGCONT)

    def stop(self) -> None:
        """End the server, whatever state it is in."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGQUIT)  # at once: nothing has to be kept
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def empty_database(self) -> str:
        """Give the URL of a database that holds nothing; of the only one, as new ones take long."""
        url = _url(self.folder)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET client_min_messages TO error")
            connection.execute("DROP SCHEMA IF EXISTS nb2pkg CASCADE")
        return url

    def _signal_all(self, number: signal.Signals) -> None:
        assert self._process is not None
        main = self._process.pid
        os.kill(main, number)
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                if int(stat.read_text().rpartition(")")[2].split()[1]) == main:
                    os.kill(int(stat.parent.name), number)

    def _start(self) -> subprocess.Popen[bytes]:
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        with open(self.folder / "log", "ab") as log:
            return subprocess.Popen(
                [self._binaries / "postgres", "-D", "data", "-k", str(self.folder), *settings],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests
                **self._identity(),
            )

    def _answers(self) -> bool:
        done = subprocess.run(
            [self._binaries / "pg_isready", "-h", str(self.folder), "-t", "1"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        return done.returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._binaries / program, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **self._identity(),
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")

    def _identity(self) -> dict[str, object]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}

    def _log(self) -> str:
        return (self.folder / "log").read_text("utf-8", "replace")[-2000:]


class CuttingProxy:
    """A way to the server that breaks, when asked to, after the server has got a COMMIT and has done it.

    cuts: how often it has
    """

    def __init__(self, server: PostgresServer) -> None:
        self._server = server.folder / _SOCKET
        self._folder = server.folder / "proxy"
        self._folder.mkdir()
        self.url = _url(self._folder)
        self.cuts = 0
        self._is_to_cut = False
        self._is_away = False
        self._stays_away = False

    @contextlib.contextmanager
    def running(self) -> Iterator[CuttingProxy]:
        """Let clients in until the end."""
        path = self._folder / _SOCKET
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(path))
        listening.listen()
        accepting = threading.Thread(target=self._accept, args=[listening])
        accepting.start()
        try:
            yield self
        finally:
            self._is_away = True
            listening.shutdown(socket.SHUT_RDWR)
            accepting.join()
            listening.close()
            shutil.rmtree(self._folder)

    def cut_next_commit(self, stays_away: bool) -> None:
        """Break the connection that sends COMMIT next; `stays_away`: and let nobody in after that."""
        self._is_to_cut, self._stays_away = True, stays_away

    def come_back(self) -> None:
        """Let clients in again."""
        self._is_away = False

    def _accept(self, listening: socket.socket) -> None:
        passing = []
        with contextlib.suppress(OSError):
            while True:
                client, _ = listening.accept()
                if self._is_away:
                    client.close()
                    continue
                passing.append(threading.Thread(target=self._pass_on, args=[client]))
                passing[-1].start()
        for one in passing:
            one.join()

    def _pass_on(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(str(self._server))
            while True:
                ready, _, _ = select.select([client, server], [], [])
                for one, other in ((client, server), (server, client)):
                    if one not in ready:
                        continue
                    data = one.recv(1 << 16)
                    if not data:
                        return
                    other.sendall(data)
                    if one is client and b"COMMIT\0" in data and self._is_to_cut:
                        server.recv(1 << 16)  # it is done, and nobody will know
                        self._is_to_cut, self._is_away = False, self._stays_away
                        self.cuts += 1
                        return


@contextlib.contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Start a server, and leave nothing of it behind. LookupError where there is none to start."""
    binaries = _binaries()
    if binaries is None:
        raise LookupError(WHY_NONE)
    folder = Path(tempfile.mkdtemp(prefix="nb2pkg-pg-", dir="/tmp"))
    try:
        server = PostgresServer(folder, binaries)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def server_or_skip() -> Iterator[PostgresServer]:
    """A server for a test, which is skipped where there can be none, for that reason."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(running_server())
        except LookupError as why:
            pytest.skip(str(why))
        yield server


def _url(folder: Path) -> str:
    return f"postgresql://tester:hunter2@/postgres?host={quote(str(folder))}"


def _binaries() -> Path | None:
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: path.parts[-3].zfill(4)
    )
    found = shutil.which("postgres")
    places = [Path(found).resolve()] if found else []
    for place in [*places, *reversed(installed)]:
        if all((place.parent / name).exists() for name in ("initdb", "pg_isready")):
            return place.parent
    return None


def _somebody() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise LookupError("no PostgreSQL server here: root may not run one, and there is nobody else")
