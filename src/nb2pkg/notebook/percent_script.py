"""What notebook does a percent script hold?"""

from __future__ import annotations

from nb2pkg.notebook.cell_tags import usable_tags
from nb2pkg.notebook.commented_magics import uncomment_magics
from nb2pkg.notebook.language import kernel_name_of, language_of
from nb2pkg.notebook.limits import Limits, refuse_too_many_cells
from nb2pkg.notebook.notebook import Cell, CellKind, Json, Notebook
from nb2pkg.notebook.percent_layout import Block, header_metadata, lay_out
from nb2pkg.notebook.percent_markers import Marker, parse_marker
from nb2pkg.notebook.source_text import cell_source
from nb2pkg.problems import Diagnostic


def read_percent_script(text: str, name: str, limits: Limits, notes: list[Diagnostic]) -> Notebook:
    """Read a script whose cells begin at `# %%`; one without any is a single code cell.

    Raises:
        BadNotebook: code holds a NUL (NB104), or there is too much of it (NB108).
    """
    layout = lay_out(text)
    refuse_too_many_cells(len(layout.blocks), limits)
    metadata: dict[str, Json] = header_metadata(layout.header)
    cells = tuple(
        _read_block(block, index + 1, layout.has_markers, limits, notes)
        for index, block in enumerate(layout.blocks)
    )
    return Notebook(
        name=name,
        cells=cells,
        language=language_of(metadata),
        kernel_name=kernel_name_of(metadata),
        metadata=metadata,
        format="percent",
        text=text,
        notes=tuple(notes),
    )


def triple_quote_of(body: str) -> str | None:
    """Give the quotes around a body of prose that is written as a string, such as `r\"\"\"`."""
    for opening in ('"""', "'''", 'r"""', "r'''"):
        quote = opening[-3:]
        inner = body[len(opening) :]
        if body.startswith(opening) and inner.rstrip().endswith(quote):
            return opening
    return None


def _read_block(
    block: Block, position: int, has_markers: bool, limits: Limits, notes: list[Diagnostic]
) -> Cell:
    marker = Marker() if block.marker is None else parse_marker(block.marker.rstrip("\r\n"))
    metadata = dict(marker.metadata)
    body = "".join(block.body).rstrip("\r\n").replace("\r\n", "\n").replace("\r", "\n")
    if marker.kind is not CellKind.CODE:
        text = _prose(body)
    elif isinstance(metadata.get("language"), str):
        arguments = metadata.pop("magic_args", "")
        first = f"%%{metadata.pop('language')} {arguments}".rstrip()
        text = f"{first}\n{_without_comment_signs(body)}"
    else:
        text = uncomment_magics(body) if has_markers else body
    return Cell(
        position=position,
        kind=marker.kind,
        source=cell_source(text, marker.kind, position, limits),
        tags=usable_tags(metadata, position, notes),
        metadata=metadata,
    )


def _prose(body: str) -> str:
    opening = triple_quote_of(body)
    if opening is None:
        return _without_comment_signs(body)
    inner = body[len(opening) :].rstrip()[:-3]
    return inner.removeprefix("\n").removesuffix("\n")


def _without_comment_signs(body: str) -> str:
    lines = body.split("\n")
    return "\n".join(line[1:].removeprefix(" ") if line.startswith("#") else line for line in lines)
