"""The tests run where the notebook runs: in its own folder."""

import os
import shutil
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest

os.environ["MPLBACKEND"] = "Agg"  # draw without a window
FOLDER = Path(__file__).resolve().parents[2]
READS = ["data/orders.csv"]
WRITES = [
    "report/history.png",
    "report/customers.png",
    "report/top_customers.csv",
    "report/report.md",
    "report",
]


@pytest.fixture
def notebook_folder(monkeypatch):
    """Work in the notebook's folder.

    Skips where its data is absent. Takes away what a run adds to it; what was there before is written again.
    """
    absent = [path for path in READS if not (FOLDER / path).exists()]
    if absent:
        pytest.skip(f"needs data that is not here: {', '.join(absent)}")
    added = [FOLDER / path for path in WRITES if not (FOLDER / path).exists()]
    monkeypatch.chdir(FOLDER)
    yield FOLDER
    for path in added:
        if path.is_file():
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """Work in an empty folder. `own_folder("data/a.csv", "out/")` copies a file there, and makes a folder.

    Skips where the file is absent.
    """
    monkeypatch.chdir(tmp_path)

    def bring(*paths):
        for path in paths:
            folder = tmp_path / path if path.endswith("/") else (tmp_path / path).parent
            folder.mkdir(parents=True, exist_ok=True)
            if path.endswith("/"):
                continue
            if not (FOLDER / path).exists():
                pytest.skip(f"needs data that is not here: {path}")
            shutil.copy(FOLDER / path, path)

    return bring


@pytest.fixture(autouse=True)
def figures_are_closed():
    """Close what a test has drawn: the next one must not draw on it."""
    yield
    plt.close("all")


@pytest.fixture(autouse=True)
def settings_of_the_notebook():
    """Set what the notebook sets before its first step, and what a kernel does."""
    pd.set_option("display.max_columns", 20)
