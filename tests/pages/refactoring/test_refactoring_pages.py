"""Golden pages of refactorings: what becomes of the selected cells, and which are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2pkg.notebook import CellKind
from nb2pkg.problems import FindingsError
from nb2pkg.refactoring import Refactoring
from nb2pkg.refactoring.extracting_function import FunctionWish, Project, extract_function
from tests.builders import formatted, md, notebook, parsed, tagged
from tests.pages.page_cases import Fence, PageCase, accept, cases_of

PAGES = sorted(Path(__file__).parent.glob("*.md"))
CASES = [case for page in PAGES for case in cases_of(page)]
MODULE = "features.py"
TESTS = "test_features.py"


@pytest.mark.parametrize("case", CASES, ids=[f"{c.page.stem}: {c.title}" for c in CASES])
def test_page(case: PageCase, request: pytest.FixtureRequest) -> None:
    assert case.cells, "a case has cells"
    assert case.expected, "a case expects something"

    actual = [answer(fence, case) for fence in case.expected]

    if request.config.getoption("--accept"):
        accept(case, actual)
    else:
        assert actual == [fence.text for fence in case.expected]


def answer(fence: Fence, case: PageCase) -> str:
    """What the fence should hold."""
    if fence.word == "file":
        return fence.text
    try:
        made = _extracted(case, fence.options)
    except FindingsError as stop:
        place = stop.location
        where = (
            f", cell {place.cell}" + (f", line {place.line}" if place.line else "")
            if place.cell
            else ""
        )
        hint = f"\n({stop.hint})" if stop.hint else ""
        return f"{stop.code}{where}: {stop.message}{hint}\n"
    if fence.word == "module":
        return made.files[0].after
    if fence.word == "tests":
        return made.files[1].after
    assert fence.word == "notebook", f"no fence is called {fence.word!r}"
    return _cells(made)


def _extracted(case: PageCase, options: dict[str, str]) -> Refactoring:
    document = notebook(*map(_source, case.cells))
    chosen = [n for n, cell in enumerate(case.cells, 1) if "selected" in cell.options]
    files = {
        fence.options.get("path", MODULE): fence.text
        for fence in case.expected
        if fence.word == "file"
    }
    wish = FunctionWish(
        cells=tuple(chosen),
        name=options.get("name"),
        module="features",
        module_path=MODULE,
        test_path=TESTS,
        gives=tuple(options["gives"].split(",")) if "gives" in options else (),
        doc="" if options.get("doc") == "no" else None,
    )
    return extract_function(document, parsed(document), wish, Project(files=files), _layout)


def _layout(text: str) -> str:
    return formatted({"code.py": text})["code.py"]


def _cells(made: Refactoring) -> str:
    """The cells that are no longer what they were, and those around them in short."""
    parts = []
    for cell in made.cells:
        parts.append(f"# cell, shows {', '.join(map(str, cell.shows))}\n{cell.source}\n")
    return "\n".join(parts)


def _source(cell: Fence) -> str:
    text = cell.text.removesuffix("\n")
    if cell.word == CellKind.MARKDOWN.value:
        return md(text)
    return tagged(cell.options.get("tags", "").replace(",", " "), text)
