"""Where the corpus lies on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]


def cache_folder() -> Path:
    """Give the folder of all that is fetched or measured; nothing in it is ever committed."""
    return Path(os.environ.get("NB2PKG_CORPUS") or REPOSITORY / ".corpus").resolve()


def archives() -> Path:
    """Give the folder of the source distributions as downloaded."""
    return cache_folder() / "sdists"


def unpacked() -> Path:
    """Give the folder of the notebooks and of the files beside those that run."""
    return cache_folder() / "notebooks"


def references() -> Path:
    """Give the folder of what the notebooks themselves did, one JSON file each."""
    return cache_folder() / "reference"


def own_python() -> Path:
    """Give the interpreter of the corpus' environment, which may not have been made yet."""
    folder = "Scripts" if os.name == "nt" else "bin"
    return cache_folder() / "venv" / folder / "python"


def corpus_python() -> Path:
    """Give the interpreter that has the libraries the notebooks import, or else this one."""
    return own_python() if own_python().is_file() else Path(sys.executable)
