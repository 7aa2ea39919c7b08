"""What did the user mean by the target of a run: a pipeline, a folder with one, or a notebook?"""

from __future__ import annotations

import os
from dataclasses import dataclass

from nb2pkg.notebook import NotebookFormat
from nb2pkg.problems import BadNotebook, EnvironmentFailure, UsageError

PIPELINE = "pipeline.yaml"
_LARGEST = 200_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The file that is run. folder: its own, absolute; format: None for a pipeline."""

    shown: str
    path: str
    folder: str
    name: str
    data: bytes
    format: NotebookFormat | None

    @property
    def is_notebook(self) -> bool:
        """Whether it is a single notebook."""
        return self.format is not None


def find_target(shown: str) -> Target:
    """Find and read what is to be run.

    Raises:
        UsageError: there is no such thing (NB001).
        EnvironmentFailure: it cannot be read (NB501).
    """
    path = os.path.abspath(shown)
    if os.path.isdir(path):
        path = _pipeline_in(path, shown)
        shown = os.path.normpath(os.path.join(shown, PIPELINE))
    if not os.path.lexists(path):
        raise UsageError("NB001", f"no such file: {shown}", hint=_alike(path))
    if not os.path.isfile(path):
        raise UsageError("NB001", f"{shown} is not a regular file")
    stem, ending = os.path.splitext(os.path.basename(path))
    formats: dict[str, NotebookFormat] = {".ipynb": "ipynb", ".py": "percent"}
    if ending not in (*formats, ".yaml", ".yml"):
        raise UsageError(
            "NB001",
            f"{shown} is no pipeline (.yaml) and no notebook (.ipynb, or .py with `# %%` cells)",
        )
    return Target(
        shown=shown,
        path=path,
        folder=os.path.dirname(path),
        name=stem,
        data=_read(path, shown),
        format=formats.get(ending),
    )


def _pipeline_in(folder: str, shown: str) -> str:
    here = os.path.join(folder, PIPELINE)
    if os.path.isfile(here):
        return here
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise EnvironmentFailure("NB501", f"{shown}: {error.strerror or error}") from error
    inside = [n for n in names if os.path.isfile(os.path.join(folder, n, PIPELINE))]
    notebooks = [n for n in names if n.endswith(".ipynb")]
    hint = "write one, or let `nb2pkg extract NOTEBOOK` do it"
    if inside:
        hint = f"did you mean {os.path.join(shown, inside[0])}?"
    elif notebooks:
        hint = f"name the notebook itself: nb2pkg run {os.path.join(shown, notebooks[0])}"
    raise UsageError("NB001", f"there is no {PIPELINE} in {shown}", hint=hint)


def _read(path: str, shown: str) -> bytes:
    try:
        if os.path.getsize(path) > _LARGEST:
            raise BadNotebook("NB108", f"{shown} is larger than {_LARGEST:,} bytes", notebook=shown)
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise EnvironmentFailure(
            "NB501", f"{shown} cannot be read: {error.strerror or error}"
        ) from error


def _alike(path: str) -> str | None:
    import difflib

    folder, name = os.path.split(path)
    try:
        names = os.listdir(folder)
    except OSError:
        return None
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {close[0]}?" if close else None
