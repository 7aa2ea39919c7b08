"""How does a refactoring read on a terminal, and as JSON?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import unified_diff
from typing import TYPE_CHECKING, Any

from nb2pkg.cli.as_json import SCHEMA_VERSION, diagnostic_json
from nb2pkg.cli.messages import show_findings
from nb2pkg.cli.printable import block, one_line
from nb2pkg.cli.terminal import Terminal

if TYPE_CHECKING:
    from nb2pkg.api.refactoring import RefactoringPreview, UndoneRefactoring


def show_refactoring(preview: RefactoringPreview, terminal: Terminal, *, as_diff: bool) -> None:
    """What changes, or has changed; and what one should know."""
    made = preview.refactoring
    style = terminal.out_style
    if as_diff:
        for line in _diff_lines(preview):
            colours = {"+": "green", "-": "red", "@": "cyan"}
            shown = block(line)
            is_head = line.startswith(("---", "+++"))
            colour = "bold" if is_head else colours.get(line[:1])
            terminal.out(style(shown, colour) if colour else shown)
    show_findings(made.findings, preview.notebook, terminal)
    if terminal.verbosity < 0:
        return
    if not preview.changes_something:
        terminal.err(f"{one_line(preview.notebook)}: nothing to change")
        return
    say = terminal.err if as_diff else terminal.out
    say(style(one_line(made.title), "bold"))
    if made.inputs or made.outputs:
        takes, gives = ", ".join(made.inputs) or "nothing", ", ".join(made.outputs) or "nothing"
        say(f"  takes {takes}; gives {gives}")
    if as_diff:
        return
    for edit in made.files:
        word = "written" if edit.before is None else "changed"
        say(f"  {one_line(edit.path)}  {style(word, 'dim')}")
    say(f"  {one_line(os.path.basename(preview.notebook))}  {style(_cells_told(preview), 'dim')}")
    for note in preview.notes:
        terminal.err(f"{terminal.err_style('note', 'yellow')}: {one_line(note)}")
    terminal.err("take it back: nb2pkg refactor undo")


def show_undone(undone: UndoneRefactoring, terminal: Terminal) -> None:
    """What was taken back."""
    if terminal.verbosity >= 0:
        terminal.out(f"taken back: {one_line(undone.title)}")
        for path in undone.files:
            terminal.out(f"  {one_line(os.path.relpath(path))}")


def refactoring_json(preview: RefactoringPreview, undo: str | None, exit_code: int) -> Any:
    """A refactoring for programs."""
    made = preview.refactoring
    return {
        "schema_version": SCHEMA_VERSION,
        "notebook": preview.notebook,
        "title": made.title,
        "inputs": list(made.inputs),
        "outputs": list(made.outputs),
        "choices": list(made.choices),
        "cells": [
            {"of": c.of or None, "type": c.kind.value, "source": c.source, "tags": list(c.tags)}
            for c in made.cells
        ],
        "files": [{"path": f.path, "before": f.before, "after": f.after} for f in made.files],
        "diagnostics": [diagnostic_json(finding) for finding in made.findings],
        "notes": list(preview.notes),
        "undo": undo,
        "exit_code": exit_code,
    }


def _cells_told(preview: RefactoringPreview) -> str:
    changed = [c.of for c in preview.refactoring.cells if _is_changed(preview, c.of, c.source)]
    left = {c.of for c in preview.refactoring.cells}
    gone = [n for n in range(1, len(preview.sources) + 1) if n not in left]
    parts = []
    if changed:
        known = [str(n) for n in changed if n]
        parts.append(f"cell {', '.join(known)} changed" if known else "a cell is new")
    if gone:
        parts.append(f"cell {', '.join(map(str, gone))} gone")
    return "; ".join(parts)


def _is_changed(preview: RefactoringPreview, of: int, source: str) -> bool:
    return not of or preview.sources[of - 1] != source


def _diff_lines(preview: RefactoringPreview) -> Iterator[str]:
    """A diff of each file, and of each cell that changes."""
    made = preview.refactoring
    for edit in made.files:
        yield from _diff(edit.before, edit.after, edit.path)
    name = os.path.basename(preview.notebook)
    seen = set()
    for cell in made.cells:
        seen.add(cell.of)
        if not cell.of:
            yield from _diff(None, cell.source, f"{name}, a new cell")
        elif preview.sources[cell.of - 1] != cell.source:
            yield from _diff(preview.sources[cell.of - 1], cell.source, f"{name}, cell {cell.of}")
    for number, source in enumerate(preview.sources, 1):
        if number not in seen:
            yield from _diff(source, None, f"{name}, cell {number}")


def _diff(before: str | None, after: str | None, name: str) -> Iterator[str]:
    lines = unified_diff(
        (before or "").splitlines(),
        (after or "").splitlines(),
        "/dev/null" if before is None else f"a/{name}",
        "/dev/null" if after is None else f"b/{name}",
        lineterm="",
    )
    yield from lines
