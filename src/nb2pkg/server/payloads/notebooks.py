"""A notebook as it is in an editor, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from nb2pkg.server.payloads.limits import CellId, ContentsPath, Name, Source, Tag
from nb2pkg.server.payloads.problems import Finding
from nb2pkg.server.shapes import CountBounds, NumberBounds, TextBounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell as it is in the editor, saved or not.

    failed and warnings: what its outputs tell of its last run; moving imports looks at them
    """

    id: CellId
    type: Literal["code", "markdown", "raw"]
    source: Source
    tags: Annotated[tuple[Tag, ...], CountBounds(most=1_000)] = ()
    execution_count: Annotated[int, NumberBounds(least=0, most=2**53)] | None = None
    failed: bool = False
    warnings: Annotated[str, TextBounds(longest=20_000)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A notebook at a path below the server's root. Without cells, it is as its file says."""

    path: ContentsPath
    cells: Annotated[tuple[Cell, ...], CountBounds(most=20_000)] | None = None
    kernel: Name | None = None
    language: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """What stands between a notebook and a package?"""

    notebook: Notebook


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAnswer:
    """All that was found, in reading order."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRequest:
    """Which steps would a notebook have, and what flows between them?"""

    notebook: Notebook


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphStep:
    """A step: the cells that it is made of, the values it takes and gives, and the options it has.

    results: what it gives to the whole run
    """

    name: str
    title: str
    cells: tuple[str, ...]
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    options: tuple[str, ...]
    results: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The names that flow from one step or cell to a later one; is_certain: on every path."""

    source: str
    target: str
    names: tuple[str, ...]
    is_certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphAnswer:
    """Flows between steps go by their names, those between cells by their ids."""

    steps: tuple[GraphStep, ...]
    flows: tuple[Flow, ...]
    cell_flows: tuple[Flow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsRequest:
    """Which tags would say what nb2pkg makes of a notebook?"""

    notebook: Notebook


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedTag:
    """A tag that a cell could have; `text` is how the cell begins."""

    cell: str
    tag: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsAnswer:
    """The tags to add to cells that have none of the kind; it is the editor that adds them."""

    tags: tuple[SuggestedTag, ...]
