"""How does a flow graph read as text: for the terminal, for Mermaid, for Graphviz?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nb2pkg.workflows.flow_graph import FlowGraph

_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def plain_text(graph: FlowGraph) -> str:
    """Give each node with where its values go."""
    return "\n".join(_plain_lines(graph)) + "\n"


def _plain_lines(graph: FlowGraph) -> Iterator[str]:
    labels = {node.key: node.label for node in graph.nodes}
    for node in graph.nodes:
        yield visible(f"{node.label}  ({node.detail})" if node.detail else node.label)
        lines = [
            f"{', '.join(edge.names)} → {labels[edge.end]}{'' if edge.is_certain else ' (perhaps)'}"
            for edge in graph.edges
            if edge.start == node.key
        ]
        if node.key in graph.results:
            lines.append(f"{', '.join(graph.results[node.key])} → result")
        for number, line in enumerate(lines):
            yield visible(f"{'└─' if number == len(lines) - 1 else '├─'} {line}")


def mermaid(graph: FlowGraph) -> str:
    """Give the graph in Mermaid's language."""
    lines = ["flowchart TD"]
    for node in graph.nodes:
        lines.append(f'    {_key(node.key)}["{_for_mermaid(node.label)}"]')
    for edge in graph.edges:
        arrow = "-->" if edge.is_certain else "-.->"
        names = _for_mermaid(", ".join(edge.names))
        lines.append(f'    {_key(edge.start)} {arrow}|"{names}"| {_key(edge.end)}')
    for key, results in graph.results.items():
        shown = _for_mermaid(", ".join(results))
        lines.append(f'    {_key(key)} --> {_key(key)}_results(["{shown}"])')
    return "\n".join(lines) + "\n"


def dot(graph: FlowGraph) -> str:
    """Give the graph in Graphviz's language."""
    lines = ["digraph flow {", "  node [shape=box, style=rounded];"]
    for node in graph.nodes:
        label = f"{node.label}\n{node.detail}" if node.detail else node.label
        lines.append(f"  {_quoted(node.key)} [label={_quoted(label)}];")
    for edge in graph.edges:
        style = "" if edge.is_certain else ", style=dashed"
        names = _quoted(", ".join(edge.names))
        lines.append(f"  {_quoted(edge.start)} -> {_quoted(edge.end)} [label={names}{style}];")
    for key, results in graph.results.items():
        result = _quoted(f"{key} results")
        lines.append(f"  {result} [label={_quoted(', '.join(results))}, shape=plain];")
        lines.append(f"  {_quoted(key)} -> {result};")
    return "\n".join([*lines, "}"]) + "\n"


def visible(text: str) -> str:
    """Give text without characters that do not show or that steer a terminal."""
    return _ODD.sub("\ufffd", text)


def _key(key: str) -> str:
    # `end` is a word of Mermaid's own.
    return f"n_{key}" if key == "end" else key


def _for_mermaid(text: str) -> str:
    # Mermaid reads # as the begin of an entity, and a quote ends the text.
    escaped = visible(text).replace("#", "#35;").replace('"', "#quot;")
    return escaped.replace("<", "#lt;").replace(">", "#gt;")


def _quoted(text: str) -> str:
    lines = [visible(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n")]
    return '"' + "\\n".join(lines) + '"'
