"""The panel beside a notebook in a real JupyterLab and Notebook 7: steps, findings, package, and suggested steps."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer, code, prose
from tests.browser.xss_payloads import PAYLOADS

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect

_SELECTED = "[...document.querySelectorAll('.jp-Notebook .jp-Cell.jp-mod-selected')].length"
_CURSOR = """() => {
  const { content } = jupyterapp.shell.currentWidget;
  const at = content.activeCell.editor.getCursorPosition();
  return [content.activeCellIndex, at.line, at.column, content.activeCell.editor.hasFocus()];
}"""


def _churn(server: LabServer, name: str) -> str:
    return server.write(
        f"{name}.ipynb",
        [
            prose("# Churn", id="title"),
            code("import math", id="imports"),
            prose("## Load", id="heading-load"),
            code("raw = [4, 9, None]\nraw", id="load"),
            prose("## Tidy", id="heading-tidy"),
            code("clean = [x for x in raw if x]", id="clean"),
            code("roots = [math.sqrt(x) for x in clean]", id="roots"),
            prose("## Add up", id="heading-sum"),
            code("total = sum(roots) + len(raw)\nprint(total)", id="sum"),
        ],
    )


def _open(page: LabPage) -> Locator:
    page.command("Show Steps, Findings and Package")
    panel = _panel(page)
    expect(panel).to_be_visible()
    return panel


def _panel(page: LabPage) -> Locator:
    return page.page.locator("#nb2pkg-panel")


def _step(page: LabPage, name: str) -> Locator:
    return _panel(page).locator(f".jp-nb2pkg-Node[aria-label^='step {name}:']")


def _width(of: Locator) -> float:
    box = of.bounding_box()
    assert box is not None
    return box["width"]


def _marks(page: LabPage) -> Locator:
    return page.page.locator(".jp-nb2pkg-Mark")


def _asked(page: LabPage) -> list[str]:
    """What the server was asked about notebooks."""
    routes = ("check", "graph", "package", "steps")
    found = [address.partition("?")[0].rpartition("/nb2pkg/")[2] for address in page.asked]
    return [route for route in found if route in routes]


def test_steps_are_drawn_and_lead_to_their_cells(page: LabPage, lab: LabServer) -> None:
    page.open(lab, _churn(lab, "drawn"))
    panel = _open(page)

    tidy = _step(page, "tidy")
    expect(tidy).to_have_attribute("aria-label", "step tidy: takes raw; gives roots")
    expect(panel.get_by_role("button", name="step load: gives raw")).to_be_visible()
    page.shot("panel-light")
    tidy.click()
    assert page.page.evaluate(_SELECTED) == 2
    expect(page.active()).to_contain_text("clean = [x for x in raw if x]")

    # With the keyboard: arrows from step to step, and Enter goes there.
    _step(page, "load").focus()
    page.press("ArrowDown", "ArrowDown")
    expect(_step(page, "add_up")).to_be_focused()
    page.shot("panel-focused")
    page.press("Enter")
    expect(page.active()).to_contain_text("total = sum(roots)")

    picture = panel.locator(".jp-nb2pkg-GraphFrame svg")
    fitting = _width(picture)
    panel.get_by_role("button", name="Larger (+)").click()
    assert _width(picture) > fitting
    tidy.focus()
    page.press("-", "-")
    assert _width(picture) < fitting
    page.press("0")
    assert _width(picture) == fitting

    page.dark()
    expect(tidy).to_be_visible()
    page.shot("panel-dark")
    assert page.complaints == []


def test_it_follows_what_is_typed_and_asks_only_while_it_is_seen(
    page: LabPage, lab: LabServer
) -> None:
    page.open(lab, _churn(lab, "followed"))
    assert _asked(page) == []
    _open(page)
    expect(_step(page, "tidy")).to_be_visible()
    assert sorted(_asked(page)) == ["check", "graph", "package"]

    page.choose(5)
    page.press("Enter", "Control+End", "Enter")
    below = page.cell(6).bounding_box()
    page.type("scale = 2 +")
    mark = page.cell(5).locator(".jp-nb2pkg-Mark")
    expect(mark).to_contain_text("NB104")
    assert page.cell(6).bounding_box() == below  # nothing moves when it comes
    obstacle = _panel(page).locator(".jp-nb2pkg-Finding", has_text="NB104")
    expect(obstacle).to_have_count(2)  # instead of the picture, and below it
    expect(_panel(page).locator(".jp-nb2pkg-Node")).to_have_count(0)
    page.shot("panel-broken")
    page.type(" 1")
    expect(mark).to_have_count(0)
    expect(_step(page, "tidy")).to_be_visible()

    page.page.locator(".jp-SideBar [data-id=nb2pkg-panel]").click()
    expect(_panel(page)).not_to_be_visible()
    before = len(_asked(page))
    page.type("\nmore = 3 +")
    time.sleep(1.2)
    assert len(_asked(page)) == before
    expect(_marks(page)).to_have_count(0)
    assert page.complaints == []


def test_findings_lead_to_their_place_and_are_mended(page: LabPage, jupyter: LabServer) -> None:
    jupyter.write(
        "findings.ipynb",
        [
            code("values = [1, 2]", id="values"),
            code("# 🐍\nname = '🐍'; list = values", id="list"),
            code("print(list, nowhere)", id="print"),
            code("print(list)", "step:1 odd name", id="odd"),
        ],
    )
    page.open(jupyter, "findings.ipynb")
    panel = _open(page)
    expect(panel.locator(".jp-nb2pkg-GroupName").nth(0)).to_have_text("1 warning")
    expect(page.cell(2).locator(".jp-nb2pkg-Mark")).to_contain_text(
        "NB141 'nowhere' is used in cell 3"
    )
    expect(_marks(page)).to_have_count(1)
    page.shot("panel-findings")

    builtin = panel.locator(".jp-nb2pkg-Finding", has_text="NB206")
    builtin.get_by_role("button", name="cell 2, line 2").click()
    page.page.wait_for_function(f"({_CURSOR})()[3]")
    assert page.page.evaluate(_CURSOR) == [1, 1, 13, True]

    builtin.get_by_role("button", name="Rename…").press("Enter")
    dialog = page.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Rename list")
    dialog.get_by_label("New name").fill("chosen")
    dialog.get_by_role("button", name="Apply").click()
    expect(panel.locator(".jp-nb2pkg-Finding", has_text="NB206")).to_have_count(0)
    expect(page.cell(2)).to_contain_text("print(chosen, nowhere)")

    # A name of a step is mended where steps are named.
    odd = panel.locator(".jp-nb2pkg-Finding", has_text="NB204")
    odd.get_by_role("button", name="Name the step…").click()
    page.name("odd")
    expect(page.label(3)).to_have_text("odd")
    expect(odd).to_have_count(0)
    assert page.complaints == []


def test_it_says_how_the_package_stands(page: LabPage, jupyter: LabServer) -> None:
    notebook = _churn(jupyter, "packed")
    page.open(jupyter, notebook)
    panel = _open(page)
    state = panel.locator(".jp-nb2pkg-State")
    expect(state).to_have_text("There is no package of this notebook yet.")
    expect(panel.get_by_role("button", name="Extract Package…")).to_be_enabled()

    subprocess.run(
        [sys.executable, "-m", "nb2pkg", "extract", notebook],
        cwd=jupyter.folder,
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )
    panel.get_by_role("button", name="Look again").click()
    expect(state).to_have_text("packed is in sync: extracting now would change nothing.")

    page.choose(1)
    page.press("Enter", "Control+End")
    page.type(", sys")
    expect(state).to_have_text("The notebook has changed since packed was made of it.")
    page.press(*["Backspace"] * 5)
    expect(state).to_contain_text("in sync")

    [steps] = (jupyter.folder / "packed").rglob("tidy.py")
    steps.write_text(steps.read_text() + "\n# by hand\n")
    panel.get_by_role("button", name="Look again").click()
    expect(state).to_have_text("Files of packed have been changed by hand since.")
    expect(panel.locator(".jp-nb2pkg-FileList")).to_contain_text("tidy.py")
    page.shot("panel-package")
    assert page.complaints == []


def test_labels_tell_what_steps_take_and_give(page: LabPage, lab: LabServer) -> None:
    page.open(lab, _churn(lab, "labelled"))
    assert _asked(page) == []
    page.toggle()

    flow = page.cell(5).locator(".jp-nb2pkg-StepFlow")
    expect(flow).to_have_text("takes raw · gives roots")
    expect(page.cell(6).locator(".jp-nb2pkg-StepFlow")).to_have_count(0)
    page.shot("labels-flow")
    _open(page)
    expect(_step(page, "tidy")).to_be_visible()

    # The same answer is for both.
    assert _asked(page).count("graph") == 1


def test_suggested_steps_are_taken_or_not_with_the_keyboard(
    page: LabPage, jupyter: LabServer
) -> None:
    notebook = _churn(jupyter, "suggested")
    page.open(jupyter, notebook)
    page.command("Suggest Steps")

    first = page.label(3)
    expect(first).to_have_text("load?")
    expect(first).to_be_focused()
    page.shot("suggested")
    page.press("Enter")
    expect(page.label(5)).to_be_focused()
    page.press("Delete")
    expect(page.label(6)).to_be_focused()
    page.press("Enter")
    expect(page.label(8)).to_be_focused()
    page.press("Enter")

    expect(page.labels()).to_have_text(["+ step", "load", "+ step", "tidy", "add_up"])
    page.save()
    assert jupyter.tags(notebook) == {
        "load": ["step:load"],
        "roots": ["step:tidy"],
        "sum": ["step:add_up"],
    }
    assert page.complaints == []


def test_suggested_steps_are_taken_with_the_mouse_or_all_at_once(
    page: LabPage, jupyter: LabServer
) -> None:
    notebook = _churn(jupyter, "all")
    page.open(jupyter, notebook)
    panel = _open(page)
    panel.get_by_role("button", name="Suggest Steps").click()
    expect(page.label(3)).to_have_text("load?")
    page.label(3).click()
    expect(page.label(3)).to_have_text("load")
    page.cell(5).get_by_role("button", name="Decline the step tidy").click()
    expect(page.label(5)).to_have_text("+ step")
    page.shot("suggested-panel")

    panel.get_by_role("button", name="Accept All (2)").click()
    expect(page.label(6)).to_have_text("tidy")
    expect(panel.get_by_role("button", name="Suggest Steps")).to_be_visible()
    page.choose_from_menu(5, "Step", "Suggest Steps")
    # Where there are tags, they decide: what has none belongs to the step above.
    expect(page.label(5)).to_have_text("load?")
    panel.get_by_role("button", name="Decline All (1)").click()
    expect(page.label(5)).to_have_text("+ step")
    page.save()

    assert set(jupyter.tags(notebook)) == {"load", "roots", "sum"}


def test_nothing_that_a_notebook_says_runs(page: LabPage, lab: LabServer) -> None:
    texts = [text.replace("BEACON", lab.address) for text in PAYLOADS if "\ud800" not in text]
    cells = [
        cell
        for number, text in enumerate(texts)
        for cell in (
            prose(f"## {text if 'a.png' not in text else number}", id=f"h{number}"),
            code(f"v{number} = {text!r}\nprint(list)", f"step:{text}", id=f"c{number}"),
        )
    ]
    lab.write("hostile.ipynb", [code("list = [1]", id="first"), *cells])
    page.open(lab, "hostile.ipynb")
    panel = _open(page)

    expect(panel.locator(".jp-nb2pkg-Finding").nth(20)).to_be_attached()
    expect(panel.locator(".jp-nb2pkg-Node").nth(20)).to_be_attached()
    assert panel.locator(":is(img, script, iframe, a, form, foreignObject)").count() == 0
    assert "PWNED" not in page.page.title()
    assert [one for one in page.asked if "/ran" in one or one.endswith("/a.png")] == []
    assert [said for said in page.complaints if "404" not in said] == []


def test_a_hundred_cells_are_quick(page: LabPage, lab: LabServer) -> None:
    cells = [prose("# Long", id="title")]
    for number in range(50):
        cells.append(prose(f"## Part {number}", id=f"h{number}"))
        cells.append(
            code(f"a{number} = len(str({f'a{number - 1}' if number else 0}))", id=f"a{number}")
        )
        cells.append(
            code(f"print(a{number}, {f'a{number - 7}' if number > 7 else 0})", id=f"b{number}")
        )
    lab.write("hundred.ipynb", cells)
    page.open(lab, "hundred.ipynb")
    page.choose(2)
    begun = time.monotonic()
    _open(page)
    expect(_step(page, "part_49")).to_be_attached()

    assert time.monotonic() - begun < 8
    assert _panel(page).locator(".jp-nb2pkg-Node").count() == 50


def test_notebook_7_has_it_too(page: LabPage, notebook7: LabServer) -> None:
    page.open(notebook7, _churn(notebook7, "seven"))
    assert _asked(page) == []
    page.page.get_by_role("menuitem", name="View").click()
    page.page.get_by_role("menuitem", name="Show Steps, Findings and Package").click()
    expect(_step(page, "tidy")).to_be_visible()
    page.shot("panel-notebook7")
    _step(page, "tidy").click()
    assert page.page.evaluate(_SELECTED) == 2
    assert page.complaints == []
