"""How big may a notebook be before we refuse to look at it?"""

from __future__ import annotations

from dataclasses import dataclass

from nb2pkg.problems import BadNotebook, Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The sizes past which a notebook is refused rather than read. Sizes are in bytes of UTF-8."""

    file_bytes: int = 200_000_000
    # Only code is held to this: markdown with a picture pasted into it passes a megabyte easily.
    cell_source_bytes: int = 1_000_000
    cells: int = 20_000
    depth: int = 200


def refuse_oversize(byte_count: int, limits: Limits) -> None:
    """Stop with NB108 when a file of `byte_count` bytes is too big; ask before reading it."""
    if byte_count > limits.file_bytes:
        raise BadNotebook(
            "NB108",
            f"the file is {megabytes(byte_count)} > limit {megabytes(limits.file_bytes)} "
            "(--max-size)",
            hint="clear the outputs that aren't needed, or raise --max-size",
        )


def refuse_too_many_cells(count: int, limits: Limits) -> None:
    """Stop with NB108 when a notebook of `count` cells has too many."""
    if count > limits.cells:
        raise BadNotebook(
            "NB108",
            f"the notebook has {count} cells > limit {limits.cells}",
            hint="split the notebook",
        )


def refuse_long_source(source: str, position: int, limits: Limits) -> None:
    """Stop with NB108 when the code of the cell at `position` is too long."""
    if len(source) * 4 <= limits.cell_source_bytes:
        return
    byte_count = len(source.encode("utf-8", "surrogatepass"))
    if byte_count > limits.cell_source_bytes:
        raise BadNotebook(
            "NB108",
            f"cell {position} holds {megabytes(byte_count)} of code > limit "
            f"{megabytes(limits.cell_source_bytes)}",
            hint="move data out of the code into a file that the notebook reads",
            location=Location(cell=position),
        )


def megabytes(byte_count: int) -> str:
    """Give a size as people say it: `500 MB`."""
    return f"{byte_count / 1_000_000:.4g} MB"
