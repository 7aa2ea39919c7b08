"""One thin notebook a process: parameters, setup, what it loads, its call, what it saves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import nbformat

from nb2pkg.analysis import ParsedCell, parse_cells
from nb2pkg.notebook import Cell, CellKind, Limits, new_notebook, read_notebook
from nb2pkg.planning import PackageChoices, plan_package
from nb2pkg.rendering.step_notebooks import step_notebooks


def written(*texts: str, tags: dict[int, Sequence[str]] | None = None) -> dict[str, Any]:
    cells = [
        Cell(
            position=0,
            kind=CellKind.MARKDOWN if text.startswith("## ") else CellKind.CODE,
            source=text,
            tags=tuple((tags or {}).get(number, ())),
        )
        for number, text in enumerate(texts, 1)
    ]
    data = new_notebook(cells, {}).encode()
    notebook = read_notebook(data, "sales", format="ipynb", limits=Limits())
    parsed = [c for c in parse_cells(notebook.code_cells) if isinstance(c, ParsedCell)]
    plan, _ = plan_package(notebook, parsed, PackageChoices(package="sales"), "sales")
    return {
        path: json.loads(text)
        for path, text in step_notebooks(plan, notebook, parsed).files.items()
    }


def sources(document: Any) -> list[str]:
    return ["".join(cell["source"]) for cell in document["cells"]]


NOTEBOOK = (
    "rows = 3  # how many",
    "import random\nrandom.seed(0)",
    "## Make",
    "xs = [i / 2 for i in range(rows)]",
    "## Sum up",
    "total = sum(xs)\nprint(total)",
)


def test_each_step_has_a_notebook_of_four_cells():
    notebooks = written(*NOTEBOOK, tags={1: ["parameters"]})

    assert list(notebooks) == ["notebooks/steps/make.ipynb", "notebooks/steps/sum_up.ipynb"]
    assert sources(notebooks["notebooks/steps/make.ipynb"])[1].startswith(
        "rows: int = 3  # how many\n"
    )
    assert all(len(document["cells"]) == 4 for document in notebooks.values())


def test_values_pass_through_artifacts_that_parameters_name():
    notebooks = written(*NOTEBOOK, tags={1: ["parameters"]})
    _, first, _, work = sources(notebooks["notebooks/steps/make.ipynb"])
    _, second, imports, next_work = sources(notebooks["notebooks/steps/sum_up.ipynb"])

    assert 'artifacts_out = "artifacts/make"' in first
    assert 'save(xs, f"{artifacts_out}/xs")' in work
    assert 'xs_in = "artifacts/make/xs"' in second
    assert "from sales.artifacts import load" in imports
    assert "xs = load(xs_in)" in next_work


def test_setup_holds_in_every_process():
    notebooks = written(
        "import pandas as pd\npd.set_option('display.width', 99)",
        "## Make",
        "df = pd.DataFrame({'a': [1]})\ndf['b'] = 2",
        "## Show",
        "print(df)",
    )

    for document in notebooks.values():
        assert "pd.set_option('display.width', 99)" in sources(document)[-2]


def test_papermill_finds_the_parameters_cell_and_a_kernel():
    for document in written(*NOTEBOOK, tags={1: ["parameters"]}).values():
        nbformat.validate(nbformat.from_dict(document))
        tagged = [c for c in document["cells"] if "parameters" in c["metadata"].get("tags", ())]
        assert len(tagged) == 1
        assert document["metadata"]["kernelspec"]["name"] == "python3"


def test_a_step_named_load_does_not_hide_how_artifacts_are_loaded():
    notebooks = written("## Load", "xs = sorted([2, 1])", "## Save", "print(xs)")

    imports = sources(notebooks["notebooks/steps/save.ipynb"])[2]
    assert "from sales.artifacts import load as load_artifact" in imports


def test_values_that_may_share_an_object_are_saved_together():
    notebooks = written("## Make", "a = [max([1])]\nb = [a]", "## End", "print(a, b)")

    assert (
        'save({"a": a, "b": b}, f"{artifacts_out}/a_and_b")'
        in sources(notebooks["notebooks/steps/make.ipynb"])[-1]
    )
    assert 'a, b = shared["a"], shared["b"]' in sources(notebooks["notebooks/steps/end.ipynb"])[-1]
