"""What a notebook does to the process that looks at it costs one answer, and nothing else."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nb2pkg.adapters import worker_crew
from nb2pkg.api.working import WorkerCrew, WorkerLost
from nb2pkg.problems import Busy
from nb2pkg.server.worker import answer as answer_of
from tests.server.jupyter import Jupyter, children_of, command, jupyter
from tests.server.notebooks import SALES, opened, saved

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Jupyter]:
    """A server of one's own, to be struck."""
    with jupyter(tmp_path) as running:
        yield running


def _check(server: Jupyter, source: str = "x = 1") -> int:
    return server.post("check", {"notebook": opened("a.ipynb", source)}).status


def _gone(pid: int, seconds: float = 5.0) -> None:
    until = time.monotonic() + seconds
    while command(pid):
        assert time.monotonic() < until, f"{pid} still runs: {command(pid)}"
        time.sleep(0.02)


def test_nothing_runs_before_something_is_asked(own: Jupyter) -> None:
    assert own.workers() == []
    assert own.get("info").status == 200
    assert own.workers() == []
    assert _check(own) == 200
    assert len(own.workers()) == 1


def test_one_process_answers_one_after_the_other(own: Jupyter) -> None:
    for _ in range(3):
        assert _check(own) == 200

    # What a worker has forked looks like it for a moment.
    deadline = time.monotonic() + 5
    while len(own.workers()) != 1 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(own.workers()) == 1


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 5_000 + ")" * 5_000,
        "x = " + "-" * 200_000 + "1",
        "x = " + "[" * 90 + "]" * 90,
        "if x:\n" + "".join(f"{' ' * n}if x:\n" for n in range(1, 120)),
        "x = " + "+".join(["1"] * 100_000),
        "x = 9" + "9" * 500_000,
        "f'" + "{x!r:{y}}" * 20_000 + "'",
    ],
    ids=["brackets", "signs", "lists", "indents", "sums", "digits", "fields"],
)
def test_a_notebook_that_is_too_much_costs_its_own_answer(server: Jupyter, source: str) -> None:
    began = time.monotonic()
    answer = server.post("graph", {"notebook": opened("a.ipynb", source)})

    assert answer.status in (200, 422), answer.body
    assert time.monotonic() - began < 60
    assert _check(server) == 200


def test_a_process_that_is_killed_is_replaced(own: Jupyter) -> None:
    assert _check(own) == 200
    [first] = own.workers()
    os.kill(first, signal.SIGKILL)
    _gone(first)

    assert _check(own) == 200
    assert own.workers() != [first]


def test_a_process_that_dies_over_a_request_costs_that_one(own: Jupyter) -> None:
    assert _check(own) == 200
    [worker] = own.workers()
    os.kill(worker, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(own.post, "check", {"notebook": opened("a.ipynb", "x = 1")})
        time.sleep(0.5)
        os.kill(worker, signal.SIGKILL)
        answer = asked.result(30)

    assert (answer.status, answer.code) == (503, "NB550")
    assert "SIGKILL" in answer.json["message"]
    assert _check(own) == 200


def test_while_one_process_hangs_another_one_answers(own: Jupyter) -> None:
    assert _check(own) == 200
    [worker] = own.workers()
    os.kill(worker, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(own.post, "check", {"notebook": opened("a.ipynb", "x = 1")})
        time.sleep(0.3)
        assert _check(own) == 200
        assert own.get("info").status == 200
        assert len(own.workers()) == 2
        os.kill(worker, signal.SIGCONT)
        assert asked.result(30).status == 200


def test_what_nobody_waits_for_any_more_is_not_begun(tmp_path: Path) -> None:
    with jupyter(tmp_path, "--Nb2pkgExtension.workers=1") as server:
        saved(server.root / "sales.ipynb", *SALES)
        notebook = {"path": "sales.ipynb"}
        shown = server.given("extract/preview", {"notebook": notebook})
        [worker] = server.workers()
        os.kill(worker, signal.SIGSTOP)
        with ThreadPoolExecutor(1) as threads:
            first = threads.submit(server.get, "runs")
            time.sleep(0.3)
            body = json.dumps({"notebook": notebook, "digest": shown["digest"]})
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                head = (
                    f"POST {server.base}nb2pkg/extract/apply HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                    f"Authorization: token {server.token}\r\nContent-Type: application/json\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n"
                )
                connection.sendall((head + body).encode())
                time.sleep(0.3)
            time.sleep(0.3)
            os.kill(worker, signal.SIGCONT)
            assert first.result(30).status == 200
        assert server.get("runs").status == 200

        assert not (server.root / "sales").exists()
        assert "Traceback" not in server.log.read_text()


def test_the_processes_end_when_the_server_does(tmp_path: Path) -> None:
    with jupyter(tmp_path) as server:
        assert _check(server) == 200
        workers = server.workers()

    for pid in workers:
        _gone(pid)


def test_the_processes_end_when_the_server_is_killed_whatever_they_do(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexec sleep 20\n")
    python.chmod(0o755)
    with jupyter(tmp_path, NB2PKG_PYTHON=str(python)) as server:
        saved(server.root / "a.ipynb", "x = 1")
        assert server.get("runs").status == 200
        threading.Thread(target=_ask_in_vain, args=[server], daemon=True).start()
        [worker] = server.workers()
        until = time.monotonic() + 10
        while not (guarded := children_of(worker)):
            assert time.monotonic() < until
            time.sleep(0.02)
        server.process.kill()
        server.process.wait()

        for pid in (worker, *guarded):
            _gone(pid)


def _ask_in_vain(server: Jupyter) -> None:
    with contextlib.suppress(OSError):
        server.post("extract/preview", {"notebook": {"path": "a.ipynb"}})


def test_a_fault_of_ours_is_for_the_log_and_not_for_who_asks() -> None:
    body = json.dumps({"path": "a.ipynb"}).encode()
    header, said = answer_of({"route": "run/form", "root": 17, "allows_hidden": False}, body)

    assert header["status"] == 500
    assert "Traceback" in header["log"] and "TypeError" in header["log"]
    assert json.loads(said)["code"] == "NB799"
    assert b"Traceback" not in said and b"TypeError" not in said


# -- the crew by itself


_PROGRAM = """
import json, os, sys, time
answers = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)
while line := sys.stdin.buffer.readline():
    header = json.loads(line)
    body = sys.stdin.buffer.read(header["bytes"])
    if body == b"die":
        os._exit(3)
    if body == b"hang":
        time.sleep(1000)
    if body.startswith(b"wait"):
        time.sleep(0.2)
    if body.startswith(b"until "):
        while not os.path.exists(body[6:]):
            time.sleep(0.01)
    if body == b"nonsense":
        answers.write(b"{}\\n")
    said = body + b" by %d" % os.getpid()
    answers.write(json.dumps({"bytes": len(said), "retires": body == b"last"}).encode() + b"\\n" + said)
    answers.flush()
"""


@pytest.fixture
def crew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkerCrew]:
    (tmp_path / "answering.py").write_text(_PROGRAM)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    crew = WorkerCrew("answering", count=2, most_waiting=10, grace_seconds=1.0)
    yield crew
    crew.close()


def _ask(crew: WorkerCrew, body: bytes, asker: str = "ann", seconds: float = 10.0) -> bytes:
    return crew.ask(asker, {}, body, seconds).result(30).body


def test_what_dies_or_hangs_is_said_and_replaced(crew: WorkerCrew) -> None:
    first = _ask(crew, b"a")
    with pytest.raises(WorkerLost, match="ended with code 3"):
        _ask(crew, b"die")
    second = _ask(crew, b"a")
    with pytest.raises(WorkerLost, match=r"took longer than 0\.1 s"):
        _ask(crew, b"hang", seconds=0.1)
    with pytest.raises(WorkerLost):
        _ask(crew, b"nonsense")

    assert len({first, second, _ask(crew, b"a")}) == 3


def test_a_process_that_retires_is_replaced(crew: WorkerCrew) -> None:
    before = _ask(crew, b"a")
    _ask(crew, b"last")

    assert _ask(crew, b"a") != before


def test_there_are_no_more_processes_than_allowed(crew: WorkerCrew) -> None:
    answers = [crew.ask(f"{n}", {}, b"wait", 10.0) for n in range(8)]
    by = {answer.result(30).body for answer in answers}

    assert len(by) == 2


def test_who_asks_for_much_does_not_keep_others_waiting(crew: WorkerCrew) -> None:
    _ask(crew, b"a")
    done: list[str] = []
    answers = []
    for asker, count in (("much", 7), ("little", 1)):
        for _ in range(count):
            asked = crew.ask(asker, {}, b"wait", 10.0)
            asked.add_done_callback(lambda _, asker=asker: done.append(asker))
            answers.append(asked)
    for answer in answers:
        answer.result(30)

    assert done.index("little") <= 4


def test_too_much_is_refused_and_what_nobody_waits_for_is_not_done(crew: WorkerCrew) -> None:
    _ask(crew, b"a")
    answers = [crew.ask("ann", {}, b"wait", 10.0) for _ in range(2)]
    time.sleep(0.1)
    waiting = [crew.ask("ann", {}, b"die", 10.0) for _ in range(10)]
    with pytest.raises(Busy):
        crew.ask("ann", {}, b"a", 10.0)
    for answer in waiting:
        assert answer.cancel()
    pids = {answer.result(30).body for answer in answers}

    assert _ask(crew, b"wait") in pids


def test_who_asks_for_too_much_gives_way_to_others(crew: WorkerCrew, tmp_path: Path) -> None:
    sign = tmp_path / "go on"
    running = [crew.ask("ann", {}, b"until %s" % bytes(sign), 30.0) for _ in range(2)]
    until = time.monotonic() + 20
    while not all(answer.running() for answer in running):
        assert time.monotonic() < until
        time.sleep(0.01)
    waiting = [crew.ask("ann", {}, b"a", 10.0) for _ in range(10)]
    others = [crew.ask("ben", {}, b"b", 10.0)]
    assert waiting[-2].cancel()
    others.append(crew.ask("cat", {}, b"c", 10.0))
    sign.touch()

    with pytest.raises(Busy):
        waiting[-1].result(1)
    assert [answer.result(10).body[:1] for answer in others] == [b"b", b"c"]
    assert all(answer.result(10) for answer in (*running, *waiting[:-2]))


def test_closing_ends_what_runs(crew: WorkerCrew) -> None:
    running = crew.ask("ann", {}, b"hang", 100.0)
    time.sleep(0.5)
    waiting = [crew.ask("ann", {}, b"hang", 100.0) for _ in range(3)]
    pids = crew.pids
    began = time.monotonic()
    crew.close()

    assert time.monotonic() - began < 5
    with pytest.raises(WorkerLost, match="the server is being stopped"):
        running.result(5)
    assert waiting[-1].cancelled()
    assert not any(command(pid) for pid in pids)
    assert not [pid for pid in children_of(os.getpid()) if "answering" in command(pid)]


def test_closing_takes_no_time_where_nothing_is_done(crew: WorkerCrew) -> None:
    answers = [crew.ask("ann", {}, b"wait", 10.0) for _ in range(2)]
    for answer in answers:
        answer.result(30)
    pids = crew.pids
    began = time.monotonic()
    crew.close()

    assert time.monotonic() - began < 2
    assert len(pids) == 2 and not any(command(pid) for pid in pids)


_SERVING = """
import json, os, sys, time
from nb2pkg.adapters.detached_runs import start_detached
from nb2pkg.adapters.guarded import GuardedProcess
from nb2pkg.adapters.package_folders import DiskPackageFolders
from nb2pkg.adapters.safe_root import SafeRoot
from nb2pkg.api.working import serve
from nb2pkg.ports.extracting import ChangeSet

def hang(data, options, progress):
    time.sleep(100)

def write(folder):
    # On a disk so slow that the way there takes a while, and so does the way back.
    rename = SafeRoot.rename

    def slow(self, old, new):
        time.sleep(0.1)
        rename(self, old, new)

    SafeRoot.rename = slow
    changes = ChangeSet(writes={name: "new" for name in os.listdir(folder)}, deletes=())
    DiskPackageFolders().apply(folder, changes)

def answer(header, body):
    if body.startswith(b"write "):
        write(body[6:].decode())
    if body.startswith(b"start "):
        start_detached(json.loads(body[6:]), 60.0)
    if body == b"deaf":
        while True:
            try:
                time.sleep(100)
            except BaseException:
                pass
    if body == b"pid":
        return {}, b"%d" % os.getpid()
    if body == b"grow":
        return {}, (b"x" * 300 * 2**20)[:1]
    if body == b"hang":
        hang(None, None, None)
    if body == b"hang in a guarded process":
        GuardedProcess().call(hang, b"", {})
    if body == b"spin":
        while True:
            try:
                time.sleep(0.001)
            except Exception:
                pass
    if body == b"eat":
        bytearray(10 * 2**30)
    if body == b"print":
        print("{}", flush=True)
        os.system("echo '{}'; read line")
    return {}, body

serve(answer, lambda why: ({}, why.encode()), lambda: None, large_bytes=200 * 2**20)
"""


@pytest.fixture
def serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkerCrew]:
    (tmp_path / "serving.py").write_text(_SERVING)
    source = Path(__file__).parents[2] / "src"
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{source}")
    crew = WorkerCrew("serving", count=1)
    yield crew
    crew.close()


@pytest.mark.parametrize("body", [b"hang", b"hang in a guarded process", b"spin"])
def test_what_takes_too_long_ends_itself_and_says_so(serving: WorkerCrew, body: bytes) -> None:
    assert _ask(serving, b"a") == b"a"
    [worker] = serving.pids
    asked = serving.ask("ann", {}, body, 1.0)
    time.sleep(0.5)
    guarded = children_of(worker)

    assert asked.result(10).body == b"it took longer than 1 s"
    assert bool(guarded) is (body == b"hang in a guarded process")
    for pid in (worker, *guarded):
        _gone(pid)
    assert _ask(serving, b"a") == b"a"


def test_what_it_has_forked_does_not_hide_that_it_is_gone(serving: WorkerCrew) -> None:
    assert _ask(serving, b"a") == b"a"
    [worker] = serving.pids
    asked = serving.ask("ann", {}, b"hang in a guarded process", 100.0)
    until = time.monotonic() + 10
    while not (guarded := children_of(worker)):
        assert time.monotonic() < until
        time.sleep(0.02)
    os.kill(worker, signal.SIGKILL)
    try:
        with pytest.raises(WorkerLost, match="SIGKILL"):
            asked.result(10)
    finally:
        for pid in guarded:
            os.kill(pid, signal.SIGKILL)
    assert _ask(serving, b"a") == b"a"


def test_what_needs_too_much_memory_says_so(serving: WorkerCrew) -> None:
    assert _ask(serving, b"eat") == b"it needs more memory than it may have"
    assert _ask(serving, b"a") == b"a"


def test_what_is_printed_is_no_answer_and_what_is_read_no_question(serving: WorkerCrew) -> None:
    assert _ask(serving, b"print") == b"print"
    assert _ask(serving, b"a") == b"a"


# -- what it has half done


_BEFORE = {f"{number:02}.txt": "old" for number in range(20)}
_OWNER = """
import sys, time
from nb2pkg.api.working import WorkerCrew
crew = WorkerCrew("serving", count=1)
crew.ask("ann", {}, sys.argv[1].encode(), 100.0)
time.sleep(100)
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder of files that are written over one by one, which takes two seconds."""
    folder = tmp_path / "package"
    folder.mkdir()
    for name, text in _BEFORE.items():
        (folder / name).write_text(text)
    return folder


def _files(folder: Path) -> Mapping[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def _half(folder: Path) -> None:
    """Wait until some of the files are new ones."""
    until = time.monotonic() + 20
    while (folder / "07.txt").read_text() == "old":
        assert time.monotonic() < until
        time.sleep(0.01)


def test_what_is_not_disturbed_is_written_whole(serving: WorkerCrew, package: Path) -> None:
    _ask(serving, b"write %s" % bytes(package))

    assert _files(package) == dict.fromkeys(_BEFORE, "new")


def test_what_takes_too_long_puts_all_back(serving: WorkerCrew, package: Path) -> None:
    asked = serving.ask("ann", {}, b"write %s" % bytes(package), 1.2)

    assert asked.result(30).body == b"it took longer than 1.2 s"
    assert _files(package) == _BEFORE


def test_what_is_stopped_puts_all_back(serving: WorkerCrew, package: Path) -> None:
    asked = serving.ask("ann", {}, b"write %s" % bytes(package), 100.0)
    _half(package)
    pids = serving.pids
    serving.close()

    with pytest.raises(WorkerLost, match="the server is being stopped"):
        asked.result(1)
    assert not any(command(pid) for pid in pids)
    assert _files(package) == _BEFORE


def test_what_has_lost_its_server_puts_all_back(serving: WorkerCrew, package: Path) -> None:
    words = [sys.executable, "-c", _OWNER, f"write {package}"]
    with subprocess.Popen(words) as owner:
        try:
            _half(package)
            [worker] = children_of(owner.pid)
        finally:
            owner.kill()
    _gone(worker, 20)

    assert _files(package) == _BEFORE


def test_what_is_stopped_leaves_nothing_behind_that_it_has_forked(serving: WorkerCrew) -> None:
    serving.ask("ann", {}, b"hang in a guarded process", 100.0)
    until = time.monotonic() + 10
    while not (guarded := [one for pid in serving.pids for one in children_of(pid)]):
        assert time.monotonic() < until
        time.sleep(0.02)
    serving.close()

    for pid in guarded:
        _gone(pid)


def test_what_does_not_stop_is_killed(serving: WorkerCrew, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_crew, "_STOP_SECONDS", 1.0)
    assert _ask(serving, b"a") == b"a"
    pids = serving.pids
    asked = serving.ask("ann", {}, b"deaf", 100.0)
    time.sleep(0.2)
    serving.close()

    with pytest.raises(WorkerLost):
        asked.result(5)
    assert pids and not any(command(pid) for pid in pids)


def test_a_run_that_has_not_begun_is_not_left_behind_by_what_is_stopped(
    serving: WorkerCrew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "programs"
    place.mkdir()
    began = tmp_path / "began"
    (place / "git").write_text(f"#!/bin/sh\necho $$ > '{began}'\nexec sleep 60\n")
    (place / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(place), prepend=os.pathsep)
    monkeypatch.setenv("NB2PKG_HOME", str(tmp_path / "records"))
    target = saved(tmp_path / "a.ipynb", "x = 1")
    order = {"target": str(target), "parameters": {}, "options": {}}
    serving.ask("ann", {}, b"start " + json.dumps(order).encode(), 100.0)
    until = time.monotonic() + 20
    while not began.exists() or not (text := began.read_text()):
        assert time.monotonic() < until
        time.sleep(0.02)
    serving.close()

    _gone(int(text))


# -- how much memory it needs


_GROWN = """
data = b"x" * 300 * 2**20
del data
from nb2pkg.api.working import WorkerCrew
crew = WorkerCrew("serving", count=1)
print(*(crew.ask("ann", {}, body, 20.0).result(30).body.decode() for body in (b"pid", b"pid", b"grow", b"pid")))
crew.close()
"""


def test_what_its_server_needed_once_does_not_count(serving: WorkerCrew) -> None:
    said = subprocess.check_output([sys.executable, "-c", _GROWN], text=True, timeout=60)
    first, second, grown, third = said.split()

    assert first == second
    # What it has needed itself does.
    assert grown == "x" and third != second
