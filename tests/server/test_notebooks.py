"""What is said of a notebook as it is in an editor: the same as the command line says of its file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.server.cli import typed
from tests.server.jupyter import Jupyter
from tests.server.notebooks import SALES, opened, saved

FLAWED = (
    "from os import *",
    "list = [1, 2]",
    "print(list)",
)
STEPS = (
    "# Sales",
    ("parameters", "rate = 2"),
    "# Load",
    "rows = [1, 2, 3]",
    "# Sum up",
    "total = sum(rows) * rate",
    "print(total)",
)
PARAMETERS = tuple(("rate = 2", "parameters") if cell == STEPS[1] else cell for cell in STEPS)


def test_check_finds_what_the_command_line_finds(server: Jupyter, folder: Path) -> None:
    saved(folder / "flawed.ipynb", *FLAWED)
    path = f"{folder.name}/flawed.ipynb"
    told = typed(folder, "check", "flawed.ipynb", "--json")["notebooks"][0]["diagnostics"]

    of_file = server.given("check", {"notebook": {"path": path}})["findings"]
    of_editor = server.given("check", {"notebook": opened(path, *FLAWED)})["findings"]

    assert of_file == of_editor
    assert [f["code"] for f in of_editor] == [d["code"] for d in told]
    assert len(told) >= 2
    for found, diagnostic in zip(of_editor, told, strict=True):
        for here, there in (("message", "message"), ("hint", "hint"), ("position", "cell"), ("line", "line"),
                            ("column", "column"), ("end_column", "end_column")):  # fmt: skip
            assert found[here] == diagnostic[there]
        assert found["cell"] == f"cell-{found['position'] - 1}"


def test_edits_that_are_not_saved_count(server: Jupyter, folder: Path) -> None:
    saved(folder / "sales.ipynb", *SALES)
    path = f"{folder.name}/sales.ipynb"

    assert server.given("check", {"notebook": opened(path, *SALES)})["findings"] == []
    edited = server.given("check", {"notebook": opened(path, *SALES, "from os import *")})

    assert [found["cell"] for found in edited["findings"]] == [f"cell-{len(SALES)}"]


def test_a_notebook_need_not_be_saved_at_all(server: Jupyter, folder: Path) -> None:
    graph = server.given("graph", {"notebook": opened(f"{folder.name}/new.ipynb", *SALES)})

    assert [step["name"] for step in graph["steps"]] == ["load", "sum_up"]


def test_the_graph_says_what_flows_between_steps_and_cells(server: Jupyter, folder: Path) -> None:
    graph = server.given("graph", {"notebook": opened(f"{folder.name}/a.ipynb", *PARAMETERS)})

    assert graph["steps"] == [
        {
            "name": "load", "title": "Load", "cells": ["cell-3"], "takes": [], "gives": ["rows"],
            "options": [], "results": [],
        },
        {
            "name": "sum_up", "title": "Sum up", "cells": ["cell-5", "cell-6"], "takes": ["rows"],
            "gives": ["total"], "options": ["rate"], "results": ["total"],
        },
    ]  # fmt: skip
    assert graph["flows"] == [
        {"source": "load", "target": "sum_up", "names": ["rows"], "is_certain": True}
    ]
    assert [(f["source"], f["target"], f["names"]) for f in graph["cell_flows"]] == [
        ("cell-1", "cell-5", ["rate"]),
        ("cell-3", "cell-5", ["rows"]),
        ("cell-5", "cell-6", ["total"]),
    ]


def test_the_graph_is_the_one_that_the_command_line_draws(server: Jupyter, folder: Path) -> None:
    from nb2pkg.api import extracting

    path = saved(folder / "sales.ipynb", *PARAMETERS)
    graph = server.given("graph", {"notebook": {"path": f"{folder.name}/sales.ipynb"}})
    drawn = extracting.graph(str(path), format="dot")

    for flow in graph["flows"]:
        assert f"{flow['source']}" in drawn and f"{flow['target']}" in drawn
        assert all(name in drawn for name in flow["names"])


def test_steps_suggests_the_tags_that_the_command_line_writes(
    server: Jupyter, folder: Path
) -> None:
    saved(folder / "sales.ipynb", *SALES)
    path = f"{folder.name}/sales.ipynb"
    tags = server.given("steps", {"notebook": opened(path, *SALES)})["tags"]

    assert [(tag["cell"], tag["tag"]) for tag in tags] == [
        ("cell-3", "step:load"), ("cell-5", "step:sum_up"), ("cell-6", "step:sum_up"),
    ]  # fmt: skip
    tagged = [
        (c, f"step:{'load' if n == 3 else 'sum_up'}") if n in (3, 5, 6) else c
        for n, c in enumerate(SALES)
    ]
    assert server.given("steps", {"notebook": opened(path, *tagged)})["tags"] == []


def test_a_cell_that_is_not_python_is_said_to_be_none(server: Jupyter, folder: Path) -> None:
    notebook = opened(f"{folder.name}/a.ipynb", "x = 1", "x = = 2")
    answer = server.post("graph", {"notebook": notebook})

    assert answer.status == 422
    assert answer.code == "NB104"
    assert [(f["cell"], f["line"]) for f in answer.json["findings"]] == [("cell-1", 1)]
    checked = server.given("check", {"notebook": notebook})["findings"]
    assert [(f["code"], f["cell"]) for f in checked] == [("NB104", "cell-1")]


def test_a_notebook_without_code_or_of_another_language_is_refused(
    server: Jupyter, folder: Path
) -> None:
    path = f"{folder.name}/a.ipynb"
    empty = server.post("graph", {"notebook": opened(path, "# Only words")})
    other = server.post(
        "graph", {"notebook": {**opened(path, "x <- 1"), "language": "R", "kernel": "ir"}}
    )

    assert (empty.status, empty.code) == (422, "NB110")
    assert (other.status, other.code) == (422, "NB111")


def test_what_is_no_notebook_is_refused(server: Jupyter, folder: Path) -> None:
    (folder / "a.ipynb").write_text("{")
    for route in ("check", "graph", "steps", "extract/preview", "package"):
        damaged = server.post(route, {"notebook": {"path": f"{folder.name}/a.ipynb"}})
        missing = server.post(route, {"notebook": {"path": f"{folder.name}/b.ipynb"}})

        assert (damaged.status, damaged.code) == (422, "NB102")
        assert (missing.status, missing.code) == (404, "NB001")


def test_odd_texts_come_through(server: Jupyter, folder: Path) -> None:
    cells: list[dict[str, Any]] = [
        {"id": "a", "type": "code", "source": "x = '\ud83d\ude00'\r\ny = '\u2028'"},
        {"id": "b", "type": "markdown", "source": "<script>alert('\udcff')</script>"},
        {"id": "c", "type": "raw", "source": "\0"},
        {
            "id": "c",
            "type": "code",
            "source": "from os import *",
            "tags": ["\udcff"],
            "execution_count": 3,
        },
    ]
    answer = server.given("check", {"notebook": {"path": f"{folder.name}/a.ipynb", "cells": cells}})
    cells[0]["source"] = "x = '\udcff'"
    unwritable = server.post("check", {"notebook": {"path": "a.ipynb", "cells": cells}})

    assert (unwritable.status, unwritable.code) == (422, "NB104")
    assert unwritable.json["findings"][0]["cell"] == "a"
    assert ("c", 4) in [(found["cell"], found["position"]) for found in answer["findings"]]


def test_a_script_that_is_open_as_a_notebook_is_one(server: Jupyter, folder: Path) -> None:
    # As jupytext shows it.
    (folder / "sales.py").write_text("# %% [markdown]\n# # Load\n\n# %%\nx = 1\n\n# %%\nprint(x)\n")
    path = f"{folder.name}/sales.py"
    cells = ("# Load", "x = 1", "print(x)")

    of_file = server.given("extract/preview", {"notebook": {"path": path}})
    of_editor = server.given("extract/preview", {"notebook": opened(path, *cells)})
    edited = server.given("extract/preview", {"notebook": opened(path, *cells, "print(x + 1)")})

    assert of_file["digest"] == of_editor["digest"]
    assert (of_editor["is_saved"], edited["is_saved"]) == (True, False)
    # Beside a script of that name, the package has another one.
    assert of_file["package"] == edited["package"] == "sales_package"
