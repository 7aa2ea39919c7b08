"""The command line sets the parameters."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from monthly_report import __main__ as command

OPTIONS = [
    "--region",
    "--month",
    "--top-n",
    "--threshold",
    "--include-plots",
    "--orders-path",
    "--out-dir",
]


def test_help_names_every_option():
    sources = str(Path(__file__).parent.parent / "src")
    shown = subprocess.run(
        [sys.executable, "-m", "monthly_report", "--help"],
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
        ("--region=another", "region", "another"),
        ("--month=another", "month", "another"),
        ("--top-n=6", "top_n", 6),
        ("--threshold=0.25", "threshold", 0.25),
        ("--no-include-plots", "include_plots", False),
        ("--orders-path=another", "orders_path", "another"),
        ("--out-dir=another", "out_dir", "another"),
    ],
)
def test_an_option_sets_its_parameter(monkeypatch, argument, name, value):
    given = []
    monkeypatch.setattr(sys, "argv", ["monthly_report", argument])
    monkeypatch.setattr(command, "run", given.append)

    command.main()

    assert getattr(given[0], name) == value
    assert type(getattr(given[0], name)) is type(value)
