"""Refactoring in a real JupyterLab and Notebook 7: select, see what changes, apply, take it back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer, code, prose

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect

MODEL = "jupyterapp.shell.currentWidget.content.model.toJSON()"


def _sales(server: LabServer, name: str) -> str:
    return server.write(
        f"{name}.ipynb",
        [
            prose("# Sales", id="title"),
            code("import pandas as pd", id="imports"),
            code("raw = pd.DataFrame({'price': [2, 5, None], 'count': [3, 1, 4]})", id="load"),
            prose("## Clean the rows", id="heading"),
            code(
                "clean = raw.dropna().copy()\nclean['total'] = clean['price'] * clean['count']",
                id="clean",
            ),
            code("print(len(clean))\nclean.head()", id="look"),
            code("turnover = clean['total'].sum()\nprint(turnover)", id="sum"),
        ],
    )


def _select(page: LabPage, first: int, last: int) -> None:
    page.choose(first)
    page.cell(last).locator(".jp-InputPrompt").first.click(modifiers=["Shift"])


def _dialog(page: LabPage) -> Locator:
    return page.page.get_by_role("dialog")


def _cells(page: LabPage) -> list[Any]:
    """The cells of the model, as they would be saved, but for what a run counts."""
    cells: list[Any] = page.page.evaluate(MODEL)["cells"]
    for cell in cells:
        cell.pop("execution_count", None)
        cell["metadata"].pop("execution", None)
    return cells


def _sources(page: LabPage) -> list[str]:
    return ["".join(cell["source"]) for cell in _cells(page)]


def _run_all(page: LabPage) -> list[Any]:
    """Restart the kernel, run all cells, and give what they show."""
    page.command("Restart Kernel and Run All Cells")
    page.page.get_by_role("button", name="Confirm Kernel Restart").click()
    count = len([cell for cell in _cells(page) if cell["cell_type"] == "code"])
    page.page.wait_for_function(
        f"""() => {{
          const cells = {MODEL}.cells.filter(cell => cell.cell_type === 'code' && cell.source.length);
          return cells.every(cell => cell.execution_count > 0) && document.querySelector('#jp-main-statusbar')
            .textContent.includes('| Idle');
        }}""",
    )
    assert count
    shown: list[Any] = []
    for cell in _cells(page):
        for output in cell.get("outputs", ()):
            if output["output_type"] == "stream" and shown and shown[-1][0] == "stream":
                shown[-1][1] += "".join(output["text"])
            elif output["output_type"] == "stream":
                shown.append(["stream", "".join(output["text"])])
            else:
                shown.append(["shown", output.get("data") or output])
    return shown


def test_cells_become_a_function_and_cells_again(page: LabPage, lab: LabServer) -> None:
    notebook = _sales(lab, "extract")
    page.open(lab, notebook)
    before = _cells(page)
    _select(page, 4, 5)

    page.choose_from_menu(4, "Refactor", "Extract to Function…")

    dialog = _dialog(page)
    expect(dialog.get_by_text("raw", exact=True)).to_be_visible()
    expect(dialog.locator(".cm-content").first).to_contain_text("def clean_rows(raw: pd.DataFrame)")
    page.shot("extract-dialog")
    dialog.get_by_role("tab", name="Notebook").click()
    expect(dialog.locator(".jp-nb2pkg-TabPanel")).to_contain_text("clean = clean_rows(raw)")
    page.shot("extract-dialog-notebook")
    dialog.get_by_role("button", name="Apply").click()

    expect(page.page.get_by_text("Extract clean_rows to extract_steps.py")).to_be_visible()
    assert _sources(page)[4:] == [
        "from extract_steps import clean_rows\n\nclean = clean_rows(raw)\nclean.head()",
        "turnover = clean['total'].sum()\nprint(turnover)",
    ]
    assert "def clean_rows" in (lab.folder / "extract_steps.py").read_text()
    assert "def test_clean_rows" in (lab.folder / "test_extract_steps.py").read_text()

    page.command("Undo Refactoring")

    expect(page.page.get_by_text("Taken back")).to_be_visible()
    assert _cells(page) == before
    assert not (lab.folder / "extract_steps.py").exists()
    assert page.complaints == []


def test_what_it_shows_stays_the_same(page: LabPage, lab: LabServer) -> None:
    notebook = _sales(lab, "same")
    page.open(lab, notebook)
    shown = _run_all(page)
    _select(page, 4, 5)
    page.choose_from_menu(4, "Refactor", "Extract to Function…")
    _dialog(page).get_by_role("button", name="Apply").click()
    expect(page.page.get_by_text("Extract clean_rows to same_steps.py")).to_be_visible()
    # What the cells had shown is still there, before anything is run again.
    kept = json.dumps(_cells(page)[4]["outputs"])
    assert "2\\n" in kept and "dataframe" in kept

    assert _run_all(page) == shown


def test_a_refusal_is_told_with_its_place(page: LabPage, lab: LabServer) -> None:
    notebook = lab.write(
        "refused.ipynb",
        [
            code("lucky = 1", id="a"),
            code("if lucky:\n    prize = 2", id="b"),
            code("if lucky:\n    print(prize)", id="c"),
        ],
    )
    page.open(lab, notebook)
    page.choose(1)
    page.choose_from_menu(1, "Refactor", "Extract to Function…")

    dialog = _dialog(page)
    alert = dialog.get_by_role("alert")
    expect(alert).to_contain_text("NB801")
    expect(alert).to_contain_text("'prize' is bound on some paths only")
    expect(dialog.get_by_role("button", name="Apply")).to_be_disabled()
    page.shot("extract-refused")
    alert.get_by_role("button", name="cell 2, line 1").click()

    expect(dialog).to_have_count(0)
    expect(page.active()).to_contain_text("prize = 2")
    assert list(lab.folder.glob("refused_steps.py")) == []
