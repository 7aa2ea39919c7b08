"""What does a notebook of format 3 look like in format 4?"""

from __future__ import annotations

import json
from dataclasses import dataclass

from nb2pkg.notebook.ipynb_structure import as_array, as_object, as_text, member
from nb2pkg.notebook.notebook import Json

_MIME_TYPES = {
    "text": "text/plain",
    "html": "text/html",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "latex": "text/latex",
    "json": "application/json",
    "javascript": "application/javascript",
    "pdf": "application/pdf",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradedDocument:
    """The cells and metadata of a format 3 notebook as format 4 has them.

    `paths` says where each cell stands in the file.
    """

    cells: tuple[Json, ...]
    paths: tuple[str, ...]
    metadata: dict[str, Json]


def upgrade_format_3(document: dict[str, Json]) -> UpgradedDocument:
    """Give a format 3 document's cells and metadata as format 4 has them.

    Raises:
        BadNotebook: the document breaks the shape of format 3 (NB103, NB106).
    """
    if "worksheets" in document:
        sheets = as_array(document["worksheets"], "'worksheets'")
    else:
        sheets = []
    cells: list[Json] = []
    paths: list[str] = []
    for sheet_index, sheet in enumerate(sheets):
        sheet_path = f"worksheets[{sheet_index}]"
        owner = as_object(sheet, sheet_path)
        for index, raw in enumerate(as_array(owner.get("cells", []), f"{sheet_path}.cells")):
            paths.append(f"{sheet_path}.cells[{index}]")
            cells.append(_upgrade_cell(as_object(raw, paths[-1]), paths[-1]))
    metadata = dict(as_object(document.get("metadata", {}), "'metadata'"))
    for gone in ("name", "signature"):
        metadata.pop(gone, None)
    language = _cell_language(sheets)
    if language is not None:
        metadata.setdefault("language", language)
    return UpgradedDocument(cells=tuple(cells), paths=tuple(paths), metadata=metadata)


def _cell_language(sheets: list[Json]) -> str | None:
    """Find the language that the first code cell names: format 3 said it cell by cell."""
    for sheet in sheets:
        for cell in sheet.get("cells", []):
            language = cell.get("language")
            if isinstance(language, str):
                return language
    return None


def _upgrade_cell(cell: dict[str, Json], path: str) -> Json:
    kind = member(cell, "cell_type", path)
    if kind == "code":
        return _upgrade_code(cell, path)
    upgraded = {key: value for key, value in cell.items() if key not in ("level", "collapsed")}
    if kind == "html":
        upgraded["cell_type"] = "markdown"
    elif kind == "heading":
        level = cell.get("level")
        marks = "#" * min(max(level, 1), 6) if type(level) is int else "#"
        title = as_text(member(cell, "source", path), f"{path}.source")
        upgraded["cell_type"] = "markdown"
        upgraded["source"] = " ".join([marks, *(line.strip() for line in title.splitlines())])
    return upgraded


def _upgrade_code(cell: dict[str, Json], path: str) -> Json:
    metadata = dict(as_object(cell.get("metadata", {}), f"{path}.metadata"))
    if cell.get("collapsed") is True:
        metadata["collapsed"] = True
    outputs = as_array(cell.get("outputs") or [], f"{path}.outputs")
    upgraded = (_upgrade_output(output) for output in outputs if isinstance(output, dict))
    return {
        "cell_type": "code",
        "execution_count": cell.get("prompt_number"),
        "metadata": metadata,
        "outputs": [output for output in upgraded if output is not None],
        "source": as_text(member(cell, "input", path), f"{path}.input"),
    }


def _upgrade_output(output: dict[str, Json]) -> Json:
    match output.get("output_type"):
        case "stream":
            name = output.get("stream")
            text = _lenient_text(output.get("text"))
            return {
                "output_type": "stream",
                "name": name if isinstance(name, str) else "stdout",
                "text": text if text is not None else "",
            }
        case "pyout":
            count = output.get("prompt_number")
            return {
                "output_type": "execute_result",
                "execution_count": count if type(count) is int else None,
                "data": _mime_bundle(output),
                "metadata": {},
            }
        case "display_data":
            return {"output_type": "display_data", "data": _mime_bundle(output), "metadata": {}}
        case "pyerr":
            lines = output.get("traceback")
            return {
                "output_type": "error",
                "ename": _lenient_text(output.get("ename")) or "",
                "evalue": _lenient_text(output.get("evalue")) or "",
                "traceback": [line for line in lines if isinstance(line, str)]
                if isinstance(lines, list)
                else [],
            }
        case _:
            return None


def _mime_bundle(output: dict[str, Json]) -> dict[str, Json]:
    bundle: dict[str, Json] = {}
    for short_name, mime_type in _MIME_TYPES.items():
        text = _lenient_text(output.get(short_name))
        if text is None:
            continue
        bundle[mime_type] = _json_or_text(text) if short_name == "json" else text
    return bundle


def _json_or_text(text: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _lenient_text(value: Json) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return None
