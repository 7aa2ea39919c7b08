"""The command line, for what the server does to be compared with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

_SOURCE = Path(__file__).parents[2] / "src"


def typed(folder: Path, *words: str, **more: str) -> Any:
    """Type a command in a folder; give what it prints, read as JSON."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("NB2PKG_")},
        "PYTHONPATH": str(_SOURCE),
        **more,
    }
    done = subprocess.run(
        [sys.executable, "-m", "nb2pkg", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
