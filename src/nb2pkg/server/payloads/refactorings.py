"""What a refactoring would change in a notebook and beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from nb2pkg.server.payloads.limits import CellId, ContentsPath, Digest, Name, Names, Words
from nb2pkg.server.payloads.notebooks import Notebook
from nb2pkg.server.payloads.problems import Finding
from nb2pkg.server.shapes import CountBounds, NumberBounds, TextBounds

Verb = Literal["extract", "inline", "rename", "parameter", "imports"]
UndoId: TypeAlias = Annotated[str, TextBounds(longest=64, pattern="[0-9a-f-]+")]
Line: TypeAlias = Annotated[int, NumberBounds(least=1, most=10_000_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefactorOptions:
    """What the refactorings need to know; each takes what it has a use for.

    extract: cells, and if wanted name, module (a dotted name, or a path from the notebook's folder), test, doc
        ("" for none), gives (names to give in any case)
    inline: name, and if wanted cell (only the call there); rename: name and new_name
    parameter: cell, line, column (from 1) of a literal, and name
    """

    cells: Annotated[tuple[CellId, ...], CountBounds(most=20_000)] = ()
    cell: CellId | None = None
    line: Line | None = None
    column: Line | None = None
    name: Name | None = None
    new_name: Name | None = None
    module: ContentsPath | None = None
    test: bool = True
    doc: Annotated[str, TextBounds(longest=4_096)] | None = None
    gives: Names = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RefactorPreviewRequest:
    """What would a refactoring change? Nothing is written. The notebook's cells must be given."""

    notebook: Notebook
    verb: Verb
    options: RefactorOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class RefactorApplyRequest:
    """Write the files that a preview has shown, and nothing else. The cells are the editor's to change."""

    notebook: Notebook
    verb: Verb
    options: RefactorOptions
    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class RefactoredCell:
    """A cell of the notebook as it will be.

    of: the id of the cell that it was, null where it is new; shows: the ids of the cells whose outputs it has
    mark: what the notebook's file is to say of where the cell comes from
    """

    of: str | None
    type: Literal["code", "markdown", "raw"]
    source: str
    tags: tuple[str, ...]
    shows: tuple[str, ...]
    mark: dict[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefactoredFile:
    """A file beside the notebook, by its path from the notebook's folder; before: null where there is none."""

    path: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefactorAnswer:
    """What a refactoring would change, or has changed: the whole notebook as it is then, and files beside it.

    inputs, outputs: what a new function takes and gives; choices: further names that it could give
    notes: what must be so for the changed notebook to run; undo: the id by which it is taken back, once applied
    """

    title: str
    digest: str
    name: str
    module: str
    cells: tuple[RefactoredCell, ...]
    files: tuple[RefactoredFile, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    choices: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    undo: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefactorUndoRequest:
    """Give the files of a refactoring back what they held before."""

    undo: UndoId


@dataclass(frozen=True, slots=True, kw_only=True)
class RefactorUndoAnswer:
    """What was taken back; files by their paths below the server's root."""

    title: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulesRequest:
    """Which modules could a function of this notebook go to?"""

    path: ContentsPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module: what an import calls it, and its file from the notebook's folder."""

    module: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulesAnswer:
    """The nearest first; usual: where a function goes if nobody says."""

    modules: tuple[Module, ...]
    usual: Words
