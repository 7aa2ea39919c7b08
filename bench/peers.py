"""Which other tools can be measured beside nb2pkg? They are installed once, in an environment of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_VENV = ROOT / "build" / "bench-venv"


def nb2pkg(*words: str) -> list[str]:
    """The command line of our own."""
    installed = Path(sys.executable).parent / "nb2pkg"
    return [*([str(installed)] if installed.exists() else [sys.executable, "-m", "nb2pkg"]), *words]


def installed(programs: Sequence[tuple[str, str]]) -> dict[str, Path]:
    """Install what is not there yet; give the paths of the programs that are there then.

    programs: each with the distributions that it needs; one whose installation fails is left out
    """
    if not (_VENV / "bin" / "python").exists():
        print(f"making {_VENV.relative_to(ROOT)}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", _VENV], check=True)
    found = {}
    for program, distributions in programs:
        place = _VENV / "bin" / program
        if not place.exists():
            print(f"installing {distributions} into {_VENV.relative_to(ROOT)}", file=sys.stderr)
            install = [str(_VENV / "bin" / "python"), "-m", "pip", "install"]
            subprocess.run([*install, *distributions.split()], check=False, capture_output=True)
        if place.exists():
            found[program] = place
        else:
            print(f"{program}: could not be installed, left out", file=sys.stderr)
    return found


def peer_python() -> Path:
    """The Python that they run on."""
    return _VENV / "bin" / "python"


def version(python: Path | str, distribution: str) -> str:
    """The version of a distribution that a Python has; empty where it has none."""
    program = f"import importlib.metadata; print(importlib.metadata.version({distribution!r}))"
    done = subprocess.run([str(python), "-c", program], capture_output=True, text=True, check=False)
    return done.stdout.strip()
