"""The command runs the pipeline."""

import sys

from messy_sales import __main__ as command


def test_the_command_runs_the_pipeline(monkeypatch):
    runs = []
    monkeypatch.setattr(sys, "argv", ["messy_sales"])
    monkeypatch.setattr(command, "run", lambda: runs.append("run"))

    command.main()

    assert runs == ["run"]
