"""Run for real, the rewritten notebook shows what the original shows, and the step notebooks too."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from nb2pkg.analysis import ParsedCell, parse_cells
from nb2pkg.notebook import Limits, Notebook, read_notebook
from nb2pkg.planning import PackageChoices, plan_package
from nb2pkg.planning.plan import PackagePlan
from nb2pkg.rendering.artifacts_module import artifacts_module
from nb2pkg.rendering.rendering import render_sources
from nb2pkg.rendering.rewritten_notebook import rewritten_notebook
from nb2pkg.rendering.step_notebooks import step_notebooks
from tests.kernel_sockets import own_sockets

ROOT = Path(__file__).parents[2]
PLOTS = [
    "import pandas as pd\nimport matplotlib.pyplot as plt",
    "## Make",
    "df = pd.DataFrame({'a': range(4)})\ndf.plot();",
    "## Draw",
    "plt.plot(df.a)\nplt.show()\nprint('between')\nplt.bar(df.a, df.a);",
    "for k in (1, 2):\n    plt.plot(df.a * k)\n    plt.show()",
    "## End",
    "print(df.a.sum())",
    "df.describe()",
]


class Place:
    """A notebook's folder, with the package that it makes beside it."""

    def __init__(self, folder: Path, notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.name = f"its_{re.sub(r'[^a-z0-9]', '_', notebook.stem.lower())}"
        self.notebook, self.cells = _read(notebook)
        choices = PackageChoices(package=self.name)
        self.plan, _ = plan_package(self.notebook, self.cells, choices, self.name)
        self.source = folder / "package" / "src"
        for path, text in _package(self.plan).items():
            target = folder / "package" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        monkeypatch.setenv("PYTHONPATH", str(self.source))
        monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")

    def run(self, text: str) -> list[tuple[Any, ...]]:
        """What a notebook shows, in order, when it is run in this folder."""
        document: Any = nbformat.reads(text, as_version=4)
        nbformat.validate(document)
        resources = {"metadata": {"path": str(self.folder)}}
        NotebookClient(
            document, timeout=120, kernel_name="python3", resources=resources, config=own_sockets()
        ).execute()
        shown: list[tuple[Any, ...]] = []
        for cell in document.cells:
            for output in cell.get("outputs", ()):
                _add(shown, output)
        return shown


def _read(path: Path) -> tuple[Notebook, list[ParsedCell]]:
    notebook = read_notebook(path.read_bytes(), path.stem, format="ipynb", limits=Limits())
    return notebook, [c for c in parse_cells(notebook.code_cells) if isinstance(c, ParsedCell)]


def _package(plan: PackagePlan) -> dict[str, str]:
    return {**render_sources(plan), f"src/{plan.package}/artifacts.py": artifacts_module(plan)}


def _add(shown: list[tuple[Any, ...]], output: Any) -> None:
    if output.output_type == "stream":
        text = re.sub(r"0x[0-9a-f]+", "0x", output.text)
        if shown and shown[-1][0] == output.name:
            text = shown.pop()[1] + text
        shown.append((output.name, text))
    elif output.output_type == "error":
        shown.append(("error", output.ename, output.evalue))
    else:
        data = {
            kind: re.sub(r"(0x|sk-[a-z]+-id-)[0-9a-f]+", "", str(v))
            for kind, v in output.data.items()
        }
        shown.append((output.output_type, data))


def place_of(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    source = ROOT / path
    folder = tmp_path / "here"
    if source.parent.name in ("cases", "untidy"):
        folder.mkdir()
        shutil.copy(source, folder)
    else:
        shutil.copytree(source.parent, folder)
    return Place(folder, folder / source.name, monkeypatch)


@pytest.mark.parametrize(
    "path",
    [
        "examples/01-churn/churn.ipynb",
        "tests/cases/20_display.ipynb",
        "tests/cases/21_await.ipynb",
        "tests/cases/28_papermill.ipynb",
        "tests/cases/37_model_fit.ipynb",
        "tests/cases/untidy/pyplot_show_inside_cell.ipynb",
        "tests/cases/untidy/trailing_expression_with_effect.ipynb",
    ],
    ids=lambda path: Path(path).stem,
)
def test_the_rewritten_notebook_shows_what_the_original_shows(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    place = place_of(path, tmp_path, monkeypatch)
    original = place.run(place.notebook.text)

    result = rewritten_notebook(place.plan, place.notebook, place.cells)

    assert place.run(result.text) == original
    assert result.called


def test_figures_come_out_in_the_same_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    document: Any = nbformat.v4.new_notebook()
    for text in PLOTS:
        is_prose = text.startswith("## ")
        make = nbformat.v4.new_markdown_cell if is_prose else nbformat.v4.new_code_cell
        document.cells.append(make(text))
    nbformat.write(document, tmp_path / "plots.ipynb")
    place = Place(tmp_path, tmp_path / "plots.ipynb", monkeypatch)
    original = place.run(place.notebook.text)

    result = rewritten_notebook(place.plan, place.notebook, place.cells)

    assert place.run(result.text) == original
    assert result.called == ("make", "draw", "end")


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        "examples/01-churn/churn.ipynb",
        "tests/cases/25_figure.ipynb",
        "tests/cases/44_e2e.ipynb",
        "tests/cases/untidy/frame_cleaned_beside_the_raw_one.ipynb",
        "tests/cases/untidy/functions_that_a_frame_calls.ipynb",
        "tests/cases/untidy/generator_handed_to_a_splitter.ipynb",
        "tests/cases/untidy/generators_in_a_list.ipynb",
        "tests/cases/untidy/keys_that_are_no_texts.ipynb",
        "tests/cases/untidy/log_handler_kept_for_later.ipynb",
        "tests/cases/untidy/numpy_seed_in_three_cells.ipynb",
        "tests/cases/untidy/results_that_hold_one_another.ipynb",
        "tests/cases/untidy/seeds_and_settings_in_functions.ipynb",
        "tests/cases/untidy/temporary_folder_in_a_later_step.ipynb",
        "tests/cases/untidy/view_changed_by_a_function.ipynb",
        "tests/cases/untidy/views_of_an_array.ipynb",
    ],
    ids=lambda path: Path(path).stem,
)
def test_step_notebooks_in_order_print_what_the_notebook_prints(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    place = place_of(path, tmp_path, monkeypatch)
    printed = [s for s in place.run(place.notebook.text) if s[0] == "stdout"]

    steps = step_notebooks(place.plan, place.notebook, place.cells).files
    shown = [s for text in steps.values() for s in place.run(text)]

    assert "".join(s[1] for s in shown if s[0] == "stdout") == "".join(s[1] for s in printed)
