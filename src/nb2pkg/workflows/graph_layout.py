"""Where does each node of a flow graph stand in a picture? Layers from the top, few crossings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nb2pkg.workflows.flow_graph import FlowGraph

_SWEEPS = 8
_GAP = 28.0
_LAYER_HEIGHT = 104.0
_BEND_WIDTH = 20.0


@dataclass(frozen=True, slots=True)
class Layout:
    """The middle of each node, the points that each edge runs through, and the size of it all."""

    middles: Mapping[str, tuple[float, float]]
    routes: tuple[tuple[tuple[float, float], ...], ...]
    width: float
    height: float


def lay_out(graph: FlowGraph, widths: Mapping[str, float]) -> Layout:
    """Place the nodes in layers; long edges run through places of their own in between."""
    level = _levels(graph)
    layers: list[list[str]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for node in graph.nodes:
        layers[level[node.key]].append(node.key)
    chains = [
        _chain(number, edge.start, edge.end, level) for number, edge in enumerate(graph.edges)
    ]
    for chain in chains:
        for place in chain[1:-1]:
            level[place] = level[chain[0]] + chain.index(place)
            layers[level[place]].append(place)
    links = [pair for chain in chains for pair in pairwise(chain)]
    _untangle(layers, links)
    sizes = {place: widths.get(place, _BEND_WIDTH) for layer in layers for place in layer}
    across = _across(layers, links, sizes)
    down = {place: 40.0 + n * _LAYER_HEIGHT for n, layer in enumerate(layers) for place in layer}
    middles = {place: (across[place], down[place]) for place in across}
    return Layout(
        middles={node.key: middles[node.key] for node in graph.nodes},
        routes=tuple(tuple(middles[place] for place in chain) for chain in chains),
        width=max((across[p] + sizes[p] / 2 for p in across), default=0.0) + 24,
        height=max(down.values(), default=0.0) + 56,
    )


def _levels(graph: FlowGraph) -> dict[str, int]:
    """The longest way from any node without predecessors; edges lead from earlier to later nodes."""
    before: dict[str, list[str]] = {}
    for edge in graph.edges:
        before.setdefault(edge.end, []).append(edge.start)
    level: dict[str, int] = {}
    for node in graph.nodes:
        level[node.key] = max(
            (level[b] + 1 for b in before.get(node.key, ()) if b in level), default=0
        )
    return level


def _chain(number: int, start: str, end: str, level: Mapping[str, int]) -> list[str]:
    between = range(level[start] + 1, level[end])
    return [start, *(f"\0{number}.{n}" for n in between), end]


def _untangle(layers: list[list[str]], links: Sequence[tuple[str, str]]) -> None:
    """Order each layer by the middle of its neighbours, down and up again, a few times."""
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for upper, lower in links:
        above.setdefault(lower, []).append(upper)
        below.setdefault(upper, []).append(lower)
    for sweep in range(_SWEEPS):
        neighbours, order = (above, layers[1:]) if sweep % 2 == 0 else (below, layers[-2::-1])
        for layer in order:
            rank = {place: n for other in layers for n, place in enumerate(other)}
            layer.sort(key=lambda p: _mean([rank[n] for n in neighbours.get(p, ())], rank[p]))


def _across(
    layers: list[list[str]], links: Sequence[tuple[str, str]], sizes: Mapping[str, float]
) -> dict[str, float]:
    """Pull each node towards its neighbours, as far as those beside it give room."""
    around: dict[str, list[str]] = {}
    for upper, lower in links:
        around.setdefault(upper, []).append(lower)
        around.setdefault(lower, []).append(upper)
    across: dict[str, float] = {}
    for layer in layers:
        _spread(layer, dict.fromkeys(layer, 0.0), sizes, across)
    for _ in range(_SWEEPS):
        for layer in layers:
            wanted = {p: _mean([across[n] for n in around.get(p, ())], across[p]) for p in layer}
            _spread(layer, wanted, sizes, across)
    left = min((across[p] - sizes[p] / 2 for p in across), default=0.0)
    return {place: x - left + 24 for place, x in across.items()}


def _spread(
    layer: Sequence[str],
    wanted: Mapping[str, float],
    sizes: Mapping[str, float],
    across: dict[str, float],
) -> None:
    """Give each place of a layer its wish, moved right until it is free, and shift all back by half."""
    edge = None
    moved: list[float] = []
    for place in layer:
        x = wanted[place]
        if edge is not None:
            x = max(x, edge + _GAP + sizes[place] / 2)
        across[place] = x
        moved.append(x - wanted[place])
        edge = x + sizes[place] / 2
    shift = (max(moved) + min(moved)) / 2 if moved else 0.0
    for place in layer:
        across[place] -= shift


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
