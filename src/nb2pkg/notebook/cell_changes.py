"""What about a cell differs from the cell that was read?"""

from __future__ import annotations

import json
from collections.abc import Mapping

from nb2pkg.notebook.notebook import Cell, CellKind, Json


def metadata_to_write(cell: Cell, original: Cell | None) -> dict[str, Json]:
    """Give a cell's metadata with the tags it is to have: changed `tags` win over metadata's."""
    metadata = dict(cell.metadata)
    if cell.tags == (original.tags if original else ()):
        return metadata
    if cell.tags:
        metadata["tags"] = list(cell.tags)
    else:
        metadata.pop("tags", None)
    return metadata


def changed_members(cell: Cell, original: Cell) -> dict[str, Json]:
    """Give the members of a cell's JSON object that change, with their new values.

    The source is given as a string; it is for the writer to split it.
    """
    changes: dict[str, Json] = {}
    if cell.kind is not original.kind:
        changes["cell_type"] = cell.kind.value
    if cell.source != original.source:
        changes["source"] = cell.source
    metadata = metadata_to_write(cell, original)
    if not _is_same_json(metadata, dict(original.metadata)):
        changes["metadata"] = metadata
    if cell.cell_id != original.cell_id and cell.cell_id is not None:
        changes["id"] = cell.cell_id
    if cell.kind is CellKind.CODE:
        if not _is_same_json(cell.outputs, original.outputs):
            changes["outputs"] = list(cell.outputs)
        if cell.execution_count != original.execution_count:
            changes["execution_count"] = cell.execution_count
    return changes


def _is_same_json(one: Json, other: Json) -> bool:
    # Python holds True, 1 and 1.0 for equal; JSON text does not.
    return bool(one == other) and (
        _is_same_object(one, other) or json.dumps(one) == json.dumps(other)
    )


def _is_same_object(one: Json, other: Json) -> bool:
    if one is other:
        return True
    if isinstance(one, Mapping):
        return all(value is other.get(key) for key, value in one.items())
    return all(left is right for left, right in zip(one, other, strict=True))
