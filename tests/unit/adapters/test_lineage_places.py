"""Events reach files and servers, or it is said in time why not."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from nb2pkg.adapters.trackers import open_trackers
from nb2pkg.adapters.trackers.lineage_places import CannotSend, WebPlace, written_file
from nb2pkg.adapters.trackers.lineage_tracker import LineageTracker
from nb2pkg.pipeline.records import RunRecord
from nb2pkg.ports.running import TrackerFailed

_RUN = RunRecord(
    id="r1",
    pipeline="churn",
    target="/churn/pipeline.yaml",
    pipeline_sha256="",
    parameters={},
    user="ada",
    host="here",
    version="0",
    environment="",
    folder="",
    started_at=1.0,
)


class Server(ThreadingHTTPServer):
    """A server that answers as told, and keeps what it got.

    answers: the statuses of the next answers; 200 after that
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[int] = []
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.released = threading.Event()
        self.released.set()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/events"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        self.server.released.wait(20)
        status = self.server.answers.pop(0) if self.server.answers else 201
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.server.url + "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "OPENLINEAGE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield server
        server.released.set()
        server.shutdown()
        serving.join()


def soon(seconds: float = 5.0) -> float:
    return time.monotonic() + seconds


def opened(lineage: str) -> LineageTracker:
    (tracker,) = open_trackers(
        mlflow_uri=None, mlflow_experiment=None, lineage=lineage, fetch=lambda sha256, to: False
    )
    assert isinstance(tracker, LineageTracker)
    return tracker


# -- files


@pytest.mark.parametrize("as_url", [False, True], ids=["path", "url"])
def test_each_event_is_a_line_of_a_file(tmp_path: Path, as_url: bool) -> None:
    path = tmp_path / "new folder" / "events.jsonl"
    tracker = opened(path.as_uri() if as_url else str(path))

    tracker.begin(_RUN)
    tracker.end(_RUN)

    lines = path.read_text("utf-8").splitlines()
    assert [json.loads(line)["job"]["name"] for line in lines] == ["churn", "churn"]


def test_lines_of_several_writers_stay_whole(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"

    def write(number: int) -> None:
        place = written_file(str(path))
        for _ in range(50):
            place([json.dumps([number] * 5000).encode()], soon())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))

    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(lines) == 200
    assert all(len(line) == 5000 and len(set(line)) == 1 for line in lines)


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")

    with pytest.raises(TrackerFailed, match=r"^OpenLineage events \(/dev/full\): No space left"):
        opened("/dev/full").begin(_RUN)


def test_a_pipe_that_nobody_reads_holds_nothing_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(TrackerFailed, match="pipe"):
        opened(str(tmp_path / "pipe")).begin(_RUN)


def test_a_place_that_hangs_is_left_alone() -> None:
    hangs = threading.Event()
    tracker = LineageTracker(lambda *_: (None, hangs.wait(20))[0], "/lost/disk", whole_seconds=0.1)

    with pytest.raises(TrackerFailed, match=r"no answer within 0\.1 s"):
        tracker.begin(_RUN)
    hangs.set()


# -- servers


def test_a_server_gets_each_event_as_json(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENLINEAGE_API_KEY", "key-12345")
    opened(server.url).begin(_RUN)

    ((path, headers, body),) = server.got
    assert path == "/events"
    assert headers["Content-Type"] == "application/json"
    assert headers["Authorization"] == "Bearer key-12345"
    assert json.loads(body)["eventType"] == "START"


def test_a_server_without_a_path_gets_them_where_openlineage_says(server: Server) -> None:
    opened(server.url.removesuffix("/events")).begin(_RUN)

    assert server.got[0][0] == "/api/v1/lineage"


def test_a_name_and_password_in_the_address_are_sent_and_not_shown(server: Server) -> None:
    server.answers = [403]
    url = server.url.replace("://", "://ada:p%40ss:word@")

    with pytest.raises(TrackerFailed) as told:
        opened(url).begin(_RUN)

    assert server.got[0][1]["Authorization"] == "Basic YWRhOnBAc3M6d29yZA=="
    assert "the server answered 403" in str(told.value)
    assert "ada:***@127.0.0.1" in str(told.value)
    assert "ss:word" not in str(told.value)


def test_what_fails_in_passing_is_tried_again(server: Server) -> None:
    server.answers = [500, 503]

    WebPlace(server.url, "", pauses=(0.0, 0.0)).post([b"1", b"2"], soon())

    assert [body for _, _, body in server.got] == [b"1", b"1", b"1", b"2"]


def test_what_fails_for_good_is_told(server: Server) -> None:
    server.answers = [500, 500, 502]

    with pytest.raises(CannotSend, match="the server answered 502 Bad Gateway"):
        WebPlace(server.url, "", pauses=(0.0, 0.0)).post([b"1"], soon())


def test_what_the_server_refuses_is_not_tried_again(server: Server) -> None:
    server.answers = [401]

    with pytest.raises(CannotSend, match="401"):
        WebPlace(server.url, "key", pauses=(0.0, 0.0)).post([b"1"], soon())
    assert len(server.got) == 1


def test_nobody_is_followed_to_another_place(server: Server) -> None:
    server.answers = [302]

    with pytest.raises(CannotSend, match="302"):
        WebPlace(server.url, "key", pauses=(0.0, 0.0)).post([b"1"], soon())
    assert len(server.got) == 1


def test_an_answer_may_take_longer_than_a_connection(server: Server) -> None:
    server.released.clear()
    threading.Timer(0.6, server.released.set).start()

    WebPlace(server.url, "", connect_seconds=0.3).post([b"1"], soon())

    assert len(server.got) == 1


def test_a_server_that_does_not_answer_is_given_up_in_time(server: Server) -> None:
    server.released.clear()
    began = time.monotonic()

    with pytest.raises(CannotSend, match="no answer in time"):
        WebPlace(server.url, "").post([b"1"], soon(0.5))
    assert time.monotonic() - began < 3


def test_nobody_there_is_told() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/events"

        with pytest.raises(TrackerFailed, match="no connection: Connection refused"):
            LineageTracker(WebPlace(url, "", pauses=(0.0, 0.0)).post, url).begin(_RUN)


@pytest.mark.parametrize(
    "answer",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"],
    ids=["nothing", "nonsense", "half"],
)
def test_a_server_of_something_else_is_told(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            client, _ = listening.accept()
            with client:
                heard = b""
                # What is left unheard would end the connection before the answer is read.
                while not heard.endswith(b"1"):
                    heard += client.recv(1 << 16)
                client.sendall(answer)

        serving = threading.Thread(target=serve)
        serving.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/events"
        place = WebPlace(url, "", pauses=())
        if answer.startswith(b"HTTP"):
            place.post([b"1"], soon())
        else:
            with pytest.raises(CannotSend, match="no connection"):
                place.post([b"1"], soon())
        serving.join()


@pytest.mark.parametrize(
    "fail",
    [
        lambda url: WebPlace(url, "key\nInjected: yes").post([b"1"], soon()),
        lambda url: WebPlace(url, "schlüssel\u2603").post([b"1"], soon()),
        lambda url: WebPlace(f"http://{'a' * 70}/", "", pauses=()).post([b"1"], soon()),
    ],
    ids=["line", "characters", "host"],
)
def test_what_cannot_be_sent_is_told_without_the_key(
    server: Server, fail: Callable[[str], None]
) -> None:
    with pytest.raises(CannotSend) as told:
        fail(server.url)

    assert "Injected" not in str(told.value) and "schl" not in str(told.value)
    assert server.got == []
