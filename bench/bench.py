"""How long does nb2pkg take, beside other converters, on notebooks of 20, 400 and 4,000 cells?

Each command is run once to warm up and then five times; the medians of wall and CPU time are shown. The
converters are installed into an environment of their own below build/, and left out where that fails.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from big_notebook import big_notebook

ROOT = Path(__file__).resolve().parent.parent
SIZES = (20, 400, 4000)
CONVERTERS = ("nbconvert ipykernel", "jupytext", "soorgeon")
# Wall seconds that we mean to stay below.
LIMITS = {"nb2pkg extract, 20 cells": 0.4, "nb2pkg extract, 400 cells": 1.5, "nb2pkg --help": 0.120}
GROWTH_LIMIT = 12.0


@dataclass(frozen=True)
class Timing:
    """Medians in seconds, or why there are none."""

    wall: float = 0.0
    cpu: float = 0.0
    failure: str = ""


def main() -> int:
    """Measure and print the table; limits on time are only told, growth that is not linear ends with 1."""
    options = _options()
    folder = ROOT / "build" / "bench"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    notebooks = {size: folder / f"cells_{size}.ipynb" for size in options.sizes}
    for size, path in notebooks.items():
        path.write_text(big_notebook(size), encoding="utf-8")
    others = {} if options.alone else _converters(ROOT / "build" / "bench-venv")

    print(f"{'command':<36}{'wall s':>9}{'CPU s':>9}{'ratio':>8}  limit")
    ours: dict[int, Timing] = {}
    _row("nb2pkg --help", _measure(_nb2pkg("--help"), folder, options.runs))
    for size, path in notebooks.items():
        extract = _nb2pkg("extract", path.name, "--output", "out", "--quiet")
        ours[size] = _measure(extract, folder, options.runs)
        _row(f"nb2pkg extract, {size} cells", ours[size], ours[size])
        for name, command in others.items():
            if name == "soorgeon refactor" and size > 20 and not options.slow:
                print(f"{f'{name}, {size} cells':<36}{'not run (--slow)':>26}")
                continue
            timing = _measure(command(path), folder, options.runs)
            _row(f"{name}, {size} cells", timing, ours[size])
    return 0 if _is_linear(ours) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="code cells")
    parser.add_argument("--runs", type=int, default=5, help="runs after the one to warm up")
    parser.add_argument("--alone", action="store_true", help="nb2pkg without the other converters")
    parser.add_argument("--slow", action="store_true", help="soorgeon on the larger notebooks too")
    return parser.parse_args()


def _nb2pkg(*words: str) -> list[str]:
    installed = Path(sys.executable).parent / "nb2pkg"
    return [*([str(installed)] if installed.exists() else [sys.executable, "-m", "nb2pkg"]), *words]


def _converters(venv: Path) -> dict[str, Callable[[Path], list[str]]]:
    """Install the converters; give the command of each that is there."""
    python = venv / "bin" / "python"
    if not python.exists():
        print(f"installing {', '.join(CONVERTERS)} into {venv.relative_to(ROOT)}")
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        for names in CONVERTERS:
            install = [str(python), "-m", "pip", "install", *names.split()]
            subprocess.run(install, check=False, capture_output=True)
    tools: dict[str, tuple[str, Callable[[Path], list[str]]]] = {
        "nbconvert --to script": (
            "jupyter-nbconvert",
            lambda path: ["--to", "script", "--output", "converted", path.name],
        ),
        "jupytext --to py:percent": (
            "jupytext",
            lambda path: ["--to", "py:percent", "--output", "percent.py", path.name],
        ),
        "soorgeon refactor": ("soorgeon", lambda path: ["refactor", path.name]),
    }
    found: dict[str, Callable[[Path], list[str]]] = {}
    for name, (program, words) in tools.items():
        place = venv / "bin" / program
        if place.exists():
            found[name] = _command(place, words)
        else:
            print(f"{name}: could not be installed, left out")
    return found


def _command(program: Path, words: Callable[[Path], list[str]]) -> Callable[[Path], list[str]]:
    return lambda path: [str(program), *words(path)]


def _measure(command: Sequence[str], folder: Path, runs: int) -> Timing:
    """Run a command once, and then `runs` times; every time in a folder without earlier output."""
    walls: list[float] = []
    cpus: list[float] = []
    for number in range(runs + 1):
        work = folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        for path in folder.glob("*.ipynb"):
            shutil.copy(path, work)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
        wall = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
            return Timing(failure=f"failed after {wall:.1f} s: {lines[0][:60]}")
        if number:
            walls.append(wall)
            cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return Timing(wall=statistics.median(walls), cpu=statistics.median(cpus))


def _row(name: str, timing: Timing, ours: Timing | None = None) -> None:
    """Print a row; the ratio is to our own wall time."""
    if timing.failure:
        print(f"{name:<36}{timing.failure}", flush=True)
        return
    ratio = f"{timing.wall / ours.wall:.2f}" if ours is not None and ours.wall else ""
    limit = LIMITS.get(name)
    word = "ok" if limit is None or timing.wall <= limit else "over"
    verdict = "" if limit is None else f"  {limit:g} s: {word}"
    print(f"{name:<36}{timing.wall:>9.3f}{timing.cpu:>9.3f}{ratio:>8}{verdict}", flush=True)


def _is_linear(ours: dict[int, Timing]) -> bool:
    """Ten times the cells may take twelve times as long: anything more is not linear."""
    if 400 not in ours or 4000 not in ours:
        return True
    if not ours[400].cpu or not ours[4000].cpu:
        print("from 400 to 4,000 cells: not known, since one of them failed")
        return False
    growth = ours[4000].cpu / ours[400].cpu
    is_linear = growth <= GROWTH_LIMIT
    verdict = "ok" if is_linear else "over"
    print(f"from 400 to 4,000 cells: {growth:.1f} times the CPU; limit {GROWTH_LIMIT:g}: {verdict}")
    return is_linear


if __name__ == "__main__":
    sys.exit(main())
