"""Schedules from a page are those of the command line."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nb2pkg.adapters.run_store import open_schedule_store
from nb2pkg.scheduling import Job, Timing, read_expression
from tests.server.cli import typed
from tests.server.jupyter import Jupyter, jupyter
from tests.server.notebooks import saved

pytestmark = pytest.mark.skipif(os.name == "nt", reason="steps run on Linux and macOS")


def _add(server: Jupyter, folder: Path, name: str, **more: Any) -> Any:
    saved(folder / "a.ipynb", ("n = 1", "parameters"), "print(n)")
    request = {
        "path": f"{folder.name}/a.ipynb",
        "cron": "weekdays at 07:30",
        "timezone": "Europe/Stockholm",
        "name": name,
    }
    return server.given("schedule/add", {**request, **more})


def _listed(server: Jupyter) -> dict[str, Any]:
    return {one["schedule"]["name"]: one for one in server.get("schedules").json["schedules"]}


def test_a_preview_is_what_the_command_line_shows(server: Jupyter, folder: Path) -> None:
    shown = server.given(
        "schedule/preview", {"cron": "30 2 * * *", "timezone": "Europe/Stockholm", "count": 4}
    )
    told = typed(
        folder, "schedule", "preview", "30 2 * * *", "--tz", "Europe/Stockholm", "-n", "4", "--json"
    )

    assert shown["next"] == told["next"]
    assert shown["crontab"] == told["crontab"] == "30 2 * * *"


@pytest.mark.parametrize(
    ("cron", "place"), [("0 25 * * *", (3, 5)), ("@dayly", (1, 7)), ("0 0 30 2 *", (5, 7))]
)
def test_a_text_that_says_no_time_is_refused_with_its_place(
    server: Jupyter, cron: str, place: tuple[int, int]
) -> None:
    answer = server.post("schedule/preview", {"cron": cron, "timezone": "UTC"})

    assert (answer.status, answer.code) == (422, "NB306")
    [found] = answer.json["findings"]
    assert (found["column"], found["end_column"]) == place


def test_a_zone_that_is_none_is_refused(server: Jupyter) -> None:
    answer = server.post("schedule/preview", {"cron": "@daily", "timezone": "Europe/Stokholm"})

    assert (answer.status, answer.code) == (422, "NB307")


def test_a_schedule_is_added_changed_and_removed(server: Jupyter, folder: Path) -> None:
    name = folder.name
    added = _add(server, folder, name, parameters={"n": 5}, retries=2, overlap="queue")

    assert (added["change"], added["has_daemon"], len(added["next"])) == ("added", False, 5)
    told = typed(folder, "schedule", "show", name, "--json", NB2PKG_HOME=str(server.home))
    assert (told["cron"], told["parameters"], told["retries"]) == ("weekdays at 07:30", {"n": 5}, 2)
    assert told["target"] == str(folder / "a.ipynb")
    state = _listed(server)[name]
    assert state["schedule"]["path"] == f"{folder.name}/a.ipynb"
    assert (state["schedule"]["crontab"], state["is_paused"]) == ("30 7 * * 1-5", False)
    for action, is_paused in (("pause", True), ("resume", False)):
        for is_changed in (True, False):
            answer = server.given("schedule/change", {"name": name, "action": action})
            assert answer["is_changed"] is is_changed
        assert _listed(server)[name]["is_paused"] is is_paused
    server.given("schedule/change", {"name": name, "action": "trigger"})
    assert _listed(server)[name]["recent"][0]["fate"] == "waiting"
    server.given("schedule/change", {"name": name, "action": "remove"})
    assert name not in _listed(server)
    gone = server.post("schedule/change", {"name": name, "action": "remove"})
    assert (gone.status, gone.code) == (404, "NB312")


def test_a_schedule_of_that_name_is_changed_only_where_that_is_said(
    server: Jupyter, folder: Path
) -> None:
    _add(server, folder, folder.name)
    request = {
        "path": f"{folder.name}/a.ipynb",
        "cron": "@daily",
        "timezone": "UTC",
        "name": folder.name,
    }

    taken = server.post("schedule/add", request)
    changed = server.given("schedule/add", {**request, "replace": True})

    assert (taken.status, taken.code) == (409, "NB313")
    assert (changed["change"], changed["schedule"]["cron"]) == ("changed", "@daily")


def test_what_a_schedule_cannot_run_is_refused(server: Jupyter, folder: Path) -> None:
    saved(folder / "a.ipynb", ("n = 1\napi_key = ''", "parameters"), "print(n)")
    request = {"path": f"{folder.name}/a.ipynb", "cron": "@daily", "timezone": "UTC"}
    for more, code in (
        ({"parameters": {"n": "1"}}, "NB304"),
        ({"parameters": {"m": 1}}, "NB304"),
        ({"parameters": {"api_key": "x"}}, "NB304"),
        ({"name": "../x"}, "NB309"),
        ({"notify_webhook": "ftp://x"}, "NB309"),
    ):
        answer = server.post("schedule/add", {**request, **more})

        assert (answer.status, answer.code) == (422, code)
    assert server.post("schedule/add", {**request, "path": f"{folder.name}/b.ipynb"}).status == 404


def test_who_is_told_and_how_is_not_told_to_others(server: Jupyter, folder: Path) -> None:
    address = "https://hooks.example/canary-of-a-hook"
    answer = server.post("schedule/change", {"name": "none", "action": "pause"})
    assert answer.status == 404
    added = _add(
        server, folder, folder.name, notify_webhook=address, notify_command="tell --key canary"
    )

    assert "canary" not in json.dumps([added, _listed(server)])
    told = typed(folder, "schedule", "show", folder.name, "--json", NB2PKG_HOME=str(server.home))
    assert told["notify"]["webhook"] and told["notify"]["command"] == "tell"


def test_schedules_of_another_user_of_the_same_store_are_not_there(tmp_path: Path) -> None:
    store = tmp_path / "shared.sqlite"
    with jupyter(tmp_path, NB2PKG_STORE=str(store)) as server:
        folder = server.root / "mine"
        _add(server, folder, "nightly")
        with_theirs = open_schedule_store(str(store))
        try:
            expression = read_expression("@hourly")
            timing = Timing(cron="@hourly", expression=expression, timezone="UTC")
            for name in ("nightly", "theirs"):
                job = Job(
                    id=f"id-{name}",
                    name=name,
                    owner="somebody-else",
                    target="/x/y.ipynb",
                    timing=timing,
                )
                assert with_theirs.add(job, 0.0)

            assert list(_listed(server)) == ["nightly"]
            for action in ("pause", "resume", "remove", "trigger"):
                answer = server.post("schedule/change", {"name": "theirs", "action": action})
                assert (answer.status, answer.code) == (404, "NB312")
            server.given("schedule/change", {"name": "nightly", "action": "remove"})

            left = [state.job.name for state in with_theirs.jobs("somebody-else", recent=0)]
            assert sorted(left) == ["nightly", "theirs"]
        finally:
            with_theirs.close()


def test_an_output_stays_below_the_root_when_its_run_is_due(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    with jupyter(tmp_path) as server:
        _add(server, server.root / "mine", "good", output="mine/{n}/{run}.ipynb")
        _add(
            server, server.root / "mine", "bad", output="mine/{n}/{run}.ipynb", parameters={"n": 2}
        )
        _add(
            server,
            server.root / "mine",
            "unseen",
            output="mine/{n}/{run}.ipynb",
            parameters={"n": 3},
        )
        (server.root / "mine" / "2").symlink_to(outside)
        (server.root / "mine" / ".hidden").mkdir()
        (server.root / "mine" / "3").symlink_to(".hidden")
        for name in ("good", "bad", "unseen"):
            server.given("schedule/change", {"name": name, "action": "trigger"})
        with _daemon(server.home):
            lasts = {name: _last(server, name) for name in ("good", "bad", "unseen")}

        assert lasts["good"]["fate"] == "succeeded", lasts
        for name, link in (("bad", "mine/2"), ("unseen", "mine/3")):
            assert lasts[name]["fate"] == "failed"
            assert lasts[name]["why"].startswith(f"NB021: output {link}/")
        [made] = (server.root / "mine" / "1").iterdir()
        assert made.suffix == ".ipynb"
        assert [*outside.iterdir(), *(server.root / "mine" / ".hidden").iterdir()] == []


@contextlib.contextmanager
def _daemon(home: Path) -> Iterator[None]:
    root = ["--allow-root"] if os.geteuid() == 0 else []
    process = subprocess.Popen(
        [sys.executable, "-m", "nb2pkg", "schedule", "run", *root],
        env={
            **os.environ,
            "NB2PKG_HOME": str(home),
            "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def _last(server: Jupyter, name: str, seconds: float = 60.0) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if last := _listed(server)[name]["last"]:
            return last
        time.sleep(0.1)
    raise AssertionError(_listed(server)[name])


@pytest.mark.skipif(
    not hasattr(os, "getuid") or os.getuid() != 0 or not shutil.which("setpriv"),
    reason="only root may become another user, by setpriv",
)
def test_the_user_is_who_the_system_says(server: Jupyter, folder: Path) -> None:
    # Variables such as $USER are anybody's to set.
    _add(server, folder, folder.name)
    script = "from nb2pkg.api import scheduling; print([v.name for v in scheduling.schedules()])"
    place = folder.parent.parent / "shared"
    shutil.copytree(server.home, place)
    for path in (place, *place.rglob("*")):
        os.chmod(path, 0o777)
    look = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    done = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *look, "--", sys.executable, "-c", script],
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "src"), "USER": "root", "NB2PKG_HOME": str(place)},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip

    assert done.stdout.strip() == "[]", done.stderr
