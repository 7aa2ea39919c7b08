"""A notebook from anybody: opened, shown and refactored, it runs nothing and has no command carried out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.browser.asked_refactorings import Asked, apply_by, undo_by
from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer, code, prose
from tests.browser.open_notebook import MODEL, cells, dialog_of
from tests.browser.xss_payloads import PAYLOADS

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect

_OURS = "jupyterapp.commands.listCommands().filter(id => id.startsWith('nb2pkg:'))"


def _html(cell: dict[str, Any], html: str) -> dict[str, Any]:
    """The cell, with an output of HTML."""
    output = {"output_type": "display_data", "metadata": {}, "data": {"text/html": html}}
    return {**cell, "outputs": [output]}


def _button(command: str, where: str) -> str:
    arguments = json.dumps({"path": "asked.ipynb", "from": "files"}).replace('"', "&quot;")
    return (
        f'<button data-commandlinker-command="{command}" data-commandlinker-args="{arguments}">'
        f"{where} {command}</button>"
    )


def test_a_notebook_has_no_command_carried_out_unless_somebody_agrees(
    page: LabPage, jupyter: LabServer
) -> None:
    page.open(jupyter, jupyter.write("first.ipynb", [code("1", id="one")]))
    commands: list[str] = page.page.evaluate(_OURS)
    assert "nb2pkg:undo-refactoring" in commands and len(commands) > 15
    shown = "".join(_button(command, "shown") for command in commands)
    notebook = jupyter.write(
        "asked.ipynb",
        [
            code("rows = [4, 9]", "step:load", id="load"),
            code("total = sum(rows)\nprint(total)", id="sum"),
            prose("".join(_button(command, "prose") for command in commands), id="prose"),
            _html(code("1", id="html"), shown),
            code(f"from IPython.display import HTML\nHTML({shown!r})", id="trusted"),
        ],
    )
    page.open(jupyter, notebook, draws_all=True)
    page.cell(4).locator(".jp-InputPrompt").click()
    page.press("Control+Enter")
    page.cell(4).get_by_role("button", name="shown", exact=False).first.wait_for()
    apply_by("keyboard", page, Asked("extract", 1, 1, name="add_up"))
    page.command("Suggest Steps")
    before, files = cells(page), _files(jupyter)
    buttons = page.page.locator(".jp-Notebook [data-commandlinker-command]")
    assert buttons.count() >= 2 * len(commands)

    for number in range(buttons.count()):
        buttons.nth(number).click()
        question = dialog_of(page)
        expect(question).to_have_count(1)
        expect(question).to_contain_text("Run")
        question.get_by_role("button", name="Cancel").click()
        expect(question).to_have_count(0)

    assert cells(page) == before
    assert _files(jupyter) == files
    assert page.page.locator(".jp-nb2pkg-Panel:visible, .jp-nb2pkg-Runs:visible").count() == 0

    undo = page.cell(4).get_by_role("button", name="nb2pkg:undo-refactoring")
    undo.click()
    dialog_of(page).get_by_role("button", name="Run").click()
    page.page.wait_for_function(f"{MODEL}.cells[1].source.startsWith('total = sum')")


def test_what_cells_have_shown_stays_as_little_trusted_as_it_was(
    page: LabPage, lab: LabServer
) -> None:
    """Outputs go with the cells that become one; who wrote them may still not run anything."""
    texts = [text.replace("BEACON", lab.address) for text in PAYLOADS if "\ud800" not in text]
    output = "\n".join(text for text in texts if "a.png" not in text)
    name = "<img src=x onerror=\"document.title='PWNED'\">.ipynb"
    lab.write(
        name,
        [
            prose("## Show", id="heading"),
            _html(code("rows = [1]", id="rows"), output),
            _html(code("print(rows)", id="print"), output),
            _html(code("rows", id="last"), output),
        ],
    )
    page.open(lab, name)

    apply_by("mouse", page, Asked("extract", 1, 2))
    assert "onerror" in json.dumps(cells(page)[1]["outputs"])
    _nothing_ran(page, lab)
    undo_by("mouse", page)
    _nothing_ran(page, lab)
    apply_by("keyboard", page, Asked("rename", 1, 1, name="lines"))
    _nothing_ran(page, lab)


def test_what_was_not_run_here_is_not_trusted_beside_what_was(
    page: LabPage, lab: LabServer
) -> None:
    shown = "<script>document.title = 'PWNED'</script><b>from somebody</b>"
    notebook = lab.write(
        "half_trusted.ipynb",
        [code("rows = [1]\nprint(rows)", id="mine"), _html(code("print(2)", id="theirs"), shown)],
    )
    page.open(lab, notebook)
    page.choose(0)
    page.press("Control+Enter")
    expect(page.cell(0)).to_contain_text("[1]")

    apply_by("mouse", page, Asked("extract", 0, 1))

    expect(page.cell(0)).to_contain_text("from somebody")
    _nothing_ran(page, lab)
    assert cells(page)[0]["metadata"].get("trusted", False) is False
    undo_by("mouse", page)
    _nothing_ran(page, lab)


def _files(server: LabServer) -> set[str]:
    return {path.name for path in server.folder.iterdir()}


def _nothing_ran(page: LabPage, server: LabServer) -> None:
    page.page.wait_for_timeout(300)
    assert page.page.title() != "PWNED"
    assert {f"{server.address}/{beacon}" for beacon in ("ran", "a.js")}.isdisjoint(page.asked)
    assert [said for said in page.complaints if "dialog:" in said] == []
