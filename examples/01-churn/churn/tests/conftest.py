"""The tests run where the notebook runs: in its own folder."""

import os
from pathlib import Path

import pytest

os.environ["MPLBACKEND"] = "Agg"  # draw without a window
FOLDER = Path(__file__).resolve().parents[2]
READS = ["data/customers.csv"]


@pytest.fixture
def notebook_folder(monkeypatch):
    """Work in the notebook's folder.

    Skips where its data is absent.
    """
    absent = [path for path in READS if not (FOLDER / path).exists()]
    if absent:
        pytest.skip(f"needs data that is not here: {', '.join(absent)}")
    monkeypatch.chdir(FOLDER)
    return FOLDER
