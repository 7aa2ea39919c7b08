"""nb2pkg tag: the steps as tags in the notebook, and nothing else changed there."""

from __future__ import annotations

import json

from tests.e2e.shell import Shell

SALES = (
    "# Sales", "## Load", "rows = [3, 1, 2]\nprint(len(rows))", "## Sort",
    "rows = sorted(rows)\nbest = rows[-1]", ("print(best)", "hide-input"),
)  # fmt: skip


def tags_of(text: str) -> list[list[str]]:
    return [cell["metadata"].get("tags", []) for cell in json.loads(text)["cells"]]


def test_tags_are_shown_and_not_written(shell: Shell) -> None:
    path = shell.write("sales.ipynb", *SALES)
    before = path.read_bytes()

    ended = shell("tag", "sales.ipynb")

    assert ended.code == 0
    assert "cell   3  + step:load" in ended.out
    assert path.read_bytes() == before


def test_tags_are_written_beside_those_that_are_there(shell: Shell) -> None:
    path = shell.write("sales.ipynb", *SALES)

    assert shell("tag", "sales.ipynb", "--write").code == 0

    assert tags_of(path.read_text()) == [
        [], [], ["step:load"], [], ["step:sort"], ["hide-input", "step:sort"],
    ]  # fmt: skip


def test_the_tagged_notebook_gives_the_same_steps(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    before = json.loads(shell("extract", "sales.ipynb", "--dry-run", "--json").out)
    shell("tag", "sales.ipynb", "--write")
    after = json.loads(shell("extract", "sales.ipynb", "--dry-run", "--json").out)

    assert before["notebooks"][0]["steps"][0]["name"] == "load"
    names = [
        [
            (step["name"], step["parameters"], step["returns"])
            for step in answer["notebooks"][0]["steps"]
        ]
        for answer in (before, after)
    ]
    assert names[0] == names[1]


def test_tagging_twice_changes_nothing_more(shell: Shell) -> None:
    path = shell.write("sales.ipynb", *SALES)
    shell("tag", "sales.ipynb", "--write")
    once = path.read_bytes()

    ended = shell("tag", "sales.ipynb", "--write")

    assert path.read_bytes() == once
    assert "every cell of a step has its tag" in ended.err


def test_untouched_cells_stay_byte_for_byte(shell: Shell) -> None:
    path = shell.write("sales.ipynb", *SALES)
    odd = path.read_text().replace('"# Sales"', '"#  \\u0053ales"')
    path.write_text(odd)

    shell("tag", "sales.ipynb", "--write")

    assert '"#  \\u0053ales"' in path.read_text()


def test_standard_input_cannot_be_written_to(shell: Shell) -> None:
    assert shell("tag", "-", "--write").code == 2
