"""What can be said of a notebook that is open in an editor, unsaved edits included?"""

from __future__ import annotations

import os.path
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from nb2pkg.adapters.package_folders import DiskPackageFolders, packages_in
from nb2pkg.api.extracting import DEFAULT_MAX_BYTES, check_in_child, guarded, source_of
from nb2pkg.notebook import Limits
from nb2pkg.ports.extracting import Json, Progress
from nb2pkg.workflows.flow_graph import CellFlow, NotebookFlows, StepFlow, flows_of_notebook
from nb2pkg.workflows.open_notebook import (
    OpenCell,
    as_file,
    ids_of_cells,
    text_if_saved,
    text_of_cells,
)
from nb2pkg.workflows.package_name import choose_package_name
from nb2pkg.workflows.package_state import PackageState, cells_digest, package_state
from nb2pkg.workflows.proposal import step_from_json

# What warms a process that answers about notebooks: all that looking at one imports, IPython's syntax too.
_EXAMPLE = (
    OpenCell(id="a", kind="code", source="%matplotlib inline\nimport sys\nx = len(sys.argv)"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenText:
    """A notebook as it is open: the text of an .ipynb, and the ids of its cells in order.

    data: None where the file itself is meant, which holds the very same
    """

    data: bytes | None
    ids: tuple[str | None, ...]


def open_text(
    notebook: str,
    cells: Sequence[OpenCell] | None,
    *,
    kernel: str | None = None,
    language: str | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> OpenText:
    """Give a notebook as it is open; without `cells`, as it lies at its path.

    Raises:
        Nb2pkgError: the file cannot be read as a notebook.
    """
    if cells is None:
        source = source_of(notebook, max_bytes, None)
        ids = guarded(ids_in_child, source, max_bytes, ())
        return OpenText(data=None, ids=tuple(ids))
    text = text_of_cells(cells, kernel, language)
    return OpenText(data=as_file(text), ids=tuple(cell.id for cell in cells))


def text_to_extract(
    notebook: str,
    cells: Sequence[OpenCell],
    *,
    kernel: str | None = None,
    language: str | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> OpenText:
    """Give what the file of an open notebook would hold, were it saved now.

    What editors do not send, such as what the file says of its kernel, goes into packages too.

    Raises:
        Nb2pkgError: the file is not there, or cannot be read as a notebook.
    """
    source = source_of(notebook, max_bytes, None)
    answer = guarded(
        saved_in_child,
        source,
        max_bytes,
        (),
        cells=[asdict(cell) for cell in cells],
        kernel=kernel,
        language=language,
    )
    text = answer["text"]
    return OpenText(
        data=None if text is None else as_file(text),
        ids=tuple(cell.id for cell in cells),
    )


def flows(
    notebook: str,
    *,
    data: bytes | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
    pure_calls: tuple[str, ...] = (),
) -> NotebookFlows:
    """Say what flows between the steps and between the cells of a notebook, as values.

    Raises:
        Nb2pkgError: the notebook cannot be read or extracted.
    """
    source = source_of(notebook, max_bytes, data)
    answer = guarded(flows_in_child, source, max_bytes, pure_calls)
    return NotebookFlows(
        steps=tuple(step_from_json(step) for step in answer["steps"]),
        between_steps=tuple(
            StepFlow(start=f["start"], end=f["end"], names=tuple(f["names"]))
            for f in answer["between_steps"]
        ),
        between_cells=tuple(
            CellFlow(
                start=f["start"],
                end=f["end"],
                names=tuple(f["names"]),
                is_certain=f["is_certain"],
            )
            for f in answer["between_cells"]
        ),
    )


def state_of_package(
    notebook: str,
    *,
    output: str | None = None,
    data: bytes | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> PackageState | None:
    """Say how the package of a notebook stands beside it; None where there is none.

    It is looked for where `output` says, which may hold `{package}`, and in the folders beside the notebook.

    Raises:
        Refused: the lock file where it should be cannot be read (NB410), or that is a link (NB402).
        Nb2pkgError: the notebook cannot be read.
    """
    source = source_of(notebook, max_bytes, data)
    sha256 = guarded(digest_in_child, source, max_bytes, ())
    usual = os.path.join(source.folder, "{package}") if output is None else output
    first = usual.replace("{package}", choose_package_name(source.name))
    places = [first, *(place for place in packages_in(source.folder) if place != first)]
    return package_state(source.file_name, sha256, places, DiskPackageFolders())


def warm_up() -> None:
    """Import what looking at notebooks needs, so that processes which are forked from this one have it."""
    data = as_file(text_of_cells(_EXAMPLE, None, None))
    options = {"name": "example", "format": "ipynb", "max_bytes": len(data), "pure_calls": ()}
    flows_in_child(data, options, _say_nothing)
    check_in_child(data, options, _say_nothing)


def _say_nothing(cell: int) -> None:
    """Nobody wants to know where it is."""


# -- within the guard --------------------------------------------------------------------------------


def ids_in_child(data: bytes, options: Json, progress: Progress) -> Json:
    """Answer `open_text`'s question from within the guard."""
    limits = Limits(file_bytes=options["max_bytes"])
    return ids_of_cells(data, options["name"], options["format"], limits)


def saved_in_child(data: bytes, options: Json, progress: Progress) -> Json:
    """Answer `text_to_extract`'s question from within the guard."""
    cells = [OpenCell(**{**cell, "tags": tuple(cell["tags"])}) for cell in options["cells"]]
    limits = Limits(file_bytes=options["max_bytes"])
    return asdict(
        text_if_saved(
            data,
            options["name"],
            options["format"],
            cells,
            options["kernel"],
            options["language"],
            limits,
        )
    )


def flows_in_child(data: bytes, options: Json, progress: Progress) -> Json:
    """Answer `flows`' question from within the guard."""
    found = flows_of_notebook(
        data,
        options["name"],
        options["format"],
        limits=Limits(file_bytes=options["max_bytes"]),
        progress=progress,
        pure_calls=tuple(options["pure_calls"]),
    )
    return asdict(found)


def digest_in_child(data: bytes, options: Json, progress: Progress) -> Json:
    """Answer `state_of_package`'s question from within the guard."""
    limits = Limits(file_bytes=options["max_bytes"])
    return cells_digest(data, options["name"], options["format"], limits)


__all__ = [
    "NotebookFlows",
    "OpenCell",
    "OpenText",
    "PackageState",
    "flows",
    "open_text",
    "state_of_package",
    "text_to_extract",
    "warm_up",
]
