"""Does a notebook four times as long take four times the work, and not sixteen?"""

from __future__ import annotations

import cProfile
import json
import pstats
from pathlib import Path

import pytest

from nb2pkg.adapters.notebook_environments import NotebookEnvironments
from nb2pkg.adapters.ruff_formatter import RuffFormatter
from nb2pkg.workflows.proposing import Request, propose_package

# A cell of each: what many cells may be like, and each kind of which something goes through the others.
_CELLS = {
    "frames": "f{n} = f{m}.copy()\nf{n}['x'] = f{n}['a'] + {n}\nprint(f{n}.shape)",
    "functions": "def g{n}(x):\n    return g{m}(x) + {n}\n\n\ntotal = g{n}({n})",
    "classes": "class C{n}(C{m}):\n    def value(self):\n        return {n}\n\n\nit = C{n}()",
    "state": "rows.append({n})\nseen[{n}] = len(rows)\nimport random\nrandom.random()",
    "looks": "f0.head({n})\nf0.plot()\nplt.show()",
    "magics": "%matplotlib inline\n!echo {n}\nx{n} = !ls",
}
_FIRST = (
    "import pandas as pd\nimport matplotlib.pyplot as plt\n\nf0 = pd.DataFrame({'a': [1]})\nrows = []\n"
    "seen = {}\n\n\ndef g0(x):\n    return x\n\n\nclass C0:\n    pass"
)


def _notebook(cell: str, count: int) -> bytes:
    cells = [{"cell_type": "code", "source": _FIRST, "metadata": {}}]
    for n in range(1, count):
        if n % 4 == 1:
            title = f"## Section {n // 4 + 1}"
            cells.append({"cell_type": "markdown", "source": title, "metadata": {}})
        source = cell.replace("{n}", str(n)).replace("{m}", str(n - 1))
        cells.append({"cell_type": "code", "source": source, "metadata": {}})
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def _calls(cell: str, count: int, folder: Path) -> int:
    """How many calls of functions an extraction makes: a measure that no other process changes."""
    profile = cProfile.Profile()
    profile.runcall(
        propose_package,
        _notebook(cell, count),
        Request(name="long.ipynb", format="ipynb", folder=str(folder), root=str(folder)),
        progress=lambda _: None,
        environments=NotebookEnvironments(),
        formatter=RuffFormatter(),
    )
    return pstats.Stats(profile).total_calls  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize("kind", _CELLS)
def test_work_grows_with_the_notebook(kind: str, tmp_path: Path) -> None:
    short, long = (_calls(_CELLS[kind], count, tmp_path) for count in (60, 240))

    # Quadratic work would be sixteen times; what reaches along a chain of calls is a little of it.
    assert long < 6 * short, f"four times the cells, {long / short:.1f} times the work"
