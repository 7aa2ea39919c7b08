"""Which cells make one step? Tags decide, or headings, or the flow of data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nb2pkg.notebook import Cell, CellKind, Notebook
from nb2pkg.planning.headings import Section, sections_of

_STEP_TAG = re.compile(r"(?:step|block):(.+)\Z", re.DOTALL)
SKIP_TAGS = frozenset({"skip", "nb2pkg-skip", "nb2pkg:skip"})
PARAMETER_TAGS = frozenset({"parameters", "pipeline-parameters"})
_LARGEST_SHARE = 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Cells that become one step: by tag, by heading, by data flow, or what stands before all of them.

    `cells` are 1-based document positions of code cells.
    """

    name: str
    title: str
    prose: str
    cells: tuple[int, ...]
    origin: str  # "tag", "heading", "flow", "prelude"
    needs: tuple[str, ...] = ()
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """The groups in order, and the notebook's own title and summary."""

    groups: tuple[Group, ...]
    title: str
    summary: str


def group_cells(notebook: Notebook, weights: Mapping[int, int]) -> Grouping:
    """Group the code cells of a notebook; `weights` gives the number of loose statements of each.

    Cells without a weight (skipped, or nothing in them) belong to no group.
    """
    title, summary = notebook_title(notebook)
    if any(step_tag(cell) for cell in notebook.code_cells):
        groups = _by_tags(notebook, weights)
    else:
        groups = _by_headings(notebook, weights)
    return Grouping(groups=tuple(groups), title=title, summary=summary)


def step_tag(cell: Cell) -> str | None:
    """The NAME of the cell's `step:NAME` tag, if it has one."""
    for tag in cell.tags:
        match = _STEP_TAG.match(tag)
        if match:
            return match[1].strip()
    return None


def tested_step(cell: Cell) -> str | None:
    """The NAME of the cell's `test:NAME` tag, if it has one."""
    for tag in cell.tags:
        kind, colon, name = tag.partition(":")
        if kind == "test" and colon and name.strip():
            return name.strip()
    return None


def notebook_title(notebook: Notebook) -> tuple[str, str]:
    """The first top heading and the first paragraph below it; the file's name where there is none."""
    for cell in notebook.cells:
        if cell.kind is CellKind.MARKDOWN:
            for section in sections_of(cell.source):
                if section.level:
                    return section.title or notebook.name, first_paragraph(section.prose)
        elif cell.kind is CellKind.CODE and cell.source.strip():
            break
    return notebook.name.replace("_", " ").replace("-", " ").strip() or notebook.name, ""


def first_paragraph(prose: str) -> str:
    """The first paragraph of running text, as one line of Markdown text."""
    for block in prose.split("\n\n"):
        text = " ".join(block.split())
        if text and text[0] not in "#|>-*!<`$" and not text.startswith(("1.", "---", "==")):
            return text
    return ""


# -- tags ------------------------------------------------------------------------------------------


def _by_tags(notebook: Notebook, weights: Mapping[int, int]) -> list[Group]:
    """Cells of one `step:` tag together; an untagged code cell joins the step above it."""
    prelude: list[int] = []
    members: dict[str, list[int]] = {}
    needs: dict[str, list[str]] = {}
    titles: dict[str, Section] = {}
    current: str | None = None
    heading: Section | None = None
    for cell in notebook.cells:
        if cell.kind is CellKind.MARKDOWN:
            for section in sections_of(cell.source):
                heading = section if section.level else heading
            continue
        if cell.kind is not CellKind.CODE:
            continue
        name = step_tag(cell)
        if name is not None:
            current = name
            if name not in members and heading is not None:
                titles[name] = heading
            members.setdefault(name, [])
            heading = None
        if cell.position not in weights:
            continue
        if (
            name is None and set(cell.tags) & {"imports", "functions", *PARAMETER_TAGS}
        ) or current is None:
            prelude.append(cell.position)
        else:
            members[current].append(cell.position)
        if name is not None:
            needs.setdefault(name, []).extend(
                tag.partition(":")[2] for tag in cell.tags if tag.startswith("prev:")
            )
    groups = [
        Group(name=n, title=_words(n), prose=titles[n].prose if n in titles else "",
              cells=tuple(cells), origin="tag", needs=tuple(needs.get(n, ())))
        for n, cells in members.items()
    ]  # fmt: skip
    return [_prelude(prelude), *groups]


def _words(name: str) -> str:
    text = " ".join(name.replace("_", " ").replace("-", " ").split())
    return text[:1].upper() + text[1:]


def _prelude(cells: Sequence[int]) -> Group:
    return Group(name="prepare", title="Prepare", prose="", cells=tuple(cells), origin="prelude")


# -- headings --------------------------------------------------------------------------------------


def _by_headings(notebook: Notebook, weights: Mapping[int, int]) -> list[Group]:
    levels = sorted(
        {
            section.level
            for cell in notebook.cells
            if cell.kind is CellKind.MARKDOWN
            for section in sections_of(cell.source)
            if section.level
        }
    )
    if not levels:
        return [_prelude(tuple(weights))]
    candidates = [(_score(groups, weights, level), groups) for level in levels
                  for groups in [_at_level(notebook, weights, level)]]  # fmt: skip
    best = min(candidates, key=lambda pair: pair[0])[1]
    return _split_large(notebook, best, weights, levels)


def _at_level(notebook: Notebook, weights: Mapping[int, int], level: int) -> list[Group]:
    groups = [_prelude(())]
    title_seen = False
    for cell in notebook.cells:
        if cell.kind is CellKind.MARKDOWN:
            for section in sections_of(cell.source):
                if 0 < section.level <= level:
                    is_title = section.level == 1 and not title_seen and len(groups) == 1
                    title_seen = title_seen or section.level == 1
                    groups.append(
                        Group(name=section.title, title=section.title, prose=section.prose, cells=(),
                              origin="title" if is_title else "heading", level=section.level)
                    )  # fmt: skip
                elif section.prose and groups[-1].origin == "heading" and not groups[-1].cells:
                    prose = "\n\n".join(t for t in (groups[-1].prose, section.prose) if t)
                    groups[-1] = replace(groups[-1], prose=prose)
        elif cell.position in weights:
            groups[-1] = replace(groups[-1], cells=(*groups[-1].cells, cell.position))
    return _title_is_prelude(groups)


def _title_is_prelude(groups: list[Group]) -> list[Group]:
    """Cells below the notebook's title, before the first section, are the prelude."""
    if len(groups) > 1 and groups[1].origin == "title":
        rest = [g for g in groups[2:] if g.cells]
        if rest:
            before = (*groups[0].cells, *groups[1].cells)
            return [_prelude(before), *(g for g in groups[2:] if g.cells)]
        groups[1] = replace(groups[1], origin="heading")
    return [groups[0], *(g for g in groups[1:] if g.cells)]


def _score(groups: Sequence[Group], weights: Mapping[int, int], level: int) -> float:
    """Low is good: no section much larger than the others, not too many, shallow headings."""
    sizes = [sum(weights[c] for c in group.cells) for group in groups]
    total = sum(sizes) or 1
    count = sum(size > 0 for size in sizes)
    return max(sizes) / total + 0.04 * level + 0.03 * max(0, count - 12) + (0.5 if count < 2 else 0)


def _split_large(
    notebook: Notebook, groups: list[Group], weights: Mapping[int, int], levels: Sequence[int]
) -> list[Group]:
    """Split a section that holds most of the notebook at its own sub-headings."""
    total = sum(weights.values()) or 1
    found: list[Group] = []
    for group in groups:
        size = sum(weights[c] for c in group.cells)
        deeper = [level for level in levels if level > group.level]
        if group.origin != "heading" or size <= _LARGEST_SHARE * total or not deeper:
            found.append(group)
            continue
        parts = [
            g for g in _at_level(notebook, weights, deeper[0]) if set(g.cells) & set(group.cells)
        ]
        parts = [replace(p, cells=tuple(c for c in p.cells if c in group.cells)) for p in parts]
        if len(parts) < 2:
            found.append(group)
        else:
            first = replace(parts[0], name=group.name, title=group.title, prose=group.prose)
            head = (
                first if parts[0].level == group.level or parts[0].origin == "prelude" else parts[0]
            )
            found.extend(_split_large(notebook, [replace(head, origin="heading"), *parts[1:]], weights, deeper[1:]))  # fmt: skip
    return found
