"""What notebook do the bytes of this file hold?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from nb2pkg.notebook.file_text import decode_file
from nb2pkg.notebook.ipynb_cells import read_cells
from nb2pkg.notebook.ipynb_structure import as_array, as_object, format_version
from nb2pkg.notebook.json_text import parse_json
from nb2pkg.notebook.language import kernel_name_of, language_of
from nb2pkg.notebook.limits import Limits, refuse_oversize, refuse_too_many_cells
from nb2pkg.notebook.notebook import Json, Notebook
from nb2pkg.notebook.older_formats import upgrade_format_3
from nb2pkg.notebook.percent_script import read_percent_script
from nb2pkg.problems import BadNotebook, Diagnostic, Severity

NotebookFormat = Literal["ipynb", "percent"]
_DEFAULT_LIMITS = Limits()


def read_notebook(
    data: bytes,
    name: str,
    *,
    format: NotebookFormat = "ipynb",
    limits: Limits = _DEFAULT_LIMITS,
) -> Notebook:
    """Read a notebook from the bytes of its file; `name` is the file's stem.

    What is odd about the file but does not stop us is in the notebook's `notes`.

    Raises:
        BadNotebook: the file can't be read as a notebook; the codes are NB101 to NB108.
    """
    try:
        refuse_oversize(len(data), limits)
        notes: list[Diagnostic] = []
        text = decode_file(data, notes)
        if format == "percent":
            return read_percent_script(text, name, limits, notes)
        return _read_ipynb(text, name, limits, notes)
    except BadNotebook as stop:
        stop.notebook = stop.notebook or name
        raise


def _read_ipynb(text: str, name: str, limits: Limits, notes: list[Diagnostic]) -> Notebook:
    document = parse_json(text, limits, notes)
    major, _minor = format_version(document)
    raw_cells: Sequence[Json]
    paths: Sequence[str] = ()
    if major == 3:
        upgraded = upgrade_format_3(document)
        raw_cells, paths, metadata = upgraded.cells, upgraded.paths, upgraded.metadata
        notes.append(
            Diagnostic(
                code="NB195",
                severity=Severity.NOTE,
                message="the notebook has the old format 3 and is read as format 4; "
                "its file stays as it is",
            )
        )
    else:
        if "cells" not in document:
            raise BadNotebook("NB103", "missing 'cells'")
        raw_cells = as_array(document["cells"], "'cells'")
        metadata = as_object(document.get("metadata", {}), "'metadata'")
    refuse_too_many_cells(len(raw_cells), limits)
    return Notebook(
        name=name,
        cells=read_cells(raw_cells, limits, notes, paths=paths),
        language=language_of(metadata),
        kernel_name=kernel_name_of(metadata),
        metadata=metadata,
        format="ipynb",
        text=text,
        notes=tuple(notes),
    )
