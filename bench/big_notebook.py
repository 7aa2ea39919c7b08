"""What does a notebook of any size look like? `python bench/big_notebook.py 400 > big.ipynb`"""

from __future__ import annotations

import json
import sys
from typing import Any

_CELLS_PER_SECTION = 4


def big_notebook(code_cells: int) -> str:
    """Give the text of a notebook: a chain of frames, a section every four cells, a function in each."""
    cells = [_code("imports", "import pandas as pd\n\nscale = 2")]
    for number in range(code_cells):
        if number % _CELLS_PER_SECTION == 0:
            title = f"## Section {number // _CELLS_PER_SECTION + 1}"
            cells.append(_markdown(f"section-{number}", title))
        cells.append(_code(f"cell-{number}", _source(number)))
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    document = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=1) + "\n"


def _source(number: int) -> str:
    """Eleven lines that use the frame of the cell before, and leave one for the next."""
    before = f"frame_{number - 1}" if number else 'pd.DataFrame({"a": range(5)})'
    return f"""# part {number}
frame_{number} = {before}.copy()
frame_{number}["x"] = frame_{number}["a"] * scale + {number}


def weigh_{number}(value, rounds=3):
    total = 0
    for factor in range(rounds):
        total += value * factor
    return total


heavy_{number} = [weigh_{number}(x) for x in frame_{number}["x"] if x > {number}]
print(len(heavy_{number}), f"{{frame_{number}.shape}} {{scale}}")"""


def _code(cell_id: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code", "execution_count": None, "id": cell_id, "metadata": {}, "outputs": [],
        "source": source.splitlines(keepends=True),
    }  # fmt: skip


def _markdown(cell_id: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": [source]}


if __name__ == "__main__":
    sys.stdout.write(big_notebook(int(sys.argv[1])))
