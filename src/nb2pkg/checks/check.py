"""What is a check? A rule with a code, the reason for it, and examples that are its tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import ParsedCell
from nb2pkg.dataflow import DataflowGraph
from nb2pkg.notebook import Notebook
from nb2pkg.problems import Diagnostic


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """What a check looks at: the notebook, its cells as Python, and what flows between them."""

    notebook: Notebook
    cells: Sequence[ParsedCell]
    graph: DataflowGraph


@dataclass(frozen=True, slots=True)
class Example:
    """A notebook in few words: the source of each code cell; `counts` are execution counts."""

    cells: tuple[str, ...]
    counts: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One rule.

    title: what it finds, as a short phrase; why: what goes wrong otherwise; remedy: what to do
    passes, fails: notebooks that it has nothing to say about, and that it finds fault with
    """

    code: str
    title: str
    why: str
    remedy: str
    passes: tuple[Example, ...]
    fails: tuple[Example, ...]
    find: Callable[[Subject], Iterable[Diagnostic]]
