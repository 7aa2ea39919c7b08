"""How is MLflow told of one run, by a program that does nothing else?

MLflow prints, waits and asks the network as it likes, and takes a second to import; so it has a process of
its own, which can be ended. Requests come as lines of JSON on a socket, which is descriptor 0: the first
begins a run, the last ends it. Should who asks die in between, the run is ended here, as killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import shutil
import socket
import sqlite3
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_CONNECT_SECONDS = 5.0
# What the end itself is given; the time before is for files that still wait.
_LAST_SECONDS = 8.0
_AFTER_DEATH_SECONDS = 30.0
_MOST_IN_BATCH = 100
_LONGEST_BATCH = 100_000
_LONGEST_TAG = 5000

_ANSWERED = re.compile(r"failed with error code (\d+) != 200")
_ASK = (
    ": it asks for MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN"
)
_HINTS = {"401": _ASK, "403": _ASK, "404": ": is it one of MLflow?"}

Answer = Callable[[Mapping[str, Any]], None]
Turn = contextlib.AbstractContextManager[Any]


class Unanswered(Exception):
    """There is no server."""


class Uploads:
    """Files on their way to MLflow, one after the other, while steps go on."""

    def __init__(self, client: Any, run: str, turn: Turn, answer: Answer) -> None:
        self._client = client
        self._run = run
        self._turn = turn
        self._answer = answer
        self._files: queue.SimpleQueue[Mapping[str, Any] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._waiting: list[str] = []
        self._failed: list[str] = []
        self._thread = threading.Thread(target=self._upload, daemon=True)
        self._thread.start()

    def add(self, files: Sequence[Mapping[str, Any]]) -> None:
        """Upload files; each is removed here when that is done."""
        with self._lock:
            self._waiting += [file["name"] for file in files]
        for file in files:
            self._files.put(file)

    def finish(self, until: float) -> list[str]:
        """Wait for them, up to a time of the monotonic clock; give those that MLflow does not have."""
        self._files.put(None)
        self._thread.join(max(until - time.monotonic(), 0.0))
        with self._lock:
            late = [f"{name}: there was no time to upload it" for name in self._waiting]
            return [*self._failed, *late]

    def _upload(self) -> None:
        for file in iter(self._files.get, None):
            problem = None
            try:
                with self._turn:
                    self._client.log_artifact(self._run, file["path"], file["folder"])
            except Exception as error:
                problem = f"{file['name']}: {why(error)}"
            with self._lock:
                self._waiting.remove(file["name"])
                if problem is not None:
                    self._failed.append(problem)
            with contextlib.suppress(OSError):
                os.unlink(file["path"])
            self._answer({"uploaded": file["size"]})


class Telling:
    """One run in MLflow."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._client: Any = None
        self._uploads: Uploads | None = None
        self._run = ""
        self._turn: Turn = contextlib.nullcontext()
        self._untold: list[Mapping[str, Any]] = []
        self._left_out: list[str] = []

    def begin(self, request: Mapping[str, Any]) -> None:
        """Make the run."""
        require_answer(request["uri"])
        database = request["database"]
        if database:
            require_database(database)
        # Parts of some versions ask for it again.
        os.environ["MLFLOW_TRACKING_URI"] = request["uri"]
        from mlflow.tracking import MlflowClient

        with _alone_with(database):
            client = MlflowClient(tracking_uri=request["uri"])
        experiment = _experiment(client, request["experiment"], request["artifact_location"])
        run = client.create_run(
            experiment,
            start_time=request["time"],
            tags=dict(request["tags"]),
            run_name=request["name"],
        )
        self._client, self._run = client, run.info.run_id
        if request["uri"].startswith("file:"):
            # Without a database, to upload a file reads metrics that may be half written.
            self._turn = threading.Lock()
        self._uploads = Uploads(client, self._run, self._turn, self._answer)
        self._untold.append(request)
        self._tell()

    def step(self, request: Mapping[str, Any]) -> None:
        """Tell what became of a step; what MLflow does not take now is told again with the next."""
        if self._uploads is None:
            return
        self._left_out += request["left_out"]
        self._uploads.add(request["files"])
        self._untold.append(request)
        with contextlib.suppress(Exception):
            self._tell()

    def end(self, request: Mapping[str, Any]) -> list[str]:
        """Tell how the run ended; give the files that could not be uploaded, and why."""
        if self._uploads is None:
            return []
        until = time.monotonic() + request["seconds"] - _LAST_SECONDS
        self._untold.append(request)
        # Before the wait: files have no use where the server is gone.
        self._tell()
        lost = self._uploads.finish(until)
        left_out = [*self._left_out, *lost]
        if left_out:
            text = "; ".join(left_out)
            text = text if len(text) <= _LONGEST_TAG else text[: _LONGEST_TAG - 1] + "…"
            self._client.set_tag(self._run, "nb2pkg.left_out", text)
        self._client.set_terminated(self._run, request["status"], request["time"])
        self._uploads = None
        return lost

    def died(self) -> None:
        """End the run of somebody who has gone without a word."""
        message = "who ran it ended before it could say how the run ended"
        self.end(
            {
                "tags": {"nb2pkg.status": "crashed", "nb2pkg.message": message},
                "status": "KILLED",
                "time": int(time.time() * 1000),
                "seconds": _AFTER_DEATH_SECONDS,
            }
        )

    def _tell(self) -> None:
        while self._untold:
            with self._turn:
                self._log(self._untold[0])
            del self._untold[0]

    def _log(self, request: Mapping[str, Any]) -> None:
        from mlflow.entities import Metric, Param, RunTag

        params = [Param(name, value) for name, value in request.get("parameters", {}).items()]
        tags = [RunTag(name, value) for name, value in request.get("tags", {}).items()]
        metrics = [Metric(name, value, at, 0) for name, value, at in request.get("metrics", ())]
        for part in _batches(params):
            self._client.log_batch(self._run, params=part)
        for part in _batches(tags):
            self._client.log_batch(self._run, tags=part)
        for start in range(0, len(metrics), _MOST_IN_BATCH):
            self._client.log_batch(self._run, metrics=metrics[start : start + _MOST_IN_BATCH])


@contextlib.contextmanager
def _alone_with(database: str | None) -> Iterator[None]:
    """Let no other run here make MLflow's tables at the same time: it would find half of them."""
    if database is None or fcntl is None:
        yield
        return
    folder = os.open(os.path.dirname(database), os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a disk of the network may know no locks
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _experiment(client: Any, name: str, artifact_location: str | None) -> str:
    """The id of an experiment, made where there is none."""
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            return str(client.create_experiment(name, artifact_location=artifact_location))
        except MlflowException:
            # Another run may have made it just now.
            found = client.get_experiment_by_name(name)
            if found is None:
                raise
    if found.lifecycle_stage != "active":
        raise ValueError(
            f"the experiment {name!r} is deleted there; restore it, or name another one"
        )
    return str(found.experiment_id)


def _batches(entries: Sequence[Any]) -> Iterator[list[Any]]:
    """Parameters or tags, as many at a time as MLflow takes in one request."""
    batch: list[Any] = []
    length = 0
    for entry in entries:
        if batch and (len(batch) == _MOST_IN_BATCH or length + len(entry.value) > _LONGEST_BATCH):
            yield batch
            batch, length = [], 0
        batch.append(entry)
        length += len(entry.value)
    if batch:
        yield batch


def require_answer(uri: str) -> None:
    """Find out soon whether there is a server at all; MLflow itself would try for minutes.

    Raises:
        Unanswered: there is none.
    """
    parts = urlsplit(uri)
    host = parts.hostname
    if parts.scheme.lower() not in ("http", "https") or host is None:
        return
    proxies = urllib.request.getproxies()
    if (parts.scheme in proxies or "all" in proxies) and not urllib.request.proxy_bypass(host):
        return
    port = parts.port or (443 if parts.scheme.lower() == "https" else 80)
    try:
        socket.create_connection((host, port), timeout=_CONNECT_SECONDS).close()
    except TimeoutError:
        raise Unanswered(f"it does not answer within {_CONNECT_SECONDS:g} s") from None
    except OSError as error:
        raise Unanswered(f"it cannot be reached: {error.strerror or error}") from error


def require_database(path: str) -> None:
    """Find out soon whether there can be a database; MLflow itself would try for minutes."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with contextlib.closing(sqlite3.connect(path, timeout=_CONNECT_SECONDS)) as database:
        database.execute("BEGIN IMMEDIATE")
        database.rollback()


def why(error: BaseException) -> str:
    """Say in a clause what is wrong."""
    if isinstance(error, Unanswered):
        return str(error)
    chain = list(_chain(error))
    if any(type(one).__name__ in ("ReadTimeout", "ReadTimeoutError", "Timeout") for one in chain):
        return "it does not answer in time"
    for one in chain:
        if isinstance(one, ConnectionError):
            return f"it cannot be reached: {one.strerror or 'the connection broke'}"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    answered = _ANSWERED.search(str(error))
    if answered:
        return f"the server answered {answered[1]}{_HINTS.get(answered[1], '')}"
    lines = str(error).strip().splitlines()
    text = lines[0].strip() if lines else type(error).__name__
    return text if len(text) <= 300 else text[:299] + "…"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and those behind it; urllib3 keeps some in attributes and arguments of its own."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(seen) < 50:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or any(one is other for other in seen):
            continue
        seen.append(one)
        yield one
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]


def main() -> None:
    """Serve one run, and go."""
    connection = socket.socket(fileno=os.dup(0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):  # whatever MLflow has to say, nobody asked for it
        os.dup2(nowhere, number)
    # The folder of this file is no place to import from.
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or ".") != here]
    lock = threading.Lock()

    def answer(words: Mapping[str, Any]) -> None:
        with lock, contextlib.suppress(OSError):
            connection.sendall(json.dumps(words).encode("ascii") + b"\n")

    requests: queue.SimpleQueue[Mapping[str, Any] | None] = queue.SimpleQueue()
    threading.Thread(target=_serve, args=[requests, Telling(answer), answer], daemon=True).start()
    with contextlib.suppress(OSError, ValueError), connection.makefile("rb") as lines:
        for line in lines:
            requests.put(json.loads(line))
    requests.put(None)
    # A server that hangs must not keep this here.
    time.sleep(_AFTER_DEATH_SECONDS + _LAST_SECONDS)
    os._exit(1)


def _serve(
    requests: queue.SimpleQueue[Mapping[str, Any] | None], telling: Telling, answer: Answer
) -> None:
    folder = ""
    for request in iter(requests.get, None):
        folder = request.get("folder", folder)
        try:
            if request["do"] == "begin":
                telling.begin(request)
                answer({"done": "begin"})
            elif request["do"] == "step":
                telling.step(request)
            else:
                answer({"done": "end", "lost": telling.end(request)})
        except Exception as error:
            answer({"failed": why(error)})
    with contextlib.suppress(Exception):
        telling.died()
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    main()
