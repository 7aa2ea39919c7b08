"""nb2pkg refactor: small changes of a notebook that keep what it does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from nb2pkg.cli import exit_codes
from nb2pkg.cli.messages import show_stop
from nb2pkg.cli.options import max_size_option, terminal_of, terminal_options
from nb2pkg.cli.settings import settings_for
from nb2pkg.cli.terminal import Terminal
from nb2pkg.problems import Nb2pkgError, UsageError

if TYPE_CHECKING:
    from nb2pkg.api.refactoring import RefactoringPreview

_Command = TypeVar("_Command", bound=Callable[..., Any])
_RANGE = re.compile(r"([1-9]\d{0,5})(?:-([1-9]\d{0,5}))?")
_MOST_CELLS = 20_000

_NOTEBOOK = click.argument("notebook", metavar="NOTEBOOK", type=click.Path(path_type=str))


@click.group("refactor")
def command() -> None:
    """Change a notebook without changing what it does.

    Each command shows what changes with --diff, and refuses, with a reason, what could not stay the same.
    Everything that was written can be taken back with `nb2pkg refactor undo`. Cells are counted from 1, Markdown
    included, as messages name them.

    \b
    Examples:
      nb2pkg refactor extract churn.ipynb --cells 5-7 --name clean_data
      nb2pkg refactor rename churn.ipynb df customers
      nb2pkg refactor parameter churn.ipynb --at 4:2:18 --name test_size
      nb2pkg refactor imports churn.ipynb --diff
    """


def _options(function: _Command) -> _Command:
    """Add what all refactorings understand."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
        click.option("--diff", "as_diff", is_flag=True, help="Show what would change; write nothing."),
        max_size_option,
        terminal_options,
    ):  # fmt: skip
        function = option(function)
    return function


@command.command("extract")
@_NOTEBOOK
@click.option(
    "--cells", "cells_text", required=True, metavar="CELLS", help="The cells: 5, 5-7 or 5,7."
)
@click.option(
    "--name", metavar="NAME", help="The function's name (default: from the heading above)."
)
@click.option("--module", metavar="MODULE", help="Where it goes: features, or src/pkg/features.py.")
@click.option("--doc", metavar="TEXT", help="Its docstring (default: the heading above).")
@click.option("--no-doc", is_flag=True, help="Write no docstring.")
@click.option("--no-test", is_flag=True, help="Write no test.")
@click.option(
    "--give", "gives", multiple=True, metavar="NAME", help="Return this as well; may be repeated."
)
@_options
def extract(
    notebook: str,
    cells_text: str,
    name: str | None,
    module: str | None,
    doc: str | None,
    no_doc: bool,
    no_test: bool,
    gives: tuple[str, ...],
    **common: Any,
) -> int:
    """Make a function of some cells, in a module beside the notebook, and call it in their place.

    It takes what the cells read, and gives what the rest of the notebook reads of them.
    """
    if doc is not None and no_doc:
        raise UsageError("NB011", "--doc and --no-doc ask for opposite things")
    options = {
        "cells": _cells(cells_text),
        "name": name,
        "module": module,
        "doc": "" if no_doc else doc,
        "test": not no_test,
        "gives": list(gives),
    }
    return _carry_out(notebook, "extract", options, **common)


@command.command("inline")
@_NOTEBOOK
@click.argument("name", metavar="NAME")
@click.option("--cell", type=click.IntRange(1), help="Only the call in this cell.")
@_options
def inline(notebook: str, name: str, cell: int | None, **common: Any) -> int:
    """Put a variable's value, or a function's body, in the place of its name."""
    return _carry_out(notebook, "inline", {"name": name, "cell": cell}, **common)


@command.command("rename")
@_NOTEBOOK
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@_options
def rename(notebook: str, old: str, new: str, **common: Any) -> int:
    """Rename a variable in every cell."""
    return _carry_out(notebook, "rename", {"old": old, "new": new}, **common)


@command.command("parameter")
@_NOTEBOOK
@click.option(
    "--at",
    required=True,
    metavar="CELL:LINE:COLUMN",
    help="Where the literal stands; columns from 1.",
)
@click.option("--name", required=True, metavar="NAME", help="The parameter's name.")
@_options
def parameter(notebook: str, at: str, name: str, **common: Any) -> int:
    """Make a number or text a parameter, in the cell that is tagged so, for runs to give another value."""
    cell, line, column = _place(at)
    options = {"cell": cell, "line": line, "column": column - 1, "name": name}
    return _carry_out(notebook, "parameter", options, **common)


@command.command("imports")
@_NOTEBOOK
@_options
def imports(notebook: str, **common: Any) -> int:
    """Move the imports of later cells to the first cell with imports."""
    return _carry_out(notebook, "imports", {}, **common)


@command.command("undo")
@terminal_options
def undo(color: str, verbose: bool, quiet: bool, debug: bool) -> int:
    """Take the last refactoring back: its files, and the notebook's, are as they were."""
    from nb2pkg.api import refactoring
    from nb2pkg.cli.show_refactoring import show_undone

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    show_undone(refactoring.undo_refactoring(), terminal)
    return exit_codes.OK


def _carry_out(
    notebook: str,
    verb: str,
    options: dict[str, Any],
    *,
    as_diff: bool,
    as_json: bool,
    max_size: int | None,
    color: str,
    verbose: bool,
    quiet: bool,
    debug: bool,
) -> int:
    from nb2pkg.api import refactoring

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    if notebook == "-":
        raise UsageError("NB011", "a refactoring needs a file to write to")
    undo = None
    try:
        max_bytes = settings_for(notebook, max_size=max_size).max_bytes
        if as_diff:
            preview = refactoring.preview_refactoring(notebook, verb, options, max_bytes=max_bytes)
        else:
            applied = refactoring.apply_refactoring(notebook, verb, options, max_bytes=max_bytes)
            preview, undo = applied.preview, applied.undo
    except Nb2pkgError as error:
        return _told_why_not(error, notebook, terminal, as_json=as_json)
    return _shown(preview, undo, terminal, as_json=as_json, as_diff=as_diff)


def _told_why_not(error: Nb2pkgError, notebook: str, terminal: Terminal, *, as_json: bool) -> int:
    from nb2pkg.cli.as_json import SCHEMA_VERSION, stop_json

    code = exit_codes.code_of(error)
    if as_json:
        told = {"schema_version": SCHEMA_VERSION, **stop_json(notebook, error, code)}
        terminal.out(json.dumps(told, indent=2))
    else:
        show_stop(error, notebook, terminal)
    return code


def _shown(
    preview: RefactoringPreview,
    undo: str | None,
    terminal: Terminal,
    *,
    as_json: bool,
    as_diff: bool,
) -> int:
    from nb2pkg.cli.show_refactoring import refactoring_json, show_refactoring

    changes = preview.changes_something
    code = exit_codes.NEGATIVE if as_diff and changes else exit_codes.OK
    if as_json:
        terminal.out(json.dumps(refactoring_json(preview, undo, code), indent=2))
    else:
        show_refactoring(preview, terminal, as_diff=as_diff)
    return code


def _cells(text: str) -> list[int]:
    found: list[int] = []
    for part in text.replace(" ", "").split(","):
        match = _RANGE.fullmatch(part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (2, 1)
        if last < first or last > _MOST_CELLS:
            raise UsageError(
                "NB002", f"--cells: {text!r} names no cells", hint="such as 5, 5-7 or 5,7"
            )
        found.extend(range(first, last + 1))
    return sorted(set(found))


def _place(text: str) -> tuple[int, int, int]:
    parts = text.split(":")
    if len(parts) != 3 or not all(
        p.isascii() and p.isdecimal() and 0 < int(p) < 10**6 for p in parts
    ):
        raise UsageError(
            "NB002", f"--at: {text!r} is no place", hint="such as 4:2:18: cell 4, line 2, column 18"
        )
    cell, line, column = map(int, parts)
    return cell, line, column
