"""What does a notebook file read after some of its cells have changed?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise

from nb2pkg.notebook.cell_changes import changed_members
from nb2pkg.notebook.ipynb_fresh import fresh_cell, new_notebook
from nb2pkg.notebook.json_spans import Span, element_spans, member_spans
from nb2pkg.notebook.json_style import JsonStyle, source_lines, style_of
from nb2pkg.notebook.notebook import Cell, CellKind, Json, Notebook


def write_ipynb(notebook: Notebook, cells: Sequence[Cell]) -> str:
    """Give the file's text with `cells` in place of its own; the rest stays byte for byte.

    A notebook of format 3 is written afresh as format 4.5.
    """
    text = notebook.text
    top = member_spans(text)
    if int(top["nbformat"].of(text)) < 4:
        return new_notebook(cells, notebook.metadata)
    minor = int(top["nbformat_minor"].of(text)) if "nbformat_minor" in top else 0
    page = _Page(text, top["cells"], has_ids=minor >= 5)
    pieces = page.pieces(cells, {cell.position: cell for cell in notebook.cells})
    return text[: top["cells"].start] + page.join(pieces) + text[top["cells"].end :]


# The position of a cell in the file, 0 when it is new, with its text.
_Piece = tuple[int, str]


class _Page:
    """The text of a file around and between its cells."""

    def __init__(self, text: str, array: Span, *, has_ids: bool) -> None:
        self.text = text
        self.array = array
        self.style = style_of(text)
        self.spans = element_spans(text, array.start)
        self.has_ids = has_ids
        if self.spans:
            self.opening = text[array.start : self.spans[0].start]
            self.closing = text[self.spans[-1].end : array.end]
        elif self.style.indent is not None:
            self.opening = f"[{self.style.newline}{self.style.indent * 2}"
            self.closing = f"{self.style.newline}{self.style.indent}]"
        else:
            self.opening, self.closing = "[", "]"
        _, line_end, indent = self.opening.replace("\r", "\n").rpartition("\n")
        self.base = indent if line_end else ""

    def pieces(self, cells: Sequence[Cell], originals: Mapping[int, Cell]) -> list[_Piece]:
        """Give the text of each cell, and of each cell that reading has left out."""
        kept = [cell.position for cell in cells if cell.position in originals]
        left_out = [at for at in range(1, len(self.spans) + 1) if at not in originals]
        # A cell we can't read stays behind the nearest cell before it that is still there.
        followers: dict[int, list[int]] = {}
        for position in left_out:
            anchor = max((at for at in kept if at < position), default=0)
            followers.setdefault(anchor, []).append(position)
        taken = {cell.cell_id for cell in cells if cell.cell_id is not None}
        used: set[int] = set()
        used_ids = {originals[at].cell_id for at in kept}
        pieces = [(at, self.span(at).of(self.text)) for at in followers.get(0, ())]
        for index, cell in enumerate(cells):
            original = originals.get(cell.position)
            if original is None or cell.position in used:
                raw = fresh_cell(
                    cell,
                    index + 1,
                    taken,
                    has_id=self.has_ids,
                    keeps_id=cell.cell_id not in used_ids,
                )
                used_ids.add(raw.get("id"))
                pieces.append((0, self.style.write(raw, self.base)))
                continue
            used.add(cell.position)
            pieces.append((cell.position, self.edited(cell, original)))
            pieces += [(at, self.span(at).of(self.text)) for at in followers.get(cell.position, ())]
        return pieces

    def join(self, pieces: Sequence[_Piece]) -> str:
        """Write the array of cells, with the space between two neighbours as it was."""
        if not pieces:
            return "[]" if self.spans else self.array.of(self.text)
        parts = [self.opening, pieces[0][1]]
        for (before, _), (position, piece) in pairwise(pieces):
            parts += [self.between(before, position), piece]
        return "".join([*parts, self.closing])

    def between(self, before: int, after: int) -> str:
        if not (before and after == before + 1):
            if len(self.spans) < 2:
                space = " " if self.style.indent is None and self.style.is_spaced else ""
                return f",{self.opening[1:] or space}"
            before, after = 1, 2
        return self.text[self.span(before).end : self.span(after).start]

    def span(self, position: int) -> Span:
        return self.spans[position - 1]

    def edited(self, cell: Cell, original: Cell) -> str:
        """Give a cell's text with its changed members, or as a whole when that can't be done."""
        span = self.span(cell.position)
        text = span.of(self.text)
        changes = changed_members(cell, original)
        if not changes:
            return text
        has_lines = "\n" in text or "\r" in text
        style = self.style if has_lines else self.style.on_one_line()
        members = member_spans(text)
        if "source" in changes and text[members["source"].start] == "[":
            changes["source"] = source_lines(cell.source)
        if "cell_type" in changes or not changes.keys() <= members.keys():
            return style.write(_whole(json.loads(text), cell, changes), self.base)
        return _with_members(text, members, changes, style, self.base)


def _with_members(
    text: str, members: Mapping[str, Span], changes: Mapping[str, Json], style: JsonStyle, base: str
) -> str:
    inner = base + (style.indent or "")
    for key in sorted(changes, key=lambda key: members[key], reverse=True):
        span = members[key]
        text = text[: span.start] + style.write(changes[key], inner) + text[span.end :]
    return text


def _whole(raw: dict[str, Json], cell: Cell, changes: Mapping[str, Json]) -> dict[str, Json]:
    raw.update(changes)
    raw.setdefault("metadata", {})
    if cell.kind is CellKind.CODE:
        raw.pop("attachments", None)
        raw["outputs"] = raw.get("outputs") or []
        raw["execution_count"] = cell.execution_count
    else:
        raw.pop("outputs", None)
        raw.pop("execution_count", None)
    return raw
