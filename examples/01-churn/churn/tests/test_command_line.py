"""The command line sets the parameters."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from churn import __main__ as command

OPTIONS = ["--data-path", "--test-size", "--seed", "--n-estimators"]


def test_help_names_every_option():
    sources = str(Path(__file__).parent.parent / "src")
    shown = subprocess.run(
        [sys.executable, "-m", "churn", "--help"],
        env={**os.environ, "PYTHONPATH": sources, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert shown.returncode == 0, shown.stderr
    assert [option for option in OPTIONS if option not in shown.stdout] == []


@pytest.mark.parametrize(
    ("argument", "name", "value"),
    [
        ("--data-path=another", "data_path", "another"),
        ("--test-size=0.75", "test_size", 0.75),
        ("--seed=43", "seed", 43),
        ("--n-estimators=51", "n_estimators", 51),
    ],
)
def test_an_option_sets_its_parameter(monkeypatch, argument, name, value):
    given = []
    monkeypatch.setattr(sys, "argv", ["churn", argument])
    monkeypatch.setattr(command, "run", given.append)

    command.main()

    assert getattr(given[0], name) == value
    assert type(getattr(given[0], name)) is type(value)
