"""What a cell is once its IPython syntax is plain Python."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from nb2pkg.problems import Diagnostic


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """IPython syntax that was left out because a program does not need it, and why."""

    line: int  # 1-based within the cell
    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsFile:
    """A `%run` of another script or notebook: the path as written, and what follows it."""

    line: int  # 1-based within the cell
    path: str
    arguments: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainCell:
    """A cell in plain Python, and what its IPython syntax said besides.

    Lines of Python stand on the line where the notebook has them, so a finding about `source`
    points at the right line of the cell. `imports` are modules that `source` uses by their own
    name and does not import. `displays_inline` is the backend that `%matplotlib` or `%pylab`
    asked for ("inline", "widget", …; "auto" when they named none), or None. `tree` is the
    cell parsed, where it is Python as it stands.
    """

    source: str
    tree: ast.Module | None = None
    dropped: tuple[Dropped, ...] = ()
    requirements: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    imports: tuple[str, ...] = ()
    runs: tuple[RunsFile, ...] = ()
    displays_inline: str | None = None
