"""Which libraries the notebooks of the corpus find when they run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from . import cache

# The versions in requirements.txt were resolved for this one.
WANTED = "python3.11"


def make_environment(*, tell: Callable[[str], None]) -> None:
    """Make the corpus' virtual environment with the pinned libraries, unless it is there."""
    requirements = cache.HERE / "requirements.txt"
    stamp = cache.cache_folder() / "venv" / "requirements.txt"
    if stamp.is_file() and stamp.read_bytes() == requirements.read_bytes():
        return
    if not cache.own_python().is_file():
        base = shutil.which(WANTED) or sys.executable
        tell(f"making the corpus' environment with {base}")
        subprocess.run([base, "-m", "venv", cache.cache_folder() / "venv"], check=True)
    tell("installing the libraries that the notebooks import (some 1.5 GB)")
    pip: list[str | Path] = [cache.corpus_python(), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "-r", requirements], check=True)
    shutil.copy(requirements, stamp)
