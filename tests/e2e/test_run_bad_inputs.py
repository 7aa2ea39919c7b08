"""What is wrong with a pipeline, a parameter or a store is said in one message, before anything runs."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path

import pytest

from tests.e2e.shell import Shell

STEP = "{function: work:make}"
LAUGHS = "\n".join(
    ["a0: &a0 [ha, ha]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
)


def schedule(cron: str, timezone: str = "UTC") -> str:
    """A pipeline that runs by itself at these times."""
    return f"steps: {{a: {STEP}}}\nschedule: {{nightly: {{cron: {cron}, timezone: {timezone}}}}}\n"


BAD_PIPELINES = {
    "no YAML": ("steps: {a: [", 3, "NB301", "--> pipeline.yaml:2:1"),
    "tabs": ("steps:\n\ta: 1\n", 3, "NB301", "--> pipeline.yaml:2:1"),
    "python tag": ("x: !!python/object/apply:os.system ['touch PWNED']\n", 3, "NB302", "tag not allowed"),
    "billion laughs": (LAUGHS, 3, "NB302", "stands for more than"),
    "duplicate key": (f"steps:\n  a: {STEP}\n  a: {STEP}\n", 3, "NB302", "duplicate key 'a'"),
    "cycle": (
        "steps:\n  a: {function: work:make, needs: [b]}\n  b: {function: work:make, needs: [a]}\n",
        3, "NB303", "a → b → a",
    ),
    "self": ("steps: {a: {function: work:make, needs: [a]}}", 3, "NB303", "a → a"),
    "missing": ("steps: {a: {function: work:make, needs: [lod]}, load: {function: work:make}}",
                3, "NB303", "did you mean 'load'?"),
    "unknown key": ("steps: {a: {functoin: work:make}}", 3, "NB309", "did you mean 'function'?"),
    "step outside": ("steps: {a: {notebook: ../a.ipynb}}", 3, "NB405", "below the pipeline's folder"),
    "linked outside": ("steps: {a: {notebook: linked.ipynb}}", 4, "NB405", "leads out of the project"),
    "retries": ("steps: {a: {function: work:make, retries: -1}}", 3, "NB305", "from 0 to 100"),
    "timeout": ("steps: {a: {function: work:make, timeout: 0}}", 3, "NB305", "a time above 0"),
    "too large": ("steps: {a: {function: work:make, timeout: 1e400}}", 3, "NB305", ""),
    "no notebook": ("steps: {a: {notebook: gone.ipynb}}", 3, "NB310", "there is no notebook gone.ipynb"),
    "no function": ("steps: {a: {function: work:gone}}", 3, "NB310", "has no function 'gone'"),
    "no value": ("parameters: {n: {type: int}}\nsteps: {a: {function: work:make}}", 2, "NB304",
                 "no value for n"),
    "no such parameter of a function": (
        "steps: {a: {function: work:make, parameters: {nmu: 1}}}", 3, "NB304", "has no parameter 'nmu'",
    ),
    "minute of a schedule": (schedule('"61 * * * *"'), 3, "NB306", "minute 61 is out of range 0–59"),
    "four fields": (schedule("0 2 * *"), 3, "NB306", "4 fields, 5 are needed: minute hour day month weekday"),
    "step of nothing": (schedule('"*/0 * * * *"'), 3, "NB306", "*/0: a step must be at least 1"),
    "day that never comes": (schedule("0 0 31 2 *"), 3, "NB306", "never fires: no February has a day 31"),
    "line break": (schedule('"0 0 * * *\\n* * * * *"'), 3, "NB306", "there is a line break in it"),
    "reboot": (schedule('"@reboot"'), 3, "NB306", "does not hang on when a machine starts"),
    "marked": (schedule("0 25 * * *"), 3, "NB306", "--> pipeline.yaml:2:30"),
    "zone": (schedule("0 2 * * *", "Mars/Base"), 3, "NB307", "there is no time zone 'Mars/Base'"),
    "nearly a zone": (schedule("0 2 * * *", "Europe/Stokholm"), 3, "NB307", "did you mean 'Europe/Stockholm'?"),
    "zone that is a path": (schedule("0 2 * * *", "../../etc/passwd"), 3, "NB307", "there is no time zone"),
    "no zone": (f"steps: {{a: {STEP}}}\nschedule: {{nightly: {{cron: 0 2 * * *}}}}\n", 3, "NB307",
                "write timezone: Europe/Stockholm"),
    "parameter of a schedule": (
        f"parameters: {{size: 1}}\nsteps: {{a: {STEP}}}\n"
        "schedule: {n: {cron: '@daily', timezone: UTC, parameters: {siez: 2}}}",
        3, "NB304", "did you mean 'size'?",
    ),
    "function wants more": ("steps: {a: {function: work:wants}}", 3, "NB304", "needs 'something'"),
}  # fmt: skip


@pytest.fixture
def project(shell: Shell) -> Shell:
    (shell.folder / "work.py").write_text(
        "def make():\n    open('ran.txt', 'w').close()\n\n\ndef wants(something):\n    pass\n"
    )
    outside = shell.folder.parent / f"{shell.folder.name}-outside.ipynb"
    outside.write_text("{}")
    (shell.folder / "linked.ipynb").symlink_to(outside)
    return shell


@pytest.mark.parametrize(
    ("text", "code", "finding", "said"), BAD_PIPELINES.values(), ids=BAD_PIPELINES
)
def test_a_pipeline_that_cannot_be_meant(
    project: Shell, text: str, code: int, finding: str, said: str
) -> None:
    (project.folder / "pipeline.yaml").write_text(text)
    before = sorted(path.name for path in project.folder.iterdir())
    started = time.monotonic()

    ended = project("run", ".")

    assert (ended.code, f"error[{finding}]" in ended.err) == (code, True), ended.err
    assert said in ended.err
    assert time.monotonic() - started < 2
    assert sorted(path.name for path in project.folder.iterdir()) == before
    assert json.loads(project("run", ".", "--json").out)["exit_code"] == code


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("gone.ipynb", "no such file: gone.ipynb"),
        ("work.txt", "is no pipeline"),
        ("empty", "there is no pipeline.yaml in empty"),
        (".", "did you mean ./inner?"),
    ],
)
def test_a_target_that_is_none(project: Shell, target: str, said: str) -> None:
    (project.folder / "work.txt").write_text("")
    (project.folder / "empty").mkdir()
    (project.folder / "inner").mkdir()
    (project.folder / "inner" / "pipeline.yaml").write_text("steps: {}\n")

    ended = project("run", target)

    assert (ended.code, "error[NB001]" in ended.err, said in ended.err) == (2, True, True), (
        ended.err
    )


@pytest.mark.parametrize(
    ("store", "code", "finding", "said"),
    [
        ("postgresql://me:hush@127.0.0.1:1/db", 5, "NB510", "127.0.0.1"),
        ("mysql://me:hush@there/db", 2, "NB516", "mysql"),
        ("newer", 5, "NB510", "newer"),
        ("foreign", 5, "NB510", "foreign"),
    ],
)
def test_a_store_that_cannot_be_used(
    project: Shell, monkeypatch: pytest.MonkeyPatch, store: str, code: int, finding: str, said: str
) -> None:
    (project.folder / "pipeline.yaml").write_text(f"steps: {{a: {STEP}}}\n")
    path = Path(project.folder.parent / f"{project.folder.name}-{store[:7]}.sqlite")
    if store == "newer":
        monkeypatch.setenv("NB2PKG_STORE", str(path))
        assert project("run", ".").code == 0
        (project.folder / "ran.txt").unlink()
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA user_version = 999")
        connection.close()
    elif store == "foreign":
        path.write_text("precious notes, and no database at all\n" * 20)
        monkeypatch.setenv("NB2PKG_STORE", str(path))
    else:
        monkeypatch.setenv("NB2PKG_STORE", store)
    before = path.read_bytes() if path.exists() else b""

    ended = project("run", ".")

    assert (ended.code, f"error[{finding}]" in ended.err) == (code, True), ended.err
    assert said in ended.err
    assert "hush" not in ended.err + ended.out
    assert not (project.folder / "ran.txt").exists()
    assert (path.read_bytes() if path.exists() else b"") == before


def test_records_on_a_network_file_system_are_warned_of_and_the_run_goes_on(
    project: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.folder / "pipeline.yaml").write_text(f"steps: {{a: {STEP}}}\n")
    monkeypatch.setattr("nb2pkg.api.running.network_file_system", lambda address: "nfs4")

    ended = project("run", ".")

    assert ended.code == 0
    assert ended.err.count("warning[NB519]: the records lie on a network file system (nfs4)") == 1


@pytest.mark.parametrize(
    "words",
    [["--jobs", "0"], ["--jobs", "abc"], ["--timeout", "0"], ["--timeout", "soon"], ["--only"]],
)
def test_an_option_that_cannot_be_meant(project: Shell, words: list[str]) -> None:
    (project.folder / "pipeline.yaml").write_text(f"steps: {{a: {STEP}}}\n")

    ended = project("run", ".", *words)

    assert (ended.code, "error[NB002]" in ended.err) == (2, True), ended.err


def test_many_steps_are_planned_in_no_time(shell: Shell) -> None:
    functions = "\n\n".join(f"def f{i}():\n    return {i}" for i in range(1000))
    (shell.folder / "work.py").write_text(functions)
    chain = "".join(
        f"  s{i}: {{function: work:f{i}, needs: [{f's{i - 1}' if i else ''}]}}\n"
        for i in range(1000)
    )
    (shell.folder / "pipeline.yaml").write_text("steps:\n" + chain)
    started = time.process_time()

    ended = shell("run", ".", "--dry-run")

    assert ended.code == 0, ended.err
    assert len(ended.out.splitlines()) == 1000
    # A second is the limit alone on a machine; what grows with the square of the steps takes far longer.
    assert time.process_time() - started < 3
