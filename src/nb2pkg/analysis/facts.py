"""What a statement does to names, whatever it is for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

Names = frozenset[str]
NONE: Names = frozenset()


class Touch(str, Enum):
    """How sure it is that a value is changed in place."""

    LIKELY = "likely"  # the code says so: x[...] = …, x.append(…), drop(inplace=True)
    POSSIBLE = "possible"  # an unknown call received it


@dataclass(frozen=True, slots=True)
class Mutation:
    """A value reached through `name` may be changed in place.

    deep: whether it may be a value that `name` only holds or leads to (`x.a.append(…)`)
    """

    name: str
    touch: Touch
    deep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFacts:
    """What running a piece of top-level code does to the notebook's names.

    reads: may be read before this code binds them (the values must come from before)
    certain_reads: the part of `reads` that is read on every path, with nothing bound above it here
    binds: certainly bound afterwards
    may_bind: bound on some path (a superset of `binds`)
    deletes: may be unbound afterwards, because of `del`
    captures: read later, inside functions, lambdas or generators made here
    captured_binds: bound later, by `global` in functions made here
    mentions: looked up by a library, if they exist, because a text names them (a formula, a query)
        or because the code asks whether they exist
    all_reads: read at all, whoever bound them
    order: every name of `may_bind`, in the order in which they are first bound
    """

    reads: Names = NONE
    certain_reads: Names = NONE
    binds: Names = NONE
    may_bind: Names = NONE
    deletes: Names = NONE
    captures: Names = NONE
    captured_binds: Names = NONE
    mentions: Names = NONE
    all_reads: Names = NONE
    order: tuple[str, ...] = ()

    def then(self, after: NameFacts) -> NameFacts:
        """The facts of this code followed by `after`."""
        return NameFacts(
            reads=self.reads | (after.reads - self.binds),
            certain_reads=self.certain_reads | (after.certain_reads - self.may_bind),
            binds=(self.binds - after.deletes) | after.binds,
            may_bind=self.may_bind | after.may_bind,
            deletes=(self.deletes - after.may_bind) | after.deletes,
            captures=self.captures | after.captures,
            captured_binds=self.captured_binds | after.captured_binds,
            mentions=self.mentions | (after.mentions - self.binds),
            all_reads=self.all_reads | after.all_reads,
            order=(*self.order, *(n for n in after.order if n not in self.may_bind)),
        )
