"""Refactorings of a notebook that is open: see, write the files, take them back."""

from __future__ import annotations

from typing import Any

from nb2pkg.api import refactoring
from nb2pkg.problems import UsageError
from nb2pkg.server.payloads.refactorings import (
    Module,
    ModulesAnswer,
    ModulesRequest,
    RefactorAnswer,
    RefactorApplyRequest,
    RefactoredCell,
    RefactoredFile,
    RefactorOptions,
    RefactorPreviewRequest,
    RefactorUndoAnswer,
    RefactorUndoRequest,
)
from nb2pkg.server.root_paths import Root
from nb2pkg.server.verbs.open_notebook import Meant, findings_of, meant


def preview(request: RefactorPreviewRequest, root: Root) -> RefactorAnswer:
    """Show what a refactoring would change."""
    notebook = _open(request, root)
    found = refactoring.preview_refactoring(
        notebook.path,
        request.verb,
        _options(request.verb, request.options, notebook),
        data=notebook.data,
        top=root.target("."),
        max_bytes=notebook.max_bytes,
    )
    return _answer(found, notebook, root, None)


def apply(request: RefactorApplyRequest, root: Root) -> RefactorAnswer:
    """Write the files that were shown."""
    notebook = _open(request, root)
    done = refactoring.apply_refactoring(
        notebook.path,
        request.verb,
        _options(request.verb, request.options, notebook),
        data=notebook.data,
        top=root.target("."),
        shown=request.digest,
        max_bytes=notebook.max_bytes,
    )
    return _answer(done.preview, notebook, root, done.undo)


def undo(request: RefactorUndoRequest, root: Root) -> RefactorUndoAnswer:
    """Take a refactoring's files back."""
    done = refactoring.undo_refactoring(request.undo, top=root.target("."))
    return RefactorUndoAnswer(
        title=done.title, files=tuple(root.told(path) or "" for path in done.files)
    )


def modules(request: ModulesRequest, root: Root) -> ModulesAnswer:
    """List modules that could take a function."""
    path = root.file(request.path)
    found = refactoring.modules_for(path, top=root.target("."))
    return ModulesAnswer(
        modules=tuple(Module(module=one.module, path=one.path) for one in found),
        usual=refactoring.usual_module(path),
    )


def _open(request: RefactorPreviewRequest | RefactorApplyRequest, root: Root) -> Meant:
    if request.notebook.cells is None:
        raise UsageError("NB020", "notebook.cells: what is open must be given, to be changed there")
    return meant(request.notebook, root)


def _options(verb: str, given: RefactorOptions, notebook: Meant) -> dict[str, Any]:
    if verb == "extract":
        return {
            "cells": [_position(cell, notebook) for cell in given.cells],
            "name": given.name,
            "module": given.module,
            "test": given.test,
            "doc": given.doc,
            "gives": list(given.gives),
        }
    if verb == "inline":
        cell = None if given.cell is None else _position(given.cell, notebook)
        return {"name": _needed(given.name, "name"), "cell": cell}
    if verb == "rename":
        return {"old": _needed(given.name, "name"), "new": _needed(given.new_name, "new_name")}
    if verb == "parameter":
        if given.cell is None or given.line is None or given.column is None:
            raise UsageError("NB020", "options: a literal is found by cell, line and column")
        return {
            "cell": _position(given.cell, notebook),
            "line": given.line,
            "column": given.column - 1,
            "name": _needed(given.name, "name"),
        }
    return {}


def _needed(value: str | None, name: str) -> str:
    if value is None:
        raise UsageError("NB020", f"options.{name}: it is missing")
    return value


def _position(id: str, notebook: Meant) -> int:
    try:
        return notebook.ids.index(id) + 1
    except ValueError:
        raise UsageError("NB020", f"options: no cell has the id {id!r}") from None


def _answer(
    found: refactoring.RefactoringPreview, notebook: Meant, root: Root, undo: str | None
) -> RefactorAnswer:
    made = found.refactoring
    return RefactorAnswer(
        title=made.title,
        digest=found.digest,
        name=made.name,
        module=made.module,
        cells=tuple(
            RefactoredCell(
                of=notebook.id_at(cell.of) if cell.of else None,
                type=cell.kind.value,
                source=cell.source,
                tags=cell.tags,
                shows=tuple(notebook.id_at(position) for position in cell.shows),
                mark=None if cell.mark is None else dict(cell.mark),
            )
            for cell in made.cells
        ),
        files=tuple(
            RefactoredFile(path=edit.path, before=edit.before, after=edit.after)
            for edit in made.files
        ),
        inputs=made.inputs,
        outputs=made.outputs,
        choices=made.choices,
        findings=findings_of(made.findings, notebook.ids, root),
        notes=found.notes,
        undo=undo,
    )
