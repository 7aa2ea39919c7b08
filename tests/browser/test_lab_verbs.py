"""Each refactoring by mouse and by keyboard, in JupyterLab and in Notebook 7: applied, run, and taken back."""

from __future__ import annotations

import pytest

from tests.browser.asked_refactorings import Asked, apply_by, undo_by
from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer, code, prose
from tests.browser.open_notebook import complaints, run_all, sources_and_tags

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

_CELLS = [
    prose("# Discs", id="title"),
    code("import math", id="imports"),
    code("radius = 2.5\narea = math.pi * radius", id="area"),
    code("import json\nprint(json.dumps({'steel': area > 10}))", id="json"),
    prose("## Weigh the disc", id="heading"),
    code("weight = area * 7.85", id="weight"),
    code("print(round(weight, 3))", id="print"),
]
# One after the other, with a text that the notebook has then and had not before.
_VERBS = [
    (Asked("rename", 2, 2, line=1, column=1, name="surface"), "surface = math.pi * radius"),
    (Asked("extract", 5, 6, name="weigh"), "from {module} import weigh"),
    (Asked("imports", 3, 3), "import math\nimport json"),
    (Asked("parameter", 2, 2, line=0, column=9, name="size"), "radius = size"),
    (Asked("inline", 3, 3, line=0, column=2, name="radius"), "surface = math.pi * size"),
]


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
def test_every_refactoring(way: str, page: LabPage, jupyter: LabServer) -> None:
    name = f"verbs_{way}"
    page.open(jupyter, jupyter.write(f"{name}.ipynb", _CELLS))
    shown = run_all(page)
    states = [sources_and_tags(page)]
    for asked, text in _VERBS:
        apply_by(way, page, asked)
        states.append(sources_and_tags(page))
        text = text.format(module=f"{name}_steps")
        assert any(text in source for source, _ in states[-1]), (asked, states[-1])
        assert not any(text in source for source, _ in states[-2]), asked
    module = jupyter.folder / f"{name}_steps.py"
    assert "def weigh(surface)" in module.read_text()
    assert (jupyter.folder / f"test_{name}_steps.py").exists()

    assert run_all(page) == shown

    for before in reversed(states[:-1]):
        undo_by(way, page)
        assert sources_and_tags(page) == before
    assert not module.exists()
    assert run_all(page) == shown
    assert complaints(page) == []
