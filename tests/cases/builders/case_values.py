"""What is a case, and how is one written down in a few lines?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a notebook that is about to be written."""

    kind: str
    source: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A small notebook that stresses one situation, with the files that lie beside it.

    `may_refuse` says why a tool may decline the notebook; it is empty where it has to get it right.
    """

    name: str
    cells: tuple[Cell, ...]
    files: tuple[tuple[str, str], ...] = ()
    may_refuse: str = ""

    @property
    def key(self) -> str:
        """The notebook's path inside `untidy/`, without suffix; in a folder if it has files."""
        return f"{self.name}/{self.name}" if self.files else self.name


def case(
    name: str,
    *cells: str | Cell,
    files: Mapping[str, str] | None = None,
    may_refuse: str = "",
) -> Case:
    """Read a case: a text that begins with `## ` or `### ` is Markdown, any other text is code."""
    title = Cell(kind="markdown", source="# " + name.replace("_", " ").capitalize())
    beside = tuple((path, _text(text) + "\n") for path, text in sorted((files or {}).items()))
    return Case(
        name=name,
        cells=(title, *(_cell(cell) for cell in cells)),
        files=beside,
        may_refuse=may_refuse,
    )


def tagged(tags: str, source: str) -> Cell:
    """A code cell with tags, which are given in one text with spaces between."""
    return Cell(kind="code", source=_text(source), tags=tuple(tags.split()))


def md(text: str) -> Cell:
    """A Markdown cell, whatever it begins with."""
    return Cell(kind="markdown", source=_text(text))


def raw(text: str) -> Cell:
    """A raw cell."""
    return Cell(kind="raw", source=_text(text))


def _cell(cell: str | Cell) -> Cell:
    if isinstance(cell, Cell):
        return cell
    text = _text(cell)
    kind = "markdown" if text.startswith(("## ", "### ")) else "code"
    return Cell(kind=kind, source=text)


def _text(text: str) -> str:
    return dedent(text).strip("\n")
