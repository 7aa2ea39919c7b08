"""A few real notebooks, as a first look: the whole corpus is `python -m corpus fidelity`."""

from __future__ import annotations

from functools import cache as once
from pathlib import Path

import pytest

from . import cache
from .entries import Entry, read_entries
from .fetching import fetch
from .fidelity import NOT_HERE, measure
from .reference import known_reference
from .sweep import sweep_one

# The smallest source distributions, 350 kB together; their notebooks are there to be odd.
SMALL = ("nbclient", "nbformat", "nbval", "papermill")
HOW_MANY = 10
# Short ones, for when the corpus and its libraries are on the machine.
RUNNING = ("statsmodels--2d84809a", "control--4fe696a3", "nbformat--a0cf2477")
WHOLE = "PYTHONPATH=tests python -m corpus fidelity"


def small_entries() -> list[Entry]:
    """Give the notebooks of the small distributions."""
    return [entry for entry in read_entries() if entry.distribution in SMALL]


def odd_ones() -> list[Entry]:
    """Take the notebooks that are broken on purpose, and some from every small distribution."""
    entries = small_entries()
    spread = entries[:: len(entries) // HOW_MANY]
    return [entry for entry in entries if entry.status != "ok" or entry in spread]


@once
def fetching_problem() -> str | None:
    """Fetch the small distributions if they are not there, once; say why that cannot be done."""
    try:
        outcomes = fetch(small_entries(), tell=print)
    except RuntimeError as error:
        return str(error)
    return next((outcome.problem for outcome in outcomes if outcome.problem), None)


@pytest.mark.parametrize("entry", odd_ones(), ids=lambda entry: entry.id)
def test_an_odd_notebook_is_answered(entry: Entry, tmp_path: Path) -> None:
    if not entry.file.is_file() and (problem := fetching_problem()):
        pytest.skip(f"the notebooks are not here and cannot be fetched: {problem}")

    swept = sweep_one(entry, tmp_path)

    assert swept.problems == ()


@pytest.mark.parametrize(
    "entry", [e for e in read_entries() if e.id in RUNNING], ids=lambda entry: entry.id
)
def test_the_package_leaves_what_the_notebook_leaves(entry: Entry, tmp_path: Path) -> None:
    if not (cache.own_python().is_file() and entry.file.is_file()):
        pytest.skip(f"needs the corpus and the libraries that it imports: {WHOLE}")
    if known_reference(entry) is None:
        pytest.skip(f"needs what the notebook itself computes: {WHOLE}")

    measurement = measure(entry, tmp_path)

    if measurement.verdict.outcome == NOT_HERE:
        pytest.skip(f"the notebook does not run here: {measurement.verdict.detail}")
    assert not measurement.is_failure, measurement.verdict
