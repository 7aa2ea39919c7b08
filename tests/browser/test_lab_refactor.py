"""Refactoring in a real JupyterLab and Notebook 7: select, see what changes, apply, take it back."""

from __future__ import annotations

import json

import pytest

from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer, code, prose
from tests.browser.open_notebook import (
    cells,
    complaints,
    dialog_of,
    run_all,
    select,
    sources,
)
from tests.browser.xss_payloads import PAYLOADS

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect


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


def test_cells_become_a_function_and_cells_again(page: LabPage, lab: LabServer) -> None:
    notebook = _sales(lab, "extract")
    page.open(lab, notebook)
    before = cells(page)
    select(page, 4, 5)

    page.choose_from_menu(4, "Refactor", "Extract to Function…")

    dialog = dialog_of(page)
    expect(dialog.get_by_text("raw", exact=True)).to_be_visible()
    expect(dialog.locator(".cm-content").first).to_contain_text("def clean_rows(raw: pd.DataFrame)")
    page.shot("extract-dialog")
    dialog.get_by_role("tab", name="Notebook").click()
    expect(dialog.locator(".jp-nb2pkg-TabPanel")).to_contain_text("clean = clean_rows(raw)")
    page.shot("extract-dialog-notebook")
    dialog.get_by_role("button", name="Apply").click()

    expect(page.page.get_by_text("Extract clean_rows to extract_steps.py")).to_be_visible()
    assert sources(page)[4:] == [
        "from extract_steps import clean_rows\n\nclean = clean_rows(raw)\nclean.head()",
        "turnover = clean['total'].sum()\nprint(turnover)",
    ]
    assert "def clean_rows" in (lab.folder / "extract_steps.py").read_text()
    assert "def test_clean_rows" in (lab.folder / "test_extract_steps.py").read_text()

    page.command("Undo Refactoring")

    expect(page.page.get_by_text("Taken back")).to_be_visible()
    assert cells(page) == before
    assert not (lab.folder / "extract_steps.py").exists()
    assert complaints(page) == []


def test_what_it_shows_stays_the_same(page: LabPage, lab: LabServer) -> None:
    notebook = _sales(lab, "same")
    page.open(lab, notebook)
    shown = run_all(page)
    select(page, 4, 5)
    page.choose_from_menu(4, "Refactor", "Extract to Function…")
    dialog_of(page).get_by_role("button", name="Apply").click()
    expect(page.page.get_by_text("Extract clean_rows to same_steps.py")).to_be_visible()
    # What the cells had shown is still there, before anything is run again.
    kept = json.dumps(cells(page)[4]["outputs"])
    assert "2\\n" in kept and "dataframe" in kept

    assert run_all(page) == shown


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

    dialog = dialog_of(page)
    alert = dialog.get_by_role("alert")
    expect(alert).to_contain_text("NB801")
    expect(alert).to_contain_text("'prize' is bound on some paths only")
    expect(dialog.get_by_role("button", name="Apply")).to_be_disabled()
    page.shot("extract-refused")
    alert.get_by_role("button", name="cell 2, line 1").click()

    expect(dialog).to_have_count(0)
    expect(page.active()).to_contain_text("prize = 2")
    assert list(lab.folder.glob("refused_steps.py")) == []


def test_by_keyboard_alone(page: LabPage, lab: LabServer) -> None:
    notebook = _sales(lab, "keys")
    page.open(lab, notebook)
    page.choose(4)
    page.press("Shift+ArrowDown", "Control+Alt+r")
    dialog = dialog_of(page)
    expect(dialog.get_by_label("Function")).to_be_focused()
    page.type("tidy")
    expect(dialog.locator(".cm-content").first).to_contain_text("def tidy(raw")
    expect(dialog.get_by_role("button", name="Apply")).to_be_enabled()

    page.press("Enter")

    expect(dialog).to_have_count(0)
    expect(page.active()).to_contain_text("clean = tidy(raw)")
    assert "def tidy" in (lab.folder / "keys_steps.py").read_text()
    page.command("Undo Refactoring")
    expect(page.page.get_by_text("Taken back")).to_be_visible()
    assert sources(page)[4].startswith("clean = raw.dropna()")


def test_tabs_are_reached_by_arrows_and_escape_changes_nothing(
    page: LabPage, lab: LabServer
) -> None:
    notebook = _sales(lab, "escape")
    page.open(lab, notebook)
    before = cells(page)
    page.choose(4)
    page.press("Control+Alt+r")
    dialog = dialog_of(page)
    tabs = dialog.get_by_role("tab")
    expect(tabs).to_have_count(3)
    tabs.first.focus()
    page.press("ArrowRight", "ArrowRight")
    expect(dialog.get_by_role("tab", name="Notebook")).to_be_focused()
    expect(dialog.get_by_role("tabpanel")).to_contain_text("clean_rows(raw)")
    page.press("Escape")

    expect(dialog).to_have_count(0)
    assert cells(page) == before
    assert list(lab.folder.glob("escape_steps.py")) == []


def test_what_is_typed_is_what_is_applied(page: LabPage, lab: LabServer) -> None:
    (lab.folder / "shop.py").write_text('"""Shop."""\n')
    notebook = _sales(lab, "typed")
    page.open(lab, notebook)
    page.choose(4)
    page.press("Control+Alt+r")
    dialog = dialog_of(page)
    expect(dialog.locator("datalist option[value='shop.py']")).to_have_count(1)
    dialog.get_by_label("Module").fill("shop.py")
    dialog.get_by_label("Function").fill("class")
    expect(dialog.get_by_role("alert")).to_contain_text("NB803")
    expect(dialog.get_by_role("button", name="Apply")).to_be_disabled()
    dialog.get_by_label("Function").fill("tidy")
    dialog.get_by_label("Test").uncheck()
    dialog.get_by_role("checkbox", name="Docstring").uncheck()
    expect(dialog.get_by_role("tab")).to_have_count(2)
    expect(dialog.locator(".cm-content").first).not_to_contain_text("Clean the rows")
    dialog.get_by_role("button", name="Apply").click()

    expect(page.page.get_by_text("Extract tidy to shop.py")).to_be_visible()
    text = (lab.folder / "shop.py").read_text()
    assert text.startswith('"""Shop."""\n') and "def tidy(raw: pd.DataFrame)" in text
    assert not (lab.folder / "test_shop.py").exists()


def test_a_field_that_loses_the_focus_gets_it_back(page: LabPage, lab: LabServer) -> None:
    page.open(lab, _sales(lab, "focused"))
    page.choose(4)
    page.press("Control+Alt+r")
    dialog = dialog_of(page)
    expect(dialog.get_by_role("button", name="Apply")).to_be_enabled()
    dialog.get_by_label("Module").focus()

    # As JupyterLab 4.4 does, some time after the dialog has come up.
    page.page.locator(".jp-Notebook").first.evaluate("node => node.focus()")

    expect(dialog.get_by_label("Module")).to_be_focused()


def test_somebody_elses_work_is_not_undone(page: LabPage, lab: LabServer) -> None:
    notebook = _sales(lab, "later")
    page.open(lab, notebook)
    page.choose(4)
    page.press("Control+Alt+r")
    dialog_of(page).get_by_role("button", name="Apply").click()
    expect(page.active()).to_contain_text("clean_rows(raw)")
    module = lab.folder / "later_steps.py"
    module.write_text(module.read_text() + "# mine\n")

    page.command("Undo Refactoring")

    expect(page.page.get_by_role("dialog")).to_contain_text("has been changed since")
    assert module.read_text().endswith("# mine\n")
    assert "clean_rows(raw)" in sources(page)[4]


def test_texts_of_a_notebook_stay_texts(page: LabPage, lab: LabServer) -> None:
    """Headings, sources and names of files, where the dialog shows them."""
    hostile = "<img src=x onerror=alert(1)>"
    texts = [text for text in PAYLOADS if text.isprintable() and text.isascii()]
    payloads = "\n".join(f"# {text}" for text in texts)
    notebook = lab.write(
        "hostile.ipynb",
        [
            prose(f"## {hostile}", id="heading"),
            code(f"{payloads}\nrows = ['{hostile}']", id="rows"),
            code("print(rows)", id="print"),
        ],
    )
    page.open(lab, notebook)
    page.choose(1)
    page.press("Control+Alt+r")
    dialog = dialog_of(page)
    expect(dialog.get_by_role("tab")).to_have_count(3)
    dialog.get_by_role("tab", name="Notebook").click()
    expect(dialog.get_by_role("tabpanel")).to_contain_text("onerror=alert(1)")
    dialog.get_by_label("Module").fill(f"{hostile}.py")
    expect(dialog.get_by_role("alert")).to_contain_text("NB017")

    assert dialog.locator("img, script, iframe").count() == 0
    assert complaints(page) == []


def test_in_the_dark(page: LabPage, lab: LabServer) -> None:
    notebook = _sales(lab, "dark")
    page.open(lab, notebook)
    page.dark()
    select(page, 4, 5)
    page.choose_from_menu(4, "Refactor", "Extract to Function…")
    dialog = dialog_of(page)
    dialog.get_by_role("tab", name="Notebook").click()
    expect(dialog.get_by_role("tabpanel")).to_contain_text("clean_rows(raw)")
    page.shot("extract-dialog-dark")
    ground, text = page.page.evaluate(
        "[...document.querySelectorAll('.jp-nb2pkg-Diff .cm-editor')].slice(0, 1).flatMap("
        "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color])"
    )
    assert ground != text


_SET_SOURCE = """([at, text]) =>
  jupyterapp.shell.currentWidget.content.model.sharedModel.cells[at].setSource(text)
"""
# Lets a test do something between the server's answer and the page's hearing of it.
_LATE_ANSWERS = """
const ask = window.fetch;
window.fetch = async (...given) => {
  const answer = await ask(...given);
  if (answer.url.includes('/nb2pkg/refactor/apply')) window.beforeItHears?.();
  return answer;
};
"""


def test_what_somebody_else_types_meanwhile_is_not_overwritten(
    page: LabPage, lab: LabServer
) -> None:
    notebook = _sales(lab, "together")
    page.page.add_init_script(_LATE_ANSWERS)
    page.open(lab, notebook)
    page.choose(4)
    page.press("Control+Alt+r")
    dialog = dialog_of(page)
    apply = dialog.get_by_role("button", name="Apply")
    dialog.get_by_label("Function").fill("tidy")
    expect(dialog.locator(".cm-content").first).to_contain_text("def tidy(raw")
    page.page.evaluate(_SET_SOURCE, [6, "turnover = 7"])

    apply.click()
    expect(dialog.get_by_role("alert")).to_contain_text("has been changed since")
    expect(dialog.get_by_label("Function")).to_have_value("tidy")
    assert not (lab.folder / "together_steps.py").exists()
    expect(apply).to_be_enabled()

    # While it is being applied: then the files are taken back.
    page.page.evaluate(f"window.beforeItHears = () => ({_SET_SOURCE})([6, 'turnover = 8'])")
    apply.click()
    expect(dialog.get_by_role("alert")).to_contain_text("has been changed since")
    expect(apply).to_be_enabled()
    assert sources(page)[6] == "turnover = 8"
    assert not (lab.folder / "together_steps.py").exists()
    page.page.evaluate("delete window.beforeItHears")

    # What is on the page by now is what is applied.
    page.page.evaluate(_SET_SOURCE, [6, "turnover = 9"])
    apply.click()
    expect(dialog.get_by_role("alert")).to_contain_text("has been changed since")
    expect(apply).to_be_enabled()
    apply.click()
    expect(dialog).to_have_count(0)
    assert sources(page)[4] == "from together_steps import tidy\n\nclean = tidy(raw)"
    assert sources(page)[6] == "turnover = 9"
    assert complaints(page) == []


def test_undo_keeps_what_has_been_done_since(page: LabPage, lab: LabServer) -> None:
    notebook = _sales(lab, "since")
    page.open(lab, notebook)
    page.cell(2).locator(".cm-content").click()
    page.press("Control+Home", "F2")
    dialog_of(page).get_by_label("New name").fill("orders")
    apply = dialog_of(page).get_by_role("button", name="Apply")
    expect(apply).to_be_enabled()
    apply.click()
    expect(page.cell(2)).to_contain_text("orders = pd")
    shown = run_all(page)
    page.choose_from_menu(6, "Step", "Set Step…")
    page.name("sum_up")
    expect(page.label(6)).to_have_text("sum_up")

    page.command("Undo Refactoring")

    expect(page.cell(2)).to_contain_text("raw = pd")
    after = cells(page)
    assert after[6]["metadata"]["tags"] == ["step:sum_up"]
    assert "dataframe" in json.dumps(after[5]["outputs"])
    assert run_all(page) == shown


def test_cells_that_must_stay_are_not_changed(page: LabPage, lab: LabServer) -> None:
    """As those that are marked: nbgrader says so in their metadata."""
    given = code("total = 1", id="given")
    given["metadata"] = {"editable": False, "deletable": False, "nbgrader": {"locked": True}}
    notebook = lab.write(
        "locked.ipynb",
        [code("import json", id="imports"), given, code("print(total)", id="look")],
    )
    page.open(lab, notebook)
    page.choose(1)
    dialog = dialog_of(page)
    page.cell(2).locator(".cm-content").click()
    page.press("Control+End", "ArrowLeft", "F2")
    dialog.get_by_label("New name").fill("amount")
    expect(dialog.get_by_role("alert")).to_contain_text("it cannot be edited")
    expect(dialog.get_by_role("button", name="Apply")).to_be_disabled()
    dialog.get_by_role("button", name="cell 2").click()
    expect(page.active()).to_contain_text("total = 1")


def test_escape_leaves_a_dialog_that_has_nothing_to_apply(page: LabPage, lab: LabServer) -> None:
    notebook = lab.write(
        "nothing.ipynb", [code("def f(:", id="wrong"), code("import json", id="i")]
    )
    page.open(lab, notebook)
    before = cells(page)
    page.choose(1)
    page.press("Enter")
    page.command("Move Imports to the Top…")
    dialog = dialog_of(page)
    expect(dialog.get_by_role("alert")).not_to_be_empty()
    expect(dialog.locator(".jp-mod-reject")).to_be_focused()
    page.press("Escape")
    expect(dialog).to_have_count(0)
    assert cells(page) == before
