"""How does a flow graph look as a picture? Self-contained SVG, or a page around it; no scripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise

from nb2pkg.workflows.flow_graph import Edge, FlowGraph, Node
from nb2pkg.workflows.graph_layout import lay_out
from nb2pkg.workflows.graph_text import visible

_CHARACTER = 7.4
_HALF_HEIGHT = 22.0
_LONGEST_LABEL = 34
_STYLE = """
  text { font: 13px ui-sans-serif, system-ui, sans-serif; fill: #1f2937; text-anchor: middle; }
  .detail { font-size: 11px; fill: #6b7280; }
  .names { font-size: 11px; fill: #1d4ed8; paint-order: stroke; stroke: #fff; stroke-width: 4px; }
  rect { fill: #f8fafc; stroke: #64748b; }
  .result { fill: #ecfdf5; stroke: #059669; }
  path { fill: none; stroke: #64748b; }
  .perhaps { stroke-dasharray: 5 4; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e5e7eb; } .detail { fill: #9ca3af; }
    .names { fill: #93c5fd; stroke: #111827; }
    rect { fill: #1f2937; stroke: #94a3b8; } .result { fill: #064e3b; stroke: #34d399; }
  }
"""


def svg(graph: FlowGraph) -> str:
    """Give the graph as an SVG picture."""
    widths = {node.key: _width(node) for node in graph.nodes}
    layout = lay_out(graph, widths)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{layout.width:.0f}" '
        f'height="{layout.height:.0f}" viewBox="0 0 {layout.width:.0f} {layout.height:.0f}">',
        f"<title>{_text(graph.title)}</title>",
        f"<style>{_STYLE}</style>",
        '<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0 0L8 4L0 8z" style="fill:#64748b;stroke:none"/></marker>',
    ]
    for edge, route in zip(graph.edges, layout.routes, strict=True):
        parts.append(_line(edge, route))
    for node in graph.nodes:
        parts.extend(_box(node, layout.middles[node.key], widths[node.key], graph))
    for edge, route in zip(graph.edges, layout.routes, strict=True):
        parts.append(_names(edge, route))
    return "\n".join([*parts, "</svg>"]) + "\n"


def html(graph: FlowGraph) -> str:
    """Give the picture as a page of its own."""
    title = _text(graph.title)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        # Nothing is loaded and nothing runs, whatever a notebook may have smuggled into a name.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n"
        "<style>body { font-family: system-ui, sans-serif; margin: 2rem; color-scheme: light dark; }"
        "</style>\n</head>\n<body>\n"
        f"<h1>{title}</h1>\n{svg(graph)}</body>\n</html>\n"
    )


def _line(edge: Edge, route: Sequence[tuple[float, float]]) -> str:
    points = list(route)
    points[0] = (points[0][0], points[0][1] + _HALF_HEIGHT)
    points[-1] = (points[-1][0], points[-1][1] - _HALF_HEIGHT - 1)
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x0, y0), (x1, y1) in pairwise(points):
        bend = (y1 - y0) / 2
        path += f"C{x0:.1f} {y0 + bend:.1f} {x1:.1f} {y1 - bend:.1f} {x1:.1f} {y1:.1f}"
    dashed = "" if edge.is_certain else ' class="perhaps"'
    return f'<path d="{path}"{dashed} marker-end="url(#arrow)"/>'


def _names(edge: Edge, route: Sequence[tuple[float, float]]) -> str:
    (x0, y0), (x1, y1) = route[0], route[1]
    shown = ", ".join(edge.names)
    title = f"<title>{_text(shown)}</title>" if len(shown) > _LONGEST_LABEL else ""
    return (
        f'<text class="names" x="{(x0 + x1) / 2:.1f}" y="{(y0 + y1) / 2 + 4:.1f}">'
        f"{title}{_text(_short(shown))}</text>"
    )


def _box(node: Node, middle: tuple[float, float], width: float, graph: FlowGraph) -> Iterator[str]:
    x, y = middle
    results = graph.results.get(node.key, ())
    kind = ' class="result"' if results else ""
    detail = "result: " + ", ".join(results) if results else node.detail
    title = f"{node.label}: {node.detail}" if node.detail else node.label
    yield (
        f'<rect{kind} x="{x - width / 2:.1f}" y="{y - _HALF_HEIGHT:.1f}" width="{width:.1f}" '
        f'height="{2 * _HALF_HEIGHT:.0f}" rx="6"><title>{_text(title)}</title></rect>'
    )
    yield f'<text x="{x:.1f}" y="{y - 2:.1f}">{_text(_short(node.label))}</text>'
    yield f'<text class="detail" x="{x:.1f}" y="{y + 13:.1f}">{_text(_short(detail))}</text>'


def _width(node: Node) -> float:
    longest = max(len(_short(node.label)), len(_short(node.detail)) * 0.85, 14)
    return longest * _CHARACTER + 24


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1] + "…"


def _text(text: str) -> str:
    return escape(visible(text), quote=True)
