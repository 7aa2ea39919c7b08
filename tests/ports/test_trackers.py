"""What every tracker is told of a run: MLflow, in its real client, stores and server, and readers of events."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from nb2pkg.adapters.trackers import mlflow_fields as fields
from nb2pkg.adapters.trackers import open_trackers
from nb2pkg.adapters.trackers.addresses import lineage_address, mlflow_address
from nb2pkg.adapters.trackers.mlflow_tracker import MlflowTracker
from nb2pkg.adapters.trackers.told_failure import failure
from nb2pkg.pipeline.records import (
    Artifact,
    Attempt,
    GitState,
    RunRecord,
    RunStatus,
    StepRecord,
    StepStatus,
)
from nb2pkg.ports.running import Tracker, TrackerFailed
from nb2pkg.problems import EnvironmentFailure, UsageError

_ROOT = Path(__file__).parents[2]
_HAS_MLFLOW = find_spec("mlflow") is not None
_needs_mlflow = pytest.mark.skipif(
    not _HAS_MLFLOW, reason="MLflow is not installed here: python -m pip install 'nb2pkg[mlflow]'"
)
_SERVER_SECONDS = 60.0


@dataclass
class Kept:
    """Files by their content, as a run keeps them."""

    files: dict[str, bytes] = field(default_factory=dict)

    def put(self, name: str, data: bytes) -> Artifact:
        sha256 = hashlib.sha256(data).hexdigest()
        self.files[sha256] = data
        return Artifact(name=name, sha256=sha256, size=len(data))

    def fetch(self, sha256: str, to: str) -> bool:
        if sha256 not in self.files:
            return False
        if self.files[sha256] == b"unreadable":
            raise EnvironmentFailure("NB502", "the disk is full")
        Path(to).write_bytes(self.files[sha256])
        return True


def attempt(status: StepStatus = StepStatus.SUCCEEDED, **values: Any) -> Attempt:
    given = {"number": 1, "started_at": 1000.0, "ended_at": 1002.0, "seconds": 2.0, **values}
    return Attempt(status=status, **given)


def step(name: str, **values: Any) -> StepRecord:
    given = {
        "kind": "notebook",
        "work": f"{name}.ipynb",
        "status": StepStatus.SUCCEEDED,
        "attempts": (attempt(),),
        **values,
    }
    return StepRecord(name=name, **given)


def begun(folder: Path, **values: Any) -> RunRecord:
    given: dict[str, Any] = {
        "id": "2026-11-22-r1",
        "pipeline": "churn",
        "target": "/work/churn/pipeline.yaml",
        "pipeline_sha256": "0" * 64,
        "parameters": {"year": 2026},
        "user": "ada",
        "host": "here",
        "version": "0.2.0",
        "environment": "e" * 64,
        "folder": str(folder),
        "started_at": 1000.0,
    }
    return RunRecord(**{**given, **values})


def over(run: RunRecord, *steps: StepRecord, **values: Any) -> RunRecord:
    given = {"status": RunStatus.SUCCEEDED, "ended_at": 1010.0, "steps": steps, **values}
    return replace(run, **given)


def tell(tracker: Tracker, run: RunRecord) -> None:
    """Tell of a whole run, as it goes."""
    waiting = tuple(
        StepRecord(name=one.name, kind=one.kind, work=one.work, needs=one.needs)
        for one in run.steps
    )
    tracker.begin(replace(run, status=RunStatus.RUNNING, ended_at=None, message="", steps=waiting))
    for one in run.steps:
        tracker.step_ended(replace(run, status=RunStatus.RUNNING, ended_at=None), one)
    tracker.end(run)


def opened(uri: str, kept: Kept | None = None, **values: Any) -> Tracker:
    given: dict[str, Any] = {"mlflow_experiment": None, "lineage": None, **values}
    fetch = (kept or Kept()).fetch
    (tracker,) = open_trackers(mlflow_uri=uri, fetch=fetch, **given)
    return tracker


# -- addresses


def test_without_an_address_nobody_is_told() -> None:
    assert (
        open_trackers(mlflow_uri=None, mlflow_experiment=None, lineage=None, fetch=Kept().fetch)
        == ()
    )


@pytest.mark.parametrize(
    "address",
    [
        "ftp://host/events",
        "s3://bucket/events",
        "",
        "  ",
        "http://",
        "https:///path",
        "http://host:port/",
        "http://host:99999/",
        "http://ho st/",
        "localhost:5000",
        "file://elsewhere/events",
        "file://",
        "events\0",
        "http://host/\r\nInjected: yes",
        "folder/",
        ".",
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(address: str) -> None:
    with pytest.raises(UsageError) as refused:
        lineage_address(address)

    assert refused.value.code == "NB516" and refused.value.hint


@pytest.mark.parametrize(
    "address",
    [
        "ftp://host", "", "http://", "localhost:5000", "sqlite://", "sqlite:///:memory:", "what?",
        "100%41.db", "file://elsewhere/mlruns", "env",
    ],
)  # fmt: skip
def test_an_address_that_mlflow_cannot_have_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)

    with pytest.raises(UsageError) as refused:
        mlflow_address(address)

    assert refused.value.code == "NB516" and refused.value.hint


def test_a_refused_address_keeps_its_password() -> None:
    with pytest.raises(UsageError) as refused:
        lineage_address("ftp://ada:hunter22@host/")

    assert "hunter22" not in f"{refused.value} {refused.value.hint}"
    assert "***" in str(refused.value)


def test_events_go_where_the_address_says(tmp_path: Path) -> None:
    path = str(tmp_path / "a b" / "events.jsonl")

    assert lineage_address(path) == ("file", path)
    assert lineage_address(Path(path).as_uri()) == ("file", path)
    assert lineage_address("events:1.jsonl") == ("file", os.path.abspath("events:1.jsonl"))
    assert lineage_address("http://h:5000") == ("web", "http://h:5000/api/v1/lineage")
    assert lineage_address("HTTPS://h/x?y=1") == ("web", "HTTPS://h/x?y=1")


def test_a_folder_gets_a_database_with_its_files_beside_it(tmp_path: Path) -> None:
    address = mlflow_address(str(tmp_path / "mlruns"))

    assert address.uri == f"sqlite:///{tmp_path}/mlruns/mlflow.db"
    assert address.files == (tmp_path / "mlruns" / "artifacts").as_uri()
    assert mlflow_address(str(tmp_path / "x.db")).uri == f"sqlite:///{tmp_path}/x.db"


def test_a_folder_that_mlflow_keeps_without_a_database_stays_so(tmp_path: Path) -> None:
    (tmp_path / "0").mkdir()
    (tmp_path / "0" / "meta.yaml").touch()

    assert mlflow_address(str(tmp_path)).is_file_store
    (tmp_path / "mlflow.db").touch()
    assert not mlflow_address(str(tmp_path)).is_file_store


def test_env_means_mlflows_own_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://host:5000")

    assert mlflow_address("env").uri == "http://host:5000"


@pytest.mark.skipif(_HAS_MLFLOW, reason="MLflow is installed here")
@pytest.mark.parametrize("address", ["http://ada:hunter22@host:5000", "mlruns"])
def test_mlflow_that_is_missing_is_told_with_how_to_install_it(address: str) -> None:
    with pytest.raises(EnvironmentFailure) as failed:
        opened(address)

    assert (failed.value.code, failed.value.hint) == (
        "NB517",
        "python -m pip install 'nb2pkg[mlflow]'",
    )
    assert "hunter22" not in str(failed.value)


# -- what is said


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://ada:hunter22@host:5000", "no http://ada:hunter22@host:5000/api at hunter22"),
        ("http://hunter22@host:5000", "http://hunter22@host:5000/api?x"),
        ("https://ada:hunt%3Aer22@host", "hunt:er22 is wrong, hunt%3Aer22 too"),
        ("postgresql://ada:hunter22@host/db", "connect(password=hunter22)"),
        ("http://host/?token=hunter22", "http://host/?token=hunter22 said no"),
        ("http://host", "Bearer of-the-environment"),
    ],
)
def test_no_secret_is_said(address: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "of-the-environment")

    said = str(failure("MLflow", address, reason))

    assert not any(word in said for word in ("hunter22", "er22", "of-the-environment"))
    assert "***" in said


def test_a_failure_is_one_sentence_of_bounded_length() -> None:
    said = str(failure("MLflow", "http://host", "a\n  b\x1b[2J" + "c" * 10_000))

    assert said.startswith("MLflow (http://host): a b [2Jccc")
    assert len(said) < 450 and said.isprintable()


# -- within MLflow's limits


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("plain-name_1.x y/z", "plain-name_1.x y/z"),
        ("ü☃:$", "ü___"),
        ("../../etc", "__/__/etc"),
        ("/a//b/./c/", "a/b/_/c"),
        ("", "_"),
        ("\ud800", "_"),
    ],
)
def test_names_are_such_as_mlflow_takes(tmp_path: Path, name: str, told: str) -> None:
    assert list(fields.parameters(begun(tmp_path, parameters={name: 1}))) == [told]


def test_names_that_would_be_one_are_told_apart(tmp_path: Path) -> None:
    names = fields.parameters(begun(tmp_path, parameters={"a$": 1, "a!": 2, "x" * 300: 3}))

    assert list(names.values()) == ["1", "2", "3"]
    assert all(len(name) <= 250 for name in names)


def test_values_are_texts_of_bounded_length(tmp_path: Path) -> None:
    given = {"n": None, "t": "007", "l": [1, "ü"], "f": 0.1, "long": "x" * 9000, "z": "\0\ud800"}
    told = fields.parameters(begun(tmp_path, parameters=given))

    assert (told["n"], told["t"], told["l"], told["f"]) == ("null", "007", '[1, "ü"]', "0.1")
    assert len(told["long"]) == 6000 and told["long"].endswith("…")
    assert told["z"] == "\ufffd?"


def test_a_metric_has_its_plain_name_where_one_step_alone_gave_it(tmp_path: Path) -> None:
    steps = (
        step("a", metrics={"loss": 1.0, "rows": 2.0, "b.rows": 9.0}),
        step("b", metrics={"loss": 3.0, "rows": 4.0, "f1": 5.0}),
    )
    told = fields.metrics_of_end(over(begun(tmp_path), *steps), 0.0)

    # "b.rows" is what b gave.
    assert [(metric.name, metric.value) for metric in told] == [("f1", 5.0)]


def test_what_all_attempts_took_is_told(tmp_path: Path) -> None:
    attempts = (
        attempt(StepStatus.FAILED, seconds=2.0, cpu_seconds=1.0, memory_bytes=50),
        attempt(seconds=3.0, memory_bytes=40),
    )
    told = fields.metrics_of_step(step("a", attempts=attempts, metrics={"x": 1.0}), 0.0)

    assert {metric.name: metric.value for metric in told} == {
        "a.x": 1.0,
        "seconds/a": 5.0,
        "cpu_seconds/a": 1.0,
        "memory_bytes/a": 50.0,
    }
    assert {metric.time for metric in told} == {1_002_000}


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (RunStatus.SUCCEEDED, "FINISHED"),
        (RunStatus.FAILED, "FAILED"),
        (RunStatus.CANCELLED, "KILLED"),
        (RunStatus.CRASHED, "KILLED"),
    ],
)
def test_each_end_has_mlflows_word(tmp_path: Path, status: RunStatus, told: str) -> None:
    assert fields.end_status(over(begun(tmp_path), status=status)) == told


@pytest.mark.parametrize("name", ["a#b.csv", "a?b", "a%2Fb", "..", " ", "ü☃.png"])
def test_files_have_names_that_a_url_can_hold(name: str) -> None:
    told = fields.file_name(name)

    assert told.strip(". ") and not set(told) & set('#?%/\\:*"<>|☃')
    assert told.endswith(Path(name).suffix)
    assert fields.file_name("model 1 (best).joblib") == "model 1 (best).joblib"


# -- MLflow itself

_READ = """
import json, sys
from mlflow.tracking import MlflowClient
client = MlflowClient(tracking_uri=sys.argv[1])
def files(run, path=None):
    for one in client.list_artifacts(run, path):
        yield from files(run, one.path) if one.is_dir else [one.path]
for experiment in client.search_experiments():
    if sys.argv[2:] == ["delete"] and experiment.name != "Default":
        client.delete_experiment(experiment.experiment_id)
    for run in client.search_runs([experiment.experiment_id]):
        print(json.dumps({
            "experiment": experiment.name, "name": run.info.run_name, "status": run.info.status,
            "start": run.info.start_time, "end": run.info.end_time, "tags": run.data.tags,
            "params": run.data.params, "metrics": run.data.metrics,
            "files": sorted(files(run.info.run_id)),
        }))
"""
_QUIET = {"MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_DISABLE_TELEMETRY": "true"}


def runs_in(uri: str, *words: str) -> list[dict[str, Any]]:
    """What MLflow itself finds there."""
    done = subprocess.run(
        [sys.executable, "-c", _READ, uri, *words],
        env={**os.environ, **_QUIET},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def run_in(uri: str, name: str = "2026-11-22-r1") -> dict[str, Any]:
    (found,) = [run for run in runs_in(uri) if run["name"] == name]
    return found


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real tracking server, which keeps the files too."""
    if find_spec("mlflow") is None or find_spec("flask") is None:
        pytest.skip("`mlflow server` needs the whole of MLflow: python -m pip install mlflow")
    folder = tmp_path_factory.mktemp("mlflow-server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port),
                "--backend-store-uri", f"sqlite:///{folder}/server.db",
                "--artifacts-destination", str(folder / "artifacts"), "--workers", "1",
            ],
            cwd=folder,
            env={**os.environ, **_QUIET, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        until = time.monotonic() + _SERVER_SECONDS
        while not _answers(url):
            assert process.poll() is None and time.monotonic() < until, (folder / "log").read_text()
            time.sleep(0.1)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5):
            return True
    except (OSError, urllib.error.URLError):
        return False


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    return folder


@pytest.fixture(params=["folder", "files", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """Where MLflow keeps runs, in each of its ways: as a user says it, and as MLflow does."""
    folder = tmp_path / "my runs"
    if request.param == "folder":
        return str(folder), f"sqlite:///{folder}/mlflow.db"
    if request.param == "files":
        return folder.as_uri(), folder.as_uri()
    url = str(request.getfixturevalue("server"))
    return url, url


@_needs_mlflow
def test_mlflow_is_told_of_a_whole_run(
    place: tuple[str, str], tmp_path: Path, run_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    address, uri = place
    kept = Kept()
    steps = (
        step(
            "load",
            status=StepStatus.CACHED,
            attempts=(),
            from_run="earlier",
            artifacts=(kept.put("df.parquet", b"x" * 1000), kept.put("odd #1?%2F.txt", b"odd")),
        ),
        step(
            "träin",
            attempts=(attempt(cpu_seconds=1.5, memory_bytes=1000),),
            artifacts=(
                kept.put("model.joblib", b"model"),
                replace(kept.put("huge.bin", b"huge"), size=fields.LARGEST_FILE + 1),
                Artifact(name="gone.bin", sha256="0" * 64, size=4),
                kept.put("refused.bin", b"unreadable"),
            ),
            notebook=kept.put("notebook.ipynb", b"{}"),
            metrics={"accuracy": 0.9, "nan": float("nan"), "inf": float("inf"), "../odd!": 1.0},
        ),
        step("report", status=StepStatus.FAILED, metrics={"accuracy": 0.8}),
    )
    parameters = {"year": 2026, "token": "***", "none": None, "odd $": "\0\ud800"}
    many = {f"p{number}": "ü" * 6000 for number in range(150)}
    begins = begun(
        run_folder,
        parameters={**parameters, **many},
        git=GitState(commit="c" * 40, is_dirty=True),
        resumes="earlier",
        id="whole",
    )
    before = dict(os.environ)

    failed = over(begins, *steps, status=RunStatus.FAILED, message="report: ValueError: no")
    tell(opened(address, kept), failed)

    assert capfd.readouterr() == ("", "")
    assert dict(os.environ) == before
    assert list(run_folder.iterdir()) == []
    told = run_in(uri, "whole")
    assert (told["experiment"], told["status"]) == ("churn", "FAILED")
    assert (told["start"], told["end"]) == (1_000_000, 1_010_000)
    assert (
        told["tags"].items()
        >= {
            "mlflow.user": "ada",
            "mlflow.source.git.commit": "c" * 40,
            "nb2pkg.git_dirty": "true",
            "nb2pkg.run_id": "whole",
            "nb2pkg.resumes": "earlier",
            "nb2pkg.version": "0.2.0",
            "nb2pkg.pipeline": "churn",
            "nb2pkg.target": "/work/churn/pipeline.yaml",
            "nb2pkg.status": "failed",
            "nb2pkg.message": "report: ValueError: no",
            "nb2pkg.step.load": "cached",
            "nb2pkg.step.träin": "succeeded",
            "nb2pkg.step.report": "failed",
            "nb2pkg.left_out": "träin/huge.bin: larger than 100 MB; träin/gone.bin: it is not kept any "
            "more; träin/refused.bin: the disk is full",
        }.items()
    )
    assert len(told["params"]) == 154
    assert (told["params"]["token"], told["params"]["none"]) == ("***", "null")
    assert told["params"]["p149"] == "ü" * 6000
    metrics = told["metrics"]
    assert metrics["träin.accuracy"] == metrics["report.accuracy"] + 0.1 == 0.9
    assert "accuracy" not in metrics and metrics["nan"] != metrics["nan"]
    assert metrics["inf"] > 1e300 and metrics["__/odd_"] == metrics["träin.../odd_"] == 1.0
    assert metrics["seconds/träin"] == 2.0 and metrics["cpu_seconds/träin"] == 1.5
    assert metrics["memory_bytes/träin"] == 1000.0 and "seconds/load" not in metrics
    odd = fields.file_name("odd #1?%2F.txt")
    assert told["files"] == [
        "load/df.parquet", f"load/{odd}", "notebooks/träin.ipynb", "träin/model.joblib",
    ]  # fmt: skip
    # Nothing lies where the run was started, or anywhere but there.
    assert {path.name for path in tmp_path.iterdir()} <= {"run", "my runs"}


@_needs_mlflow
def test_runs_that_begin_at_once_make_one_database(tmp_path: Path, run_folder: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runs.db"
    records = [over(begun(run_folder, id=f"r{number}")) for number in range(2)]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda record: tell(opened(uri), record), records))

    assert {run["name"] for run in runs_in(uri)} == {"r0", "r1"}


@_needs_mlflow
def test_two_runs_can_be_told_by_one_tracker(tmp_path: Path, run_folder: Path) -> None:
    uri = (tmp_path / "runs").as_uri()
    tracker = opened(uri, mlflow_experiment="tries")
    first, second = begun(run_folder, id="r1"), begun(run_folder, id="r2")

    tracker.begin(first)
    tracker.begin(second)
    tracker.step_ended(second, step("b"))
    tracker.end(over(first, status=RunStatus.CANCELLED))
    tracker.end(over(second))

    told = {(run["experiment"], run["name"], run["status"]) for run in runs_in(uri)}
    assert told == {("tries", "r1", "KILLED"), ("tries", "r2", "FINISHED")}


@_needs_mlflow
def test_a_run_whose_teller_is_killed_does_not_run_for_ever(
    tmp_path: Path, run_folder: Path
) -> None:
    uri = (tmp_path / "runs").as_uri()
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from tests.ports.test_trackers import begun, opened, step\n"
        "tracker = opened(sys.argv[1])\n"
        "run = begun(Path(sys.argv[2]))\n"
        "tracker.begin(run)\n"
        "tracker.step_ended(run, step('a'))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, uri, str(run_folder)],
        env={**os.environ, "PYTHONPATH": f"{_ROOT / 'src'}:{_ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr

    _wait_until(lambda: list(run_folder.iterdir()) == [])
    told = run_in(uri)
    assert told["status"] == "KILLED"
    assert told["tags"]["nb2pkg.status"] == "crashed"
    assert told["tags"]["nb2pkg.step.a"] == "succeeded"


def _wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


# -- what goes wrong


@_needs_mlflow
def test_nobody_there_is_told_at_once(run_folder: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        tracker = opened(f"http://ada:hunter22@127.0.0.1:{nobody.getsockname()[1]}")
        began = time.monotonic()

        with pytest.raises(TrackerFailed) as told:
            tracker.begin(begun(run_folder))

    assert time.monotonic() - began < 5
    assert "it cannot be reached: Connection refused" in str(told.value)
    assert "hunter22" not in str(told.value)
    assert list(run_folder.iterdir()) == []


@_needs_mlflow
def test_a_server_that_does_not_answer_is_given_up_in_time(run_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = mlflow_address(f"http://127.0.0.1:{silent.getsockname()[1]}")
        tracker = MlflowTracker(address, None, Kept().fetch, whole_seconds=4.0)
        began = time.monotonic()

        with pytest.raises(TrackerFailed, match="it does not answer within 4 s"):
            tracker.begin(begun(run_folder))

    assert time.monotonic() - began < 8
    with pytest.raises(TrackerFailed, match="was not told that the run"):
        tracker.end(over(begun(run_folder)))


@_needs_mlflow
@pytest.mark.parametrize("kind", ["text", "folder", "nowhere"])
def test_a_database_that_cannot_be_is_told_at_once(
    tmp_path: Path, run_folder: Path, kind: str
) -> None:
    path = tmp_path / "runs.db"
    if kind == "text":
        path.write_text("no database at all, but a text that is long enough to be none " * 20)
    elif kind == "folder":
        path = tmp_path / "runs" / "mlflow.db"
        path.mkdir(parents=True)
    else:
        path.write_text("")
        path = path / "mlflow.db"

    with pytest.raises(TrackerFailed, match=r"not a database|unable to open|File exists"):
        opened(f"sqlite:///{path}").begin(begun(run_folder))


@_needs_mlflow
def test_a_deleted_experiment_is_told(tmp_path: Path, run_folder: Path) -> None:
    uri = (tmp_path / "runs").as_uri()
    tell(opened(uri), over(begun(run_folder)))
    runs_in(uri, "delete")

    with pytest.raises(TrackerFailed, match="the experiment 'churn' is deleted there"):
        opened(uri).begin(begun(run_folder))


# -- a server that comes and goes


class Way:
    """A way to a server, which can be closed, or let no files through."""

    def __init__(self, to: str) -> None:
        self._port = int(to.rpartition(":")[2])
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.is_closed = False
        self.holds_files = False
        self._over = threading.Event()

    @contextlib.contextmanager
    def open(self) -> Iterator[Way]:
        accepting = threading.Thread(target=self._accept)
        accepting.start()
        try:
            yield self
        finally:
            self._over.set()
            self._listening.shutdown(socket.SHUT_RDWR)
            accepting.join()
            self._listening.close()

    def _accept(self) -> None:
        passing = []
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                if self.is_closed:
                    client.close()
                    continue
                passing.append(threading.Thread(target=self._pass_on, args=[client]))
                passing[-1].start()
        for one in passing:
            one.join()

    def _pass_on(self, client: socket.socket) -> None:
        client.settimeout(0.05)
        with client, socket.create_connection(("127.0.0.1", self._port)) as server:
            server.settimeout(0.05)
            while not self._over.is_set() and not self.is_closed:
                for one, other in ((client, server), (server, client)):
                    try:
                        data = one.recv(1 << 16)
                    except TimeoutError:
                        continue
                    except OSError:
                        return
                    if not data:
                        return
                    if self.holds_files and data.startswith(b"PUT "):
                        self._over.wait(30)
                        return
                    other.sendall(data)


@_needs_mlflow
def test_what_a_server_misses_is_told_when_it_is_back(server: str, run_folder: Path) -> None:
    with Way(server).open() as way:
        tracker = opened(way.url)
        run = begun(run_folder, id="back")
        tracker.begin(run)
        way.is_closed = True
        steps = step("a", metrics={"x": 1.0}), step("b", metrics={"y": 2.0})
        tracker.step_ended(run, steps[0])
        time.sleep(0.3)
        way.is_closed = False
        tracker.step_ended(run, steps[1])
        tracker.end(over(run, *steps))

    told = run_in(server, "back")
    assert told["metrics"].items() >= {"a.x": 1.0, "b.y": 2.0, "x": 1.0, "seconds/a": 2.0}.items()
    assert (told["status"], told["tags"]["nb2pkg.step.a"]) == ("FINISHED", "succeeded")


@_needs_mlflow
def test_a_server_that_has_gone_is_told_in_time(server: str, run_folder: Path) -> None:
    with Way(server).open() as way:
        tracker = opened(way.url)
        run = begun(run_folder, id="gone")
        tracker.begin(run)
        way.is_closed = True
        began = time.monotonic()
        tracker.step_ended(run, step("a"))
        assert time.monotonic() - began < 1

        with pytest.raises(TrackerFailed, match="it cannot be reached: "):
            tracker.end(over(run, step("a")))

    assert time.monotonic() - began < 30
    assert list(run_folder.iterdir()) == []


@_needs_mlflow
def test_files_that_take_too_long_are_left_out(server: str, run_folder: Path) -> None:
    kept = Kept()
    files = (kept.put("x.bin", b"x"), kept.put("y.bin", b"y"))
    with Way(server).open() as way:
        way.holds_files = True
        tracker = MlflowTracker(mlflow_address(way.url), None, kept.fetch, whole_seconds=11.0)
        run = begun(run_folder, id="slow")
        tracker.begin(run)
        tracker.step_ended(run, step("a", artifacts=files))

        with pytest.raises(TrackerFailed) as said:
            tracker.end(over(run, step("a", artifacts=files)))

    assert "the run is there, but not its file a/x.bin" in str(said.value)
    assert "(and 1 more)" in str(said.value)
    told = run_in(server, "slow")
    assert (told["status"], told["files"]) == ("FINISHED", [])
    assert told["tags"]["nb2pkg.left_out"].count("there was no time to upload it") == 2
    assert list(run_folder.iterdir()) == []


@_needs_mlflow
def test_a_server_of_something_else_is_told(run_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listening.accept()
                    with client:
                        client.settimeout(5)
                        if client.recv(1 << 16):
                            client.sendall(answer)

        serving = threading.Thread(target=serve)
        serving.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(TrackerFailed, match="the server answered 404: is it one of MLflow"):
            opened(url).begin(begun(run_folder))
        listening.shutdown(socket.SHUT_RDWR)
        serving.join()
