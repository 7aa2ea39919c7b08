"""Run for real, a notebook whose cells have become a function shows what it showed before."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from nb2pkg.adapters.ruff_formatter import RuffFormatter
from nb2pkg.analysis import ParsedCell
from nb2pkg.notebook import Notebook
from nb2pkg.problems import FindingsError
from nb2pkg.refactoring import Refactoring
from nb2pkg.refactoring.extracting_function import FunctionWish, Project, extract_function
from tests.refactoring.same_outputs import read, shown_after, shown_before

CASES = sorted((Path(__file__).parents[1] / "cases").glob("*.ipynb"))
# Every third by default: two kernels each take their time.
TRIED = CASES if os.environ.get("NB2PKG_REFACTOR_CASES") == "all" else CASES[::3]
UNTIDY = Path(__file__).parents[1] / "cases" / "untidy"
# Each has once shown something else after cells of it had become a function.
ONCE_WRONG = [
    ("builtin_shadowed_list", (7,)),
    ("imports_repeated_in_loops_and_branches", (4, 5, 7)),
    ("mapping_that_fills_itself", (2,)),
    ("numpy_out_argument", (6,)),
    ("output_history", (3, 4)),
    ("side_effect_import", (2, 4)),
    ("stdout_swapped_across_cells", (6, 8, 10)),
]


@pytest.mark.parametrize("path", TRIED, ids=lambda path: path.stem)
def test_a_case_shows_the_same(path: Path, tmp_path: Path) -> None:
    notebook, cells = read(path)
    made = _some_extraction(path.stem, notebook, cells)
    if made is None:
        pytest.skip("none of its cells can become a function; each is refused with a code")
    _assert_same(path, notebook, made, tmp_path)


@pytest.mark.parametrize(("name", "selected"), ONCE_WRONG, ids=[name for name, _ in ONCE_WRONG])
def test_what_was_wrong_once_is_the_same_or_refused(
    name: str, selected: tuple[int, ...], tmp_path: Path
) -> None:
    path = UNTIDY / f"{name}.ipynb"
    notebook, cells = read(path)
    try:
        made = extracted(notebook, cells, selected)
    except FindingsError as stop:
        assert stop.code in ("NB801", "NB802")
        return
    _assert_same(path, notebook, made, tmp_path)


def _assert_same(path: Path, notebook: Notebook, made: Refactoring, tmp_path: Path) -> None:
    places = [tmp_path / "before", tmp_path / "after"]
    for place in places:
        place.mkdir()
        shutil.copy(path, place)
    assert shown_after(made, places[1]) == shown_before(notebook, places[0])


def _some_extraction(
    name: str, notebook: Notebook, cells: Sequence[ParsedCell]
) -> Refactoring | None:
    """One of the longer selections, always the same one; None where all are refused."""
    for selected in selections(name, cells):
        try:
            return extracted(notebook, cells, selected)
        except FindingsError as stop:
            assert stop.code in ("NB801", "NB802")
    return None


def selections(name: str, cells: Sequence[ParsedCell]) -> list[tuple[int, ...]]:
    """The selections of up to four cells of a notebook, in an order that is always the same."""
    positions = [cell.position for cell in cells if cell.statements]
    found = [
        tuple(positions[start:end])
        for start in range(len(positions))
        for end in range(start + 1, min(len(positions), start + 4) + 1)
    ]
    random.Random(name).shuffle(found)
    return found


def extracted(
    notebook: Notebook, cells: Sequence[ParsedCell], selected: tuple[int, ...]
) -> Refactoring:
    wish = FunctionWish(
        cells=selected,
        name="the_function",
        module="the_module",
        module_path="the_module.py",
        test_path="test_the_module.py",
    )
    return extract_function(notebook, cells, wish, Project(), _layout)


def _layout(text: str) -> str:
    return RuffFormatter().format({"code.py": text}, (3, 10))["code.py"]
