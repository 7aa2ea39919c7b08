"""What do the notebook's own classes add to the tables of effects?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nb2pkg.analysis import (
    Effects,
    Kind,
    Statement,
    noisy_functions,
    noisy_members,
    own_instances,
)
from nb2pkg.dataflow.holders import holders_of
from nb2pkg.dataflow.random_sources import random_sources


def effects_here(
    statements: Sequence[Statement], aliases: Mapping[str, str], pure_calls: Sequence[str]
) -> Effects:
    """The tables of effects as they hold in this notebook."""
    functions = noisy_functions(
        (s.node for s in statements if s.kind is Kind.FUNCTION or "lambda" in s.text), aliases
    )
    given = Effects(
        aliases=aliases,
        pure_calls=frozenset(pure_calls),
        filling=_filling_names(statements),
        noisy_functions=functions | holders_of(statements, functions),
        random_sources=random_sources(statements, aliases),
    )
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


def _filling_names(statements: Sequence[Statement]) -> frozenset[str]:
    """Names that may hold a `defaultdict` or the like, something that one is in, or what makes one."""
    found = {
        name
        for s in statements
        if s.kind is not Kind.IMPORT and any(word in s.text for word in _FILLING)
        for name in s.facts.may_bind
    }
    facts = ((s.facts.reads | s.facts.captures, s.facts.may_bind) for s in statements)
    return own_instances(facts, frozenset(found)) if found else frozenset()


# Mappings that add a key when it is looked up.
_FILLING = ("defaultdict", "__missing__")
