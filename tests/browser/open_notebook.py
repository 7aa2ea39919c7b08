"""What is done to a notebook that is open in JupyterLab or Notebook 7, and what its model holds?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat

from tests.browser.lab_page import LabPage
from tests.refactoring.same_outputs import add_output

if TYPE_CHECKING:
    from playwright.sync_api import Locator

MODEL = "jupyterapp.shell.currentWidget.content.model.toJSON()"
_FORGET_RUNS = """
jupyterapp.shell.currentWidget.content.model.sharedModel.cells
  .forEach(cell => { if (cell.cell_type === 'code') cell.execution_count = null; })
"""
_ALL_HAVE_RUN = f"""() =>
  {MODEL}.cells.filter(cell => cell.cell_type === 'code' && cell.source.length)
    .every(cell => cell.execution_count > 0) &&
  document.querySelector('.jp-Notebook-ExecutionIndicator').dataset.status === 'idle'
"""


def select(page: LabPage, first: int, last: int) -> None:
    """Select the cells from one to another; they are counted from 0."""
    page.choose(first)
    page.cell(last).locator(".jp-InputPrompt").first.click(modifiers=["Shift"])


def dialog_of(page: LabPage) -> Locator:
    """The dialog that is open."""
    return page.page.get_by_role("dialog")


def cells(page: LabPage) -> list[Any]:
    """The cells of the model, as they would be saved, but for what a run counts."""
    found: list[Any] = page.page.evaluate(MODEL)["cells"]
    for cell in found:
        cell.pop("execution_count", None)
        cell["metadata"].pop("execution", None)
    return found


def sources(page: LabPage) -> list[str]:
    """What the cells say."""
    return ["".join(cell["source"]) for cell in cells(page)]


def sources_and_tags(page: LabPage) -> list[tuple[str, list[str]]]:
    """What a refactoring changes of the cells of a notebook."""
    return [("".join(c["source"]), c["metadata"].get("tags", [])) for c in cells(page)]


def complaints(page: LabPage) -> list[str]:
    """What the console has of faults: not that a preview was refused, nor what a hostile heading asks for."""
    expected = ("status of 422", "/files/x?")
    return [one for one in page.complaints if not any(text in one for text in expected)]


def run_all(page: LabPage) -> list[tuple[Any, ...]]:
    """Restart the kernel, run all cells, and give what they show."""
    page.page.evaluate(_FORGET_RUNS)
    page.command("Restart Kernel and Run All Cells")
    page.page.get_by_role("button", name="Confirm Kernel Restart").click()
    page.page.wait_for_function(_ALL_HAVE_RUN, timeout=60_000)
    # JupyterLab 4.4 leaves the focus nowhere.
    page.focus_notebook()
    shown: list[tuple[Any, ...]] = []
    for cell in cells(page):
        for output in cell.get("outputs", ()):
            add_output(shown, nbformat.from_dict(output))
    return shown
