"""Packages in a real JupyterLab and Notebook 7: choose, see every file, apply, and come back after edits by hand."""

from __future__ import annotations

import os
import subprocess
import sys
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

_SOURCE = Path(__file__).parents[2] / "src"
_BUTTON = "Make a Python package of a notebook"


def _sales(server: LabServer, name: str, total: str = "print(total)") -> str:
    return server.write(
        f"{name}.ipynb",
        [
            prose("# Sales", id="title"),
            code("prices = [2, 5, 4]", id="load"),
            prose("## Sum up", id="heading"),
            code("total = sum(prices)", id="sum"),
            code("%time\n%pip list", id="magic"),
            prose("## Show", id="show-heading"),
            code(total, id="show"),
        ],
    )


def _dialog(page: LabPage) -> Locator:
    return page.page.get_by_role("dialog").filter(has_text="Extract Package from")


def _row(page: LabPage, name: str) -> Locator:
    """A line of the tree, by what it is called."""
    exact = page.page.get_by_text(name, exact=True)
    return _dialog(page).get_by_role("treeitem").filter(has=exact)


def _apply(page: LabPage) -> Locator:
    return _dialog(page).get_by_role("button", name="Apply")


def _ready(page: LabPage) -> None:
    expect(_apply(page)).to_be_enabled()


def _shown(page: LabPage) -> Locator:
    """The file that is looked at."""
    return _dialog(page).locator(".jp-nb2pkg-FilePane")


def _complaints(page: LabPage) -> list[str]:
    """What the console has of faults, but for requests that were refused as they should be."""
    refused = ("status of 409", "status of 422")
    return [one for one in page.complaints if not any(text in one for text in refused)]


def _press_button(page: LabPage) -> None:
    """Press the button of the notebook's toolbar."""
    page.page.get_by_role("button", name=_BUTTON).click()


def _choose_file(page: LabPage, notebook: str) -> None:
    """Right-click a notebook in the file browser, and choose the command."""
    files = page.page.locator(".jp-DirListing-item[data-file-type=notebook]")
    files.filter(has_text=notebook).first.click(button="right")
    page.page.get_by_role("menuitem", name="Extract Package…").click()


def _extract(folder: Path, notebook: str, *options: str) -> None:
    """Type `nb2pkg extract` in a folder; it ends with 1 where edits and what is new do not fit."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("NB2PKG_")}
    done = subprocess.run(
        [sys.executable, "-m", "nb2pkg", "extract", notebook, "--quiet", *options],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(_SOURCE)},
        check=False,
    )
    assert done.returncode in (0, 1)


def _tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _typed(server: LabServer, notebook: str) -> dict[str, bytes]:
    """What the command line makes of a notebook, in a folder beside."""
    beside = server.folder.parent / f"typed-{notebook}"
    beside.mkdir()
    (beside / notebook).write_bytes((server.folder / notebook).read_bytes())
    _extract(beside, notebook)
    return _tree(beside / notebook.partition(".")[0])


def test_a_package_is_shown_and_then_written_as_the_command_line_writes_it(
    page: LabPage, lab: LabServer
) -> None:
    notebook = _sales(lab, "takings")
    page.open(lab, notebook)

    _press_button(page)

    _ready(page)
    dialog = _dialog(page)
    expect(dialog.get_by_label("Folder")).to_have_attribute("placeholder", "takings")
    expect(_shown(page)).to_contain_text("src/takings/pipeline.py")
    expect(_shown(page).locator(".cm-content")).to_contain_text("def run(")
    expect(_row(page, "sum_up.py")).to_contain_text("new")
    page.shot("package-dialog")
    _row(page, "sum_up.py").click()
    expect(_shown(page).locator(".cm-content")).to_contain_text("total = sum(prices)")
    dialog.get_by_role("tab", name="Steps").click()
    expect(dialog.get_by_role("row", name="sum_up")).to_contain_text("4nothingtotal")
    page.shot("package-steps")
    dialog.get_by_role("tab", name="Left out").click()
    expect(dialog.get_by_role("tabpanel")).to_contain_text("%time")
    page.shot("package-left-out")
    assert not (lab.folder / "takings").exists()
    _apply(page).click()

    expect(page.page.get_by_text("files to takings")).to_be_visible()
    page.shot("package-written")
    assert _tree(lab.folder / "takings") == _typed(lab, notebook)
    page.page.get_by_role("button", name="Show in file browser").click()
    expect(page.page.locator(".jp-DirListing-item", has_text="pyproject.toml")).to_be_visible()
    assert _complaints(page) == []


def test_by_keyboard_alone(page: LabPage, jupyter: LabServer) -> None:
    notebook = _sales(jupyter, "keys")
    page.open(jupyter, notebook)
    page.command("Extract Package")
    dialog = _dialog(page)
    expect(dialog.get_by_label("Folder")).to_be_focused()
    _ready(page)

    page.type("built/{package}")
    page.press("Tab")
    page.type("takings")
    expect(_row(page, "takings")).to_be_visible()
    page.tab_to(dialog.get_by_role("tab", name="Files"))
    page.press("ArrowRight")
    expect(dialog.get_by_role("row", name="sum_up")).to_be_visible()
    page.press("ArrowLeft")
    page.tab_to(dialog.locator("[role=treeitem][tabindex='0']"))
    page.press("Home")
    expect(dialog.get_by_role("treeitem").first).to_be_focused()
    expect(_row(page, "keys.ipynb")).to_be_visible()
    page.press("ArrowLeft")
    expect(_row(page, "keys.ipynb")).to_have_count(0)
    expect(dialog.get_by_role("treeitem", expanded=False)).to_contain_text("notebooks")
    page.press("End", "Enter")
    expect(_shown(page)).to_contain_text("pyproject.toml")
    expect(dialog).to_be_visible()
    _ready(page)
    page.tab_to(_apply(page))
    page.shot("package-keys")
    page.press("Enter")

    expect(page.page.get_by_text("files to built/takings")).to_be_visible()
    assert (jupyter.folder / "built" / "takings" / "src" / "takings" / "pipeline.py").is_file()
    assert _complaints(page) == []


def test_what_was_edited_by_hand_is_seen_and_merged(page: LabPage, lab: LabServer) -> None:
    notebook = _sales(lab, "edited")
    beside = lab.folder.parent / "merged"
    beside.mkdir()
    (beside / notebook).write_bytes((lab.folder / notebook).read_bytes())
    for folder in (lab.folder, beside):
        _extract(folder, notebook)
        steps = folder / "edited" / "src" / "edited" / "steps"
        mine = (steps / "show.py").read_text().replace("print(total)", "print('mine', total)")
        (steps / "show.py").write_text(mine)
        (steps / "sum_up.py").write_text((steps / "sum_up.py").read_text() + "\n\nMINE = 1\n")
    _sales(lab, "edited", "print(total, 'euros')")
    (beside / notebook).write_bytes((lab.folder / notebook).read_bytes())
    before = _tree(lab.folder / "edited")
    page.open_launcher(lab)

    with page.page.expect_request("**/extract/preview*") as asked:
        _choose_file(page, notebook)

    assert asked.value.post_data_json["notebook"] == {"path": notebook}
    dialog = _dialog(page)
    expect(dialog.get_by_role("alert")).to_contain_text("2 files were edited by hand")
    expect(_apply(page)).to_be_disabled()
    expect(_row(page, "show.py")).to_contain_text("edited")
    expect(_shown(page)).to_contain_text("Edited by hand since it was written")
    page.shot("package-edited")
    dialog.get_by_label("Edits made by hand").select_option("merge")
    expect(_row(page, "show.py")).to_contain_text("conflict")
    expect(_row(page, "sum_up.py")).to_contain_text("kept")
    expect(_shown(page)).to_contain_text("Your edits stay.")
    expect(_shown(page).locator(".cm-content")).to_contain_text('print(total, "euros")')
    page.shot("package-conflict")
    assert _tree(lab.folder / "edited") == before
    _apply(page).click()

    expect(page.page.get_by_text("to edited")).to_be_visible()
    _extract(beside, notebook, "--merge")
    assert _tree(lab.folder / "edited") == _tree(beside / "edited")
    assert (lab.folder / "edited/src/edited/steps/show.py.nb2pkg-new").is_file()
    assert _complaints(page) == []


def test_what_changes_meanwhile_is_shown_before_it_is_written(
    page: LabPage, lab: LabServer
) -> None:
    notebook = _sales(lab, "meanwhile")
    _extract(lab.folder, notebook)
    readme = lab.folder / "meanwhile" / "README.md"
    page.open(lab, notebook)
    page.cell(6).locator(".cm-content").click()
    page.press("Control+End")
    page.type("\nprint(total + 1)")
    _press_button(page)
    _ready(page)
    dialog = _dialog(page)
    expect(_row(page, "show.py")).to_contain_text("changed")
    expect(dialog.get_by_role("treeitem").filter(has_text="unchanged")).to_have_count(0)
    dialog.get_by_label("Show unchanged files").check()
    expect(_row(page, "sum_up.py")).to_contain_text("unchanged")
    expect(dialog.get_by_text("has changes that are not saved")).to_be_visible()
    page.shot("package-unsaved")
    dialog.get_by_role("button", name="Save the notebook").click()
    expect(dialog.get_by_text("has changes that are not saved")).to_have_count(0)
    assert "total + 1" in (lab.folder / notebook).read_text()
    _ready(page)

    readme.write_text(readme.read_text() + "mine\n")
    _apply(page).click()

    alert = dialog.get_by_role("alert")
    expect(alert).to_contain_text("NB413")
    expect(alert).to_contain_text("Below is what would be written now.")
    expect(alert).to_contain_text("Not as it was shown: README.md")
    expect(_row(page, "README.md")).to_contain_text("edited")
    page.shot("package-meanwhile")
    assert readme.read_text().endswith("mine\n")
    dialog.get_by_label("Edits made by hand").select_option("overwrite")
    expect(alert).to_be_hidden()
    _ready(page)
    _apply(page).click()
    expect(page.page.get_by_text("to meanwhile")).to_be_visible()
    assert not readme.read_text().endswith("mine\n")
    assert list((lab.folder / "meanwhile" / ".nb2pkg" / "backup").rglob("README.md"))
    assert _complaints(page) == []


def test_a_refusal_leads_to_its_cell(page: LabPage, lab: LabServer) -> None:
    notebook = lab.write(
        "refused.ipynb", [code("a = 1", id="a"), code("def f(:\n    pass", id="b")]
    )
    page.open(lab, notebook)
    _press_button(page)
    alert = _dialog(page).get_by_role("alert")
    expect(alert).to_contain_text("NB104")
    expect(_apply(page)).to_be_disabled()
    page.shot("package-refused")

    alert.get_by_role("button", name="cell 2, line 1").click()

    expect(_dialog(page)).to_have_count(0)
    expect(page.active()).to_contain_text("def f(:")
    assert not (lab.folder / "refused").exists()
    assert _complaints(page) == []


def test_hostile_texts_are_text(page: LabPage, lab: LabServer) -> None:
    armed = [
        text.replace("BEACON", lab.address + "beacon") for text in PAYLOADS if "\ud800" not in text
    ]
    cells = []
    for number, text in enumerate(armed):
        line = text.replace("\n", " ")
        cells.append(prose(f"## s{number} {line}", id=f"heading-{number}"))
        plain = "".join(c if c.isprintable() else "?" for c in line)  # else it would be refused
        source = f"%pip list # {plain}\nv{number} = {line!r}\nprint(v{number})"
        cells.append(code(source, id=f"cell-{number}"))
    name = "<img src=x onerror=\"document.title='PWNED'\">.ipynb"
    notebook = lab.write(name, cells)
    page.open_launcher(lab)
    _choose_file(page, notebook)
    dialog = _dialog(page)
    expect(dialog.get_by_role("tab", name="Files")).to_be_visible()
    dialog.get_by_role("textbox", name="Package").fill("hostile")
    expect(_row(page, "hostile")).to_be_visible()
    files = dialog.locator("[role=treeitem]:not([aria-expanded])")
    for row in range(0, files.count(), 40):
        files.nth(row).click()
    for tab in dialog.get_by_role("tab").all():
        tab.click()
        expect(dialog.get_by_role("tabpanel")).not_to_be_empty()
    page.shot("package-hostile")
    _ready(page)
    _apply(page).click()
    expect(page.page.get_by_text("files to hostile")).to_be_visible()

    assert page.page.title() != "PWNED"
    assert [one for one in page.asked if "beacon" in one] == []
    assert _complaints(page) == []


def test_the_launcher_asks_for_a_notebook(page: LabPage, lab: LabServer) -> None:
    notebook = _sales(lab, "launched")
    page.open_launcher(lab)
    page.page.locator(".jp-LauncherCard", has_text="Extract Package").click()
    picker = page.page.get_by_role("dialog")
    picker.locator(".jp-DirListing-item", has_text=notebook).click()
    page.shot("package-picker")
    picker.get_by_role("button", name="Select").click()

    _ready(page)
    expect(_dialog(page)).to_contain_text(f"Extract Package from {notebook}")
    contracts = _dialog(page).get_by_label("Check tables between steps")
    contracts.check()
    expect(_dialog(page).get_by_role("alert")).to_contain_text("nb2pkg extract --run")
    expect(_apply(page)).to_be_disabled()
    contracts.uncheck()
    _ready(page)
    page.press("Escape")
    expect(_dialog(page)).to_have_count(0)
    page.dark()
    _choose_file(page, notebook)
    _ready(page)
    page.shot("package-dark")
    assert not (lab.folder / "launched").exists()
    assert _complaints(page) == []


def test_notebook_7_has_it_too(page: LabPage, notebook7: LabServer) -> None:
    notebook = _sales(notebook7, "seven")
    page.open(notebook7, notebook)
    expect(page.page.get_by_role("button", name=_BUTTON)).to_be_visible()
    page.page.get_by_role("menuitem", name="File").click()
    page.page.get_by_role("menuitem", name="Extract Package…").click()
    _ready(page)
    expect(_shown(page).locator(".cm-content")).to_contain_text("def run(")
    page.shot("package-notebook7")
    page.press("Escape")

    page.page.goto(f"{notebook7.address}tree?token={notebook7.token}")
    _choose_file(page, notebook)
    _ready(page)
    page.shot("package-notebook7-tree")
    _apply(page).click()

    expect(page.page.get_by_text("files to seven")).to_be_visible()
    assert _tree(notebook7.folder / "seven") == _typed(notebook7, notebook)
    assert page.complaints == []
