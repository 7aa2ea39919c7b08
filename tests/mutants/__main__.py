"""Break the packages of the examples, and count who notices: `python -m mutants --count 100`.

`verify` compares with the notebook; the tests are those that `extract --run` writes.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nb2pkg.adapters.observed_runs import ObservedRuns
from nb2pkg.adapters.scratch_folder import ScratchFolder
from nb2pkg.api import extracting
from nb2pkg.notebook import Limits, read_notebook
from nb2pkg.verification import Outcome, compare, unstable_parts
from nb2pkg.workflows import running

from .operators import Mutant, mutants_of

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_SECONDS = 120.0
# The part of what verify notices that the tests have to notice.
WANTED = 0.9


@dataclass(frozen=True, slots=True)
class Place:
    """A module of an example's package, with one of its mutants."""

    example: Example
    module: str
    mutant: Mutant


class Example:
    """A notebook that has run (twice), and its package, to be broken."""

    def __init__(self, notebook: Path, work: Path) -> None:
        own = shutil.ignore_patterns(notebook.stem)
        self.folder = work / notebook.stem
        shutil.copytree(notebook.parent, self.folder, ignore=own)
        self.package = notebook.stem
        self.home = self.folder / notebook.stem
        proposal = extracting.extract(
            str(self.folder / notebook.name), run=True, python=sys.executable
        ).proposal
        self.source = self.home / "src"
        self.whole = {
            path: path.read_text(encoding="utf-8") for path in self.source.glob("*/steps/*.py")
        }
        document = read_notebook(
            notebook.read_bytes(), notebook.stem, format="ipynb", limits=Limits()
        )
        self.boundaries = running.boundaries_in(proposal.steps)
        self.allowance = running.allowance_of(proposal)
        self.scratch = ScratchFolder(str(self.folder), [str(self.home)])
        self.runs = ObservedRuns(sys.executable, self.package, self.scratch)
        cells = list(running.cells_to_run(document))
        first, again = (
            self.runs.notebook(cells, self.boundaries, TIMEOUT_SECONDS) for _ in range(2)
        )
        self.expected = first
        self.unstable = unstable_parts(first, [again], self.allowance.text)

    def places(self) -> Iterator[Place]:
        """Every mutant of every step."""
        for path, text in sorted(self.whole.items()):
            for mutant in mutants_of(text):
                yield Place(self, path.relative_to(self.source).as_posix(), mutant)

    @contextmanager
    def broken(self, place: Place) -> Iterator[None]:
        """Replace one module for a while."""
        path = self.source / place.module
        path.write_text(place.mutant.text, encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(self.whole[path], encoding="utf-8")

    def outcome(self) -> Outcome:
        """Run the package as it is now, and compare."""
        found = self.runs.package(str(self.source), self.boundaries, TIMEOUT_SECONDS)
        return compare(self.expected, found, self.boundaries, self.allowance, self.unstable).outcome

    def passes(self) -> bool:
        """Whether the package's own tests pass."""
        command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "."]
        done = subprocess.run(
            command, cwd=self.home, capture_output=True, check=False, timeout=TIMEOUT_SECONDS
        )
        return done.returncode == 0


def main() -> int:
    """Break, run, compare, and list what got through."""
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nb2pkg-mutants-") as temporary:
        notebooks = sorted((ROOT / "examples").glob("*/*.ipynb"))
        examples = [Example(notebook, Path(temporary)) for notebook in notebooks]
        for example in examples:
            assert example.outcome() is Outcome.SAME and example.passes(), example.package
        every = [place for example in examples for place in example.places()]
        chosen = random.Random(options.seed).sample(every, min(options.count, len(every)))
        same: list[Place] = []
        missed: list[Place] = []
        counted: Counter[str] = Counter()
        for place in chosen:
            with place.example.broken(place):
                outcome = place.example.outcome()
                counted[f"{place.mutant.operator}: {outcome.value}"] += 1
                if outcome is Outcome.SAME:
                    same.append(place)
                elif place.example.passes():
                    missed.append(place)
        for example in examples:
            example.scratch.__exit__()
    for what, count in sorted(counted.items()):
        print(f"{count:4}  {what}")
    print(f"\nof {len(chosen)} mutants (of {len(every)}), {len(same)} do the same:")
    _show(same)
    changed = len(chosen) - len(same)
    share = (changed - len(missed)) / max(changed, 1)
    print(f"\nof {changed} that do not, the tests of extract --run notice {share:.1%}; not these:")
    _show(missed)
    return 0 if share >= WANTED else 1


def _show(places: Sequence[Place]) -> None:
    for place in places:
        m = place.mutant
        print(f"  {place.module}:{m.line}  {m.operator}: {m.before!r} → {m.after!r}")


if __name__ == "__main__":
    sys.exit(main())
