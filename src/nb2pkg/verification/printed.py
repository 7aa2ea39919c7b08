"""Which lines did a run print, after which step, and by which cell?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nb2pkg.observers.digests import masked
from nb2pkg.verification.observation import Observation

# What `%time` prints; the package does not have it.
_CLOCK = re.compile(r"CPU times: user |Wall time: \d")


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line that says something; `cell` is 0 where it is not known."""

    step: str
    cell: int
    text: str


def printed_lines(run: Observation, apart: Iterable[int] = ()) -> Iterator[Line]:
    """The lines of a run in order.

    A line that one cell begins the next may end, but for the cells `apart`.
    """
    ends_alone = frozenset(apart)
    rest = ""
    step, where = "", 0
    for seen in run.seen:
        for cell, text in seen.printed:
            if not rest:
                step, where = seen.step, cell
            *whole, last = (rest + text).split("\n")
            for line in whole:
                if line.strip() and not _CLOCK.match(line):
                    yield Line(step, where, _steady(line))
                step, where = seen.step, cell
            rest = last
            if cell in ends_alone and rest:
                yield Line(step, where, _steady(rest))
                rest = ""
    if rest.strip():
        yield Line(step, where, _steady(rest))


def _steady(line: str) -> str:
    """A line without addresses, and with classes named as they are wherever they are defined."""
    # What a carriage return has written over is not to be seen.
    return masked(line.rstrip().rsplit("\r", 1)[-1].rstrip())
