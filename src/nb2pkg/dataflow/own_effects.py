"""What do the notebook's own classes add to the tables of effects?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nb2pkg.analysis import Effects, Kind, Statement, noisy_members, own_instances


def effects_here(
    statements: Sequence[Statement], aliases: Mapping[str, str], pure_calls: Sequence[str]
) -> Effects:
    """The tables of effects as they hold in this notebook."""
    given = Effects(aliases=aliases, pure_calls=frozenset(pure_calls))
    classes = [s for s in statements if s.kind is Kind.CLASS or "class " in s.text]
    noisy = noisy_members((n for s in classes for n in s.nodes), aliases)
    if not noisy:
        return given
    effects = replace(given, noisy=noisy)
    if not (effects.noisy_lookups or effects.noisy_operators):
        return effects
    names = frozenset(n for s in classes for n in s.facts.order)
    facts = ((s.facts.reads | s.facts.captures, s.facts.may_bind) for s in statements)
    return replace(effects, own_values=own_instances(facts, names))
