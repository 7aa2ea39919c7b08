"""Every code that nb2pkg says, with what it means: the checks, and all other findings and stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nb2pkg.analysis import ParsedCell
from nb2pkg.checks import (
    confusable_names,
    execution_order,
    hidden_characters,
    normalised_names,
    secrets,
    shadowed_builtins,
    star_import,
)
from nb2pkg.checks.check import Check, Subject
from nb2pkg.checks.pages import PAGES, Page
from nb2pkg.dataflow import DataflowGraph
from nb2pkg.notebook import Notebook
from nb2pkg.problems import Diagnostic

CHECKS: tuple[Check, ...] = tuple(
    module.CHECK
    for module in (
        star_import,
        execution_order,
        normalised_names,
        confusable_names,
        hidden_characters,
        shadowed_builtins,
        secrets,
    )
)


def _page_of(check: Check) -> Page:
    return Page(
        code=check.code,
        title=check.title,
        why=check.why,
        remedy=check.remedy,
        passes=tuple("\n\n".join(example.cells) for example in check.passes),
        fails=tuple("\n\n".join(example.cells) for example in check.fails),
    )


CATALOGUE: Mapping[str, Page] = {
    page.code: page
    for page in sorted((*PAGES, *(_page_of(c) for c in CHECKS)), key=lambda page: page.code)
}


def run_checks(
    notebook: Notebook, cells: Sequence[ParsedCell], graph: DataflowGraph
) -> Iterator[Diagnostic]:
    """Give what all checks find in a notebook."""
    subject = Subject(notebook=notebook, cells=cells, graph=graph)
    for check in CHECKS:
        yield from check.find(subject)
