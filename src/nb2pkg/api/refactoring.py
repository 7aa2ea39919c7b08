"""Refactorings of a notebook that is open in an editor, or lies on the disk: see, apply, take back."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from nb2pkg.adapters.guarded import GuardedProcess
from nb2pkg.adapters.notebook_files import DiskNotebookFiles
from nb2pkg.adapters.package_folders import DiskPackageFolders
from nb2pkg.adapters.project_modules import (
    imported_modules,
    local_names,
    module_place,
    modules_beside,
    project_folder,
    relative_to,
    texts_of,
)
from nb2pkg.adapters.ruff_formatter import RuffFormatter
from nb2pkg.adapters.state_home import state_home
from nb2pkg.adapters.undo_journal import UndoJournal, digest_of
from nb2pkg.api.extracting import DEFAULT_MAX_BYTES, source_of
from nb2pkg.planning.naming import safe_name
from nb2pkg.ports.extracting import ChangeSet, Json, NotebookSource, Progress
from nb2pkg.ports.refactoring import ModulePlace, Written
from nb2pkg.problems import Nb2pkgError, Refused, UsageError
from nb2pkg.refactoring import EditedCell, FileEdit, Refactoring
from nb2pkg.workflows.refactoring import (
    ProposedRefactoring,
    RefactoringRequest,
    propose_refactoring,
    proposed_from_json,
    proposed_to_json,
)

_EXAMPLE = json.dumps(
    {
        "cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "source": "x = 1"}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
).encode()
VERBS = ("extract", "inline", "rename", "parameter", "imports")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefactoringPreview:
    """What a refactoring would change.

    sources: the cells as they are, by position from 1; text: the notebook's file with the change
    digest: of all of that; `apply_refactoring` takes it, and refuses anything else than what was shown
    notes: what must be so for the changed notebook to run
    """

    notebook: str
    refactoring: Refactoring
    sources: tuple[str, ...]
    text: str
    digest: str
    notes: tuple[str, ...] = ()

    @property
    def changes_something(self) -> bool:
        """Whether the notebook or any file would be another one."""
        cells = self.refactoring.cells
        return bool(self.refactoring.files) or (
            [(c.of, c.source) for c in cells] != list(enumerate(self.sources, 1))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedRefactoring:
    """A refactoring that was applied, and the id under which it can be taken back."""

    preview: RefactoringPreview
    undo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoneRefactoring:
    """A refactoring that was taken back: the files are as they were."""

    title: str
    notebook: str
    files: tuple[str, ...]


def preview_refactoring(
    notebook: str,
    verb: str,
    options: Mapping[str, Json],
    *,
    data: bytes | None = None,
    top: str | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> RefactoringPreview:
    """Say what a refactoring would change; nothing is run, nothing is written.

    verb and options: "extract" (`cells`: positions, and if wanted `name`, `module`, `test`: bool, `doc`,
    `gives`), "inline" (`name`, and if wanted `cell`), "rename" (`old`, `new`), "parameter" (`cell`, `line`,
    `column`, `name`) or "imports"
    data: the notebook as it is in an editor, as the text of an .ipynb; top: nothing above it is touched

    Raises:
        FindingsError: the notebook would not be the same afterwards (NB801 to NB808).
        UsageError: an option makes no sense (NB002, NB017).
        BadNotebook: the notebook cannot be read, or a cell is not Python.
    """
    source = source_of(notebook, max_bytes, data)
    return _previewed(source, verb, options, top, max_bytes)[0]


def apply_refactoring(
    notebook: str,
    verb: str,
    options: Mapping[str, Json],
    *,
    data: bytes | None = None,
    top: str | None = None,
    shown: str | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> AppliedRefactoring:
    """Carry a refactoring out: its files are written, and the notebook's own unless it is open (`data`).

    shown: the digest of the preview that somebody has agreed to

    Raises:
        Refused: it is no longer what was shown (NB413), or a file cannot be written (NB402, NB412).
        Nb2pkgError: whatever `preview_refactoring` has to say.
    """
    source = source_of(notebook, max_bytes, data)
    preview, folder = _previewed(source, verb, options, top, max_bytes)
    if shown is not None and shown != preview.digest:
        raise Refused(
            "NB413",
            "the notebook or a file has changed since the preview: nothing was written",
            hint="look at the preview again",
        )
    made = preview.refactoring
    contents = {relative_to(folder, source.folder, edit.path): edit.after for edit in made.files}
    written = [_written(os.path.join(folder, path), text) for path, text in contents.items()]
    before = texts_of([edit.path for edit in made.files], source.folder, folder)
    for edit in made.files:
        if before.get(edit.path) != edit.before:
            raise Refused(
                "NB412", f"{edit.path} was changed while nb2pkg was at work", hint="try again"
            )
    writes_notebook = data is None and preview.text != _text(source)
    if writes_notebook:
        files = DiskNotebookFiles()
        if files.read(notebook, max_bytes).data != source.data:
            raise Refused(
                "NB412", f"{notebook} was saved while nb2pkg was at work", hint="run it again"
            )
        own = os.path.join(source.folder, source.file_name)
        written.append(
            Written(path=own, before=source.data, after=digest_of(preview.text.encode()))
        )
    journal = UndoJournal(state_home())
    entry = journal.add(made.title, notebook, written, is_open=data is not None)
    if contents:
        seen = {path: one.before for path, one in zip(contents, written, strict=False)}
        try:
            DiskPackageFolders().apply(folder, ChangeSet(writes=contents, seen=seen))
        except Nb2pkgError:
            journal.forget(entry.id)
            raise
    if writes_notebook:
        DiskNotebookFiles().write(notebook, preview.text)
    return AppliedRefactoring(preview=preview, undo=entry.id)


def undo_refactoring(id: str | None = None, *, top: str | None = None) -> UndoneRefactoring:
    """Give the files of a refactoring back what they held before; by default, of the last one.

    Nothing outside `top` is touched.

    Raises:
        UsageError: there is nothing to take back (NB018).
        Refused: a file has been changed since (NB809).
    """
    journal = UndoJournal(state_home())
    entry = journal.find(id)
    if entry is None:
        raise UsageError("NB018", "there is no refactoring to take back")
    if id is None and entry.is_open:
        raise Refused(
            "NB809",
            f"{entry.title!r} was done in an editor that has {entry.notebook} open",
            hint="take it back there while the page is open; later, `nb2pkg refactor inline` brings the code back",
        )
    now: dict[str, bytes] = {}
    for one in entry.files:
        if top is not None and not _is_below(one.path, top):
            raise UsageError("NB018", "there is no refactoring to take back here")
        try:
            found = _bytes(one.path)
        except OSError:  # a folder stands there by now, or nobody may read it
            found = None
        if found is None or digest_of(found) != one.after:
            raise Refused(
                "NB809",
                f"{one.path} has been changed since: nothing was taken back",
                hint="take your change back first, or mend the file by hand",
            )
        now[one.path] = found
    for folder in sorted({os.path.dirname(one.path) for one in entry.files}):
        here = [one for one in entry.files if os.path.dirname(one.path) == folder]
        DiskPackageFolders().apply(
            folder,
            ChangeSet(
                writes={
                    os.path.basename(one.path): one.before for one in here if one.before is not None
                },
                deletes=tuple(os.path.basename(one.path) for one in here if one.before is None),
                seen={os.path.basename(one.path): now[one.path] for one in here},
            ),
        )
    journal.forget(entry.id)
    return UndoneRefactoring(
        title=entry.title, notebook=entry.notebook, files=tuple(one.path for one in entry.files)
    )


def modules_for(notebook: str, *, top: str | None = None) -> tuple[ModulePlace, ...]:
    """List the modules that a function of this notebook could go to, the nearest first."""
    folder = os.path.dirname(os.path.abspath(notebook))
    return modules_beside(folder, project_folder(folder, top))


def usual_module(notebook: str) -> str:
    """The file that a function of this notebook goes to if nobody says, from the notebook's folder."""
    name = os.path.splitext(os.path.basename(notebook))[0]
    if not (name.isidentifier() and name.isascii()):
        name = safe_name(name, (), fallback="notebook").rstrip("_")
    return f"{name}_steps.py"


# -- within the guard --------------------------------------------------------------------------------


def warm_up() -> None:
    """Import what previews need, so that processes which are forked from this one have it."""
    request = RefactoringRequest(
        name="example",
        format="ipynb",
        verb="extract",
        options={"cells": [1], "module": "a", "module_path": "a.py", "test_path": "test_a.py"},
    )
    refactor_in_child(_EXAMPLE, asdict(request), lambda cell: None)
    for verb in ("inlining", "moving_imports", "promoting", "renaming"):
        importlib.import_module(f"nb2pkg.refactoring.{verb}")


def refactor_in_child(data: bytes, options: Json, progress: Progress) -> Json:
    """Answer the question from within the guard."""
    request = RefactoringRequest(**{**options, "local_modules": tuple(options["local_modules"])})
    proposed = propose_refactoring(data, request, progress=progress, formatter=RuffFormatter())
    return proposed_to_json(proposed)


def _previewed(
    source: NotebookSource,
    verb: str,
    options: Mapping[str, Json],
    top: str | None,
    max_bytes: int,
) -> tuple[RefactoringPreview, str]:
    """A preview, and the folder below which its files lie."""
    if verb not in VERBS:
        raise UsageError("NB002", f"no refactoring is called {verb!r}")
    project = project_folder(source.folder, top)
    settled = dict(options)
    files: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    if verb == "extract":
        wanted = options.get("module") or usual_module(source.path)
        place = module_place(wanted, source.folder, project)
        with_test = settled.pop("test", True)
        settled |= {
            "module": place.module,
            "module_path": place.path,
            "test_path": place.test_path if with_test else None,
        }
        files = texts_of([place.path, place.test_path], source.folder, project)
        notes = (place.note,) if place.note and place.path not in files else ()
    modules = (
        imported_modules(_modules_named(source), source.folder, project) if verb == "inline" else {}
    )
    request = RefactoringRequest(
        name=source.name,
        format=source.format,
        verb=verb,
        options=settled,
        files=files,
        modules=modules,
        local_modules=local_names(source.folder),
        max_bytes=max_bytes,
    )
    answer = GuardedProcess().call(refactor_in_child, source.data, asdict(request))
    proposed = proposed_from_json(answer)
    return _preview_of(source, proposed, notes), project


def _modules_named(source: NotebookSource) -> Sequence[str]:
    """Dotted names that the notebook's imports may mean: the child knows better which they are."""
    import re

    text = source.data.decode("utf-8", "replace")
    return sorted(set(re.findall(r"from ([A-Za-z_][\w.]*) import", text)))


def _preview_of(
    source: NotebookSource, proposed: ProposedRefactoring, notes: tuple[str, ...]
) -> RefactoringPreview:
    made = proposed.refactoring
    told = json.dumps(
        [
            proposed.sources,
            [asdict(cell) for cell in made.cells],
            [asdict(edit) for edit in made.files],
        ],
        default=str,
    )
    return RefactoringPreview(
        notebook=source.path,
        refactoring=made,
        sources=proposed.sources,
        text=proposed.text,
        digest=hashlib.sha256(told.encode()).hexdigest(),
        notes=notes,
    )


def _text(source: NotebookSource) -> str:
    return source.data.decode("utf-8", "replace").removeprefix("\ufeff")


def _written(path: str, text: str) -> Written:
    return Written(path=path, before=_bytes(path), after=digest_of(text.encode()))


def _bytes(path: str) -> bytes | None:
    """What a file holds; None where there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _is_below(path: str, top: str) -> bool:
    return os.path.commonpath([os.path.realpath(path), os.path.realpath(top)]) == os.path.realpath(
        top
    )


__all__ = [
    "VERBS",
    "AppliedRefactoring",
    "EditedCell",
    "FileEdit",
    "ModulePlace",
    "Refactoring",
    "RefactoringPreview",
    "UndoneRefactoring",
    "apply_refactoring",
    "modules_for",
    "preview_refactoring",
    "undo_refactoring",
    "usual_module",
]
