"""In which module does each definition and constant live? With its one user, or on its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nb2pkg.dataflow import Program
from nb2pkg.planning.definitions import Definitions, names_needed
from nb2pkg.planning.drafts import Draft
from nb2pkg.planning.grouping import Grouping

# A home is ("step", draft), ("shared", group) or ("constants", 0).
Home = tuple[str, int]
_CONSTANTS: Home = ("constants", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Homes:
    """Statement index → home, for every definition and constant that leaves its place."""

    of: Mapping[int, Home]

    def at(self, home: Home) -> tuple[int, ...]:
        """The statements that live there, in the notebook's order."""
        return tuple(sorted(i for i, where in self.of.items() if where == home))

    def by_home(self) -> dict[Home, tuple[int, ...]]:
        """Every home with the statements that live there, in the notebook's order."""
        found: dict[Home, list[int]] = {}
        for index in sorted(self.of):
            found.setdefault(self.of[index], []).append(index)
        return {home: tuple(indices) for home, indices in found.items()}

    @property
    def shared_groups(self) -> tuple[int, ...]:
        """The groups whose definitions make a shared module."""
        return tuple(sorted({n for kind, n in self.of.values() if kind == "shared"}))


def settle_homes(
    program: Program,
    definitions: Definitions,
    constants: frozenset[int],
    drafts: Sequence[Draft],
    grouping: Grouping,
    group_of: Mapping[int, int],
) -> Homes:
    """Place every definition and constant with the one step that uses it, or in a module of its own."""
    moved = definitions.module_level | constants
    names = {name: i for i in moved for name in program.statements[i].facts.order}
    needs = {
        i: {names[n] for n in names_needed(program.statements[i], program) & names.keys()} - {i}
        for i in moved
    }
    users: dict[int, set[Home]] = {i: set() for i in moved}
    for number, draft in enumerate(drafts):
        wanted = {
            names[n]
            for i in draft.statements
            for n in names_needed(program.statements[i], program) & names.keys()
        }
        for index in _closure(wanted, needs):
            users[index].add(("step", number))
    draft_of_group = {g: n for n, draft in enumerate(drafts) for g in draft.groups}
    for index in sorted(i for i in moved if not users[i] and i not in constants):
        if any(index in needs[other] for other in moved if not users[other]):
            continue
        # Nobody uses it: it stays with the cells that it stood among.
        group = group_of.get(index, 0)
        own: Home = (
            ("step", draft_of_group[group]) if group in draft_of_group else ("shared", group)
        )
        for needed in _closure({index}, needs):
            users[needed].add(own)
    homes: dict[int, Home] = {}
    for index in moved:
        if len(users[index]) == 1 and next(iter(users[index]))[0] == "step":
            homes[index] = next(iter(users[index]))
        else:
            homes[index] = _CONSTANTS if index in constants else ("shared", group_of.get(index, 0))
    return Homes(of=_without_cycles(homes, needs))


def _closure(start: set[int], needs: Mapping[int, set[int]]) -> set[int]:
    """Everything that these definitions need, themselves included."""
    found: set[int] = set()
    stack = list(start)
    while stack:
        index = stack.pop()
        if index not in found:
            found.add(index)
            stack.extend(needs[index])
    return found


def _without_cycles(homes: Mapping[int, Home], needs: Mapping[int, set[int]]) -> dict[int, Home]:
    """Shared modules that need one another become one module."""
    edges: dict[Home, set[Home]] = {}
    for index, home in homes.items():
        if home[0] == "shared":
            edges.setdefault(home, set()).update(
                homes[n] for n in needs[index] if homes[n][0] == "shared" and homes[n] != home
            )
    reach = {home: _reachable(home, edges) for home in edges}
    merged = {
        home: min(h for h in edges if h == home or (h in reach[home] and home in reach[h]))
        for home in edges
    }
    return {i: merged.get(home, home) for i, home in homes.items()}


def _reachable(start: Home, edges: Mapping[Home, set[Home]]) -> set[Home]:
    found: set[Home] = set()
    stack = [start]
    while stack:
        for home in edges.get(stack.pop(), ()):
            if home not in found:
                found.add(home)
                stack.append(home)
    return found
