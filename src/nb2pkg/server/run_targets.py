"""Which path of Jupyter's names something to run, so that nothing beyond the root is read for it?"""

from __future__ import annotations

import os

from nb2pkg.server.root_paths import Root

_PIPELINE = "pipeline.yaml"


def run_target(path: str, root: Root) -> str:
    """Give the absolute path of a pipeline, a folder with one, or a notebook.

    Raises:
        UsageError: that, or the pipeline in the folder, is not below the root, or is hidden there (NB021).
    """
    found = root.target(path)
    if os.path.isdir(found):
        # Whoever runs a folder follows the pipeline in it.
        root.file(_pipeline_in(path))
    return found


def recorded_target(path: str, root: Root) -> str:
    """The same, as the records of its runs name it: a folder by the pipeline in it."""
    found = run_target(path, root)
    return os.path.join(found, _PIPELINE) if os.path.isdir(found) else found


def _pipeline_in(folder: str) -> str:
    return _PIPELINE if folder == "." else f"{folder}/{_PIPELINE}"
