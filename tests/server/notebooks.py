"""Notebooks as files have them, and as editors send them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.e2e.shell import document

SALES = (
    "# Sales",
    "import json",
    "# Load",
    "rows = [{'price': 2, 'count': 3}, {'price': 5, 'count': 1}]",
    "# Sum up",
    "total = sum(row['price'] * row['count'] for row in rows)",
    "print(json.dumps({'total': total}))",
)


def saved(path: Path, *cells: str | tuple[str, str]) -> Path:
    """Write a notebook to a file, as Jupyter does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found = document(cells)
    found["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
    }
    path.write_text(json.dumps(found, indent=1) + "\n")
    return path


def opened(path: str, *cells: str | tuple[str, str]) -> dict[str, Any]:
    """A notebook as an editor sends it, with the same ids as its file."""
    return {
        "path": path,
        "cells": [
            {
                "id": cell["id"],
                "type": cell["cell_type"],
                "source": "".join(cell["source"]),
                "tags": cell["metadata"].get("tags", []),
            }
            for cell in document(cells)["cells"]
        ],
        "kernel": "python3",
        "language": "python",
    }
