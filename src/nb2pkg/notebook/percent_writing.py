"""What does a percent script read after some of its cells have changed?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nb2pkg.notebook.cell_changes import metadata_to_write
from nb2pkg.notebook.commented_magics import comment_magics, foreign_cell_magic
from nb2pkg.notebook.notebook import Cell, CellKind, Json, Notebook
from nb2pkg.notebook.percent_layout import Block, lay_out
from nb2pkg.notebook.percent_markers import Marker, marker_line
from nb2pkg.notebook.percent_script import triple_quote_of


def write_percent_script(notebook: Notebook, cells: Sequence[Cell]) -> str:
    """Give the script with `cells` in place of its own; untouched cells keep their lines."""
    layout = lay_out(notebook.text)
    originals = {cell.position: cell for cell in notebook.cells}
    is_plain = not layout.has_markers and len(cells) == 1
    text = layout.header
    for index, cell in enumerate(cells):
        original = originals.get(cell.position)
        if original is None:
            text = _open_up(text, layout.newline)
            text += _inserted(cell, layout.newline)
            if index + 1 < len(cells):
                text += layout.newline
            continue
        block = layout.blocks[cell.position - 1]
        if text and not text.endswith(("\n", "\r")):
            text += layout.newline
        if is_plain and cell.kind is CellKind.CODE and not cell.tags:
            text += _plain(block, cell, original, layout.newline)
        else:
            may_stay_bare = index == 0 and layout.has_markers
            text += _edited(block, cell, original, layout.newline, may_stay_bare)
    return text


def _open_up(text: str, newline: str) -> str:
    """End `text` in a blank line, so that a new cell stands clear of it."""
    if not text or text.endswith(newline * 2):
        return text
    return text + (newline if text.endswith(("\n", "\r")) else newline * 2)


def _inserted(cell: Cell, newline: str) -> str:
    lines = [_marker_of(cell, metadata_to_write(cell, None)), *_body_lines(cell, quote=None)]
    return "".join(line + newline for line in lines)


def _plain(block: Block, cell: Cell, original: Cell, newline: str) -> str:
    if cell.source == original.source:
        return block.text
    return _ended(block, cell.source.replace("\n", newline) + newline, newline)


def _edited(block: Block, cell: Cell, original: Cell, newline: str, may_stay_bare: bool) -> str:
    metadata = metadata_to_write(cell, original)
    says_the_same = cell.kind is original.kind and metadata == original.metadata
    has_place = block.marker is not None or may_stay_bare
    if says_the_same and has_place and cell.source == original.source:
        return block.text
    same_magic = _magic_of(cell) == _magic_of(original)
    if says_the_same and has_place and same_magic:
        marker = block.marker or ""
    else:
        marker = _marker_of(cell, metadata) + newline
    if marker and not marker.endswith(("\n", "\r")):
        marker += newline
    quote = triple_quote_of("".join(block.body)) if cell.kind is original.kind else None
    body = "".join(line + newline for line in _body_lines(cell, quote=quote))
    return _ended(block, marker + body, newline)


def _ended(block: Block, text: str, newline: str) -> str:
    """Put a block's blank lines after its new text, and no line end where the file had none."""
    text += "".join(block.tail)
    return text if block.text.endswith(("\n", "\r")) else text.removesuffix(newline)


def _magic_of(cell: Cell) -> tuple[str, str] | None:
    foreign = foreign_cell_magic(cell.source) if cell.kind is CellKind.CODE else None
    return foreign[:2] if foreign else None


def _marker_of(cell: Cell, metadata: Mapping[str, Json]) -> str:
    options = dict(metadata)
    if magic := _magic_of(cell):
        options["language"] = magic[0]
        if magic[1]:
            options["magic_args"] = magic[1]
    return marker_line(Marker(kind=cell.kind, metadata=options))


def _body_lines(cell: Cell, *, quote: str | None) -> list[str]:
    if not cell.source:
        return []
    if cell.kind is CellKind.CODE:
        foreign = foreign_cell_magic(cell.source)
        if foreign is None:
            return comment_magics(cell.source).split("\n")
        return _commented(foreign[2]) if foreign[2] else []
    if quote is not None and quote[-3:] not in cell.source and "\\" not in cell.source:
        return [quote, *cell.source.split("\n"), quote[-3:]]
    return _commented(cell.source)


def _commented(text: str) -> list[str]:
    return [f"# {line}" if line else "#" for line in text.split("\n")]
