"""In a real JupyterLab, each case shows the same after cells of it have become a function, and after Undo."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from nb2pkg.problems import FindingsError
from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer
from tests.browser.open_notebook import MODEL, cells, complaints, dialog_of, run_all, select
from tests.refactoring.same_outputs import read
from tests.refactoring.test_extracting_function import CASES, extracted, selections

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect

# All of them take ten minutes; the same is tried without a browser for each.
TRIED = CASES if os.environ.get("NB2PKG_LAB_CASES") == "all" else CASES[7:9]


@pytest.mark.parametrize("path", TRIED, ids=lambda path: path.stem)
def test_a_case_shows_the_same_after_apply_and_after_undo(
    path: Path, page: LabPage, lab: LabServer
) -> None:
    selected = _selected(path)
    if selected is None:
        pytest.skip("none of its cells can become a function; each is refused with a code")
    shutil.copy(path, lab.folder / path.name)
    page.open(lab, path.name)
    shown = run_all(page)
    before = cells(page)
    select(page, selected[0] - 1, selected[-1] - 1)
    page.press("Control+Alt+r")
    dialog = dialog_of(page)
    expect(dialog.get_by_role("button", name="Apply")).to_be_enabled()
    dialog.get_by_role("button", name="Apply").click()
    page.page.wait_for_function(f"{MODEL}.cells.some(cell => cell.metadata.nb2pkg)")

    assert len(cells(page)) == len(before) - len(_code(before, selected)) + 1
    assert run_all(page) == shown

    # What ran since has changed outputs: only sources and files count for taking it back.
    page.command("Undo Refactoring")
    expect(page.page.get_by_text("Taken back")).to_be_visible()
    assert [c["source"] for c in cells(page)] == [c["source"] for c in before]
    assert not list(lab.folder.glob(f"*{path.stem}_steps.py"))
    assert complaints(page) == []


def _selected(path: Path) -> tuple[int, ...] | None:
    notebook, parsed = read(path)
    for selected in selections(path.stem, parsed):
        try:
            extracted(notebook, parsed, selected)
        except FindingsError:
            continue
        return selected
    return None


def _code(before: list[dict[str, object]], selected: tuple[int, ...]) -> list[int]:
    """The code cells among those from the first selected one to the last."""
    places = range(selected[0], selected[-1] + 1)
    return [n for n in places if before[n - 1]["cell_type"] == "code" and before[n - 1]["source"]]
