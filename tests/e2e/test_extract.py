"""nb2pkg extract, as a person uses it: what comes out, and what another run does to it."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.shell import Shell

LOAD = ("# Sales", "## Load", "rows = [3, 1, 2]\nprint(len(rows))")
SORT = ("## Sort", "rows = sorted(rows)\nbest = rows[-1]")
SHOW = ("## Show", "print(rows, best)\nbest")
SALES = (*LOAD, *SORT, *SHOW)


def test_the_package_does_what_the_notebook_does(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)

    ended = shell("extract", "sales.ipynb")

    assert ended.code == 0
    assert ended.err == ""
    done = subprocess.run(
        [sys.executable, "-m", "sales"],
        cwd=shell.folder,
        env={"PYTHONPATH": "sales/src"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "3\n[1, 2, 3] 3\n")


def test_the_report_names_steps_and_the_next_commands(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)

    out = shell("extract", "sales.ipynb").out

    assert "sales.ipynb → sales/" in out
    assert "load" in out and "sort" in out
    assert "python -m sales" in out


def test_a_second_extract_writes_nothing(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    times = {p: p.stat().st_mtime_ns for p in shell.folder.rglob("*") if p.is_file()}

    ended = shell("extract", "sales.ipynb")

    assert ended.code == 0
    assert "already up to date" in ended.out
    assert {p: p.stat().st_mtime_ns for p in shell.folder.rglob("*") if p.is_file()} == times
    assert shell("extract", "sales.ipynb", "--check").code == 0
    assert shell("extract", "sales.ipynb", "--diff").out == ""


def test_the_same_notebook_gives_the_same_bytes_elsewhere(shell: Shell) -> None:
    for place in ("one", "two/deeper"):
        shell.write(f"{place}/sales.ipynb", *SALES)
        shell("extract", f"{place}/sales.ipynb")

    one, two = (
        {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}
        for root in (shell.folder / "one", shell.folder / "two/deeper")
    )
    assert one == two


@pytest.mark.parametrize("flag", ["--dry-run", "--diff", "--check"])
def test_looking_writes_nothing(shell: Shell, flag: str) -> None:
    shell.write("sales.ipynb", *SALES)

    ended = shell("extract", "sales.ipynb", flag)

    assert ended.code == (0 if flag == "--dry-run" else 1)
    assert not (shell.folder / "sales").exists()


def test_a_diff_can_be_applied_with_patch(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    shell.write("sales.ipynb", *LOAD, "## Sort", "rows = sorted(rows)\nbest = rows[0]", *SHOW)

    diff = shell("extract", "sales.ipynb", "--diff").out
    subprocess.run(
        ["patch", "-s", "-p1"], input=diff, text=True, cwd=shell.folder / "sales", check=True
    )

    assert "rows[0]" in shell.files("sales")["src/sales/steps/sort.py"]
    assert shell("extract", "sales.ipynb", "--dry-run").code == 0


# -- edits -------------------------------------------------------------------------------------------


def _edit(shell: Shell, path: str, old: str, new: str) -> None:
    file = shell.folder / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def _extracted_and_edited(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    _edit(shell, "sales/src/sales/steps/load.py", "def load", "# mine\ndef load")


def test_an_edit_stops_the_next_extract(shell: Shell) -> None:
    _extracted_and_edited(shell)
    before = shell.files("sales")

    ended = shell("extract", "sales.ipynb")

    assert ended.code == 4
    assert "NB401" in ended.err and "src/sales/steps/load.py" in ended.err
    assert shell.files("sales") == before


def test_merge_keeps_the_edit_and_brings_the_new_version(shell: Shell) -> None:
    _extracted_and_edited(shell)
    shell.write(
        "sales.ipynb", "# Sales", "## Load", "rows = [3, 1, 2]\nprint(len(rows), 'rows')",
        *SORT, *SHOW,
    )  # fmt: skip

    ended = shell("extract", "sales.ipynb", "--merge")

    assert ended.code == 0, ended.err
    merged = shell.files("sales")["src/sales/steps/load.py"]
    assert "# mine\ndef load" in merged
    assert "'rows'" in merged or '"rows"' in merged
    assert "1 file kept as edited" in shell("extract", "sales.ipynb", "--merge").out


def test_a_conflict_leaves_the_edit_and_puts_the_new_version_beside_it(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    _edit(shell, "sales/src/sales/steps/sort.py", "rows[-1]", "rows[1]")
    shell.write("sales.ipynb", *LOAD, "## Sort", "rows = sorted(rows)\nbest = rows[0]", *SHOW)

    ended = shell("extract", "sales.ipynb", "--merge")

    assert ended.code == 1
    assert "NB406" in ended.err
    files = shell.files("sales")
    assert "rows[1]" in files["src/sales/steps/sort.py"]
    assert "rows[0]" in files["src/sales/steps/sort.py.nb2pkg-new"]

    # The user keeps the edit and removes the offer: that is the end of it.
    (shell.folder / "sales/src/sales/steps/sort.py.nb2pkg-new").unlink()
    assert shell("extract", "sales.ipynb", "--merge").code == 0
    assert "rows[1]" in shell.files("sales")["src/sales/steps/sort.py"]
    assert "src/sales/steps/sort.py.nb2pkg-new" not in shell.files("sales")


def test_conflict_markers_come_only_when_asked_for(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    _edit(shell, "sales/src/sales/steps/sort.py", "rows[-1]", "rows[1]")
    shell.write("sales.ipynb", *LOAD, "## Sort", "rows = sorted(rows)\nbest = rows[0]", *SHOW)

    ended = shell("extract", "sales.ipynb", "--merge", "--conflicts", "markers")

    assert ended.code == 1
    text = shell.files("sales")["src/sales/steps/sort.py"]
    assert "<<<<<<<" in text and "rows[1]" in text and "rows[0]" in text


def test_force_overwrites_and_keeps_a_backup(shell: Shell) -> None:
    _extracted_and_edited(shell)

    ended = shell("extract", "sales.ipynb", "--force")

    assert ended.code == 0
    assert "# mine" not in shell.files("sales")["src/sales/steps/load.py"]
    (backup,) = (shell.folder / "sales/.nb2pkg/backup").rglob("load.py")
    assert "# mine" in backup.read_text()


def test_the_module_of_a_step_that_is_gone_goes_too(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    shell.write("sales.ipynb", *LOAD, "## Order", *SORT[1:], *SHOW)

    shell("extract", "sales.ipynb")

    assert "src/sales/steps/sort.py" not in shell.files("sales")
    assert "src/sales/steps/order.py" in shell.files("sales")


def test_the_edited_module_of_a_step_that_is_gone_stays(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    _edit(shell, "sales/src/sales/steps/sort.py", "def sort", "# mine\ndef sort")
    shell.write("sales.ipynb", *LOAD, "## Order", *SORT[1:], *SHOW)

    ended = shell("extract", "sales.ipynb", "--merge")

    assert ended.code == 0
    assert "NB408" in ended.err
    assert "# mine" in shell.files("sales")["src/sales/steps/sort.py"]


def test_files_of_the_user_in_our_folder_are_left_alone(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    mine = shell.folder / "sales/src/sales/mine.py"
    mine.write_text("MINE = 1\n")

    assert shell("extract", "sales.ipynb", "--force").code == 0
    assert mine.read_text() == "MINE = 1\n"


def test_a_file_that_the_user_removed_is_not_brought_back_unasked(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    (shell.folder / "sales/src/sales/__main__.py").unlink()

    assert shell("extract", "sales.ipynb").code == 4
    assert shell("extract", "sales.ipynb", "--merge").code == 0
    assert "src/sales/__main__.py" not in shell.files("sales")
    assert shell("extract", "sales.ipynb", "--force").code == 0
    assert "src/sales/__main__.py" in shell.files("sales")


def test_line_ends_that_git_changed_are_no_edit(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    for file in (shell.folder / "sales").rglob("*.py"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    assert shell("extract", "sales.ipynb").code == 0


def test_the_package_of_another_notebook_is_left_alone(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell.write("other.ipynb", *SALES)
    shell("extract", "sales.ipynb", "--output", "out")

    ended = shell("extract", "other.ipynb", "--output", "out")

    assert ended.code == 4
    assert "NB411" in ended.err


# -- the command line --------------------------------------------------------------------------------


def test_several_notebooks_end_with_the_worst_code(shell: Shell) -> None:
    shell.write("good.ipynb", *SALES)
    shell.write("broken.ipynb", "x = (")

    ended = shell("extract", "good.ipynb", "broken.ipynb", "missing.ipynb", "--json")

    assert ended.code == 3
    answer = json.loads(ended.out)
    assert answer["exit_code"] == 3
    assert [n["exit_code"] for n in answer["notebooks"]] == [0, 3, 2]
    assert (shell.folder / "good").is_dir()


def test_json_says_all_that_the_terminal_shows(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES, "rows[:1]")

    (report,) = json.loads(shell("extract", "sales.ipynb", "--json").out)["notebooks"]

    assert report["package"] == "sales"
    assert [step["name"] for step in report["steps"]] == ["load", "sort", "show"]
    assert report["steps"][1]["parameters"] == ["rows"]
    assert set(report["changes"].values()) == {"create"}
    assert report["written"] is True


def test_a_notebook_comes_through_standard_input(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = shell.write("sales.ipynb", *SALES).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    ended = shell("extract", "-", "--output", "out", "--package", "sales")

    assert ended.code == 0
    assert "src/sales/pipeline.py" in shell.files("out")


def test_configuration_holds_where_the_command_line_says_nothing(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.write("work/sales.ipynb", *SALES)
    (shell.folder / "pyproject.toml").write_text("[tool.nb2pkg]\noutput = 'built/{package}'\n")
    shell("extract", "work/sales.ipynb")
    assert "src/sales/pipeline.py" in shell.files("built/sales")

    monkeypatch.setenv("NB2PKG_PACKAGE", "named")
    shell("extract", "work/sales.ipynb")
    assert "src/named/pipeline.py" in shell.files("built/named")

    shell("extract", "work/sales.ipynb", "-o", "here", "--package", "typed")
    assert "src/typed/pipeline.py" in shell.files("here")


def test_a_package_is_not_named_as_what_it_imports(shell: Shell) -> None:
    shell.write("helpers_local.ipynb", "import helpers_local\nprint(helpers_local.x)")
    (shell.folder / "helpers_local.py").write_text("x = 1\n")

    (report,) = json.loads(shell("extract", "helpers_local.ipynb", "--json").out)["notebooks"]

    assert report["package"] not in ("helpers_local", "")


def test_nothing_of_the_notebook_runs(shell: Shell, tmp_path: Path) -> None:
    touch = f"open({str(tmp_path / 'canary')!r}, 'w')"
    shell.write(
        "harmful.ipynb",
        f"{touch}",
        f"def f(x={touch}):\n    pass",
        f"class C:\n    y = {touch}",
        f"@print({touch})\ndef g():\n    pass",
        f"!touch {tmp_path / 'canary'}",
        f"%%bash\ntouch {tmp_path / 'canary'}",
        f'x = f"{{{touch}}}"\nprint(x)',
        f"__import__('os').system('touch {tmp_path / 'canary'}')",
    )  # fmt: skip

    assert shell("extract", "harmful.ipynb").code == 0
    assert not (tmp_path / "canary").exists()


def test_colour_only_where_it_is_wanted(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.write("sales.ipynb", *SALES)

    assert "\x1b" not in shell("extract", "sales.ipynb").out
    assert "\x1b[" in shell("extract", "sales.ipynb", "--color", "always").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in shell("extract", "sales.ipynb").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in shell("extract", "sales.ipynb").out


def test_quiet_says_nothing_when_all_is_well(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    ended = shell("extract", "-q", "sales.ipynb")

    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_a_reader_that_goes_away_is_no_error(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    command = f"{sys.executable} -m nb2pkg extract sales.ipynb --dry-run -v | true; echo ${{PIPESTATUS[0]}}"
    src = Path(__file__).parents[2] / "src"
    done = subprocess.run(
        ["bash", "-c", command], cwd=shell.folder, env={"PYTHONPATH": str(src), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.stdout.strip() == "0"
    assert done.stderr == ""


def test_an_endless_sum_ends_within_its_time(shell: Shell) -> None:
    shell.write("sum.ipynb", "x = " + "+".join(["1"] * 10_000) + "\nprint(x)")

    ended = shell("extract", "sum.ipynb")

    assert ended.code in (0, 3)
    assert ended.code == 0 or "NB109" in ended.err


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts are sent another way there")
def test_ctrl_c_ends_with_130_and_no_traceback(shell: Shell) -> None:
    src = Path(__file__).parents[2] / "src"
    process = subprocess.Popen(
        [sys.executable, "-c", "from nb2pkg.cli.main import main; print(flush=True); main()", "extract", "-"],
        cwd=shell.folder, env={"PYTHONPATH": str(src)}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # A background job starts with interrupts ignored, and hands that down.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.5)  # until it waits for its input
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)

    assert process.returncode == 130
    assert err.strip() == "interrupted"


def test_a_module_beside_the_notebook_that_does_something_is_told(shell: Shell) -> None:
    (shell.folder / "shop_quiet.py").write_text(
        '"""Text."""\nRATE = 2\n\nif __name__ == "__main__":\n    print(RATE)\n'
    )
    (shell.folder / "shop_loud.py").write_text("RATE = 3\nprint('loaded')\n")
    shell.write(
        "sales.ipynb", "import shop_quiet\nimport shop_loud", "## Use", "total = shop_quiet.RATE",
        "## Show", "print(total, shop_loud.RATE)",
    )  # fmt: skip

    answer = json.loads(shell("extract", "sales.ipynb", "--json").out)

    told = [d["message"] for d in answer["notebooks"][0]["diagnostics"] if d["code"] == "NB151"]
    assert len(told) == 1
    assert told[0].startswith("'shop_loud.py' does something when it is imported")
