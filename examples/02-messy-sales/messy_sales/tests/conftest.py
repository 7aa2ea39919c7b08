"""The tests run where the notebook runs: in its own folder."""

import os
from pathlib import Path

import pytest

os.environ["MPLBACKEND"] = "Agg"  # draw without a window
FOLDER = Path(__file__).resolve().parents[2]
READS = ["data/sales.csv"]
WRITES = ["top_customers.png", "by_region.csv"]


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
