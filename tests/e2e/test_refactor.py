"""nb2pkg refactor: what is shown is what is written, and all of it can be taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nb2pkg.api import refactoring
from tests.e2e.shell import Shell

SALES = (
    "# Sales",
    "rows = [3, 1, None]",
    "## Clean the rows",
    "clean = [row for row in rows if row]\nlen(clean)",
    "print(sum(clean))",
)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NB2PKG_HOME", str(tmp_path_factory.mktemp("home")))


def cells_of(path: Path) -> list[Any]:
    cells: list[Any] = json.loads(path.read_text())["cells"]
    return cells


def source_of(cell: Any) -> str:
    return "".join(cell["source"])


def test_a_function_is_extracted_with_a_test_and_the_notebook_calls_it(shell: Shell) -> None:
    path = shell.write("sales.ipynb", *SALES)

    ended = shell("refactor", "extract", "sales.ipynb", "--cells", "4")

    assert ended.code == 0
    assert "takes rows; gives clean" in ended.out
    assert (shell.folder / "sales_steps.py").read_text() == (
        "def clean_rows(rows: list) -> list:\n"
        '    """Clean the rows."""\n'
        "    clean = [row for row in rows if row]\n"
        "    return clean\n"
    )
    assert "def test_clean_rows" in (shell.folder / "test_sales_steps.py").read_text()
    call = cells_of(path)[3]
    assert source_of(call) == (
        "from sales_steps import clean_rows\n\nclean = clean_rows(rows)\nlen(clean)"
    )
    assert call["metadata"]["nb2pkg"] == {"extracted_to": "sales_steps.clean_rows"}


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("churn scratch (1).ipynb", "churn_scratch"),
        ("01-eda.ipynb", "eda"),
        ("分析.ipynb", "notebook"),
    ],
)
def test_a_module_is_named_after_any_notebook(shell: Shell, name: str, module: str) -> None:
    shell.write(name, *SALES)

    ended = shell("refactor", "extract", name, "--cells", "4")

    assert ended.code == 0
    assert f"to {module}_steps.py" in ended.out
    assert (shell.folder / f"{module}_steps.py").exists()


def test_undo_gives_every_byte_back(shell: Shell) -> None:
    path = shell.write("sales.ipynb", *SALES)
    module = shell.folder / "features.py"
    module.write_bytes(b'"""Mine."""\r\nX = 1\r\n')
    before = shell.files(".")
    shell("refactor", "extract", "sales.ipynb", "--cells", "4", "--module", "features")
    assert b"\r\n\r\n\r\ndef clean_rows" in module.read_bytes()

    ended = shell("refactor", "undo")

    assert ended.code == 0
    assert "taken back: Extract clean_rows to features.py" in ended.out
    assert shell.files(".") == before
    assert module.read_bytes() == b'"""Mine."""\r\nX = 1\r\n'
    assert path.exists()
    assert shell("refactor", "undo").code == 2


def test_undo_stops_where_a_folder_stands_by_now(shell: Shell) -> None:
    path = shell.write("sales.ipynb", *SALES)
    assert shell("refactor", "extract", "sales.ipynb", "--cells", "4").code == 0
    module = path.parent / "sales_steps.py"
    module.unlink()
    module.mkdir()

    ended = shell("refactor", "undo")

    assert ended.code == 4
    assert "NB809" in ended.err and "sales_steps.py has been changed since" in ended.err
    assert "sales_steps" in path.read_text()


def test_what_an_editor_has_done_is_taken_back_there(shell: Shell) -> None:
    path = shell.write("sales.ipynb", *SALES)
    done = refactoring.apply_refactoring(
        str(path), "extract", {"cells": [4]}, data=path.read_bytes()
    )
    module = path.parent / "sales_steps.py"
    assert module.exists()

    ended = shell("refactor", "undo")

    assert ended.code == 4
    assert "NB809" in ended.err and "in an editor that has" in ended.err
    assert module.exists()
    refactoring.undo_refactoring(done.undo)
    assert not module.exists()


def test_undo_stops_where_somebody_has_gone_on(shell: Shell) -> None:
    path = shell.write("sales.ipynb", *SALES)
    shell("refactor", "extract", "sales.ipynb", "--cells", "4")
    module = shell.folder / "sales_steps.py"
    module.write_text(module.read_text() + "\n# a thought\n")
    notebook = path.read_text()

    ended = shell("refactor", "undo")

    assert ended.code == 4
    assert "NB809" in ended.err
    assert "# a thought" in module.read_text()
    assert path.read_text() == notebook


def test_a_diff_is_shown_and_nothing_is_written(shell: Shell) -> None:
    path = shell.write("sales.ipynb", *SALES)
    before = path.read_bytes()

    ended = shell("refactor", "extract", "sales.ipynb", "--cells", "4", "--diff", "--no-test")

    assert ended.code == 1
    assert "+def clean_rows(rows: list) -> list:" in ended.out
    assert "-clean = [row for row in rows if row]" in ended.out
    assert "--- a/sales.ipynb, cell 4" in ended.out
    assert "test_sales_steps" not in ended.out
    assert path.read_bytes() == before
    assert not (shell.folder / "sales_steps.py").exists()


def test_outputs_go_along_to_the_cell_with_the_call(shell: Shell) -> None:
    path = shell.write(
        "sales.ipynb", *SALES[:3], "clean = rows[:2]\nprint(1)", "print(2)", "print(clean)"
    )
    document = json.loads(path.read_text())
    for number, text in ((3, "1\n"), (4, "2\n"), (5, "[3, 1]\n")):
        document["cells"][number]["outputs"] = [
            {"name": "stdout", "output_type": "stream", "text": text}
        ]
    path.write_text(json.dumps(document))

    shell("refactor", "extract", "sales.ipynb", "--cells", "4-5")

    call, rest = cells_of(path)[3:]
    assert [output["text"] for output in call["outputs"]] == ["1\n", "2\n"]
    assert [output["text"] for output in rest["outputs"]] == ["[3, 1]\n"]


def test_the_module_may_be_a_file_of_the_project(shell: Shell) -> None:
    (shell.folder / "pyproject.toml").write_text("")
    (shell.folder / "tests").mkdir()
    package = shell.folder / "src" / "shop"
    package.mkdir(parents=True)
    (package / "cleaning.py").write_text('"""How are rows cleaned?"""\n')
    path = shell.write("notebooks/sales.ipynb", *SALES)

    ended = shell(
        "refactor", "extract", "notebooks/sales.ipynb", "--cells", "4", "--module", "shop.cleaning"
    )

    assert ended.code == 0, ended.err
    assert "def clean_rows" in (package / "cleaning.py").read_text()
    assert "from shop.cleaning import clean_rows" in source_of(cells_of(path)[3])
    tests = (shell.folder / "tests" / "test_cleaning.py").read_text()
    assert "from shop.cleaning import clean_rows" in tests


@pytest.mark.parametrize(
    ("module", "why"),
    [
        ("json", "Python's own"),
        ("../../outside.py", "outside the project"),
        ("/etc/passwd.py", "not a path"),
        ("class.py", "no name"),
        ("a b.py", "no name"),
    ],
)
def test_a_module_that_cannot_be_is_refused(shell: Shell, module: str, why: str) -> None:
    path = shell.write("sales.ipynb", *SALES)
    before = path.read_bytes()

    ended = shell("refactor", "extract", "sales.ipynb", "--cells", "4", "--module", module)

    assert ended.code == 2
    assert "NB017" in ended.err
    assert why in ended.err
    assert path.read_bytes() == before


def test_what_would_not_be_the_same_is_refused_at_its_place(shell: Shell) -> None:
    path = shell.write("sales.ipynb", "n = 1", "import random\nif random.random() < 2:\n    m = n", "if n:\n    print(m)")  # fmt: skip
    before = path.read_bytes()

    ended = shell("refactor", "extract", "sales.ipynb", "--cells", "2")

    assert ended.code == 3
    assert "NB801" in ended.err
    assert "'m' is bound on some paths only" in ended.err
    assert "--> sales.ipynb:cell 2, line 2" in ended.err
    assert path.read_bytes() == before
    assert list(shell.folder.glob("*.py")) == []


@pytest.mark.parametrize("cells", ["0", "x", "3-2", "", "1-", "99999999", "1,,2"])
def test_cells_that_are_no_cells_are_a_usage_error(shell: Shell, cells: str) -> None:
    shell.write("sales.ipynb", *SALES)

    assert shell("refactor", "extract", "sales.ipynb", "--cells", cells).code == 2


@pytest.mark.parametrize("name", ["_", "Out", "_3", "__name__", "len", "class", "a b", "sum_²"])
def test_a_function_has_a_name_that_is_nobody_elses(shell: Shell, name: str) -> None:
    shell.write("sales.ipynb", *SALES)

    ended = shell("refactor", "extract", "sales.ipynb", "--cells", "4", "--name", name)

    assert ended.code == 3
    assert "NB803" in ended.err
    assert list(shell.folder.glob("*.py")) == []


def test_a_link_in_the_place_of_the_module_is_left_alone(shell: Shell, tmp_path: Path) -> None:
    shell.write("sales.ipynb", *SALES)
    victim = tmp_path / "victim.py"
    victim.write_text("# mine\n")
    (shell.folder / "features.py").symlink_to(victim)

    ended = shell("refactor", "extract", "sales.ipynb", "--cells", "4", "--module", "features")

    assert ended.code == 4
    assert victim.read_text() == "# mine\n"


def test_json_says_it_all(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)

    answer = json.loads(
        shell("refactor", "extract", "sales.ipynb", "--cells", "4", "--json", "--diff").out
    )

    assert answer["inputs"] == ["rows"]
    assert answer["outputs"] == ["clean"]
    assert [file["path"] for file in answer["files"]] == ["sales_steps.py", "test_sales_steps.py"]
    assert answer["undo"] is None
    assert [cell["of"] for cell in answer["cells"]] == [1, 2, 3, 4, 5]


def test_json_says_why_not(shell: Shell) -> None:
    shell.write("sales.ipynb", "n = 1\nprint(n, n + 1)")

    ended = shell("refactor", "parameter", "sales.ipynb", "--at", "1:2:40", "--name", "m", "--json")

    answer = json.loads(ended.out)
    assert ended.code == answer["exit_code"] == 3
    (found,) = answer["diagnostics"]
    assert (found["code"], found["cell"], found["line"]) == ("NB807", 1, 2)
    assert found["message"] == "line 2 of cell 1 has no column 40"
    assert ended.err == ""


def test_a_variable_is_renamed_and_back(shell: Shell) -> None:
    path = shell.write("sales.ipynb", *SALES)
    before = path.read_bytes()

    assert shell("refactor", "rename", "sales.ipynb", "clean", "tidy").code == 0
    assert source_of(cells_of(path)[4]) == "print(sum(tidy))"

    assert shell("refactor", "undo").code == 0
    assert path.read_bytes() == before


def test_a_number_becomes_a_parameter(shell: Shell) -> None:
    path = shell.write("sales.ipynb", "import math", "area = math.pi * 2.5\nprint(area)")

    ended = shell("refactor", "parameter", "sales.ipynb", "--at", "2:1:18", "--name", "radius")

    assert ended.code == 0, ended.err
    cells = cells_of(path)
    assert [source_of(cell) for cell in cells] == [
        "import math",
        "radius = 2.5",
        "area = math.pi * radius\nprint(area)",
    ]
    assert cells[1]["metadata"]["tags"] == ["parameters"]


def test_imports_move_to_the_top(shell: Shell) -> None:
    path = shell.write("sales.ipynb", "import math", "import json\nprint(json.dumps(math.pi))")

    assert shell("refactor", "imports", "sales.ipynb").code == 0

    assert [source_of(cell) for cell in cells_of(path)] == [
        "import math\nimport json",
        "print(json.dumps(math.pi))",
    ]


def test_a_variable_is_inlined(shell: Shell) -> None:
    path = shell.write("sales.ipynb", "n = 2", "limit = n + 1", "print(limit * 2)")

    assert shell("refactor", "inline", "sales.ipynb", "limit").code == 0

    assert [source_of(cell) for cell in cells_of(path)] == ["n = 2", "print((n + 1) * 2)"]


def test_extracting_and_inlining_again_gives_the_notebook_back(shell: Shell) -> None:
    path = shell.write("sales.ipynb", *SALES)
    shell("refactor", "extract", "sales.ipynb", "--cells", "4")

    ended = shell("refactor", "inline", "sales.ipynb", "clean_rows")

    assert ended.code == 0, ended.err
    assert source_of(cells_of(path)[3]) == SALES[3]
