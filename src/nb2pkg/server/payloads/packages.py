"""The package of a notebook: what it would be, what it is, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nb2pkg.server.payloads.limits import ContentsPath, Digest, Name
from nb2pkg.server.payloads.notebooks import GraphStep, Notebook
from nb2pkg.server.payloads.problems import Finding

OnEdits = Literal["stop", "merge", "merge-with-markers", "overwrite"]
ChangeKind = Literal[
    "create", "replace", "delete", "unchanged", "merge", "keep", "conflict", "edited"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractPreviewRequest:
    """What would extracting a notebook change? Nothing is written.

    output: the package's folder, which may hold `{package}`; by default as the notebook's settings say, or beside it
    on_edits: what to do where files were edited by hand since they were written
    """

    notebook: Notebook
    output: ContentsPath | None = None
    package: Name | None = None
    on_edits: OnEdits = "stop"
    contracts: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractApplyRequest:
    """Write what a preview has shown, and nothing else; `digest` is that of the preview."""

    notebook: Notebook
    digest: Digest
    output: ContentsPath | None = None
    package: Name | None = None
    on_edits: OnEdits = "stop"
    contracts: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFile:
    """What becomes of a file of the package. `path` is relative to the package's folder.

    before, after: its text; null where there is none, or it is no text
    offered: a new version that does not fit the edits, and is put beside them
    before_bytes, after_bytes: its size; null where there is no such file
    """

    path: str
    kind: ChangeKind
    before: str | None
    after: str | None
    offered: str | None
    before_bytes: int | None
    after_bytes: int | None
    is_edited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A piece of the notebook that the package does not have, and why."""

    cell: str | None
    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractAnswer:
    """What extracting a notebook changes, or has changed.

    digest: what to apply; folder: below the server's root
    is_saved: whether the notebook's file holds the same cells. Where not, the package is ahead of the file, and the
        command line takes the notebook for changed until it is saved.
    is_written: whether the folder now is as `files` say
    """

    digest: str
    package: str
    folder: str
    is_saved: bool
    is_written: bool
    steps: tuple[GraphStep, ...]
    parameters: tuple[str, ...]
    dependencies: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    files: tuple[PackageFile, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRequest:
    """How does the package of a notebook stand beside it?"""

    notebook: Notebook
    output: ContentsPath | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageAnswer:
    """How the package of a notebook stands; `state` is the first of these that holds:

    none: there is no package; notebook-changed: the cells are others than those that it was made from;
    hand-edited: files of it were changed; in-sync: extracting now would change nothing

    edited, removed: files that were changed by hand, or are gone; unmerged: those with a newer version beside them
    """

    state: Literal["none", "notebook-changed", "hand-edited", "in-sync"]
    folder: str | None
    package: str | None
    edited: tuple[str, ...]
    removed: tuple[str, ...]
    unmerged: tuple[str, ...]
