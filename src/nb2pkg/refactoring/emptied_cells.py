"""Which cells are left once statements have gone from them, and do those show what they showed?"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from nb2pkg.analysis import Edit, Kind, ParsedCell, Statement
from nb2pkg.planning.grouping import PARAMETER_TAGS
from nb2pkg.refactoring.edits import EditedCell, edited
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.whole_text import WholeText


def edited_cells(
    whole: WholeText,
    edits: Sequence[tuple[Statement, Edit]],
    gone: Collection[Statement],
) -> tuple[EditedCell, ...]:
    """The notebook with edits inside statements, and without some of them.

    Comments around what goes stay; a cell with nothing left goes, too.

    Raises:
        FindingsError: the notebook looks cells up by their numbers, and one would go (NB806).
    """
    sources: dict[int, str | None] = {}
    for cell in whole.cells:
        text = whole.texts[cell.position]
        mine = [
            Edit(text.offset(e.start), text.offset(e.end), e.text)
            for s, e in edits
            if s.cell == cell.position
        ]
        going = [s for s in cell.statements if s in gone]
        if not mine and not going:
            continue
        mine += text.without(going, [s for s in going if s.kind is not Kind.FUNCTION])
        left = [s for s in cell.statements if s not in gone]
        if going and left and not left[-1].is_last and whole.would_show(left[-1]):
            mine.append(text.quietly(left[-1]))
        source = text.edited(mine)
        if source.strip() or stays_empty(cell):
            sources[cell.position] = source
            continue
        if whole.counts_cells:
            raise cannot(
                "NB806",
                "the notebook looks up cells by their numbers, and this one would go",
                statement=going[0],
            )
        sources[cell.position] = None
    return edited(whole.notebook.cells, sources)


def stays_empty(cell: ParsedCell) -> bool:
    """Whether a cell means something by its tags, though nothing stands in it."""
    return any(tag in PARAMETER_TAGS or tag.startswith("step:") for tag in cell.cell.tags)
