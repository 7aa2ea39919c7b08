"""Steps are counted as a reader would count them."""

from pathlib import Path

import pytest

from .shape import count_fused, read_shape

TRAIN = '''
from typing import NamedTuple


class Trained(NamedTuple):
    """What training leaves."""

    model: object
    score: float
    rows: int


def train(X, y, *, seed=1):
    """Train.

    With care.
    """
    model = fit(X, y)
    if seed:
        score = ratio(model)
    return Trained(model, score, rows=len(X))


def ratio(model):
    return 1.0
'''


def a_package(folder: Path, **modules: str) -> Path:
    """Write the modules of `steps` into a package called `churn`."""
    steps = folder / "src" / "churn" / "steps"
    steps.mkdir(parents=True)
    for name, text in modules.items():
        (steps / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def test_the_first_function_of_a_module_is_its_step(tmp_path: Path) -> None:
    shape = read_shape(a_package(tmp_path, __init__='"""Steps."""', train=TRAIN), "churn")

    (step,) = shape.steps
    assert (step.name, step.parameters, step.returned, step.statements) == ("train", 3, 3, 3)


@pytest.mark.parametrize(
    ("last", "returned"),
    [
        ("return a, b", 2),
        ("return a", 1),
        ("return found(a)", 1),
        ("print(a)", 0),
        ("return", 0),
    ],
)
def test_returned_values_are_counted(tmp_path: Path, last: str, returned: int) -> None:
    shape = read_shape(a_package(tmp_path, load=f"def load(a, b):\n    {last}\n"), "churn")

    assert shape.steps[0].returned == returned


def test_steps_that_share_a_process_are_counted() -> None:
    text = (
        "steps:\n"
        "  # load, clean, fit run together: 'con' is a connection, which can't be stored\n"
        "  load_to_fit: {notebook: notebooks/steps/load_to_fit.ipynb, outputs: [model]}\n"
        "  plot: {notebook: notebooks/steps/plot.ipynb, needs: [load_to_fit]}\n"
    )
    assert count_fused(text) == 3
