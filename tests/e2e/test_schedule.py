"""nb2pkg schedule: what is added is run by a daemon when it is due, and what became of it is written down."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import nb2pkg
from tests.e2e.shell import Ended, Shell
from tests.ports.postgres_server import server_or_skip

SOURCE = Path(nb2pkg.__file__).parents[1]
QUICK = Path(__file__).parents[1] / "faults" / "quick_daemon.py"
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
NEVER_YET = "0 0 1 1 *"  # so that it runs only when it is asked to
PARAMETER = "canary-in-a-parameter"
SECRET = "canary-in-a-secret"
OURS = {
    "JUPYTERHUB_API_TOKEN": "canary-of-the-hub",
    "JPY_API_TOKEN": "canary-of-the-server",
    "NB2PKG_SMTP_PASSWORD": "canary-of-the-mail",
    "NB2PKG_WEBHOOK_SECRET": "canary-of-the-webhook",
}
MODULE = '''\
import json
import os
import time
from pathlib import Path


def write(name, text):
    """Write a file whole: somebody waits for it."""
    Path(name + ".new").write_text(text)
    os.replace(name + ".new", name)


def make(size=1):
    return size


def wait():
    write("began.txt", str(os.getpid()))
    while not Path("go").exists():
        time.sleep(0.02)


def tell(note, api_token):
    write("environment.json", json.dumps(dict(os.environ)))
    write("token.txt", api_token[::-1])
    wait()


def leak(api_token):
    raise ValueError("refused: " + api_token)


def die_once():
    if not Path(os.environ["NB2PKG_SCHEDULE"]).exists():
        write(os.environ["NB2PKG_SCHEDULE"], str(os.getpid()))
        time.sleep(600)
'''


# -- daemons


@dataclass
class Daemon:
    """A daemon that runs, and where it writes what it tells."""

    process: subprocess.Popen[bytes]
    log: Path

    def told(self) -> list[dict[str, Any]]:
        """What it has told in JSON; a line that is being written is not counted."""
        lines = self.log.read_text().split("\n")[:-1]
        return [json.loads(line) for line in lines]

    def is_told(self, **wanted: object) -> bool:
        """Whether it has told something with these fields."""
        return any(wanted.items() <= event.items() for event in self.told())

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self, seconds: float = 20.0) -> int:
        """Its exit code, once it has ended."""
        return self.process.wait(seconds)


@contextlib.contextmanager
def daemon(
    *words: str,
    home: str | None = None,
    program: tuple[str, ...] = ("-m", "nb2pkg", "schedule", "run"),
    more: dict[str, str] | None = None,
    prefix: tuple[str, ...] = (),
) -> Iterator[Daemon]:
    """A daemon in a process of its own, with the environment of this one and `more`."""
    home = home or os.environ["NB2PKG_HOME"]
    os.makedirs(home, exist_ok=True)
    if program[0] == "-m":
        words = (*words, *(("--allow-root",) if IS_ROOT and not prefix else ()))
    environment = {
        **os.environ,
        "NB2PKG_HOME": home,
        "PYTHONPATH": os.pathsep.join([str(SOURCE), str(SOURCE.parent)]),
        **(more or {}),
    }
    log = Path(home) / f"daemon{len(list(Path(home).glob('daemon*.log')))}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*prefix, sys.executable, *program, *words],
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    try:
        yield Daemon(process, log)
    finally:
        process.kill()
        process.wait()


def quick(speed: float, start: float, monotonic: float) -> tuple[str, ...]:
    """The program of a daemon with days of a few minutes: the store and the runs are real ones."""
    return (str(QUICK), str(speed), str(start), str(monotonic))


def wait_until(is_so: Callable[[], object], what: str, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.05)


@dataclass
class House:
    """A home whose daemon runs while these tests do."""

    home: str
    daemon: Daemon


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = str(tmp_path_factory.mktemp("house"))
    more = {**OURS, "NB2PKG_PARAM_API_TOKEN": SECRET, "NB2PKG_STORE": f"{home}/records.sqlite"}
    with daemon("--json-lines", home=home, more=more) as running:
        yield House(home, running)


@pytest.fixture
def office(shell: Shell, house: House, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A folder with functions, where what is scheduled is run."""
    monkeypatch.setenv("NB2PKG_HOME", house.home)
    monkeypatch.setenv("NB2PKG_STORE", f"{house.home}/records.sqlite")
    wait_until(lambda: answer(shell, "list")["daemons"], "the daemon runs")
    return with_functions(shell)


@pytest.fixture
def alone(shell: Shell) -> Shell:
    """A folder with functions, and no daemon."""
    return with_functions(shell)


def with_functions(shell: Shell) -> Shell:
    (shell.folder / "work.py").write_text(MODULE)
    return shell


def pipeline(shell: Shell, name: str, step: str = "make", more: str = "") -> str:
    """A pipeline of one function; gives the name of its file."""
    text = f"name: {name}\nsteps: {{{step}: {{function: work:{step}, cache: false}}}}\n{more}"
    (shell.folder / f"{name}.yaml").write_text(text)
    return f"{name}.yaml"


def add(shell: Shell, target: str, *words: str, cron: str = NEVER_YET) -> Ended:
    given = ("--cron", cron, "--tz", "UTC", "--python", sys.executable)
    return shell("schedule", "add", target, *given, *words)


def added(shell: Shell, target: str, *words: str, cron: str = NEVER_YET) -> Ended:
    ended = add(shell, target, *words, cron=cron)
    assert ended.code == 0, ended.err
    return ended


def answer(shell: Shell, *words: str) -> dict[str, Any]:
    """What a command says as JSON."""
    found: dict[str, Any] = json.loads(shell("schedule", *words, "--json").out)
    return found


def names(shell: Shell) -> list[str]:
    return [one["name"] for one in answer(shell, "list")["schedules"]]


def ticks(shell: Shell, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer(shell, "history", name)["ticks"]
    return found


def trigger(shell: Shell, name: str) -> None:
    ended = shell("schedule", "trigger", name)
    assert ended.code == 0, ended.err


def fate(shell: Shell, name: str, seconds: float = 20.0) -> dict[str, Any]:
    """What becomes of the newest due moment, once it is over."""
    wait_until(lambda: ticks(shell, name)[0]["ended_at"], f"{name} is over", seconds)
    return ticks(shell, name)[0]


def words_of(value: object) -> str | None:
    """What a case is called after: the words that are typed."""
    return " ".join(value) if isinstance(value, list) else ""


# -- adding, and what is refused


def test_what_is_added_is_said_with_its_next_times(alone: Shell) -> None:
    ended = added(alone, pipeline(alone, "sums"), cron="every 2 hours")

    said = ended.out.splitlines()
    assert said[:2] == ["sums added: every 2 hours (0 */2 * * *) UTC", "  runs sums.yaml"]
    assert [line.split()[0] for line in said[2:]] == ["next", "then", "then", "then", "then"]
    assert "no daemon runs" in ended.err
    assert "nb2pkg schedule install" in ended.err


def test_a_dry_run_keeps_nothing_and_finds_what_would_be_refused(alone: Shell) -> None:
    target = pipeline(alone, "sums")

    assert "sums would be added" in added(alone, target, "--dry-run").out
    assert names(alone) == []
    added(alone, target)
    assert "NB313" in add(alone, target, "--dry-run").err
    assert "sums would be changed" in added(alone, target, "-n", "--replace", cron="@daily").out
    assert answer(alone, "show", "sums")["cron"] == NEVER_YET


PARAMETERS = "parameters: {size: 1, ratio: {default: 0.5}, region: {choices: [north, south], default: north}}\n"


def test_parameters_are_kept_as_values_of_their_types(alone: Shell) -> None:
    (alone.folder / "values.yaml").write_text("ratio: 1\n")

    added(alone, pipeline(alone, "sums", more=PARAMETERS), "-p", "size=007", "-f", "values.yaml")

    kept = answer(alone, "show", "sums")["parameters"]
    assert kept == {"ratio": 1.0, "size": 7}
    assert isinstance(kept["ratio"], float)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-p", "siez=2"], "did you mean 'size'?"),
        (["-p", "size=two"], "is no int"),
        (["-p", "region=west"], "is not one of north, south"),
        (["-p", "size"], "write -p size=VALUE"),
        (["-p", "size=1", "-p", "size=2"], "given twice"),
        (["-f", "gone.yaml"], "cannot be read"),
        (["-o", "out/{regoin}.ipynb"], "there is no parameter 'regoin'"),
    ],
    ids=words_of,
)
def test_parameters_that_a_run_would_refuse(alone: Shell, words: list[str], said: str) -> None:
    ended = add(alone, pipeline(alone, "sums", more=PARAMETERS), *words)

    assert (ended.code, "error[NB304]" in ended.err) == (2, True), ended.err
    assert said in ended.err
    assert names(alone) == []


def test_a_secret_is_refused_and_where_to_put_it_is_said(alone: Shell) -> None:
    target = pipeline(alone, "ask", more="parameters: {api_token: {type: str, default: none}}\n")

    ended = add(alone, target, "-p", f"api_token={SECRET}")

    assert (ended.code, "error[NB304]" in ended.err) == (2, True)
    assert "a schedule does not keep it" in ended.err
    assert "set NB2PKG_PARAM_API_TOKEN where the daemon runs" in ended.err
    assert SECRET not in ended.out + ended.err
    assert names(alone) == []


@pytest.mark.parametrize(
    ("cron", "said"),
    [
        ("61 * * * *", "minute 61 is out of range 0–59"),
        ("0 2 * *", "4 fields, 5 are needed"),
        ("*/0 * * * *", "a step must be at least 1"),
        ("0 0 31 2 *", "no February has a day 31"),
        ("0 0 * * *\n* * * * *", "there is a line break in it"),
        ("@reboot", "does not hang on when a machine starts"),
        ("weekday at 7:30", "did you mean 'weekdays at 07:30'?"),
        ("", "it says no time"),
    ],
)
def test_times_that_mean_nothing(alone: Shell, cron: str, said: str) -> None:
    target = pipeline(alone, "sums")

    for ended in (add(alone, target, cron=cron), alone("schedule", "preview", cron, "--tz", "UTC")):
        assert (ended.code, "error[NB306]" in ended.err) == (2, True), ended.err
        assert said in ended.err
        assert ended.out == ""
    assert names(alone) == []


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        (["--tz", "Mars/Base"], "there is no time zone 'Mars/Base'"),
        (["--tz", "Europe/Stokholm"], "did you mean 'Europe/Stockholm'?"),
        (["--tz", "../../etc/passwd"], "there is no time zone"),
        (["--tz", ""], "the time zone is empty"),
        ([], "say which one is meant: --tz "),
    ],
    ids=words_of,
)
def test_a_zone_that_is_none(alone: Shell, zone: list[str], said: str) -> None:
    target = pipeline(alone, "sums")

    ended = alone("schedule", "add", target, "--cron", "@daily", *zone)

    assert (ended.code, "error[NB307]" in ended.err) == (2, True), ended.err
    assert said in ended.err
    assert names(alone) == []


@pytest.mark.parametrize(
    ("words", "code", "finding"),
    [
        (["--name", "a b"], 2, "NB309"),
        (["--name", "../a"], 2, "NB309"),
        (["--notify-email", "nobody"], 2, "NB309"),
        (["--notify-webhook", "ftp://hush"], 2, "NB309"),
        (["--notify-command", "'"], 2, "NB309"),
        (["--python", "gone"], 2, "NB012"),
        (["--overlap", "wait"], 2, "NB002"),
        (["--jitter", "soon"], 2, "NB002"),
        (["--retries", "-1"], 2, "NB002"),
    ],
    ids=words_of,
)
def test_an_option_that_cannot_be_meant(
    alone: Shell, words: list[str], code: int, finding: str
) -> None:
    ended = add(alone, pipeline(alone, "sums"), *words)

    assert (ended.code, f"error[{finding}]" in ended.err) == (code, True), ended.err
    assert "hush" not in ended.err
    assert names(alone) == []


@pytest.mark.parametrize(
    ("target", "code", "finding"), [("gone.yaml", 2, "NB001"), ("broken.yaml", 3, "NB301")]
)
def test_a_target_that_cannot_run(alone: Shell, target: str, code: int, finding: str) -> None:
    (alone.folder / "broken.yaml").write_text("steps: {a: [")

    ended = add(alone, target)

    assert (ended.code, f"error[{finding}]" in ended.err) == (code, True), ended.err
    assert names(alone) == []


# -- names


def test_a_name_is_taken_once_and_replaced_only_where_that_is_said(alone: Shell) -> None:
    target = pipeline(alone, "sums")
    added(alone, target, cron="@daily")
    before = answer(alone, "show", "sums")

    again = add(alone, target, cron="@hourly")
    kept = answer(alone, "show", "sums")
    replaced = added(alone, target, "--replace", "--retries", "2", cron="@hourly")
    after = answer(alone, "show", "sums")

    assert (again.code, "error[NB313]" in again.err) == (2, True)
    assert "--replace" in again.err
    assert kept["cron"] == before["cron"] == "@daily"
    assert "sums changed: @hourly" in replaced.out
    assert (after["cron"], after["retries"]) == ("@hourly", 2)
    assert after["created_at"] == before["created_at"]
    assert names(alone) == ["sums"]


@pytest.mark.parametrize(
    "words",
    [
        ["show", "smus"], ["history", "smus"], ["pause", "smus"], ["resume", "smus"],
        ["remove", "smus"], ["trigger", "smus"], ["check", "smus"], ["pause", "sums", "smus"],
        ["remove", "sums", "smus"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_schedule_that_is_not_there(alone: Shell, words: list[str]) -> None:
    added(alone, pipeline(alone, "sums"))

    ended = alone("schedule", *words)

    assert (ended.code, "error[NB312]: there is no schedule 'smus'" in ended.err) == (2, True)
    assert "did you mean sums?" in ended.err
    [kept] = answer(alone, "list")["schedules"]
    assert not kept["is_paused"], "nothing is done by halves"


def test_where_no_name_is_like_it_those_that_are_there_are_named(alone: Shell) -> None:
    assert "there are: none yet" in alone("schedule", "show", "x").err
    added(alone, pipeline(alone, "sums"))
    assert "there are: sums" in alone("schedule", "show", "something-else").err


# -- looking


def test_what_a_schedule_is_like_is_shown(alone: Shell) -> None:
    added(
        alone, pipeline(alone, "sums", more=PARAMETERS), "-p", "size=2", "--retries", "3", "--jitter", "5m",
        "--grace", "1h", "-j", "2", "--timeout", "90", "--notify-email", "ops@example.org",
        "--notify-webhook", "https://example.org/hush", "--catch-up", "all", cron="mondays at 8:00",
    )  # fmt: skip

    ended = alone("schedule", "show", "sums", "--next", "1")

    facts = [line.split(maxsplit=1) for line in ended.out.splitlines()[1:-1]]
    assert ended.out.splitlines()[0] == "sums: mondays at 8:00 (0 8 * * 1) UTC"
    assert dict(facts) == {
        "runs": "sums.yaml with size=2",
        "overlap": "skip",
        "catch": "up all",
        "retries": "3",
        "jitter": "5 m",
        "grace": "1 h",
        "jobs": "2",
        "timeout": "1 m 30 s",
        "python": dict(facts)["python"],
        "tells": "a webhook, ops@example.org",
        "success": "none yet",
    }
    assert "next     Mon " in ended.out.splitlines()[-1]
    assert "hush" not in ended.out + alone("schedule", "show", "sums", "--json").out


def test_what_is_paused_has_no_next_time_until_it_goes_on(alone: Shell) -> None:
    added(alone, pipeline(alone, "sums"))

    said = [alone("schedule", verb, "sums").out for verb in ("pause", "pause")]
    listed = alone("schedule", "list").out
    shown = answer(alone, "show", "sums")
    checked = alone("schedule", "check", "sums")
    replaced = added(alone, "sums.yaml", "--replace", cron="@daily")
    said += [alone("schedule", verb, "sums").out for verb in ("resume", "resume")]

    assert said == [
        "sums is paused\n",
        "sums is paused already\n",
        "sums goes on\n",
        "sums is not paused\n",
    ]
    assert "  paused  " in listed
    assert (shown["is_paused"], shown["next_due"], shown["next"]) == (True, None, [])
    assert (checked.code, checked.out) == (0, "paused  sums\n")
    assert "note: sums is paused" in replaced.err
    assert answer(alone, "show", "sums")["next_due"] is not None


def test_what_is_removed_is_forgotten(alone: Shell) -> None:
    added(alone, pipeline(alone, "sums"))
    added(alone, "sums.yaml", "--name", "other")

    ended = alone("schedule", "remove", "sums", "other")

    assert ended.out == "sums is removed\nother is removed\n"
    assert alone("schedule", "list").out.startswith("no schedules; add one: nb2pkg schedule add")


def test_times_can_be_looked_at_before_they_are_used(alone: Shell) -> None:
    ended = alone("schedule", "preview", "weekdays at 07:30", "--tz", "Europe/Stockholm", "-n", "3")

    head, *dues = ended.out.splitlines()
    assert head == "weekdays at 07:30 (30 7 * * 1-5) Europe/Stockholm"
    assert [" 07:30 CE" in due for due in dues] == [True] * 3


JOB_KEYS = {
    "name", "target", "cron", "crontab", "timezone", "overlap", "catch_up", "retries", "jitter_seconds",
    "grace_seconds", "parameters", "output", "jobs", "timeout_seconds", "kernel", "python", "notify", "owner",
    "from_file", "created_at",
}  # fmt: skip
VIEW_KEYS = JOB_KEYS | {
    "is_paused", "next_due", "last", "recent", "late_seconds", "last_success", "should_have_succeeded",
    "is_stale",
}  # fmt: skip
TICK_KEYS = {
    "due", "fate", "why", "origin", "claimed_at", "ended_at", "run", "tries", "count", "until",
}  # fmt: skip


def test_the_keys_of_json_are_those_that_programs_know(alone: Shell) -> None:
    target = pipeline(alone, "sums", more="schedule: {n: {cron: '@daily', timezone: UTC}}\n")

    adding = json.loads(added(alone, target, "--json").out)
    triggered = answer(alone, "trigger", "sums")
    listed = answer(alone, "list")
    shown = answer(alone, "show", "sums")
    history = answer(alone, "history", "sums")
    checked = answer(alone, "check")
    synced = answer(alone, "sync", target)
    previewed = answer(alone, "preview", "@daily", "--tz", "UTC")

    assert {one.pop("schema_version") for one in (adding, triggered, listed, shown, history, checked, synced, previewed)} == {1}  # fmt: skip
    assert (set(adding), set(adding["schedule"])) == (
        {"schedule", "is_kept"},
        JOB_KEYS | {"change", "next"},
    )
    assert (set(synced), set(synced["schedules"][0])) == (
        {"schedules", "is_kept"},
        JOB_KEYS | {"change", "next"},
    )
    assert (set(triggered), set(triggered["tick"])) == ({"schedule", "tick"}, TICK_KEYS)
    assert (set(listed), set(listed["schedules"][0])) == ({"schedules", "daemons"}, VIEW_KEYS)
    assert set(shown) == VIEW_KEYS | {"next"}
    assert set(shown["notify"]) == {"command", "webhook", "emails"}
    assert (set(history), set(history["ticks"][0])) == ({"schedule", "ticks"}, TICK_KEYS)
    assert (set(checked), set(checked["schedules"][0])) == ({"is_fresh", "schedules"}, VIEW_KEYS)
    assert set(previewed) == {"cron", "crontab", "timezone", "next"}


# -- the schedules of a pipeline's own file


def synced(shell: Shell, *words: str) -> dict[str, str]:
    """Schedule → what became of it."""
    return {one["name"]: one["change"] for one in answer(shell, "sync", *words)["schedules"]}


def scheduled(**times: str) -> str:
    entries = ", ".join(f"{key}: {{cron: '{cron}', timezone: UTC}}" for key, cron in times.items())
    return f"schedule: {{{entries}}}\n"


def test_what_the_file_says_is_added_changed_and_removed(alone: Shell) -> None:
    target = pipeline(alone, "sums", more=scheduled(a="@daily", b="@hourly"))

    assert synced(alone, target, "-n") == {"sums-a": "added", "sums-b": "added"}
    assert names(alone) == []
    assert synced(alone, target) == {"sums-a": "added", "sums-b": "added"}
    assert synced(alone, target) == {"sums-a": "same", "sums-b": "same"}

    pipeline(alone, "sums", more=scheduled(b="@weekly", c="@daily"))
    changes = {"sums-b": "changed", "sums-c": "added", "sums-a": "removed"}
    dry = alone("schedule", "sync", target, "--dry-run")
    assert dry.out.splitlines()[-1] == "dry run: nothing was changed"
    assert [line.split()[:3] for line in dry.out.splitlines()[:-1]] == [
        ["~", "sums-b", "changed"],
        ["+", "sums-c", "added"],
        ["-", "sums-a", "removed"],
    ]
    assert synced(alone, target) == changes
    assert {one["name"]: one["cron"] for one in answer(alone, "list")["schedules"]} == {
        "sums-b": "@weekly",
        "sums-c": "@daily",
    }
    assert answer(alone, "show", "sums-b")["from_file"] is True


def test_what_was_added_by_hand_is_none_of_the_files(alone: Shell) -> None:
    target = pipeline(alone, "sums", more=scheduled(a="@daily"))
    added(alone, target, "--name", "mine")
    synced(alone, target)

    pipeline(alone, "sums")
    assert synced(alone, target) == {"sums-a": "removed"}
    assert names(alone) == ["mine"]
    assert alone("schedule", "sync", target).out == "sums.yaml names no schedules\n"


def test_pipelines_may_have_schedules_of_the_same_key(alone: Shell) -> None:
    for name in ("one", "two"):
        assert synced(alone, pipeline(alone, name, more=scheduled(nightly="@daily"))) == {
            f"{name}-nightly": "added"
        }
    assert synced(alone, "one.yaml") == {"one-nightly": "same"}

    # Of the same name, too: nothing is changed by halves.
    text = (alone.folder / "two.yaml").read_text().replace("name: two", "name: one")
    (alone.folder / "three.yaml").write_text(text.replace("{nightly", "{early: {cron: '@hourly', timezone: UTC}, nightly"))  # fmt: skip
    ended = alone("schedule", "sync", "three.yaml")
    assert (ended.code, "error[NB313]" in ended.err) == (2, True)
    assert "give one of the two pipelines another 'name'" in ended.err
    assert names(alone) == ["one-nightly", "two-nightly"]


def test_a_pipeline_with_blanks_in_its_name_has_schedules_too(alone: Shell) -> None:
    text = f"name: Sums, v1.0\nsteps: {{}}\n{scheduled(a='@daily')}".replace("Sums,", "Sums")
    (alone.folder / "sums.yaml").write_text(text)

    assert synced(alone, "sums.yaml") == {"Sums-v1-0-a": "added"}


# -- what a daemon runs


def test_what_is_asked_for_is_run_and_remembered(office: Shell) -> None:
    added(office, pipeline(office, "asked"))

    said = office("schedule", "trigger", "asked")
    tick = fate(office, "asked")

    assert "a run of asked is asked for" in said.out
    assert said.err == "", "a daemon runs"
    assert (tick["fate"], tick["origin"], len(tick["tries"])) == ("succeeded", "hand", 1)
    line = office("schedule", "history", "asked").out
    assert line.startswith("✓ ")
    assert line.endswith(f"{tick['run']}  asked for\n")
    [listed] = [line for line in office("schedule", "list").out.splitlines() if "asked" in line]
    assert "succeeded" in listed
    assert listed.endswith("✓")
    assert tick["run"] in office("schedule", "show", "asked").out
    checked = office("schedule", "check", "asked")
    assert (checked.code, checked.out.split()[:2]) == (0, ["fresh", "asked:"])
    assert "succeeded" in office("runs", "show", tick["run"]).out


def test_a_secret_comes_from_the_daemons_environment_and_is_kept_nowhere(
    office: Shell, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "parameters: {note: {type: str}, api_token: {type: str}}\n"
    target = pipeline(office, "tells", "tell", more=secret)
    # Whoever adds it need not know the same one.
    monkeypatch.setenv("NB2PKG_PARAM_API_TOKEN", "another-token")
    added(office, target, "-p", f"note={PARAMETER}")
    trigger(office, "tells")
    wait_until((office.folder / "began.txt").exists, "it runs")
    commands = command_lines()
    (office.folder / "go").touch()

    assert fate(office, "tells")["fate"] == "succeeded"
    assert (office.folder / "token.txt").read_text()[::-1] == SECRET
    canaries = (SECRET, *OURS.values())
    for path in Path(house.home).rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert [one for one in canaries if one.encode() in content] == [], path
    # Neither can others on this machine see it, nor a parameter.
    assert [one for one in (PARAMETER, *canaries) if one in commands] == []
    environment = json.loads((office.folder / "environment.json").read_text())
    assert set(environment) & {*OURS, "NB2PKG_STORE"} == set()
    assert not set(environment.values()) & set(OURS.values())
    assert environment["NB2PKG_SCHEDULE"] == "tells"
    due = datetime.fromisoformat(environment["NB2PKG_DUE"])
    assert due == datetime.fromisoformat(ticks(office, "tells")[0]["due"].replace("Z", "+00:00"))


def command_lines() -> str:
    """The command lines of all processes that anybody can see."""
    done = subprocess.run(
        ["ps", "-A", "-ww", "-o", "args"], capture_output=True, text=True, check=True
    )
    assert "nb2pkg.api.scheduled_run" in done.stdout
    return done.stdout


def test_a_target_that_has_gone_or_is_not_right_any_more_fails_and_says_why(
    office: Shell,
) -> None:
    office.write("vanishes.ipynb", "print(1)")
    broken = pipeline(office, "breaks")
    retyped = pipeline(office, "retypes", more="parameters: {size: 1}\n")
    emptied = pipeline(office, "loses")
    added(office, "vanishes.ipynb")
    added(office, broken)
    added(office, retyped, "-p", "size=2")
    added(office, emptied, "--name", "loses")
    (office.folder / "vanishes.ipynb").unlink()
    (office.folder / broken).write_text("steps: {a: [")
    pipeline(office, "retypes", more="parameters: {size: {type: str, default: x}}\n")
    (office.folder / emptied).write_text("steps: {make: {function: work:gone}}\n")
    for name in ("vanishes", "breaks", "retypes", "loses"):
        trigger(office, name)

    whys = {name: fate(office, name) for name in ("vanishes", "breaks", "retypes", "loses")}

    assert {tick["fate"] for tick in whys.values()} == {"failed"}
    assert "NB001: no such file" in whys["vanishes"]["why"]
    assert "vanishes.ipynb" in whys["vanishes"]["why"]
    assert whys["breaks"]["why"].startswith("NB301: ")
    assert whys["retypes"]["why"].startswith("NB304: ")
    assert "size" in whys["retypes"]["why"]
    assert "has no function 'gone'" in whys["loses"]["why"]
    assert "no such file" in office("schedule", "history", "vanishes").out


def test_a_module_beside_the_target_is_not_taken_for_one_of_pythons_own(office: Shell) -> None:
    (office.folder / "sqlite3.py").write_text("raise SystemExit('not the real one')\n")
    added(office, pipeline(office, "beside"))
    trigger(office, "beside")

    tick = fate(office, "beside")

    assert (tick["fate"], tick["why"]) == ("succeeded", "")


def test_a_step_that_fails_is_told_with_its_error_and_without_secrets(
    office: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NB2PKG_PARAM_API_TOKEN", "another-token")
    office.write("fails.ipynb", "1 / 0")
    added(office, "fails.ipynb")
    added(office, pipeline(office, "leaks", "leak", more="parameters: {api_token: {type: str}}\n"))
    trigger(office, "fails")
    trigger(office, "leaks")

    fails, leaks = fate(office, "fails"), fate(office, "leaks")

    assert (fails["fate"], "ZeroDivisionError" in fails["why"]) == ("failed", True)
    assert office("schedule", "history", "fails").out.startswith("✗ ")
    assert leaks["why"] == "leak: ValueError: refused: ***"


def test_a_new_run_takes_the_place_of_an_old_one_where_that_is_said(office: Shell) -> None:
    added(office, pipeline(office, "replaces", "wait"), "--overlap", "cancel-old")
    trigger(office, "replaces")
    wait_until((office.folder / "began.txt").exists, "the first runs")
    trigger(office, "replaces")
    wait_until(lambda: ticks(office, "replaces")[1]["ended_at"], "the first has ended")
    (office.folder / "go").touch()

    new = fate(office, "replaces")
    old = ticks(office, "replaces")[1]
    assert (new["fate"], old["fate"]) == ("succeeded", "cancelled")
    assert "took its place" in old["why"]


def test_a_daemon_need_not_be_started_twice(office: Shell) -> None:
    words = ["schedule", "run", "--unless-running", *(["--allow-root"] if IS_ROOT else [])]

    quiet = office(*words)

    # Cron starts one each minute, and somebody may get what it says by mail.
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    assert office(*words, "--verbose").err == "a daemon runs already\n"


# -- how a daemon ends


def test_a_daemon_that_is_asked_to_stop_waits_for_what_runs(alone: Shell) -> None:
    added(alone, pipeline(alone, "waits", "wait"))
    added(alone, pipeline(alone, "later"))
    trigger(alone, "waits")

    with daemon("--json-lines") as running:
        wait_until((alone.folder / "began.txt").exists, "it runs")
        running.signal(signal.SIGTERM)
        wait_until(lambda: running.is_told(event="draining", running=1), "it has heard")
        trigger(alone, "later")
        (alone.folder / "go").touch()

        assert running.end() == 0
    assert fate(alone, "waits")["fate"] == "succeeded"
    assert ticks(alone, "later")[0]["fate"] == "waiting", "nothing more begins"
    assert answer(alone, "list")["daemons"] == []
    told = running.told()
    assert [event["event"] for event in told] == ["began", "draining", "ended"]
    assert all({"at", "event", "level", "message"} <= set(event) for event in told)
    began, _, ended = told
    assert set(began["tick"]) == set(ended["tick"]) == TICK_KEYS
    assert (ended["schedule"], ended["fate"], ended["is_ours"]) == ("waits", "succeeded", True)


def test_a_daemon_that_is_asked_twice_ends_what_runs(alone: Shell) -> None:
    added(alone, pipeline(alone, "waits", "wait"), "--retries", "3")
    trigger(alone, "waits")

    with daemon() as running:
        wait_until((alone.folder / "began.txt").exists, "it runs")
        running.signal(signal.SIGTERM)
        wait_until(lambda: "waits for 1 run;" in running.log.read_text(), "it has heard")
        running.signal(signal.SIGTERM)

        assert running.end() == 0
    tick = fate(alone, "waits")
    assert (tick["fate"], tick["why"]) == ("cancelled", "the daemon was stopped")
    assert len(tick["tries"]) == 1, "what was cancelled is not tried again"
    told = [line.split("  ", 1)[1] for line in running.log.read_text().splitlines()]
    assert told[0].startswith("runs what is due")
    assert "asked to stop: ends 1 run" in told
    assert told[-1].endswith("cancelled: the daemon was stopped")


def test_runs_die_with_their_daemon_and_are_tried_again_only_where_that_is_said(
    alone: Shell,
) -> None:
    added(alone, pipeline(alone, "once", "die_once"))
    added(alone, pipeline(alone, "twice", "die_once"), "--retries", "1")
    trigger(alone, "once")
    trigger(alone, "twice")
    # A retry waits for half a minute.
    program = quick(30, time.time(), time.monotonic())

    with daemon(program=program) as first:
        marks = [alone.folder / name for name in ("once", "twice")]
        wait_until(lambda: all(mark.exists() for mark in marks), "both run")
        steps = [int(mark.read_text()) for mark in marks]
        first.signal(signal.SIGKILL)
        first.end()
        wait_until(lambda: not any(map(is_alive, steps)), "no step is left", 5)
    assert [ticks(alone, name)[0]["fate"] for name in ("once", "twice")] == ["running", "running"]
    with daemon(program=program):
        once, twice = fate(alone, "once"), fate(alone, "twice", 30)

    assert once["fate"] == "crashed"
    assert "its daemon died" in once["why"]
    assert [one["fate"] for one in once["tries"]] == ["crashed"]
    assert [one["fate"] for one in twice["tries"]] == ["crashed", "succeeded"]
    assert twice["fate"] == "succeeded"
    assert "crashed" in alone("runs", "show", once["run"]).out
    assert alone("schedule", "history", "once").out.startswith("! ")


def is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        return not state.exists() or state.read_bytes().rpartition(b")")[2].split()[0] != b"Z"
    return False


def test_what_is_due_while_the_run_before_goes_on_is_left_out(alone: Shell) -> None:
    # A minute takes less than two seconds; the first is one for which the daemon is there in time.
    start = time.time()
    minutes = ",".join(str((int(start // 60) + n) % 60) for n in range(2, 40))
    added(alone, pipeline(alone, "waits", "wait"), cron=f"{minutes} * * * *")

    with daemon(program=quick(40, start, time.monotonic())) as running:
        wait_until(lambda: running.is_told(event="decided"), "another is due")
        (alone.folder / "go").touch()
        wait_until(lambda: running.is_told(event="ended"), "the first ends")
        count = len(ticks(alone, "waits"))
        wait_until(lambda: len(ticks(alone, "waits")) > count + 1, "one more is due")

    first, second = reversed(ticks(alone, "waits")[-2:])
    assert (first["fate"], second["fate"]) == ("succeeded", "skipped")
    assert second["why"].startswith("the run due at ")
    assert second["why"].endswith(" had not ended")
    assert second["tries"] == []
    assert "- " in alone("schedule", "history", "waits").out


def test_an_output_bears_the_time_at_which_it_was_due(alone: Shell) -> None:
    alone.write("report.ipynb", ("region = 'EU'", "parameters"), "print(region)")
    path = "out/{region}-{pm[current_datetime_utc]:%Y-%m-%d}.ipynb"
    added(alone, "report.ipynb", "-p", "region=US", "-o", path, cron="@daily")
    added(alone, pipeline(alone, "misses"), "--catch-up", "none", cron="@daily")
    tomorrow = datetime.now(timezone.utc) + timedelta(days=1)

    with daemon(program=quick(1, tomorrow.timestamp(), time.monotonic())) as running:
        wait_until(lambda: running.is_told(event="ended"), "it has run")

    assert fate(alone, "report")["fate"] == "succeeded", running.log.read_text()
    [written] = (alone.folder / "out").iterdir()
    assert written.name == f"US-{tomorrow:%Y-%m-%d}.ipynb"
    outputs = json.loads(written.read_text())["cells"][-1]["outputs"]
    assert "".join(outputs[0]["text"]) == "US\n"
    assert "  made up for\n" in alone("schedule", "history", "report").out
    missed = alone("schedule", "history", "misses").out
    assert missed.startswith("? ")
    assert missed.endswith("  nothing could run when it was due\n")


# -- users


@pytest.mark.skipif(not IS_ROOT, reason="only root is refused")
def test_jobs_do_not_run_as_root_by_accident(alone: Shell) -> None:
    for words in ([], ["--unless-running"], ["--json-lines"]):
        ended = alone("schedule", "run", *words)

        assert (ended.code, "error[NB549]" in ended.err) == (4, True), ended.err
        assert "--allow-root" in ended.err
        assert ended.out == ""


@dataclass
class Neighbour:
    """Another user of this machine, who shares a store with us."""

    folder: Path
    prefix: tuple[str, ...]
    environment: dict[str, str]

    def type(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.prefix, sys.executable, "-m", "nb2pkg", "schedule", *words],
            cwd=self.folder,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )


@pytest.fixture(params=["sqlite", "postgres"])
def neighbour(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Neighbour]:
    if not IS_ROOT or not shutil.which("setpriv"):
        pytest.skip("only root may become another user, by setpriv")
    # This Python may stand in a folder of root's: the other user may look into all folders, and write into none.
    look = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    prefix = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *look, "--")
    with contextlib.ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="nb2pkg-", dir="/tmp"))
        )
        folder.chmod(0o777)
        if request.param == "sqlite":
            store = str(folder / "records.sqlite")
        else:
            server = stack.enter_context(server_or_skip())
            server.folder.chmod(0o755)
            store = server.empty_database()
        monkeypatch.setenv("NB2PKG_STORE", store)
        for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
            monkeypatch.delenv(variable, raising=False)
        environment = {
            "NB2PKG_HOME": str(folder / "home"),
            "HOME": str(folder),
            "PYTHONPATH": str(SOURCE),
        }
        found = Neighbour(folder, prefix, environment)
        can = [*prefix, sys.executable, "-c", "import nb2pkg"]
        if subprocess.run(can, env={**os.environ, **environment}, check=False).returncode:
            pytest.skip("another user may not run this Python")
        yield found


def test_users_who_share_a_store_see_and_run_their_own_alone(
    alone: Shell, neighbour: Neighbour
) -> None:
    added(alone, pipeline(alone, "ours"))
    trigger(alone, "ours")
    if "://" not in os.environ["NB2PKG_STORE"]:
        os.chmod(os.environ["NB2PKG_STORE"], 0o666)
    shutil.copy(alone.folder / "work.py", neighbour.folder)
    shutil.copy(alone.folder / "ours.yaml", neighbour.folder / "theirs.yaml")

    assert json.loads(neighbour.type("list", "--json").stdout)["schedules"] == []
    for verb in ("show", "trigger", "pause", "remove"):
        assert "error[NB312]" in neighbour.type(verb, "ours").stderr
    words = ["theirs.yaml", "--cron", NEVER_YET, "--tz", "UTC"]
    # Each may have a schedule of the same name.
    assert neighbour.type("add", *words, "--name", "ours").returncode == 0
    assert neighbour.type("trigger", "ours").returncode == 0
    home = neighbour.environment["NB2PKG_HOME"]
    with daemon("--json-lines", home=home, more=neighbour.environment, prefix=neighbour.prefix):

        def theirs() -> dict[str, Any]:
            found: dict[str, Any] = json.loads(neighbour.type("history", "ours", "--json").stdout)
            tick: dict[str, Any] = found["ticks"][0]
            return tick

        wait_until(lambda: theirs()["ended_at"], "theirs has run")
        assert theirs()["fate"] == "succeeded"
        assert answer(alone, "list")["daemons"] == [], "theirs is none of ours"
    [mine] = answer(alone, "list")["schedules"]
    assert mine["target"].startswith(str(alone.folder))
    assert ticks(alone, "ours")[0]["fate"] == "waiting"
    with daemon("--json-lines"):
        assert fate(alone, "ours")["fate"] == "succeeded"
