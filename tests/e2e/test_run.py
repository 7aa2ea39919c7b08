"""nb2pkg run: steps that pass values on, and run again when something that they depend on has changed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import nb2pkg
from tests.e2e.shell import Ended, Shell

MODULE = '''\
import json
from pathlib import Path

FACTOR = 2


def load(data_path):
    """Read the rows."""
    rows = json.loads(Path(data_path).read_text())
    print("loaded", len(rows))
    return rows


def scaled(value):
    return value * FACTOR


def clean(rows, least=0):
    return [scaled(row) for row in rows if row >= least]


def unrelated():
    return "nobody calls this"


def score(cleaned):
    return sum(cleaned), {"count": len(cleaned), "mean": sum(cleaned) / len(cleaned)}
'''
PIPELINE = """\
name: sums
parameters:
  data_path: rows.json
  least: 1
steps:
  load: {function: sums:load, outputs: [rows]}
  clean: {function: sums:clean, needs: [load], outputs: [cleaned]}
  score: {function: sums:score, needs: [clean], outputs: [total, metrics]}
"""


@pytest.fixture
def sums(shell: Shell) -> Shell:
    """A folder with a pipeline of three functions."""
    (shell.folder / "sums.py").write_text(MODULE)
    (shell.folder / "pipeline.yaml").write_text(PIPELINE)
    (shell.folder / "rows.json").write_text("[0, 1, 2, 3]")
    return shell


def run(shell: Shell, *arguments: str) -> Ended:
    return shell("run", *arguments, "--python", sys.executable)


def ran(shell: Shell, *arguments: str) -> dict[str, Any]:
    """What a run came to, as JSON."""
    answer: dict[str, Any] = json.loads(run(shell, *arguments, "--json").out)
    return answer


def fates(shell: Shell, *arguments: str) -> dict[str, str]:
    """Step → what became of it."""
    return {step["name"]: step["status"] for step in ran(shell, *arguments)["steps"]}


def whys(shell: Shell, *arguments: str) -> dict[str, tuple[str, str]]:
    """Step → what would become of it, and why."""
    ended = run(shell, *arguments, "--dry-run", "--json")
    return {s["name"]: (s["fate"], s["why"]) for s in json.loads(ended.out)["steps"]}


def artifact(shell: Shell, answer: dict[str, Any], step: str, name: str) -> Any:
    """A value that a step of a run has stored as JSON."""
    found = next(s for s in answer["steps"] if s["name"] == step)
    assert name in [a["name"] for a in found["artifacts"]]
    return json.loads((Path(answer["folder"]) / "artifacts" / step / name).read_text())


def replace(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


ALL_CACHED = {"load": "cached", "clean": "cached", "score": "cached"}


def test_values_pass_from_step_to_step(sums: Shell) -> None:
    answer = ran(sums, ".")

    assert answer["status"] == "succeeded"
    assert answer["exit_code"] == 0
    assert artifact(sums, answer, "clean", "cleaned.json") == [2, 4, 6]
    assert artifact(sums, answer, "score", "total.json") == 12
    assert answer["steps"][2]["metrics"] == {"total": 12.0, "count": 3.0, "mean": 4.0}


def test_what_ran_is_not_run_again(sums: Shell) -> None:
    first = ran(sums, ".")

    second = ran(sums, ".")

    assert {s["name"]: s["status"] for s in second["steps"]} == ALL_CACHED
    assert {s["from_run"] for s in second["steps"]} == {first["id"]}
    assert second["steps"][2]["metrics"] == first["steps"][2]["metrics"]
    assert run(sums, ".").out.startswith("sums: succeeded in 0.0 s (3 kept)")


def test_a_parameter_runs_the_steps_that_take_it_and_what_they_change(sums: Shell) -> None:
    run(sums, ".")

    assert fates(sums, ".", "-p", "least=2") == {
        "load": "cached",
        "clean": "succeeded",
        "score": "succeeded",
    }
    # Both are kept now: either can be gone back to.
    assert fates(sums, ".") == ALL_CACHED
    assert fates(sums, ".", "-p", "least=2") == ALL_CACHED


def test_a_step_that_gives_the_same_again_runs_nothing_after_it(sums: Shell) -> None:
    (sums.folder / "rows.json").write_text("[0, 2, 3]")
    run(sums, ".")

    # No row is 1.
    assert fates(sums, ".", "-p", "least=2") == {
        "load": "cached",
        "clean": "succeeded",
        "score": "cached",
    }


def test_data_that_a_step_was_seen_to_read_counts(sums: Shell) -> None:
    run(sums, ".")
    (sums.folder / "rows.json").write_text("[0, 1, 2, 30]")

    assert whys(sums, ".") == {
        "load": ("run", "rows.json has changed"),
        "clean": ("unknown", "depends on what load gives"),
        "score": ("unknown", "depends on what clean gives"),
    }
    assert artifact(sums, ran(sums, "."), "score", "total.json") == 66


def test_only_code_that_a_step_reaches_counts(sums: Shell) -> None:
    run(sums, ".")
    replace(sums.folder / "sums.py", '"nobody calls this"', '"nobody calls this either"')
    replace(sums.folder / "sums.py", "    rows = json", "    # a comment\n    rows = json")

    assert fates(sums, ".") == ALL_CACHED

    replace(sums.folder / "sums.py", "return value * FACTOR", "return value * FACTOR + 1")

    assert whys(sums, ".")["load"] == ("hit", whys(sums, ".")["load"][1])
    assert whys(sums, ".")["clean"] == ("run", "its code has changed")

    replace(sums.folder / "sums.py", "FACTOR = 2", "FACTOR = 3")

    assert artifact(sums, ran(sums, "."), "clean", "cleaned.json") == [4, 7, 10]


def test_a_dry_run_runs_and_writes_nothing(sums: Shell) -> None:
    home = Path(os.environ["NB2PKG_HOME"])

    assert whys(sums, ".") == {
        "load": ("run", "it has not run before"),
        "clean": ("unknown", "depends on what load gives"),
        "score": ("unknown", "depends on what clean gives"),
    }
    assert not list(home.glob("runs*"))
    assert sorted(p.name for p in sums.folder.iterdir()) == [
        "pipeline.yaml",
        "rows.json",
        "sums.py",
    ]


def test_force_from_and_only_choose_steps(sums: Shell) -> None:
    run(sums, ".")

    assert fates(sums, ".", "--force") == dict.fromkeys(ALL_CACHED, "succeeded")
    assert fates(sums, ".", "--from", "clean") == {
        **ALL_CACHED,
        "clean": "succeeded",
        "score": "succeeded",
    }
    assert fates(sums, ".", "--only", "clean") == {**ALL_CACHED, "score": "skipped"}
    unknown = run(sums, ".", "--only", "claen")
    assert (unknown.code, "there is no step 'claen'" in unknown.err) == (2, True)


def test_a_function_that_fails_says_where(sums: Shell) -> None:
    (sums.folder / "rows.json").write_text("[0]")

    ended = run(sums, ".")

    assert ended.code == 1
    assert "error[NB540]: step score: ZeroDivisionError: division by zero" in ended.err
    assert re.search(r'sums.py", line \d+, in score', ended.err)
    assert "function_step.py" not in ended.err, "our own frames are nobody's business"
    assert "sums: failed in" in ended.out
    assert "2 run, 1 failed" in ended.out


def test_after_a_failure_nothing_more_begins_unless_asked_to(shell: Shell) -> None:
    (shell.folder / "work.py").write_text("def bad():\n    1 / 0\n\n\ndef good():\n    return 1\n")
    (shell.folder / "pipeline.yaml").write_text(
        "steps:\n"
        "  bad: {function: work:bad}\n"
        "  after: {function: work:good, needs: [bad]}\n"
        "  other: {function: work:good}\n"
    )

    assert fates(shell, ".") == {"bad": "failed", "after": "skipped", "other": "skipped"}
    assert fates(shell, ".", "--keep-going") == {
        "bad": "failed",
        "after": "skipped",
        "other": "succeeded",
    }


def test_a_step_is_tried_again_as_often_as_it_may(shell: Shell) -> None:
    (shell.folder / "work.py").write_text(
        "import os\n\n\ndef flaky():\n"
        "    print('attempt', os.environ['NB2PKG_ATTEMPT'])\n"
        "    if os.environ['NB2PKG_ATTEMPT'] != '3':\n"
        "        raise OSError('not yet')\n"
        "    return os.environ['NB2PKG_STEP']\n"
    )
    (shell.folder / "pipeline.yaml").write_text(
        "steps: {flaky: {function: work:flaky, outputs: [name], retries: 2, retry_delay: 0.05}}\n"
    )

    answer = ran(shell, ".")

    attempts = answer["steps"][0]["attempts"]
    assert [a["status"] for a in attempts] == ["failed", "failed", "succeeded"]
    assert [a["message"] for a in attempts] == ["OSError: not yet", "OSError: not yet", ""]
    assert artifact(shell, answer, "flaky", "name.json") == "flaky"
    replace(shell.folder / "pipeline.yaml", "retries: 2", "retries: 1")
    assert fates(shell, ".", "--force") == {"flaky": "failed"}


def test_a_run_goes_on_from_one_that_failed(sums: Shell) -> None:
    # A step that asks for the time is run each time, but not by a run that goes on from it.
    replace(sums.folder / "sums.py", "import json", "import json\nimport time")
    replace(sums.folder / "sums.py", "return rows", "return rows + [int(time.time() > 0)]")
    replace(sums.folder / "sums.py", "return sum(cleaned),", "1 / 0\n    return sum(cleaned),")
    failed = ran(sums, ".")
    replace(sums.folder / "sums.py", "1 / 0\n    ", "")

    resumed = ran(sums, ".", "--resume", failed["id"])

    assert resumed["resumes"] == failed["id"]
    assert {s["name"]: s["status"] for s in resumed["steps"]} == {
        "load": "cached",
        "clean": "cached",
        "score": "succeeded",
    }
    assert whys(sums, ".")["load"] == ("run", "its last result cannot stand for another run")


def test_a_step_that_asks_for_the_time_says_so(sums: Shell) -> None:
    replace(sums.folder / "sums.py", "import json", "import json\nfrom datetime import date")
    replace(sums.folder / "sums.py", "return rows", "return rows + [date.today().year]")

    first = ran(sums, ".")

    assert first["steps"][0]["notes"] == [
        "runs again next time: it asks for the time (date.today())"
    ]
    assert fates(sums, ".") == {"load": "succeeded", "clean": "cached", "score": "cached"}
    replace(sums.folder / "pipeline.yaml", "outputs: [rows]", "outputs: [rows], cache: true")
    run(sums, ".")
    assert fates(sums, ".") == ALL_CACHED


def test_files_that_a_step_writes_are_there_or_it_runs_again(shell: Shell) -> None:
    (shell.folder / "work.py").write_text(
        "def report():\n    open('report.txt', 'w').write('all well')\n    open('extra.txt', 'w').write('x')\n"
    )
    (shell.folder / "pipeline.yaml").write_text(
        "steps: {report: {function: work:report, outputs: [report.txt]}}\n"
    )
    run(shell, ".")
    assert fates(shell, ".") == {"report": "cached"}

    (shell.folder / "report.txt").unlink()
    assert fates(shell, ".") == {"report": "cached"}
    assert (shell.folder / "report.txt").read_text() == "all well", "kept, and put back"

    (shell.folder / "extra.txt").write_text("somebody else's")
    assert whys(shell, ".")["report"] == (
        "run",
        "extra.txt, which it writes, is not there as it was written",
    )


def test_a_step_that_does_not_leave_what_it_promises_fails(shell: Shell) -> None:
    (shell.folder / "work.py").write_text("def nothing():\n    return 1, 2\n")
    (shell.folder / "pipeline.yaml").write_text(
        "steps: {nothing: {function: work:nothing, outputs: [report.html]}}\n"
    )

    assert "it did not write report.html" in run(shell, ".").err

    replace(shell.folder / "pipeline.yaml", "report.html", "a, b, c")
    assert "it returned 2 values, and its outputs are 3: a, b, c" in run(shell, ".").err


def test_new_files_in_a_folder_that_a_step_looks_through_count(shell: Shell) -> None:
    (shell.folder / "work.py").write_text(
        "from pathlib import Path\n\n\ndef names():\n"
        "    return sorted(p.name for p in Path('data').glob('*.csv'))\n"
    )
    (shell.folder / "pipeline.yaml").write_text(
        "steps: {names: {function: work:names, outputs: [names]}}\n"
    )
    (shell.folder / "data").mkdir()
    (shell.folder / "data" / "a.csv").write_text("1")
    run(shell, ".")
    assert fates(shell, ".") == {"names": "cached"}

    (shell.folder / "data" / "b.csv").write_text("2")

    assert artifact(shell, ran(shell, "."), "names", "names.json") == ["a.csv", "b.csv"]


def test_an_environment_variable_that_a_step_names_counts(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shell.folder / "work.py").write_text(
        "import os\n\n\ndef region():\n    return os.environ.get('REGION', 'none')\n"
    )
    (shell.folder / "pipeline.yaml").write_text(
        "steps: {region: {function: work:region, outputs: [region]}}\n"
    )
    run(shell, ".")

    monkeypatch.setenv("REGION", "EU")

    assert whys(shell, ".")["region"] == ("run", "$REGION has changed")
    assert artifact(shell, ran(shell, "."), "region", "region.json") == "EU"


def test_what_is_damaged_where_it_was_kept_is_made_again(sums: Shell) -> None:
    run(sums, ".")
    files = Path(os.environ["NB2PKG_HOME"], "cache", "files")
    for path in files.rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(path.read_bytes()[:-1] + b"!")

    ended = run(sums, ".", "--from", "score")

    assert ended.code == 0
    assert "what clean gave is damaged where it was kept; clean is run again" in ended.err
    assert ended.err.count("warning") == 2, "load too, and each once"
    assert fates(sums, ".") == ALL_CACHED


def test_a_secret_is_in_nothing_that_is_written_down(shell: Shell) -> None:
    (shell.folder / "work.py").write_text(
        "def ask(api_token):\n    raise ValueError('refused: ' + api_token)\n"
    )
    (shell.folder / "pipeline.yaml").write_text(
        "parameters: {api_token: {type: str}}\nsteps: {ask: {function: work:ask}}\n"
    )

    ended = run(shell, ".", "-p", "api_token=s3cr3t-canary")

    assert ended.code == 1
    assert "s3cr3t-canary" not in ended.out + ended.err
    home = Path(os.environ["NB2PKG_HOME"])
    for path in home.rglob("*"):
        if path.is_file():
            assert b"s3cr3t-canary" not in path.read_bytes(), path


def test_json_lines_tell_each_thing_as_it_happens(sums: Shell) -> None:
    lines = [json.loads(line) for line in run(sums, ".", "--json-lines").out.splitlines()]

    told = [(line["name"], line["status"]) for line in lines if line["event"] == "step"]
    assert told == [
        ("load", "waiting"), ("load", "running"), ("load", "succeeded"),
        ("clean", "waiting"), ("clean", "running"), ("clean", "succeeded"),
        ("score", "waiting"), ("score", "running"), ("score", "succeeded"),
    ]  # fmt: skip
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)


def test_json_lines_are_there_while_the_step_still_runs(shell: Shell) -> None:
    (shell.folder / "work.py").write_text(
        "import time\nfrom pathlib import Path\n\n\n"
        "def wait():\n"
        "    while not Path('go').exists():\n        time.sleep(0.02)\n"
    )
    (shell.folder / "pipeline.yaml").write_text("steps: {wait: {function: work:wait}}\n")
    runner = subprocess.Popen(
        [sys.executable, "-m", "nb2pkg", "run", ".", "--timeout", "60", "--json-lines"],
        cwd=shell.folder,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(nb2pkg.__file__).parents[1]),
            "PYTHONUNBUFFERED": "",
        },
        stdout=subprocess.PIPE,
    )

    with runner:
        assert runner.stdout is not None
        told = (json.loads(line) for line in runner.stdout)
        assert any(event.get("status") == "running" and event["event"] == "step" for event in told)
        (shell.folder / "go").touch()
        assert [event["status"] for event in told] == ["succeeded", "succeeded"]
    assert runner.returncode == 0


def test_steps_that_need_nothing_of_each_other_run_at_once(shell: Shell) -> None:
    (shell.folder / "work.py").write_text(
        "import time\nfrom pathlib import Path\n\n\n"
        "def meet(mine, other):\n"
        "    Path(mine).write_text('here')\n"
        "    for _ in range(500):\n"
        "        if Path(other).exists():\n            return True\n"
        "        time.sleep(0.02)\n"
        "    return False\n"
    )
    (shell.folder / "pipeline.yaml").write_text(
        "steps:\n"
        "  a: {function: work:meet, outputs: [met], parameters: {mine: a.txt, other: b.txt}}\n"
        "  b: {function: work:meet, outputs: [met], parameters: {mine: b.txt, other: a.txt}}\n"
    )

    answer = ran(shell, ".", "-j", "2")

    assert artifact(shell, answer, "a", "met.json") is True
    assert artifact(shell, answer, "b", "met.json") is True


def test_runs_can_be_listed_shown_and_compared(sums: Shell) -> None:
    first = ran(sums, ".")
    second = ran(sums, ".", "-p", "least=2")

    listed = sums("runs", "list")
    shown = sums("runs", "show", "last")
    differing = sums("runs", "diff", first["id"], second["id"])
    logs = sums("runs", "logs", first["id"], "load")

    assert [line.split()[:3] for line in listed.out.splitlines()] == [
        [second["id"], "succeeded", "sums"],
        [first["id"], "succeeded", "sums"],
    ]
    assert f"sums {second['id']}: succeeded" in shown.out
    assert "least is another one" in shown.out
    assert (differing.code, "least: 1 → 2" in differing.out) == (1, True)
    assert "score: metric total: 12.0 → 10.0" in differing.out
    assert sums("runs", "diff", first["id"], first["id"]).code == 0
    assert logs.out == "loaded 4\n"


@pytest.mark.parametrize("id", ["nothing", "' OR 1=1", "%", ""])
def test_a_run_that_is_not_there(sums: Shell, id: str) -> None:
    run(sums, ".")

    ended = sums("runs", "show", id)

    assert ended.code == 2
    assert "error[NB308]: there is no run" in ended.err


def test_what_is_kept_does_not_need_the_run_that_made_it(sums: Shell) -> None:
    run(sums, ".")

    shutil.rmtree(Path(os.environ["NB2PKG_HOME"], "runs"))

    assert fates(sums, ".") == ALL_CACHED
    assert artifact_of(sums, "score", "total") == "12"


def artifact_of(shell: Shell, step: str, name: str) -> str:
    """The text of an artifact of the last run, as the API gives it."""
    result = nb2pkg.run(str(shell.folder), {})
    return Path(result.artifact(step, name)).read_text()


def test_runs_can_be_forgotten(sums: Shell) -> None:
    first = ran(sums, ".")
    second = ran(sums, ".", "--force")

    pruned = sums("runs", "prune", "--keep", "1")

    assert pruned.out.startswith("1 run forgotten")
    assert not Path(first["folder"]).exists()
    assert Path(second["folder"]).exists()
    assert sums("runs", "show", first["id"]).code == 2
    assert fates(sums, ".") == ALL_CACHED
