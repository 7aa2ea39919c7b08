"""The line from text to files asks nothing of the world, and runs nothing of the notebook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]

_SCRIPT = """
import json, sys
from nb2pkg.notebook import Limits
from nb2pkg.planning import PackageChoices, plan_package
from nb2pkg.rendering.rendering import render_sources
from nb2pkg.checks import run_checks
from nb2pkg.workflows.reading_cells import read_cells

CELLS = [
    "open('canary', 'w')", "!touch canary", "%%bash\\ntouch canary", "%run canary.ipynb",
    "def f(x=open('canary', 'w')):\\n    return x\\nf()", "class C:\\n    y = __import__('os').system('touch canary')",
    "rows = [1]\\nprint(rows)", "rows.append(2)\\nrows",
]

def line():
    document = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": source} for source in CELLS]}
    data = json.dumps(document).encode()
    reading = read_cells(data, "n", "ipynb", limits=Limits(), progress=lambda cell: None)
    plan, graph = plan_package(reading.notebook, reading.cells, PackageChoices(), "n")
    list(run_checks(reading.notebook, reading.cells, graph))
    return render_sources(plan)

line()  # what is imported late is imported now
seen = []
FORBIDDEN = ("open", "exec", "import", "os.", "subprocess.", "socket.", "shutil.", "tempfile.", "glob.")
def hook(event, arguments):
    # A SyntaxError makes CPython look for its line in a file, whatever name compile() was given.
    if watching and event.startswith(FORBIDDEN) and arguments[:1] != ("<cell>",):
        seen.append((event, repr(arguments)[:200]))
watching = False
sys.addaudithook(hook)
watching = True
tree = line()
watching = False
assert tree
print(seen)
"""


def test_the_line_does_nothing_to_the_world(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        cwd=tmp_path,
        env={"PYTHONPATH": str(_ROOT / "src"), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
    assert [path.name for path in tmp_path.iterdir() if path.name == "canary"] == []
