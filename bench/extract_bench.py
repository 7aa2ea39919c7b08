"""How long does extracting take, beside other converters, on notebooks of 20, 400 and 4,000 cells?

Each command is run once to warm up and then five times; the medians of wall and CPU time are shown.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from big_notebook import big_notebook
from peers import ROOT, installed, nb2pkg
from timing import Command, Timing, median, time_once

SIZES = (20, 400, 4000)
_CONVERTERS = (
    ("jupyter-nbconvert", "nbconvert ipykernel"),
    ("jupytext", "jupytext"),
    ("soorgeon", "soorgeon"),
)
# Wall seconds that we mean to stay below.
LIMITS = {"nb2pkg extract, 20 cells": 0.4, "nb2pkg extract, 400 cells": 1.5, "nb2pkg --help": 0.120}
GROWTH_LIMIT = 12.0


def measure_extracting(sizes: Sequence[int], runs: int, *, alone: bool, slow: bool) -> bool:
    """Measure and print the table; limits on time are only told. Give whether growth is linear."""
    folder = ROOT / "build" / "bench" / "extract"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    notebooks = {size: folder / f"cells_{size}.ipynb" for size in sizes}
    for size, path in notebooks.items():
        path.write_text(big_notebook(size), encoding="utf-8")
    others = {} if alone else _converters()

    print(f"{'command':<36}{'wall s':>9}{'CPU s':>9}{'ratio':>8}  limit")
    ours: dict[int, Timing] = {}
    _row("nb2pkg --help", _measure(nb2pkg("--help"), folder, runs))
    for size, path in notebooks.items():
        extract = nb2pkg("extract", path.name, "--output", "out", "--quiet")
        ours[size] = _measure(extract, folder, runs)
        _row(f"nb2pkg extract, {size} cells", ours[size], ours[size])
        for name, command in others.items():
            if name == "soorgeon refactor" and size > 20 and not slow:
                print(f"{f'{name}, {size} cells':<36}{'not run (--slow)':>26}")
                continue
            timing = _measure(command(path), folder, runs)
            _row(f"{name}, {size} cells", timing, ours[size])
    return _is_linear(ours)


def _converters() -> dict[str, Callable[[Path], list[str]]]:
    """The command of each converter that is there."""
    programs = installed(_CONVERTERS)
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
    return {
        name: _command(programs[program], words)
        for name, (program, words) in tools.items()
        if program in programs
    }


def _command(program: Path, words: Callable[[Path], list[str]]) -> Callable[[Path], list[str]]:
    return lambda path: [str(program), *words(path)]


def _measure(words: Sequence[str], folder: Path, runs: int) -> Timing:
    """Run a command once, and then `runs` times; every time in a folder without earlier output."""
    work = folder / "work"

    def prepare() -> None:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        for path in folder.glob("*.ipynb"):
            shutil.copy(path, work)

    timings = []
    for _ in range(runs + 1):
        timings.append(time_once(Command(words, work, prepare=prepare)))
        if timings[-1].failure:
            return timings[-1]
    return median(timings[1:])


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
