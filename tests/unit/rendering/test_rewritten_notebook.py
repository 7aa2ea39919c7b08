"""The notebook calls its package's functions wherever it still shows what it showed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import nbformat
import pytest

from nb2pkg.analysis import ParsedCell, parse_cells
from nb2pkg.notebook import Cell, CellKind, Limits, new_notebook, read_notebook
from nb2pkg.planning import PackageChoices, plan_package
from nb2pkg.rendering.rewritten_notebook import RewrittenNotebook, rewritten_notebook

PANDAS = "import pandas as pd"
LOAD = ("## Load", "df = pd.read_csv('sales.csv')\ndf['n'] = 1")


def rewritten(*texts: str, tags: dict[int, Sequence[str]] | None = None) -> RewrittenNotebook:
    """Texts that begin with `#` and a blank or another `#` are Markdown, all others are code."""
    cells = [
        Cell(
            position=0,
            kind=CellKind.MARKDOWN if text.startswith("## ") else CellKind.CODE,
            source=text,
            tags=tuple((tags or {}).get(number, ())),
            execution_count=None if text.startswith("## ") else number,
        )
        for number, text in enumerate(texts, 1)
    ]
    data = new_notebook(cells, {}).encode()
    notebook = read_notebook(data, "sales", format="ipynb", limits=Limits())
    parsed = [c for c in parse_cells(notebook.code_cells) if isinstance(c, ParsedCell)]
    plan, _ = plan_package(notebook, parsed, PackageChoices(package="sales"), "sales")
    return rewritten_notebook(plan, notebook, parsed)


def code(result: RewrittenNotebook) -> list[str]:
    document: Any = json.loads(result.text)
    return ["".join(c["source"]) for c in document["cells"] if c["cell_type"] == "code"]


def test_steps_become_calls_and_looks_stay_where_they_were():
    result = rewritten(
        PANDAS, *LOAD, "df.head()", "## Sum", "total = df.n.sum()\nprint(total)", "total"
    )

    assert code(result) == [
        "from sales import load, sum_",
        "df = load()",
        "df.head()",
        "total = sum_(df)",
        "total",
    ]
    assert result.kept == {}


def test_the_prose_stays_and_nothing_looks_as_if_it_had_been_run():
    result = rewritten(PANDAS, *LOAD)
    document: Any = nbformat.reads(result.text, as_version=4)

    nbformat.validate(document)
    assert document.cells[1].source == "## Load"
    assert all(
        c.execution_count is None and not c.outputs for c in document.cells if c.cell_type == "code"
    )


def test_imports_stay_where_looks_need_them():
    result = rewritten(
        "import numpy as np\nimport pandas as pd", *LOAD, "np.sqrt(df.n)", "## End", "print(df)"
    )

    assert code(result)[0] == "import numpy as np\n\nfrom sales import end, load"


def test_parameters_are_passed_from_the_notebooks_own_variables():
    result = rewritten(
        "n = 3", "## Make", "xs = list(range(n))\nprint(xs)", tags={1: ["parameters"]}
    )

    assert code(result) == ["n = 3", "from sales import make", "xs = make(n=n)"]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ((PANDAS, *LOAD, "df.head()", "print(len(df))", "## End", "print(df)"), "may show more"),
        ((PANDAS, *LOAD, "df.shape", "df['m'] = 2", "## End", "print(df)"), "before it changes"),
        (("## Pop", "xs = [1, 2]\nxs.pop()", "## End", "print(xs)"), "last line"),
        (("## Make", "tmp = max([1])\ny = tmp + 1", "tmp + 0", "## End", "print(y)"), "'tmp'"),
        (("## Time", "%time x = max([1])", "## End", "print(x)"), "syntax"),
        (("## Show", "for x in [1, 2]:\n    display(x)", "## End", "print(x)"), "displays"),
    ],
    ids=["output-after", "changed-after", "value-shown", "inner-name", "magic", "display"],
)
def test_a_step_whose_outputs_would_differ_keeps_its_own_cells(cells, reason):
    result = rewritten(*cells)

    (kept, why), *others = result.kept.items()
    assert reason in why and not others
    own = cells[cells.index(f"## {kept.title().rstrip('_')}") + 1 : cells.index("## End")]
    assert [c for c in code(result) if c in own] == list(own)


def test_a_fitted_model_is_still_shown():
    result = rewritten(
        "from sklearn.linear_model import LinearRegression",
        "## Train",
        "model = LinearRegression()\nmodel.fit([[1], [2]], [1, 2])",
        "## Use",
        "print(model.coef_)",
    )

    assert "model = train()\nmodel" in code(result)


def test_a_look_that_showed_nothing_does_not_begin_to():
    result = rewritten(
        PANDAS,
        "## Load",
        "df = pd.read_csv('sales.csv')\ndf.head()\nn = len(df)",
        "## End",
        "print(df, n)",
    )

    assert code(result)[1] == "df, n = load()"


def test_a_helper_that_kept_code_needs_is_imported_instead_of_defined():
    result = rewritten(
        "def twice(x):\n    return 2 * x",
        "## Make",
        "xs = [twice(1)]\nxs.pop()",
        "## End",
        "print(xs, twice(2))",
    )

    assert "def twice" not in result.text
    assert "from sales.steps" in result.text


def test_a_function_that_takes_notebook_values_in_the_package_is_still_defined_for_kept_code():
    result = rewritten(
        "## Make",
        "rate = sum([1, 2])\ndef pay(x):\n    return x * rate\nxs = [pay(1)]\nxs.pop()",
        "## End",
        "print(xs, pay(2))",
    )

    assert "def pay(x):" in result.text


def test_names_that_the_notebook_asks_for_itself_leave_it_as_it_is():
    cells = ("## Make", "x = 1\ny = x", "## End", "print(sorted(globals())[:1], y)")
    result = rewritten(*cells)

    assert code(result) == [cells[1], cells[3]]
    assert all("globals" in why for why in result.kept.values())


def test_a_frame_that_pandas_would_warn_about_stays_in_the_notebook():
    result = rewritten(
        PANDAS, *LOAD, "## Clean", "df = df[df.n > 0]\ndf['m'] = 2", "## End", "print(df)"
    )

    assert "pandas would warn" in result.kept["clean"]


def test_the_package_is_imported_after_modules_that_may_do_something_when_they_are_imported():
    cells = ("## Make", "x = max([1])\nprint(x)", "import mine", "## Use", "print(mine, x)")
    result = rewritten(*cells)

    assert "imported further down" in result.kept["make"]
    assert code(result) == [cells[1], "import mine\n\nfrom sales import use", "use(x)"]


def test_the_same_notebook_gives_the_same_text():
    cells = (PANDAS, *LOAD, "df.head()", "## Sum", "total = df.n.sum()\nprint(total)")

    assert rewritten(*cells).text == rewritten(*cells).text
