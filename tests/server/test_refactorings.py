"""A refactoring of an open notebook is shown, its files are written, and it is taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.server.cli import tree
from tests.server.jupyter import Jupyter
from tests.server.notebooks import SALES, opened, saved

TOTAL = "cell-5"


def _request(folder: Path, verb: str = "extract", **options: Any) -> dict[str, Any]:
    notebook = opened(f"{folder.name}/sales.ipynb", *SALES)
    return {"notebook": notebook, "verb": verb, "options": options}


@pytest.fixture
def sales(folder: Path) -> Path:
    saved(folder / "sales.ipynb", *SALES)
    return folder


def test_what_is_shown_is_what_is_written_and_what_is_taken_back(
    server: Jupyter, sales: Path
) -> None:
    before = tree(sales)
    request = _request(sales, cells=[TOTAL], module="features.py")

    shown = server.given("refactor/preview", request)
    assert tree(sales) == before
    done = server.given("refactor/apply", {**request, "digest": shown["digest"]})

    assert (shown["name"], shown["inputs"], shown["outputs"]) == ("sum_up", ["rows"], ["total"])
    assert [file["path"] for file in shown["files"]] == ["features.py", "test_features.py"]
    assert {**done, "undo": None} == shown
    for file in shown["files"]:
        assert (sales / file["path"]).read_text() == file["after"]
    # The notebook is the editor's to change.
    assert (sales / "sales.ipynb").read_bytes() == before["sales.ipynb"]
    call = next(cell for cell in shown["cells"] if cell["of"] == TOTAL)
    assert call["source"] == "from features import sum_up\n\ntotal = sum_up(rows)"
    assert call["mark"] == {"extracted_to": "features.sum_up"}

    undone = server.given("refactor/undo", {"undo": done["undo"]})

    assert undone["files"] == [f"{sales.name}/features.py", f"{sales.name}/test_features.py"]
    assert tree(sales) == before
    assert server.post("refactor/undo", {"undo": done["undo"]}).status == 404


def test_edits_that_are_not_saved_count(server: Jupyter, sales: Path) -> None:
    request = _request(sales, cells=[TOTAL])
    request["notebook"]["cells"][5]["source"] = "total = max(rows, key=len)"

    shown = server.given("refactor/preview", request)

    assert "max(rows, key=len)" in shown["files"][0]["after"]


def test_nothing_but_what_was_shown_is_written(server: Jupyter, sales: Path) -> None:
    request = _request(sales, cells=[TOTAL], module="features.py")
    shown = server.given("refactor/preview", request)
    (sales / "features.py").write_text("X = 1\n")

    answer = server.post("refactor/apply", {**request, "digest": shown["digest"]})

    assert (answer.status, answer.code) == (409, "NB413")
    assert (sales / "features.py").read_text() == "X = 1\n"
    assert not (sales / "test_features.py").exists()


def test_what_somebody_has_gone_on_with_is_not_taken_back(server: Jupyter, sales: Path) -> None:
    request = _request(sales, cells=[TOTAL], module="features.py")
    shown = server.given("refactor/preview", request)
    done = server.given("refactor/apply", {**request, "digest": shown["digest"]})
    (sales / "features.py").write_text("# mine\n")

    answer = server.post("refactor/undo", {"undo": done["undo"]})

    assert (answer.status, answer.code) == (409, "NB809")
    assert (sales / "features.py").read_text() == "# mine\n"


def test_a_refusal_tells_its_place(server: Jupyter, sales: Path) -> None:
    request = _request(sales, cells=[TOTAL])
    request["notebook"]["cells"][5]["source"] = "if rows:\n    total = len(rows)"

    answer = server.post("refactor/preview", request)

    assert (answer.status, answer.code) == (422, "NB801")
    [finding] = answer.json["findings"]
    assert (finding["cell"], finding["line"]) == (TOTAL, 1)


@pytest.mark.parametrize(
    ("verb", "options", "source"),
    [
        ("rename", {"name": "total", "new_name": "turnover"}, "turnover = sum("),
        ("imports", {}, "import json"),
        ("inline", {"name": "total"}, "print(json.dumps("),
    ],
)
def test_the_other_refactorings(
    server: Jupyter, sales: Path, verb: str, options: dict[str, Any], source: str
) -> None:
    shown = server.given("refactor/preview", _request(sales, verb, **options))

    assert any(cell["source"].startswith(source) for cell in shown["cells"])
    assert shown["files"] == []


def test_a_literal_becomes_a_parameter_by_its_place(server: Jupyter, sales: Path) -> None:
    options = {"cell": "cell-3", "line": 1, "column": 19, "name": "price"}

    shown = server.given("refactor/preview", _request(sales, "parameter", **options))

    [parameters] = [cell for cell in shown["cells"] if "parameters" in cell["tags"]]
    assert (parameters["of"], parameters["source"]) == (None, "price = 2")


def test_imports_are_moved_as_the_last_run_of_cells_allows(server: Jupyter, sales: Path) -> None:
    """Outputs stay with the page; what they say of errors and warnings does not."""
    request = _request(sales, "imports")
    cell = request["notebook"]["cells"][5]
    cell["source"] = "import fractions"

    moved = server.given("refactor/preview", request)
    assert cell["id"] not in {one["of"] for one in moved["cells"]}
    assert any(cell["id"] in one["shows"] for one in moved["cells"])
    for outcome, why in (
        ({"failed": True}, "ended with an error"),
        ({"warnings": "a.py:1: UserWarning: soon\n  import fractions\n"}, "showed a warning"),
    ):
        cells = [*request["notebook"]["cells"]]
        cells[5] = {**cell, **outcome}
        notebook = {**request["notebook"], "cells": cells}
        found = server.given("refactor/preview", {**request, "notebook": notebook})

        assert cell["id"] in {one["of"] for one in found["cells"]}
        assert any(why in finding["message"] for finding in found["findings"])


@pytest.mark.parametrize(
    ("verb", "options"),
    [
        ("extract", {"cells": ["nowhere"]}),
        ("rename", {"name": "total"}),
        ("inline", {}),
        ("parameter", {"name": "n"}),
    ],
)
def test_what_is_missing_is_said(
    server: Jupyter, sales: Path, verb: str, options: dict[str, Any]
) -> None:
    answer = server.post("refactor/preview", _request(sales, verb, **options))

    assert (answer.status, answer.code) == (400, "NB020")


@pytest.mark.parametrize(
    "module", ["../../up.py", "/etc/x.py", "..\\x.py", "a/../../../x.py", "~/x.py"]
)
def test_no_module_lies_outside_the_root(server: Jupyter, sales: Path, module: str) -> None:
    answer = server.post("refactor/preview", _request(sales, cells=[TOTAL], module=module))

    assert (answer.status, answer.code) == (422, "NB017")


def test_a_link_out_of_the_root_is_not_followed(
    server: Jupyter, sales: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.py").write_text("SECRET = 1\n")
    (sales / "out").symlink_to(tmp_path)

    answer = server.post("refactor/preview", _request(sales, cells=[TOTAL], module="out/secret.py"))

    assert answer.status == 422
    assert "SECRET" not in str(answer.json)


def test_modules_are_told_the_nearest_first(server: Jupyter, sales: Path) -> None:
    (sales / "features.py").write_text("")

    found = server.given("modules", {"path": f"{sales.name}/sales.ipynb"})

    assert found["usual"] == "sales_steps.py"
    assert found["modules"][0] == {"module": "features", "path": "features.py"}
