"""How does somebody ask for a refactoring: with the mouse, or with the keyboard alone?"""

from __future__ import annotations

from dataclasses import dataclass

from tests.browser.lab_page import LabPage
from tests.browser.open_notebook import MODEL, dialog_of, select, sources

# What the menus and the palette call them.
TITLES = {
    "extract": "Extract to Function…",
    "inline": "Inline…",
    "rename": "Rename Variable…",
    "parameter": "Promote Literal to Parameter…",
    "imports": "Move Imports to the Top…",
}
_KEYS = {"extract": "Control+Alt+r", "rename": "F2"}
_CELL = "jupyterapp.shell.currentWidget.content.activeCellIndex"
# Where a character of a line is drawn: CodeMirror makes a text of its own of each word that has a colour.
_MIDDLE_OF = """(line, column) => {
  const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  for (let left = column; texts.nextNode(); left -= texts.currentNode.length) {
    if (left < texts.currentNode.length) {
      const range = document.createRange();
      range.setStart(texts.currentNode, left);
      range.setEnd(texts.currentNode, left + 1);
      const {x, y, width, height} = range.getBoundingClientRect();
      return [x + width / 4, y + height / 2];
    }
  }
  const {x, y, height} = line.getBoundingClientRect(); // nothing stands there
  return [x + 2, y + height / 2];
}"""


@dataclass(frozen=True)
class Asked:
    """A refactoring that somebody wants.

    first and last: the cells that are selected, counted from 0; line and column: where the cursor is in the
    first, counted from 0; name: what is typed, and None where what is proposed is taken
    """

    verb: str
    first: int
    last: int
    line: int = 0
    column: int = 0
    name: str | None = None


def apply_by(way: str, page: LabPage, asked: Asked) -> None:
    """Carry a refactoring out by "mouse" or "keyboard", and wait until the notebook has it."""
    before = sources(page)
    ask = _ask_by_mouse if way == "mouse" else _ask_by_keys
    ask(page, asked)
    dialog = dialog_of(page)
    apply = dialog.locator(".jp-Dialog-button.jp-mod-accept:not([disabled])")
    if asked.name is not None:
        field = dialog.get_by_role("textbox").first
        if way == "mouse":
            field.click()
        else:
            page.page.locator(".jp-Dialog input:focus").wait_for()
        page.press("Control+a")
        page.type(asked.name)
    apply.wait_for()
    if way == "mouse":
        apply.click()
    else:
        page.press("Enter")
    dialog.wait_for(state="detached")
    _wait_for_other(page, before)


def undo_by(way: str, page: LabPage) -> None:
    """Take the last one back, and wait until the notebook is as it was."""
    before = sources(page)
    if way == "mouse":
        page.page.locator(".jp-CodeCell .jp-InputPrompt").first.click(button="right")
        page.choose_from_open_menu("Refactor", "Undo Refactoring")
    else:
        page.command("Undo Refactoring")
    _wait_for_other(page, before)


def _wait_for_other(page: LabPage, before: list[str]) -> None:
    page.page.wait_for_function(
        f"before => JSON.stringify({MODEL}.cells.map(c => c.source)) !== JSON.stringify(before)",
        arg=before,
    )


def _ask_by_mouse(page: LabPage, asked: Asked) -> None:
    if asked.verb == "extract":
        select(page, asked.first, asked.last)
        page.choose_from_menu(asked.first, "Refactor", TITLES[asked.verb])
        return
    line = page.cell(asked.first).locator(".cm-line").nth(asked.line)
    line.scroll_into_view_if_needed()
    place = line.evaluate(f"line => ({_MIDDLE_OF})(line, {asked.column})")
    page.page.mouse.click(*place)
    page.page.mouse.click(*place, button="right")
    page.choose_from_open_menu("Refactor", TITLES[asked.verb])


def _ask_by_keys(page: LabPage, asked: Asked) -> None:
    page.press("Escape")
    here = int(page.page.evaluate(_CELL))
    page.press(*["ArrowDown" if here < asked.first else "ArrowUp"] * abs(asked.first - here))
    page.page.wait_for_function(f"{_CELL} === {asked.first}")
    # JupyterLab 4.4 scrolls there, and gives the focus to the notebook once more after that.
    page.page.wait_for_timeout(300)
    if asked.verb == "extract":
        page.press(*["Shift+ArrowDown"] * (asked.last - asked.first))
    else:
        page.press("Enter")
        page.active().locator(".cm-content:focus").wait_for()
        page.press("Control+Home")
        page.press(*["ArrowDown"] * asked.line, "Home", "Home")
        page.press(*["ArrowRight"] * asked.column)
    if asked.verb in _KEYS:
        page.press(_KEYS[asked.verb])
    else:
        page.command(TITLES[asked.verb])
