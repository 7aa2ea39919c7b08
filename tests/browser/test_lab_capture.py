"""The picture in the README: cells are selected, extracted and run. With NB2PKG_CAPTURE, it is drawn anew."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer, code, prose
from tests.browser.open_notebook import MODEL, dialog_of, select

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect

_WIDTH = 800
_QUALITY = 55


class Film:
    """Pictures of a page, one after the other, each for a while (in ms)."""

    def __init__(self, page: LabPage) -> None:
        self._page = page.page
        self._pictures: list[tuple[bytes, int]] = []

    def take(self, milliseconds: int = 1100) -> None:
        """Take a picture of what is seen now."""
        self._pictures.append((self._page.screenshot(), milliseconds))

    def write(self, path: Path) -> None:
        """Write them as an animated WebP."""
        from PIL import Image

        frames = []
        for data, _ in self._pictures:
            frame = Image.open(io.BytesIO(data)).convert("RGB")
            height = round(frame.height * _WIDTH / frame.width)
            frames.append(frame.resize((_WIDTH, height), Image.Resampling.LANCZOS))
        frames[0].save(
            path,
            save_all=True,
            append_images=frames[1:],
            duration=[milliseconds for _, milliseconds in self._pictures],
            loop=0,
            quality=_QUALITY,
            method=6,
        )


def test_select_extract_run(page: LabPage, lab: LabServer) -> None:
    notebook = lab.write(
        "churn.ipynb",
        [
            prose("# Customer churn", id="title"),
            code("import pandas as pd", id="imports"),
            code(
                "raw = pd.DataFrame({'age': [31, 45, None, 28], 'spent': [120, 80, 45, 200]})",
                id="load",
            ),
            prose("## Clean the customers", id="heading"),
            code("clean = raw.dropna().copy()\nclean['young'] = clean['age'] < 40", id="clean"),
            code("clean['per_year'] = clean['spent'] / clean['age']\nclean.head()", id="more"),
            code("clean.groupby('young')['spent'].mean()", id="report"),
        ],
    )
    page.page.set_viewport_size({"width": 1000, "height": 720})
    page.open(lab, notebook)
    page.press("Control+b")  # without the files beside it
    film = Film(page)
    film.take()
    select(page, 4, 5)
    film.take()
    page.cell(4).locator(".jp-InputPrompt").first.click(button="right")
    page.page.locator(".lm-Menu-item[data-type=submenu]", has_text="Refactor").hover()
    item = page.page.get_by_role("menuitem", name="Extract to Function…")
    item.hover()
    film.take(1500)
    item.click()
    dialog = dialog_of(page)
    expect(dialog.locator(".cm-content").first).to_contain_text("def clean_customers")
    film.take(2600)
    dialog.get_by_role("tab", name="Notebook").click()
    expect(dialog.get_by_role("tabpanel")).to_contain_text("clean_customers(raw)")
    film.take(2200)
    dialog.get_by_role("button", name="Apply").click()
    expect(page.active()).to_contain_text("clean = clean_customers(raw)")
    film.take(2000)
    page.command("Restart Kernel and Run All Cells")
    page.page.get_by_role("button", name="Confirm Kernel Restart").click()
    page.page.wait_for_function(f"{MODEL}.cells.at(-1).execution_count > 0", timeout=60_000)
    expect(page.cell(4).locator(".jp-OutputArea-output table")).to_be_visible()
    page.cell(4).scroll_into_view_if_needed()
    film.take(3200)

    path = os.environ.get("NB2PKG_CAPTURE")
    if path:
        film.write(Path(path))
