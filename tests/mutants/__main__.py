"""Break the packages of the examples, and count what `verify` notices: `python -m mutants --count 100`."""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nb2pkg import api
from nb2pkg.adapters.observed_runs import ObservedRuns
from nb2pkg.adapters.scratch_folder import ScratchFolder
from nb2pkg.notebook import Limits, read_notebook
from nb2pkg.verification import Observation, Outcome, compare, unstable_parts
from nb2pkg.workflows import running

from .operators import Mutant, mutants_of

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Place:
    """A module of an example's package, with one of its mutants."""

    notebook: Path
    module: str
    mutant: Mutant


def places() -> Iterator[Place]:
    """Every mutant of every step of the examples."""
    for notebook in sorted((ROOT / "examples").glob("*/*.ipynb")):
        source = notebook.with_suffix("") / "src"
        for path in sorted(source.glob("*/steps/*.py")):
            for mutant in mutants_of(path.read_text(encoding="utf-8")):
                yield Place(notebook, path.relative_to(source).as_posix(), mutant)


class Example:
    """A notebook that has run (twice), to compare broken packages with."""

    def __init__(self, notebook: Path, work: Path) -> None:
        own = shutil.ignore_patterns(notebook.stem)
        self.folder = work / notebook.stem
        shutil.copytree(notebook.parent, self.folder, ignore=own)
        self.package = notebook.stem
        self.source = notebook.with_suffix("") / "src"
        proposal = api.extract(
            str(self.folder / notebook.name), write=False, python=sys.executable
        ).proposal
        document = read_notebook(
            notebook.read_bytes(), notebook.stem, format="ipynb", limits=Limits()
        )
        self.boundaries = running.boundaries_in(proposal.steps)
        self.allowance = running.allowance_of(proposal)
        self.scratch = ScratchFolder(str(self.folder), [])
        self.runs = ObservedRuns(sys.executable, self.package, self.scratch)
        cells = list(running.cells_to_run(document))
        first, again = (
            self.runs.notebook(cells, self.boundaries, TIMEOUT_SECONDS) for _ in range(2)
        )
        self.expected = first
        self.unstable = unstable_parts(first, [again], self.allowance.text)

    def outcome(self, module: str, text: str, work: Path) -> tuple[Outcome, Observation]:
        """Run the package with one module replaced, and compare."""
        source = work / "broken"
        shutil.rmtree(source, ignore_errors=True)
        shutil.copytree(self.source, source, ignore=shutil.ignore_patterns("__pycache__"))
        (source / module).write_text(text, encoding="utf-8")
        found = self.runs.package(str(source), self.boundaries, TIMEOUT_SECONDS)
        comparison = compare(self.expected, found, self.boundaries, self.allowance, self.unstable)
        return comparison.outcome, found


def main() -> int:
    """Break, run, compare, and list what got through."""
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    every = list(places())
    chosen = random.Random(options.seed).sample(every, min(options.count, len(every)))
    survivors: list[Place] = []
    counted: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="nb2pkg-mutants-") as temporary:
        work = Path(temporary)
        examples: dict[Path, Example] = {}
        for place in chosen:
            if place.notebook not in examples:
                examples[place.notebook] = Example(place.notebook, work)
            outcome, _ = examples[place.notebook].outcome(place.module, place.mutant.text, work)
            counted[f"{place.mutant.operator}: {outcome.value}"] += 1
            if outcome is Outcome.SAME:
                survivors.append(place)
        for example in examples.values():
            example.scratch.__exit__()
    for what, count in sorted(counted.items()):
        print(f"{count:4}  {what}")
    print(f"\nof {len(chosen)} mutants (of {len(every)}), {len(survivors)} do the same:")
    for place in survivors:
        m = place.mutant
        print(f"  {place.module}:{m.line}  {m.operator}: {m.before!r} → {m.after!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
