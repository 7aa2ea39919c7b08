"""Which cells does a notebook document hold?"""

from __future__ import annotations

from collections.abc import Sequence

from nb2pkg.notebook.cell_ids import derived_id, is_valid_id
from nb2pkg.notebook.cell_tags import usable_tags
from nb2pkg.notebook.ipynb_structure import (
    as_array,
    as_object,
    as_text,
    json_type,
    member,
    shown,
)
from nb2pkg.notebook.limits import Limits
from nb2pkg.notebook.notebook import Cell, CellKind, Json
from nb2pkg.notebook.source_text import cell_source
from nb2pkg.problems import BadNotebook, Diagnostic, Location, Severity

_KINDS = {kind.value: kind for kind in CellKind}


def read_cells(
    raw_cells: Sequence[Json], limits: Limits, notes: list[Diagnostic], *, paths: Sequence[str] = ()
) -> tuple[Cell, ...]:
    """Read the cells of a format 4 document, adding to `notes` what is odd but harmless.

    `paths` says where each cell stands in the file when that isn't `cells[0]`, `cells[1]`…
    A cell of unknown type is left out (NB191); the others keep their positions.
    """
    cells = []
    taken: set[str] = set()
    for index, raw in enumerate(raw_cells):
        path = paths[index] if paths else f"cells[{index}]"
        owner = as_object(raw, path)
        kind = _cell_kind(owner, path, index + 1, notes)
        if kind is not None:
            cells.append(_read_cell(owner, kind, path, index + 1, limits, notes, taken))
    return tuple(cells)


def _cell_kind(
    owner: dict[str, Json], path: str, position: int, notes: list[Diagnostic]
) -> CellKind | None:
    name = member(owner, "cell_type", path)
    if not isinstance(name, str):
        raise BadNotebook("NB103", f"{path}.cell_type must be a string, found {json_type(name)}")
    kind = _KINDS.get(name)
    if kind is None:
        message = f"skipped unknown cell type '{shown(name)}'"
        notes.append(_note("NB191", position, message, Severity.WARNING))
    return kind


def _read_cell(
    owner: dict[str, Json],
    kind: CellKind,
    path: str,
    position: int,
    limits: Limits,
    notes: list[Diagnostic],
    taken: set[str],
) -> Cell:
    text = as_text(member(owner, "source", path), f"{path}.source")
    source = cell_source(text, kind, position, limits)
    metadata = as_object(owner.get("metadata", {}), f"{path}.metadata")
    is_code = kind is CellKind.CODE
    count = owner.get("execution_count") if is_code else None
    return Cell(
        position=position,
        kind=kind,
        source=source,
        tags=usable_tags(metadata, position, notes),
        cell_id=_cell_id(owner, kind, source, position, notes, taken),
        execution_count=count if type(count) is int else None,
        metadata=metadata,
        outputs=_outputs(owner.get("outputs"), path) if is_code else (),
    )


def _cell_id(
    owner: dict[str, Json],
    kind: CellKind,
    source: str,
    position: int,
    notes: list[Diagnostic],
    taken: set[str],
) -> str | None:
    if "id" not in owner:
        return None
    cell_id = owner["id"]
    if not isinstance(cell_id, str) or not is_valid_id(cell_id):
        what = f"'{shown(cell_id)}'" if isinstance(cell_id, str) else json_type(cell_id)
        message = f"the cell's id {what} isn't a valid id; another is used in its place"
    elif cell_id in taken:
        message = f"the cell's id '{cell_id}' is that of an earlier cell; another is used"
    else:
        taken.add(cell_id)
        return cell_id
    notes.append(_note("NB192", position, message))
    fresh = derived_id(kind, source, position, taken)
    taken.add(fresh)
    return fresh


def _outputs(value: Json, path: str) -> tuple[Json, ...]:
    if value is None:
        return ()
    outputs = as_array(value, f"{path}.outputs")
    for index, output in enumerate(outputs):
        if not isinstance(output, dict):
            raise BadNotebook(
                "NB103",
                f"{path}.outputs[{index}] must be an object, found {json_type(output)}",
            )
    return tuple(outputs)


def _note(code: str, position: int, message: str, severity: Severity = Severity.NOTE) -> Diagnostic:
    return Diagnostic(
        code=code,
        severity=severity,
        message=f"cell {position}: {message}",
        location=Location(cell=position),
    )
