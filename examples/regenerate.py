"""Extracts every example notebook anew, into the package that is committed beside it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
# The others show what is known without running anything.
OPTIONS = {"03-monthly-report": ["--run", "--contracts", "pandera", "--python", sys.executable]}


def notebooks() -> list[Path]:
    """List the notebooks of the examples: one in each folder."""
    return sorted(FOLDER.glob("0*/*.ipynb"))


def package_of(notebook: Path) -> Path:
    """Give the folder of a notebook's package: the default of `nb2pkg extract`."""
    return notebook.with_suffix("")


def main() -> None:
    """Replace the packages; a package that is extracted anew keeps nothing of the old one."""
    for notebook in notebooks():
        folder = package_of(notebook)
        if folder.exists():
            shutil.rmtree(folder)
        command = [sys.executable, "-m", "nb2pkg", "extract", notebook.name, "--quiet"]
        options = OPTIONS.get(notebook.parent.name, [])
        subprocess.run([*command, *options], cwd=notebook.parent, check=True)
        print(f"{folder.relative_to(FOLDER.parent).as_posix()}/")


if __name__ == "__main__":
    main()
