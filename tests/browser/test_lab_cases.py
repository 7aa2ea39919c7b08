"""In a real JupyterLab and Notebook 7, each case shows the same after each refactoring, and after Undo."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest

from nb2pkg.analysis import ParsedCell
from nb2pkg.dataflow import assemble
from nb2pkg.notebook import Notebook
from nb2pkg.problems import FindingsError
from nb2pkg.refactoring import Refactoring
from nb2pkg.refactoring.cell_code import code_of
from nb2pkg.refactoring.inlining import inline
from nb2pkg.refactoring.literals import literals_of
from nb2pkg.refactoring.moving_imports import move_imports
from nb2pkg.refactoring.promoting import promote_literal
from nb2pkg.refactoring.renaming import rename_variable
from tests.browser.asked_refactorings import Asked, apply_by, undo_by
from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer
from tests.browser.open_notebook import complaints, run_all, sources_and_tags
from tests.refactoring.same_outputs import read
from tests.refactoring.test_extracting_function import CASES, extracted, selections

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

# All of them take half an hour; without a browser, the same is tried for each.
_ALL = os.environ.get("NB2PKG_LAB_CASES") == "all"
Cells: TypeAlias = Sequence[ParsedCell]
Possible: TypeAlias = tuple[Asked, Callable[[], Refactoring]]
_WAYS = ("mouse", "keyboard")
_TRIED = [
    (app, _WAYS[(number + turn) % 2], path)
    for turn, app in enumerate(("lab", "notebook7"))
    for number, path in enumerate(CASES)
]


@pytest.mark.parametrize(
    ("app", "way", "path"),
    _TRIED if _ALL else [one for one in _TRIED if one[2].stem == "17_late_import"][:1],
    ids=lambda value: value.stem if isinstance(value, Path) else value,
)
def test_a_case_shows_the_same_after_each_refactoring_and_after_undo(
    app: str, way: str, path: Path, page: LabPage, request: pytest.FixtureRequest
) -> None:
    server: LabServer = request.getfixturevalue(app)
    wanted = list(_wanted(path))
    assert wanted
    shutil.copy(path, server.folder / path.name)
    page.open(server, path.name, draws_all=True)
    shown = run_all(page)
    before = sources_and_tags(page)
    files = _files(server)
    for asked in wanted:
        apply_by(way, page, asked)
        print(f"{app} {path.stem} {asked} by {way}")
        assert run_all(page) == shown, asked

        # What ran since has changed outputs: only sources and files count for taking it back.
        undo_by(way, page)
        assert sources_and_tags(page) == before, asked
        assert _files(server) == files, asked
    assert complaints(page) == []


def _files(server: LabServer) -> set[str]:
    return {path.name for path in server.folder.glob("*.py")}


def _wanted(path: Path) -> Iterator[Asked]:
    """What can be done to a case: of each kind the first that is not refused."""
    notebook, cells = read(path)
    sources = [cell.source for cell in notebook.cells]
    for find in (_extractions, _renamings, _promotions, _inlinings, _moved_imports):
        for asked, make in find(path.stem, notebook, cells):
            try:
                found = make()
            except FindingsError:
                continue
            if [cell.source for cell in found.cells] != sources:
                yield asked
                break


def _extractions(name: str, notebook: Notebook, cells: Cells) -> Iterator[Possible]:
    for selected in selections(name, cells):
        asked = Asked("extract", selected[0] - 1, selected[-1] - 1)
        yield asked, partial(extracted, notebook, cells, selected)


def _renamings(name: str, notebook: Notebook, cells: Cells) -> Iterator[Possible]:
    for cell in cells:
        for number, line in enumerate(cell.cell.source.splitlines()):
            for word in re.finditer(r"^\w+(?= =)", line):
                new = f"{word[0]}_again"
                asked = Asked(
                    "rename", cell.position - 1, cell.position - 1, number, word.start(), new
                )
                yield asked, partial(rename_variable, notebook, cells, word[0], new)


def _promotions(name: str, notebook: Notebook, cells: Cells) -> Iterator[Possible]:
    for code in code_of(cells):
        for literal in literals_of(code):
            place = code.place(literal.span[0])
            if place.cell and place.line and place.column is not None:
                cell, line, column = place.cell, place.line, place.column
                asked = Asked("parameter", cell - 1, cell - 1, line - 1, column, "given_once")
                yield (
                    asked,
                    partial(promote_literal, notebook, cells, cell, line, column, "given_once"),
                )


def _inlinings(name: str, notebook: Notebook, cells: Cells) -> Iterator[Possible]:
    first = cells[0].position - 1
    for variable in assemble(cells).binders:
        asked = Asked("inline", first, first, name=variable)
        yield asked, partial(inline, notebook, cells, variable)


def _moved_imports(name: str, notebook: Notebook, cells: Cells) -> Iterator[Possible]:
    first = cells[0].position - 1
    yield Asked("imports", first, first), partial(move_imports, notebook, cells)
