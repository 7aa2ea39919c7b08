"""What do refactorings need from the world: the project around a notebook, and a way back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulePlace:
    """Where a function goes: the module as the notebook imports it, its file, and the file of its tests.

    Paths are relative to the notebook's folder, with forward slashes, and may begin with `../`.
    note: what must be so for the notebook to find the module, "" where nothing must
    """

    module: str
    path: str
    test_path: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One file that a refactoring has written, so that it can be taken back.

    path: absolute; before: its bytes then, None where there was none; after: the digest of what was written
    """

    path: str
    before: bytes | None
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoEntry:
    """A refactoring that was applied: its title, the notebook's path, and every file that it wrote.

    is_open: the notebook itself was changed by the editor that has it open, and by nobody else
    """

    id: str
    title: str
    notebook: str
    at: float
    files: tuple[Written, ...]
    is_open: bool = False
