"""nb2pkg check and explain: findings for people and for programs."""

from __future__ import annotations

import json

from nb2pkg.api import extracting
from tests.e2e.shell import Shell


def test_a_clean_notebook_is_ready(shell: Shell) -> None:
    shell.write("clean.ipynb", "x = 1\nprint(x)")

    ended = shell("check", "clean.ipynb")

    assert ended.code == 0
    assert ended.out == ""
    assert "ready to extract" in ended.err


def test_findings_come_with_cell_line_and_caret(shell: Shell) -> None:
    shell.write("late.ipynb", "print(1)", "# Text", "y = df + 1\nprint(y)", "df = 1\nprint(df)")

    ended = shell("check", "late.ipynb")

    assert ended.code == 1
    assert "warning[NB141]: 'df' is used in cell 3" in ended.out
    assert "--> late.ipynb:cell 3 (id cell-2), line 1, column 5" in ended.out
    assert " 1 | y = df + 1\n   |     ^^" in ended.out


def test_all_broken_cells_are_found_at_once(shell: Shell) -> None:
    shell.write("broken.ipynb", "x = (", "print(1)", "y = ]")

    out = shell("check", "broken.ipynb").out

    assert out.count("error[NB104]") == 2


def test_a_file_that_is_no_notebook_ends_with_3(shell: Shell) -> None:
    (shell.folder / "no.ipynb").write_text("hello")

    ended = shell("check", "no.ipynb")

    assert ended.code == 3
    assert "NB102" in ended.out


def test_check_writes_nothing(shell: Shell) -> None:
    shell.write("clean.ipynb", "x = 1\nprint(x)")
    shell("check", "clean.ipynb")

    assert [path.name for path in shell.folder.iterdir()] == ["clean.ipynb"]


def test_the_formats_for_programs_can_be_read(shell: Shell) -> None:
    shell.write("star.ipynb", "from mylib import *\nprint(pi)")

    github = shell("check", "star.ipynb", "--output-format", "github")
    answer = json.loads(shell("check", "star.ipynb", "--output-format", "json").out)
    sarif = json.loads(shell("check", "star.ipynb", "--output-format", "sarif").out)

    assert github.code == 1
    assert github.out.startswith(
        "::warning file=star.ipynb,title=NB130::cell 1, line 1, column 1: "
    )
    (finding,) = answer["notebooks"][0]["diagnostics"]
    assert (finding["code"], finding["cell"], finding["line"], finding["column"]) == (
        "NB130",
        1,
        1,
        1,
    )
    (run,) = sarif["runs"]
    assert run["results"][0]["ruleId"] == run["tool"]["driver"]["rules"][0]["id"] == "NB130"


def test_a_secret_is_found_and_not_repeated(shell: Shell) -> None:
    secret = "AKIA" + "QWERTYUIOPASDFGH"
    shell.write("secret.ipynb", f"key = '{secret}'\nprint(len(key))")

    for output_format in ("text", "json", "github", "sarif"):
        ended = shell("check", "secret.ipynb", "--output-format", output_format)
        assert "NB207" in ended.out
        assert secret not in ended.out + ended.err


def test_every_code_is_explained(shell: Shell) -> None:
    for code in extracting.codes():
        ended = shell("explain", code)
        assert ended.code == 0
        assert code in ended.out


def test_an_unknown_code_is_answered_with_the_nearest(shell: Shell) -> None:
    ended = shell("explain", "NB1O4")

    assert ended.code == 2
    assert "did you mean NB" in ended.err
