"""How does the graph of a run's steps look? Boxes that link to what became of each step; no scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nb2pkg.pipeline.ordering import cycle_in, in_order
from nb2pkg.pipeline.records import StepRecord
from nb2pkg.workflows.flow_graph import Edge, FlowGraph, Node
from nb2pkg.workflows.graph_layout import Layout, lay_out
from nb2pkg.workflows.run_page_anchors import Anchors
from nb2pkg.workflows.run_page_text import at_most, columns, in_line, name
from nb2pkg.workflows.run_page_timeline import seconds_of_step
from nb2pkg.workflows.run_page_words import TONES, counted, length, marked

MOST_STEPS = 200
_MOST_LAYERS_CROSSED = 3_000
_LONGEST_LABEL = 26
_CHARACTER = 7.3
_HALF_HEIGHT = 21
_ROW_HEIGHT = 80
# The widest pictures that may shrink to the width of a phone, and of a desk's screen: text stays readable.
_SMALL, _WIDE = 460, 1450


def step_graph(steps: Sequence[StepRecord], anchors: Anchors, now: float) -> str:
    """Give the graph as SVG within a page; in words where it is too large for a picture."""
    needs = _needs(steps)
    if len(steps) > MOST_STEPS or _layers_crossed(needs) > _MOST_LAYERS_CROSSED:
        told = f"{counted(len(steps), 'step')} that need one another in too many ways for a picture"
        return f'<p class="quiet">{told}. What each one needs stands in its section.</p>'
    boxes = [_box(n, step, now) for n, step in enumerate(steps)]
    layout = _lower(lay_out(_graph(needs), {box.key: box.width for box in boxes}))
    shrinks = " small" if layout.width <= _SMALL else " wide" if layout.width <= _WIDE else ""
    return "\n".join(
        [
            f'<div class="scroll"><svg class="graph{shrinks}" role="group" aria-label="The graph of the '
            f'steps" width="{layout.width:.0f}" height="{layout.height:.0f}" '
            f'viewBox="0 0 {layout.width:.0f} {layout.height:.0f}">',
            '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
            'markerHeight="8" orient="auto"><path class="arrow" d="M0 0L8 4L0 8z"/></marker></defs>',
            *map(_line, layout.routes),
            *(
                _drawn(box, step, anchor, layout.middles[box.key])
                for box, step, anchor in zip(boxes, steps, anchors.ids, strict=True)
            ),
            "</svg></div>",
        ]
    )


@dataclass(frozen=True, slots=True)
class _Box:
    key: str
    label: str
    detail: str
    width: float


def _box(number: int, step: StepRecord, now: float) -> _Box:
    label, detail = at_most(step.name, _LONGEST_LABEL), _detail(step, now)
    widest = max(columns(label), columns(detail) * 0.9, 12)
    return _Box(str(number), label, detail, widest * _CHARACTER + 26)


def _drawn(box: _Box, step: StepRecord, anchor: str, middle: tuple[float, float]) -> str:
    x, y = middle
    return (
        f'<a href="#{anchor}"><g class="node {TONES[step.status]}">'
        f"<title>{name(step.name)}: {in_line(box.detail)}</title>"
        f'<rect x="{x - box.width / 2:.1f}" y="{y - _HALF_HEIGHT:.1f}" '
        f'width="{box.width:.1f}" height="{2 * _HALF_HEIGHT}" rx="7"/>'
        f'<text class="name" x="{x:.1f}" y="{y - 3:.1f}">{in_line(box.label)}</text>'
        f'<text class="detail" x="{x:.1f}" y="{y + 12:.1f}">{in_line(box.detail)}</text></g></a>'
    )


def _detail(step: StepRecord, now: float) -> str:
    seconds = seconds_of_step(step, now)
    return marked(step.status) + (f" · {length(seconds)}" if seconds is not None else "")


def _graph(needs: Mapping[str, Sequence[str]]) -> FlowGraph:
    """The graph as one of notebooks' flows: each edge leads to a later node, which its layout counts on."""
    return FlowGraph(
        title="",
        nodes=tuple(Node(key=key, label="", detail="") for key in in_order(needs)),
        edges=tuple(
            Edge(start=other, end=key, names=())
            for key, needed in needs.items()
            for other in needed
        ),
        results={},
    )


def _needs(steps: Sequence[StepRecord]) -> Mapping[str, Sequence[str]]:
    """What each step needs, by their numbers; needs of which no order can be made do not count."""
    number: dict[str, str] = {}
    for n, step in enumerate(steps):
        number.setdefault(step.name, str(n))
    needs = {
        str(n): [number[need] for need in dict.fromkeys(step.needs) if need in number]
        for n, step in enumerate(steps)
    }
    if cycle_in(needs) is None:
        return needs
    return {
        key: [other for other in needed if int(other) < int(key)] for key, needed in needs.items()
    }


def _layers_crossed(needs: Mapping[str, Sequence[str]]) -> int:
    """How many layers all edges cross together, which is what a layout takes its time for."""
    level: dict[str, int] = {}
    for key in in_order(needs):
        level[key] = max((level[other] + 1 for other in needs[key]), default=0)
    return sum(level[key] - level[other] for key, needed in needs.items() for other in needed)


def _lower(layout: Layout) -> Layout:
    """The layout with its layers closer together: nothing is written on these edges."""
    heights = sorted(
        {y for route in layout.routes for _, y in route} | {y for _, y in layout.middles.values()}
    )
    down = {y: 30.0 + n * _ROW_HEIGHT for n, y in enumerate(heights)}
    return Layout(
        middles={key: (x, down[y]) for key, (x, y) in layout.middles.items()},
        routes=tuple(tuple((x, down[y]) for x, y in route) for route in layout.routes),
        width=layout.width,
        height=max(down.values(), default=0.0) + 30,
    )


def _line(route: Sequence[tuple[float, float]]) -> str:
    """An edge: straight past the boxes of the layers that it passes, bent between layers."""
    path = f"M{route[0][0]:.1f} {route[0][1] + _HALF_HEIGHT:.1f}"
    for (x0, y0), (x1, y1) in pairwise(route):
        top, bottom = y0 + _HALF_HEIGHT, y1 - _HALF_HEIGHT
        bend = (bottom - top) / 2
        path += f"C{x0:.1f} {top + bend:.1f} {x1:.1f} {bottom - bend:.1f} {x1:.1f} {bottom - 1:.1f}"
        if (x1, y1) != route[-1]:
            path += f"V{y1 + _HALF_HEIGHT:.1f}"
    return f'<path class="edge" d="{path}" marker-end="url(#arrow)"/>'
