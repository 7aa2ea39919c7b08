"""What a notebook prints, run from top to bottom in a fresh kernel.

A program for the corpus' own interpreter: `python kernel_run.py NOTEBOOK RESULT.json TIMEOUT`. It
imports nothing of the harness, which need not be installed there.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient


def run(notebook: Path, timeout_seconds: float) -> dict[str, Any]:
    """Run the notebook in its own folder; the last cell's text is told apart from the others'."""
    document: Any = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(
        document,
        timeout=int(timeout_seconds),
        kernel_name="python3",
        resources={"metadata": {"path": str(notebook.parent)}},
    )
    started = time.monotonic()
    problem = None
    try:
        client.execute()
    # Whatever stops the notebook is what we want to know.
    except Exception as error:
        last = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()[-1]
        problem = f"{type(error).__name__}: {last[:300]}"
    texts = [_printed(cell) for cell in document.cells if cell.cell_type == "code"]
    return {
        "problem": problem,
        "seconds": round(time.monotonic() - started, 2),
        "stdout": "".join(texts[:-1]),
        "last_cell": texts[-1] if texts else "",
    }


def _printed(cell: Any) -> str:
    streams = [out for out in cell.outputs if out.output_type == "stream" and out.name == "stdout"]
    return "".join(out.text for out in streams)


if __name__ == "__main__":
    notebook_path, result_path, seconds = sys.argv[1:]
    result = run(Path(notebook_path).resolve(), float(seconds))
    Path(result_path).write_text(json.dumps(result), encoding="utf-8")
