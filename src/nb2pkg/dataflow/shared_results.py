"""Which results of one call share an object, so that changing one shows in another?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from nb2pkg.analysis import Effects, Statement, resolve, shares_of, walk

# A figure has its axes, and each of them its figure.
_FIGURE_WITH_AXES = frozenset({"subplots", "subplot_mosaic", "twinx", "twiny"})


def results_that_share(
    node: ast.stmt, functions: Mapping[str, Statement], effects: Effects
) -> Iterator[set[str]]:
    """The groups of names that `node` unpacks a call into, and whose values share an object.

    For `fig, ax = plt.subplots()`, and for functions of the notebook that return what they have put into
    one another: `return net, Optimizer(net.parameters())`.
    """
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return
    called = resolve(node.value.func, effects.aliases) or ""
    for target in node.targets:
        if not isinstance(target, (ast.Tuple, ast.List)):
            continue
        places = [{n.id for n in walk(part) if isinstance(n, ast.Name)} for part in target.elts]
        if called.rsplit(".", 1)[-1] in _FIGURE_WITH_AXES:
            yield set().union(*places)
        elif called in functions:
            for group in _places_that_share(functions[called].node, len(places), effects):
                yield set().union(*(places[n] for n in group))


def _places_that_share(function: ast.AST, count: int, effects: Effects) -> Iterator[set[int]]:
    """Places in the tuple that a function returns which hold a common object, made inside it."""
    assert isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
    groups: list[set[str]] = []
    for statement in function.body:
        for share in shares_of(statement, effects):
            _unite(groups, {share.target, *(source.name for source in share.sources)})
    for node in walk(function):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            named = [
                {n.id for n in walk(part) if isinstance(n, ast.Name)} for part in node.value.elts
            ]
            if len(named) == count:
                for group in groups:
                    found = {place for place, names in enumerate(named) if names & group}
                    if len(found) > 1:
                        yield found


def _unite(groups: list[set[str]], names: set[str]) -> None:
    """Add what belongs together, joining the groups that it touches."""
    touched = [group for group in groups if group & names]
    for group in touched:
        names = names | group
        groups.remove(group)
    groups.append(names)
