"""How do an edit made by hand and a new version come together? By lines, on what both began as."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_MINE, _THEIRS = "edited", "nb2pkg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The text of a merge; where `conflicts` is not 0, it holds that many marked places."""

    text: str
    conflicts: int


@dataclass(frozen=True, slots=True)
class _Same:
    """Lines that all three have: where they begin in each, and how many they are."""

    base: int
    mine: int
    theirs: int
    length: int


def merge_texts(base: str, mine: str, theirs: str) -> Merged:
    """Merge three texts; a place that both sides changed, differently, is a conflict."""
    base_lines = base.splitlines(keepends=True)
    my_lines = mine.splitlines(keepends=True)
    their_lines = theirs.splitlines(keepends=True)
    out: list[str] = []
    conflicts = 0
    at = _Same(0, 0, 0, 0)
    for same in _same_in_all(base_lines, my_lines, their_lines):
        was = base_lines[at.base : same.base]
        my = my_lines[at.mine : same.mine]
        their = their_lines[at.theirs : same.theirs]
        if my in (was, their):
            out.extend(their)
        elif their == was:
            out.extend(my)
        else:
            conflicts += 1
            out.extend(_marked(my, their))
        out.extend(base_lines[same.base : same.base + same.length])
        at = _Same(same.base + same.length, same.mine + same.length, same.theirs + same.length, 0)
    return Merged(text="".join(out), conflicts=conflicts)


def _same_in_all(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> Iterator[_Same]:
    """Yield the runs of base lines that both sides kept, and the common end of all three."""
    my_blocks = SequenceMatcher(None, base, mine, autojunk=False).get_matching_blocks()
    their_blocks = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    m = t = 0
    while m < len(my_blocks) and t < len(their_blocks):
        my, their = my_blocks[m], their_blocks[t]
        start = max(my.a, their.a)
        end = min(my.a + my.size, their.a + their.size)
        if start < end:
            yield _Same(start, my.b + start - my.a, their.b + start - their.a, end - start)
        if my.a + my.size < their.a + their.size:
            m += 1
        else:
            t += 1
    yield _Same(len(base), len(mine), len(theirs), 0)


def _marked(mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    return [
        f"<<<<<<< {_MINE}\n",
        *_ended(mine),
        "=======\n",
        *_ended(theirs),
        f">>>>>>> {_THEIRS}\n",
    ]


def _ended(lines: Sequence[str]) -> list[str]:
    """The lines, the last of them with a line end."""
    if lines and not lines[-1].endswith("\n"):
        return [*lines[:-1], lines[-1] + "\n"]
    return list(lines)
