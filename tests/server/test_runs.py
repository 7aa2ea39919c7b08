"""Runs that are started from a page: they go on by themselves, and everything about them can be seen."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.server.cli import typed
from tests.server.jupyter import Jupyter, children_of, command, jupyter
from tests.server.notebooks import saved

pytestmark = pytest.mark.skipif(os.name == "nt", reason="steps run on Linux and macOS")

TAKING = (
    ("n: int = 2  # how many\nregion = 'EU'\nrate: float = 0.5\napi_key = 'of the file'", "parameters"),
    "print(region, n * rate)",
)  # fmt: skip
WAITING = (
    ("seconds = 60.0", "parameters"),
    "import time\nprint('began', flush=True)\ntime.sleep(seconds)",
)


def _parameters(path: Path, *cells: tuple[str, str] | str) -> Path:
    """A notebook whose first cell has the tag of papermill's."""
    return saved(path, *cells)


def _until(server: Jupyter, id: str, is_so: Callable[[Any], bool], seconds: float = 60.0) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        run = server.get("run", id=id).json
        if is_so(run):
            return run
        time.sleep(0.1)
    raise AssertionError(run)


def _ended(server: Jupyter, id: str) -> Any:
    return _until(server, id, lambda run: run["run"]["status"] != "running")


def _started(server: Jupyter, **request: Any) -> str:
    id: str = server.given("run/start", request)["id"]
    return id


def test_a_form_asks_for_what_a_notebook_takes(server: Jupyter, folder: Path) -> None:
    saved(folder / "taking.ipynb", *TAKING)
    form = server.given("run/form", {"path": f"{folder.name}/taking.ipynb"})

    assert (form["is_notebook"], form["name"], form["steps"]) == (True, "taking", ["taking"])
    assert form["path"] == f"{folder.name}/taking.ipynb"
    fields = {field["name"]: field for field in form["fields"]}
    assert list(fields) == ["n", "region", "rate", "api_key"]
    assert fields["n"] == {
        "name": "n", "type": "int", "schema": {"type": "integer"}, "default": 2, "is_required": False,
        "about": "how many", "is_secret": False,
    }  # fmt: skip
    # What is secret stays where it is.
    assert fields["api_key"]["is_secret"] and fields["api_key"]["default"] is None


def test_a_form_asks_for_what_a_pipeline_takes(server: Jupyter, folder: Path) -> None:
    saved(folder / "a.ipynb", "print(1)")
    (folder / "pipeline.yaml").write_text(
        'name: sums\nparameters:\n  size: {type: \'Literal["small", "large"]\', default: small}\n'
        "  day: {type: date}\n  rates: {type: 'list[float]', default: [.nan]}\nsteps:\n  one: {notebook: a.ipynb}\n"
    )
    form = server.given("run/form", {"path": folder.name})

    assert form["path"] == f"{folder.name}/pipeline.yaml"
    fields = {field["name"]: field for field in form["fields"]}
    assert fields["size"]["schema"] == {"enum": ["small", "large"]}
    assert fields["day"]["schema"] == {"type": "string", "format": "date"}
    assert (fields["day"]["is_required"], fields["size"]["is_required"]) == (True, False)
    assert fields["rates"]["schema"] == {"type": "array", "items": {"type": "number"}}
    missing = server.post("run/start", {"path": folder.name})
    assert (missing.status, missing.code) == (422, "NB304")


def test_a_run_is_the_one_that_the_command_line_makes(server: Jupyter, folder: Path) -> None:
    saved(folder / "taking.ipynb", *TAKING)
    id = _started(
        server,
        path=f"{folder.name}/taking.ipynb",
        parameters={"n": 4, "region": "<b>US</b>", "api_key": "canary-of-a-key"},
        output=f"{folder.name}/out/{{run}}.ipynb",
    )
    run = _ended(server, id)

    assert run["run"]["status"] == "succeeded"
    assert run["run"]["path"] == f"{folder.name}/taking.ipynb"
    assert run["parameters"] == {"n": 4, "region": "<b>US</b>", "rate": 0.5, "api_key": "***"}
    [step] = run["steps"]
    assert (step["status"], step["cell"], step["cells"]) == ("succeeded", 3, 3)
    told = typed(folder, "runs", "show", id, "--json", NB2PKG_HOME=str(server.home))
    assert told["status"] == "succeeded"
    assert told["parameters"] == run["parameters"]
    log = server.get("run/log", id=id, step="taking").json
    assert (log["text"], log["start"], log["is_over"]) == ("<b>US</b> 2.0\n", 0, True)
    rest = server.get("run/log", id=id, step="taking", start=4).json
    assert rest["text"] == "<b>US</b> 2.0\n"[4:]
    assert id in [
        one["id"] for one in server.get("runs", path=f"{folder.name}/taking.ipynb").json["runs"]
    ]
    assert _notebook_of(server, id) == f"{folder.name}/out/{id}.ipynb"
    assert (folder / "out" / f"{id}.ipynb").exists()
    for path in server.home.rglob("*"):
        if path.is_file():
            assert b"canary-of-a-key" not in path.read_bytes()


def _notebook_of(server: Jupyter, id: str) -> Any:
    """It is put there when the run has ended, a moment later."""
    run = _until(server, id, lambda run: run["steps"][0]["notebook"] is not None)
    return run["steps"][0]["notebook"]


@pytest.mark.parametrize("is_pipeline", [False, True], ids=["notebook", "pipeline"])
def test_a_link_that_a_run_itself_lays_leads_nothing_out(
    server: Jupyter, folder: Path, tmp_path: Path, is_pipeline: bool
) -> None:
    saved(
        folder / "laying.ipynb",
        f"import os\nos.symlink({str(tmp_path)!r}, {str(folder / 'out')!r})",
    )
    (folder / "pipeline.yaml").write_text("steps:\n  laying: {notebook: laying.ipynb}\n")
    path, output = (
        (folder.name, f"{folder.name}/out")
        if is_pipeline
        else (f"{folder.name}/laying.ipynb", f"{folder.name}/out/x.ipynb")
    )
    id = _started(server, path=path, output=output)
    run = _ended(server, id)
    _until_refused(server, id)

    assert run["run"]["status"] == "succeeded"
    assert os.path.islink(folder / "out")
    assert list(tmp_path.iterdir()) == []
    assert server.get("run", id=id).json["steps"][0]["notebook"] is None


def _until_refused(server: Jupyter, id: str, seconds: float = 30.0) -> None:
    """Until the process of a run has said why it puts no notebook where it was asked for."""
    log = server.home / "runs" / id / "process.log"
    until = time.monotonic() + seconds
    while "leads out of" not in (log.read_text() if log.exists() else ""):
        assert time.monotonic() < until, "nothing was said of the output"
        time.sleep(0.05)


def test_values_are_taken_as_strictly_as_everywhere(server: Jupyter, folder: Path) -> None:
    saved(folder / "taking.ipynb", *TAKING)
    before = server.get("runs").json
    for parameters in (
        {"n": "4"},
        {"n": 4.5},
        {"n": True},
        {"rate": "half"},
        {"m": 1},
        {"n": None},
    ):
        answer = server.post(
            "run/start", {"path": f"{folder.name}/taking.ipynb", "parameters": parameters}
        )

        assert (answer.status, answer.code) == (422, "NB304")
    assert server.get("runs").json == before


def test_a_run_goes_on_when_the_server_is_killed_and_is_seen_by_the_next_one(
    tmp_path: Path,
) -> None:
    with jupyter(tmp_path) as first:
        saved(first.root / "waiting.ipynb", *WAITING)
        id = _started(first, path="waiting.ipynb", parameters={"seconds": 4.0})
        _until(first, id, lambda run: run["steps"][0]["status"] == "running")
        workers = first.workers()
        first.process.kill()
        first.process.wait()
        for pid in workers:
            _gone(pid)
    for path in (tmp_path / "runtime").glob("jpserver-*"):
        path.unlink()
    with jupyter(tmp_path) as second:
        run = _ended(second, id)

        assert run["run"]["status"] == "succeeded"


def _gone(pid: int, seconds: float = 5.0) -> None:
    until = time.monotonic() + seconds
    while command(pid):
        assert time.monotonic() < until, f"{pid} still runs: {command(pid)}"
        time.sleep(0.05)


def test_a_run_can_be_cancelled(server: Jupyter, folder: Path) -> None:
    saved(folder / "waiting.ipynb", *WAITING)
    id = _started(server, path=f"{folder.name}/waiting.ipynb")
    _until(
        server, id, lambda run: "began" in server.get("run/log", id=id, step="waiting").json["text"]
    )

    assert server.given("run/cancel", {"id": id}) == {"is_asked": True}
    run = _ended(server, id)

    assert run["run"]["status"] == "cancelled"
    assert run["steps"][0]["status"] == "cancelled"
    assert server.given("run/cancel", {"id": id}) == {"is_asked": False}


def test_a_run_that_dies_is_told_to_have_crashed(server: Jupyter, folder: Path) -> None:
    saved(folder / "waiting.ipynb", *WAITING)
    id = _started(server, path=f"{folder.name}/waiting.ipynb")
    _until(server, id, lambda run: run["steps"][0]["status"] == "running")
    [pid] = [
        int(place.name)
        for place in Path("/proc").iterdir()
        if place.name.isdigit()
        and "nb2pkg.api.started_run" in command(int(place.name))
        and str(server.home) in _environment(int(place.name))
    ]
    os.kill(pid, signal.SIGKILL)
    run = _ended(server, id)

    assert run["run"]["status"] == "crashed"


def _environment(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_text()
    except OSError:
        return ""


def test_a_step_that_fails_says_why(server: Jupyter, folder: Path) -> None:
    saved(folder / "failing.ipynb", "x = 1", "def f():\n    raise ValueError('no <rows>')\nf()")
    run = _ended(server, _started(server, path=f"{folder.name}/failing.ipynb"))

    [step] = run["steps"]
    assert (run["run"]["status"], step["status"], step["cell"]) == ("failed", "failed", 2)
    assert "no <rows>" in step["message"]
    assert "ValueError" in step["traceback"]


def test_a_report_is_a_page_that_can_do_nothing(server: Jupyter, folder: Path) -> None:
    script = "<script>alert(1)</script>"
    saved(
        folder / "hostile.ipynb",
        f"print({script!r})",
        f"from IPython.display import HTML\nHTML({script!r})",
        f"raise ValueError({script!r})",
    )
    id = _started(server, path=f"{folder.name}/hostile.ipynb")
    _ended(server, id)
    page = server.get("run/report", id=id)

    assert page.status == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "allow-scripts" not in policy and "unsafe-eval" not in policy
    assert b"<script" not in page.body
    assert b"hostile" in page.body


def test_runs_that_are_not_there_are_not_found(server: Jupyter) -> None:
    for route in ("run", "run/report"):
        answer = server.get(route, id="20260101-000000-abcdef")
        assert (answer.status, answer.code) == (404, "NB308")
    assert server.get("run", id="last").status == 404
    assert server.get("run/log", id="20260101-000000-abcdef", step="x").status == 404
    assert server.post("run/cancel", {"id": "20260101-000000-abcdef"}).status == 404


def test_a_log_is_read_piece_by_piece_without_cutting_characters(
    server: Jupyter, folder: Path
) -> None:
    saved(folder / "printing.ipynb", "print('ä€🐍' * 50_000)")
    id = _started(server, path=f"{folder.name}/printing.ipynb")
    _ended(server, id)
    text, start, is_over = "", 0, False
    while not is_over:
        piece = server.get("run/log", id=id, step="printing", start=start).json
        text, start, is_over = text + piece["text"], piece["next"], piece["is_over"]

    assert text == "ä€🐍" * 50_000 + "\n"
    last = server.get("run/log", id=id, step="printing").json
    assert last["next"] == start and last["text"].endswith("🐍\n")
    assert server.get("run/log", id=id, step="none").status == 404


def test_tokens_of_the_server_reach_no_notebook(tmp_path: Path) -> None:
    more = {
        "JUPYTERHUB_API_TOKEN": "canary-hub",
        "JPY_API_TOKEN": "canary-jpy",
        "NB2PKG_STORE": str(tmp_path / "canary-store.sqlite"),
    }
    with jupyter(tmp_path, **more) as server:
        saved(server.root / "looking.ipynb", "import os\nprint(sorted(os.environ.items()))")
        id = _started(server, path="looking.ipynb")
        _ended(server, id)
        log = server.get("run/log", id=id, step="looking").json["text"]
        workers = [_environment(pid) for pid in server.workers()]

    assert "PATH" in log and workers
    for canary in ("canary-hub", "canary-jpy", server.token):
        assert canary not in log
        assert not any(canary in environment for environment in workers)
    assert "canary-store" not in log


def test_what_is_started_is_nobodys_child(server: Jupyter, folder: Path) -> None:
    saved(folder / "waiting.ipynb", *WAITING)
    id = _started(server, path=f"{folder.name}/waiting.ipynb")
    _until(server, id, lambda run: run["steps"][0]["status"] == "running")
    below = [pid for worker in server.workers() for pid in children_of(worker)]

    assert not any("started_run" in command(pid) for pid in below)
    server.given("run/cancel", {"id": id})
    _ended(server, id)
