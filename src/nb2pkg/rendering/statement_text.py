"""How does a placed statement read, with its comments and edits?"""

from __future__ import annotations

from collections.abc import Sequence

from nb2pkg.analysis import apply_edits
from nb2pkg.planning.plan import Placed


def placed_text(placed: Placed) -> str:
    """One statement as text at the left margin, its comments above and behind it."""
    statement = placed.statement
    text = statement.source.text
    lead = _comment_lines(text[statement.lead : statement.start])
    if placed.replacement is not None:
        code = placed.replacement
    else:
        code = apply_edits(text[statement.start : statement.end], placed.edits, statement.start)
    trailing = text[statement.end : statement.tail].lstrip(" \t;\f")
    parts = [*placed.before, lead + code + (f"  {trailing}" if trailing else "")]
    parts.extend(placed.after)
    if placed.comment_below:
        parts.append(placed.comment_below)
    return "\n".join(parts)


def block_text(statements: Sequence[Placed]) -> str:
    """Several statements one below the other, with the notebook's own blank lines."""
    parts: list[str] = []
    for placed in statements:
        if parts and placed.blank_before:
            parts.append("")
        parts.append(placed_text(placed))
    return "\n".join(parts)


def _comment_lines(gap: str) -> str:
    """The comments above a statement, each on a line of its own; blank lines between them stay."""
    if not gap:
        return ""
    lines = [line.strip() for line in gap.split("\n")]
    kept = [line for line in lines[:-1] if line.startswith("#") or not line]
    return "\n".join(kept) + "\n" if kept else ""
