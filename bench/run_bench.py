"""What does running cost, beside papermill and Ploomber: time, CPU and memory?

What is compared is run in turns, so that the machine's other work falls on all alike; ratios are taken round
by round, and the median of them counts.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from memory import Memory, watch_memory
from peers import ROOT, installed, nb2pkg, peer_python, version
from pipelines import (
    PRINTED,
    PRINTS,
    write_functions,
    write_loop,
    write_notebooks,
    write_ploomber,
    write_printing,
)
from timing import (
    Command,
    Timing,
    count_again,
    environment,
    median,
    ratio,
    time_in_turns,
    time_once,
)

_PROGRAMS = (("papermill", "papermill ipykernel"), ("ploomber", "ploomber"))
_FOLDER = ROOT / "build" / "bench" / "run"
_FEW, _MANY = 10, 1000
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    what: str
    timing: Timing


@dataclass(frozen=True)
class Verdict:
    """Something with a limit. binds: whether it can be kept on every machine, however slow that is."""

    what: str
    measured: float | None
    most: float
    unit: str
    binds: bool

    @property
    def word(self) -> str:
        """Whether the limit is kept."""
        if self.measured is None:
            return "not measured"
        return "ok" if self.measured <= self.most else "MISSED"


@dataclass
class Results:
    """All that was measured."""

    about: list[str] = field(default_factory=list)
    tables: dict[str, list[Row]] = field(default_factory=dict)
    memory: dict[str, Memory] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether nothing has failed, and every limit is kept that can be kept everywhere."""
        failed = [row for rows in self.tables.values() for row in rows if row.timing.failure]
        failed += [one for one in self.memory.values() if one.failure]
        return not failed and not any(v.binds and v.word == "MISSED" for v in self.verdicts)


def measure_running(
    rounds: int, *, alone: bool, tell: Callable[[str], None] = lambda text: None
) -> Results:
    """Measure all; `tell` hears how far it is."""
    shutil.rmtree(_FOLDER, ignore_errors=True)
    _FOLDER.mkdir(parents=True)
    programs = {} if alone else installed(_PROGRAMS)
    results = Results(about=_about(programs))
    _measure_notebooks(results, rounds, programs, tell)
    _measure_functions(results, rounds, tell)
    _measure_planning(results, rounds, tell)
    _measure_memory(results, programs, tell)
    results.about.append(f"Load average at the end: {_load()}.")
    return results


def show(results: Results) -> None:
    """Print what was measured."""
    print("\n".join(results.about))
    for title, rows in results.tables.items():
        print(f"\n{title:<52}{'wall s':>9}{'CPU s':>9}")
        for row in rows:
            if row.timing.failure:
                print(f"  {row.what:<50}{row.timing.failure:>18}")
            else:
                print(f"  {row.what:<50}{row.timing.wall:>9.3f}{row.timing.cpu:>9.3f}")
    for title, memory in results.memory.items():
        peaks = ", ".join(f"{role} {peak / _MEGABYTE:.0f}" for role, peak in memory.peaks.items())
        print(f"\n{title}: {memory.failure or f'{memory.wall:.1f} s'}")
        print(f"  MB at most: {peaks}; all at once {memory.in_all / _MEGABYTE:.0f}")
    print(f"\n{'limit':<62}{'measured':>10}{'limit':>8}")
    for verdict in results.verdicts:
        measured = "" if verdict.measured is None else f"{verdict.measured:.3g}"
        told = "" if verdict.binds else " (told only: it hangs on the machine)"
        print(
            f"  {verdict.what:<60}{measured:>10}{verdict.most:>8g} {verdict.unit:<3} "
            f"{verdict.word}{told}"
        )


# -- notebooks


def _measure_notebooks(
    results: Results, rounds: int, programs: Mapping[str, Path], tell: Callable[[str], None]
) -> None:
    ours, loop, ploomber = _FOLDER / "notebooks", _FOLDER / "papermill", _FOLDER / "ploomber"
    write_notebooks(ours, _FEW)
    last = f"step_{_FEW - 1:04}"
    cold = {"nb2pkg run": _cold(nb2pkg("run"), ours, f"({_FEW} run)")}
    if "papermill" in programs:
        write_loop(loop, _FEW)
        words = [str(peer_python()), "loop.py"]
        cold["papermill, a loop"] = Command(words, loop, _environment())
    if "ploomber" in programs:
        write_ploomber(ploomber, _FEW)
        words = [str(programs["ploomber"]), "build", "--force"]
        cold["ploomber build --force"] = Command(
            words, ploomber, _environment(), expects=f"{last}  True"
        )
    timings = time_in_turns(cold, rounds, tell)
    results.tables[f"{_FEW} notebooks of two cells"] = _rows(timings)
    for name, most in (("papermill, a loop", 0.35), ("ploomber build --force", 0.25)):
        if name in timings:
            found = ratio(timings["nb2pkg run"], timings[name])
            results.verdicts += [
                Verdict(f"{_FEW} notebooks, CPU to {name}", found and found.cpu, most, "×", True),
                Verdict(f"{_FEW} notebooks, wall to {name}", found and found.wall, most, "×", True),
            ]
    counts = {name: count_again(command) for name, command in cold.items()}
    told = [f"{n} {two[0]:.2f} and {two[1]:.2f}" for n, two in counts.items() if two is not None]
    if told:
        results.about.append(
            f"CPU seconds of one run as counted here and by `perf stat`: {'; '.join(told)}."
        )

    time_once(_kept(nb2pkg("run"), ours, ""))
    idle = {"nb2pkg run": _kept(nb2pkg("run"), ours, f"({_FEW} kept)")}
    if "ploomber" in programs:
        words = [str(programs["ploomber"]), "build"]
        idle["ploomber build"] = Command(words, ploomber, _environment(), expects=f"{last}  False")
    timings = time_in_turns(idle, rounds, tell)
    results.tables["the same again, nothing to do"] = _rows(timings)
    if "ploomber build" in timings:
        found = ratio(timings["nb2pkg run"], timings["ploomber build"])
        results.verdicts.append(
            Verdict("nothing to do, CPU to ploomber build", found and found.cpu, 0.1, "×", True)
        )
    wall = _wall(timings["nb2pkg run"])
    results.verdicts.append(Verdict("nothing to do, wall", wall, 0.4, "s", False))


# -- functions


def _measure_functions(results: Results, rounds: int, tell: Callable[[str], None]) -> None:
    few, many = _FOLDER / "few", _FOLDER / "many"
    write_functions(few, _FEW)
    write_functions(many, _MANY)
    timings = time_in_turns({"cold": _cold(nb2pkg("run"), few, f"({_FEW} run)")}, rounds, tell)
    rows = [Row(f"{_FEW} functions", median(timings["cold"]))]
    wall = _wall(timings["cold"])
    results.verdicts.append(Verdict(f"{_FEW} functions, wall", wall, 1.0, "s", False))

    time_once(_kept(nb2pkg("run"), few, ""))
    once = time_once(_kept(nb2pkg("run"), many, f"({_MANY} run)"))
    tell(f"{_MANY} functions, once: {once}")
    rows.append(Row(f"{_MANY:,} functions (measured once)", once))
    kept = {
        f"{_FEW} functions, all kept": _kept(nb2pkg("run"), few, f"({_FEW} kept)"),
        f"{_MANY:,} functions, all kept": _kept(nb2pkg("run"), many, f"({_MANY} kept)"),
    }
    timings = time_in_turns(kept, rounds, tell)
    results.tables["functions"] = rows + _rows(timings)
    few_walls, many_walls = ([timing.wall for timing in runs] for runs in timings.values())
    more = None
    if not any(median(runs).failure for runs in timings.values()):
        differences = [m - f for f, m in zip(few_walls, many_walls, strict=True)]
        more = statistics.median(differences) / (_MANY - _FEW) * 1000
    results.verdicts.append(Verdict("each kept step, wall", more, 5.0, "ms", False))


# -- planning


def _measure_planning(results: Results, rounds: int, tell: Callable[[str], None]) -> None:
    """What would run of a thousand steps? For functions, where nothing is kept and where all is."""
    notebooks, module = _FOLDER / "many-notebooks", _FOLDER / "one-module"
    write_notebooks(notebooks, _MANY)
    write_functions(module, _MANY, in_a_module=_MANY)
    words = nb2pkg("run", "--dry-run")
    last = f"step_{_MANY - 1:04}"
    timings = time_in_turns(
        {
            f"{_MANY:,} notebooks": _cold(words, notebooks, last),
            f"{_MANY:,} functions": _cold(words, _FOLDER / "many", last),
            f"{_MANY:,} functions of one module": _cold(words, module, last),
            f"{_MANY:,} functions, all kept": _kept(words, _FOLDER / "many", last),
        },
        rounds,
        tell,
    )
    results.tables["planning (--dry-run)"] = _rows(timings)
    results.verdicts += [
        Verdict(f"planning {name}, wall", _wall(runs), 1.0, "s", False)
        for name, runs in timings.items()
    ]


# -- memory


def _measure_memory(
    results: Results, programs: Mapping[str, Path], tell: Callable[[str], None]
) -> None:
    folder = _FOLDER / "printing"
    write_printing(folder)
    printed = f"{PRINTS:,} prints of {PRINTED} characters"
    for title, options in (("forked", ()), ("not forked", ("--no-warm",))):
        memory = watch_memory(_cold(nb2pkg("run", *options), folder, ""))
        tell(f"memory, {title}: {memory}")
        results.memory[f"{printed}: nb2pkg run, {title}"] = memory
        for role in ("main process", "papermill process", "kernel"):
            peak = memory.peaks.get(role)
            megabytes = None if peak is None or memory.failure else peak / _MEGABYTE
            results.verdicts.append(
                Verdict(f"memory of the {role}, {title}", megabytes, 200.0, "MB", True)
            )
    if "papermill" in programs:
        words = [str(programs["papermill"]), "printing.ipynb", "out.ipynb", "--no-progress-bar"]
        memory = watch_memory(Command(words, folder, _environment()))
        tell(f"memory, papermill: {memory}")
        results.memory[f"{printed}: papermill (its main process runs the notebook)"] = memory


# -- how commands are run


def _cold(words: list[str], folder: Path, expects: str) -> Command:
    """With a state of its own that is new each time."""
    home = _FOLDER / "home-cold"

    def prepare() -> None:
        shutil.rmtree(home, ignore_errors=True)

    return Command(words, folder, _environment(NB2PKG_HOME=str(home)), prepare, expects)


def _kept(words: list[str], folder: Path, expects: str) -> Command:
    """With what earlier runs have left."""
    home = str(_FOLDER / "home-kept")
    return Command(words, folder, _environment(NB2PKG_HOME=home), expects=expects)


def _environment(**more: str) -> dict[str, str]:
    """A home of their own for all; and Ploomber is not to tell anybody that it was used."""
    home = _FOLDER / "user"
    home.mkdir(exist_ok=True)
    return environment(HOME=str(home), PLOOMBER_STATS_ENABLED="false", **more)


def _rows(timings: Mapping[str, list[Timing]]) -> list[Row]:
    return [Row(name, median(runs)) for name, runs in timings.items()]


def _wall(timings: list[Timing]) -> float | None:
    found = median(timings)
    return None if found.failure else found.wall


# -- on what


def _about(programs: Mapping[str, Path]) -> list[str]:
    names = ("papermill", "ploomber", "ipykernel")
    peers = [f"{name} {version(peer_python(), name)}" for name in names] if programs else []
    own = f"nb2pkg {version(sys.executable, 'nb2pkg')}"
    kernel = f"ipykernel {version(sys.executable, 'ipykernel')}"
    beside = f"; beside it {', '.join(peers)}" if peers else ""
    return [
        f"{_processor()}, {os.cpu_count()} cores; {platform.system()} {platform.release()}; "
        f"Python {platform.python_version()}; {time.strftime('%B %Y')}.",
        f"{own} with {kernel}{beside}.",
        f"Load average at the beginning: {_load()}.",
    ]


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2] for line in text.splitlines() if line.startswith("model name")]
    return names[0].strip() if names else platform.machine()


def _load() -> str:
    return ", ".join(f"{one:.1f}" for one in os.getloadavg())
