"""In which order can steps run, and which of them does a wish for some need?"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence


def in_order(needs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The names so that each comes after all that it needs; otherwise as they are given.

    There must be no cycle, and each name that is needed must be given.
    """
    places = {name: place for place, name in enumerate(needs)}
    missing = {name: len(set(needed)) for name, needed in needs.items()}
    followers: dict[str, list[str]] = {name: [] for name in needs}
    for name, needed in needs.items():
        for other in set(needed):
            followers[other].append(name)
    names = tuple(needs)
    ready = [places[name] for name, count in missing.items() if count == 0]
    heapq.heapify(ready)
    found: list[str] = []
    while ready:
        name = names[heapq.heappop(ready)]
        found.append(name)
        for follower in followers[name]:
            missing[follower] -= 1
            if missing[follower] == 0:
                heapq.heappush(ready, places[follower])
    return tuple(found)


def cycle_in(needs: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """A cycle, as `a, b, a`: a needs b, and b needs a; None where there is none."""
    done: set[str] = set()
    for start in needs:
        path: list[str] = []
        places: dict[str, int] = {}
        # Steps to go into, and, as None, the end of the one that was gone into last.
        todo: list[str | None] = [start]
        while todo:
            name = todo.pop()
            if name is None:
                ended = path.pop()
                del places[ended]
                done.add(ended)
            elif name in places:
                return (*path[places[name] :], name)
            elif name not in done:
                places[name] = len(path)
                path.append(name)
                todo.append(None)
                todo += [other for other in reversed(needs.get(name, ())) if other in needs]
    return None


def with_all_needed(wanted: Iterable[str], needs: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """These steps, and all that have to run before them."""
    found: set[str] = set()
    todo = list(wanted)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += needs[name]
    return frozenset(found)


def with_all_after(first: Iterable[str], needs: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """These steps, and all that build on them."""
    found = set(first)
    for name in in_order(needs):
        if not found.isdisjoint(needs[name]):
            found.add(name)
    return frozenset(found)
