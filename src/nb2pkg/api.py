"""The public functions: each picks the real disk, environments and formatter, and calls one workflow."""

from __future__ import annotations

import os.path
from dataclasses import asdict

from nb2pkg.adapters.guarded import GuardedProcess
from nb2pkg.adapters.notebook_environments import NotebookEnvironments
from nb2pkg.adapters.notebook_files import DiskNotebookFiles
from nb2pkg.adapters.package_folders import DiskPackageFolders
from nb2pkg.adapters.ruff_formatter import RuffFormatter
from nb2pkg.notebook import Limits
from nb2pkg.ports import Json, NotebookSource, Progress
from nb2pkg.workflows.changes import FileChange, Kind, OnEdits, diffs
from nb2pkg.workflows.extract import Extraction, Wish, extract_notebook
from nb2pkg.workflows.proposal import (
    Omission,
    Proposal,
    StepSummary,
    proposal_from_json,
    proposal_to_json,
)
from nb2pkg.workflows.proposing import Request, propose_package

DEFAULT_MAX_BYTES = Limits().file_bytes


def extract(
    notebook: str,
    *,
    output: str | None = None,
    package: str | None = None,
    python: str | None = None,
    on_edits: OnEdits = OnEdits.STOP,
    write: bool = True,
    keep_going: bool = False,
    max_bytes: int = DEFAULT_MAX_BYTES,
    pure_calls: tuple[str, ...] = (),
) -> Extraction:
    """Turn a notebook into a package, or say what that would change (`write=False`).

    `notebook` is a path, or `-` for standard input. The notebook is never executed.

    Raises:
        Nb2pkgError: the notebook, the output folder or the environment stands in the way.
    """
    source = DiskNotebookFiles().read(notebook, max_bytes)

    def propose(owned: str | None, root: str) -> Proposal:
        request = Request(
            name=source.name,
            format="percent" if source.format == "percent" else "ipynb",
            folder=source.folder,
            root=root,
            package=package,
            owned=owned,
            python=python,
            keep_going=keep_going,
            max_bytes=max_bytes,
            pure_calls=pure_calls,
        )
        answer = GuardedProcess().call(propose_in_child, source.data, asdict(request))
        return proposal_from_json(answer)

    wish = Wish(
        output=None if output is None else os.path.abspath(output),
        package=package,
        on_edits=on_edits,
        write=write,
    )
    return extract_notebook(source, wish, propose=propose, folders=DiskPackageFolders())


def propose_in_child(data: bytes, options: Json, progress: Progress) -> Json:
    """Answer `extract`'s question from within the guard."""
    options["pure_calls"] = tuple(options["pure_calls"])
    proposal = propose_package(
        data,
        Request(**options),
        progress=progress,
        environments=NotebookEnvironments(),
        formatter=RuffFormatter(),
    )
    return proposal_to_json(proposal)


__all__ = [
    "DEFAULT_MAX_BYTES",
    "Extraction",
    "FileChange",
    "Kind",
    "NotebookSource",
    "Omission",
    "OnEdits",
    "Proposal",
    "StepSummary",
    "diffs",
    "extract",
]
