"""Which random notebooks become packages that do something else? Searches, and cuts down what it finds.

    PYTHONPATH=src python -m tests.properties.search --seconds 600 --seed 1

Every find is printed as cells. Put it into `counterexamples.py` once it is understood.
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from random import Random

from tests.builders import notebook
from tests.properties.random_notebooks import Cells, random_notebook, sources_of
from tests.properties.side_by_side import Comparison, compare, run_notebook

_SECONDS_A_NOTEBOOK = 5.0
_LONGEST_OUTPUT = 5_000
_SMALLER = re.compile(r", \w+|\w+, | \+ \w+|\w+ \+ ")  # parts of a line that may be superfluous


class TookTooLong(BaseException):
    """A notebook runs for ever; not an `Exception`, which notebooks catch."""


def main() -> int:
    """Search until the time is over; the exit status says whether anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--each", type=int, default=5, help="how many of one kind to print")
    options = parser.parse_args()

    warnings.simplefilter("ignore")
    sys.setrecursionlimit(600)
    signal.signal(signal.SIGALRM, _stop)
    kinds: Counter[str] = Counter()
    end = time.monotonic() + options.seconds
    seed = options.seed * 1_000_000
    while time.monotonic() < end:
        seed += 1
        chance = Random(seed)
        size, digest = chance.choice([6, 14, 14, 28]), chance.random() < 0.7
        cells = random_notebook(chance, size=size, digest=digest).cells
        comparison = judge(cells)
        kind = kind_of(comparison) if comparison else "does not run by itself"
        kinds[kind] += 1
        if comparison and comparison.is_wrong and kinds[kind] <= options.each:
            small = minimised(cells, kind)
            final = judge(small)
            print(f"=== {kind}, seed {seed}: {final.detail if final else ''}")
            print("\n--\n".join(sources_of(small)), flush=True)
    print(dict(kinds))
    return any(kind not in ("same", "told", "does not run by itself") for kind in kinds)


def _stop(signal_number: int, frame: object) -> None:
    raise TookTooLong


def judge(cells: Cells) -> Comparison | None:
    """Compare; None for a notebook that fails, does not end, or prints something new every time."""
    document = notebook(*sources_of(cells))
    signal.setitimer(signal.ITIMER_REAL, _SECONDS_A_NOTEBOOK)
    try:
        reference = run_notebook(document)
        again = run_notebook(document)
        printed = reference.printed
        if reference.error or again.printed != printed or len(printed) > _LONGEST_OUTPUT:
            return None
        return compare(document, reference)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return Comparison(
            verdict="crash", detail=f"{type(error).__name__}: {error} in {place.name}"
        )
    except TookTooLong:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def kind_of(comparison: Comparison) -> str:
    """What two finds have in common when they are probably of one cause."""
    if comparison.verdict in ("same", "told", "print differs", "result differs"):
        return comparison.verdict
    detail = re.sub(r"src/\S+ |'[^']*'", "", comparison.detail)
    return f"{comparison.verdict}: {detail.strip()}"


def minimised(cells: Cells, kind: str) -> Cells:
    """A smaller notebook that goes wrong in the same way."""

    def is_like(candidate: Cells) -> bool:
        if not any(isinstance(cell, list) and cell for cell in candidate):
            return False
        comparison = judge(candidate)
        return comparison is not None and comparison.is_wrong and kind_of(comparison) == kind

    while True:
        smaller = next(filter(is_like, _smaller(cells)), None)
        if smaller is None:
            return cells
        cells = smaller


def _smaller(cells: Cells) -> Iterator[Cells]:
    """Every notebook that is one cut smaller: a cell, a border, a statement, a line, a part."""
    for place in range(len(cells)):
        yield [*cells[:place], *cells[place + 1 :]]
    for place, (one, other) in enumerate(pairwise(cells)):
        if isinstance(one, list) and isinstance(other, list):
            yield [*cells[:place], [*one, *other], *cells[place + 2 :]]
    for place, cell in enumerate(cells):
        if isinstance(cell, list):
            for smaller in _smaller_cells(cell):
                yield [*cells[:place], smaller, *cells[place + 1 :]]


def _smaller_cells(cell: list[str]) -> Iterator[list[str]]:
    for place, text in enumerate(cell):
        yield [*cell[:place], *cell[place + 1 :]]
        for smaller in _smaller_texts(text):
            yield [*cell[:place], smaller, *cell[place + 1 :]]


def _smaller_texts(text: str) -> Iterator[str]:
    lines = text.split("\n")
    if len(lines) > 1:
        for place in range(len(lines)):
            rest = lines[place + 1 :]
            yield "\n".join([*lines[:place], *rest])
            yield "\n".join([*lines[:place], *(line.removeprefix("    ") for line in rest)])
    for found in _SMALLER.finditer(text):
        yield text[: found.start()] + text[found.end() :]


if __name__ == "__main__":
    sys.exit(main())
