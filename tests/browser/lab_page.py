"""A page of JupyterLab or Notebook 7, in the words of whoever works in it."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.browser.lab_server import LabServer

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Locator, Page

# Notebook 7 falls over the settings of its own shortcuts now and then, and JupyterLab over those of its debugger or
# over what that asks a kernel which is restarted, whether the extension is there or not.
_THEIRS = ("reading 'schema'", "restore the debugger state", "Canceled future for debug_request")


class LabPage:
    """One tab. complaints: errors of its console and of its scripts; asked: the addresses that it asked for"""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self._server: LabServer | None = None
        page.on("pageerror", lambda error: self._complain(f"{error.message} {error.stack}"))
        page.on(
            "console",
            lambda said: (
                self._complain(f"{said.text} {said.location['url']}")
                if said.type == "error"
                else None
            ),
        )
        page.on("dialog", self._answer)
        page.on("request", lambda request: self.asked.append(request.url))

    def open(self, server: LabServer, notebook: str, *, draws_all: bool = False) -> LabPage:
        """Open a notebook, alone, and wait until its kernel is there."""
        server.forget_settings(draws_all=draws_all)
        if server.app == "notebook":
            self._open_notebook7(server, notebook)
        else:
            self._open_lab(server, notebook)
        self.focus_notebook()
        return self

    def focus_notebook(self) -> None:
        """Let keys go to the notebook, as after a click beside its cells."""
        self.page.evaluate("jupyterapp.shell.currentWidget.content.activate()")
        self.page.locator(".jp-Notebook :focus").first.wait_for()

    def open_again(self, server: LabServer, notebook: str) -> None:
        """Open it as somebody does who comes back: settings are as they were left."""
        self._open_lab(server, notebook)

    def open_launcher(self, server: LabServer) -> None:
        """Open JupyterLab without a notebook."""
        self.page.goto(f"{server.address}lab/workspaces/launcher?reset&token={server.token}")
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")

    def _complain(self, text: str) -> None:
        if not any(fault in text for fault in _THEIRS):
            self.complaints.append(text)

    def _answer(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":
            dialog.accept()  # it may go without having been saved
        else:
            self.complaints.append(f"dialog: {dialog.message}")
            dialog.dismiss()

    def _open_lab(self, server: LabServer, notebook: str) -> None:
        self._server = server
        place = re.sub(r"\W", "", notebook.partition(".")[0])
        self.page.goto(
            f"{server.address}lab/workspaces/{place}/tree/{quote(notebook)}?reset&token={server.token}"
        )
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")
        self.cell(0).wait_for()
        # Before, JupyterLab takes the focus back from whatever has it.
        self.page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()

    def _open_notebook7(self, server: LabServer, notebook: str) -> None:
        self._server = server
        self.page.goto(f"{server.address}notebooks/{notebook}?token={server.token}")
        self.cell(0).wait_for()
        self.page.locator(".jp-Toolbar-kernelName", has_text="Python 3").wait_for()
        self.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()

    def cell(self, number: int) -> Locator:
        """A cell, counted from 0."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number)

    def active(self) -> Locator:
        """The active cell. In a long notebook others may not be drawn, and cannot be counted."""
        return self.page.locator(".jp-Notebook .jp-Cell.jp-mod-active")

    def label(self, of: int | Locator) -> Locator:
        """The button with the step of a cell."""
        cell = self.cell(of) if isinstance(of, int) else of
        return cell.locator(".jp-nb2pkg-StepName")

    def field(self) -> Locator:
        """Where a step is named."""
        return self.page.get_by_role("textbox", name="Name of the step")

    def name(self, text: str) -> None:
        """Type the name of a step where one is asked for, and press Enter."""
        self.page.wait_for_function(
            "document.activeElement.classList.contains('jp-nb2pkg-StepInput')"
        )
        self.press("Control+a")
        self.type(text)
        self.press("Enter")

    def labels(self) -> Locator:
        """The labels of all cells that are drawn, from top to bottom."""
        return self.page.locator(".jp-nb2pkg-StepName")

    def choose(self, number: int) -> None:
        """Click beside the code of a cell."""
        self.cell(number).locator(".jp-InputPrompt").first.click()

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, wanted: Locator) -> None:
        """Press Tab until something has the focus; how many things lie between is as it is by then."""
        wanted.wait_for()
        for _ in range(8):
            self.press("Tab")
            if wanted.evaluate("node => node === document.activeElement"):
                return
        raise AssertionError(f"{wanted} is not reached")

    def type(self, text: str) -> None:
        """Type a text."""
        self.page.keyboard.type(text)

    def toggle(self) -> None:
        """Press the button of the notebook's toolbar that shows and hides steps."""
        self.switch().click()

    def switch(self) -> Locator:
        """That button."""
        return self.page.get_by_role("button", name="Show which step each cell belongs to")

    def command(self, name: str) -> None:
        """Choose a command from the palette, by the keyboard."""
        from playwright.sync_api import TimeoutError as TimedOut

        field = self.page.locator(".lm-CommandPalette-input:visible")
        item = self.page.locator(".lm-CommandPalette-item.lm-mod-active:visible", has_text=name)
        for _ in range(4):
            # A page that still opens a notebook may miss the keys, or close the palette again for the notebook.
            self.press("Control+Shift+C")
            with contextlib.suppress(TimedOut):
                field.focus(timeout=5_000)
                field.fill(name, timeout=5_000)
                item.wait_for(timeout=5_000)
                break
        else:
            raise AssertionError(f"the palette has no {name!r}")
        self.press("Enter")

    def choose_from_menu(self, number: int, submenu: str, name: str) -> None:
        """Right-click a cell, and choose from a submenu of what comes up."""
        self.cell(number).locator(".jp-InputPrompt").first.click(button="right")
        self.choose_from_open_menu(submenu, name)

    def choose_from_open_menu(self, submenu: str, name: str) -> None:
        """Choose from a submenu of the menu that has come up."""
        self.page.locator(".lm-Menu-item[data-type=submenu]", has_text=submenu).hover()
        self.page.get_by_role("menuitem", name=name).click()

    def save(self) -> None:
        """Save the notebook, and wait until it is on the disk."""
        with self.page.expect_response(
            lambda answer: (
                answer.request.method == "PUT" and "/api/contents/" in answer.url and answer.ok
            )
        ):
            self.press("Control+s")

    def dark(self) -> None:
        """Let JupyterLab be dark."""
        self.command("Theme: JupyterLab Dark")
        self.page.locator("body[data-jp-theme-light=false]").wait_for(state="attached")
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")

    def leave(self) -> None:
        """Close the page, and end the kernels that it has started."""
        self.page.context.close()
        if self._server is not None:
            self._server.end_kernels()

    def shot(self, name: str) -> None:
        """Keep how the page looks now, where NB2PKG_SHOTS names a folder for that."""
        folder = os.environ.get("NB2PKG_SHOTS")
        if folder:
            self.picture(Path(folder) / f"{name}.png")

    def picture(self, path: Path) -> None:
        """Write a picture of what is seen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)
