"""Every check finds what its examples say, and nothing in those that pass."""

from __future__ import annotations

import dataclasses

import pytest

from nb2pkg.analysis import ParsedCell, parse_cells
from nb2pkg.checks import CATALOGUE, CHECKS, Check, Example
from nb2pkg.checks.check import Subject
from nb2pkg.dataflow import link
from tests.builders import notebook

_PASSES = [(check, example) for check in CHECKS for example in check.passes]
_FAILS = [(check, example) for check in CHECKS for example in check.fails]


def subject_of(example: Example) -> Subject:
    document = notebook(*example.cells)
    counts = (*example.counts, *[None] * len(document.cells))
    cells = tuple(
        dataclasses.replace(cell, execution_count=count)
        for cell, count in zip(document.cells, counts, strict=False)
    )
    document = dataclasses.replace(document, cells=cells)
    parsed = [cell for cell in parse_cells(document.code_cells) if isinstance(cell, ParsedCell)]
    assert len(parsed) == len(cells)
    return Subject(notebook=document, cells=parsed, graph=link(parsed))


def _names(cases: list[tuple[Check, Example]]) -> list[str]:
    return [f"{check.code}-{number}" for number, (check, _) in enumerate(cases)]


@pytest.mark.parametrize(("check", "example"), _PASSES, ids=_names(_PASSES))
def test_what_passes_is_not_found(check: Check, example: Example) -> None:
    assert list(check.find(subject_of(example))) == []


@pytest.mark.parametrize(("check", "example"), _FAILS, ids=_names(_FAILS))
def test_what_fails_is_found_where_it_stands(check: Check, example: Example) -> None:
    findings = list(check.find(subject_of(example)))

    assert findings
    for finding in findings:
        assert finding.code == check.code
        assert finding.hint
        assert finding.location.cell is not None


def test_every_check_has_both_kinds_of_example_and_a_page() -> None:
    for check in CHECKS:
        assert check.passes and check.fails
        assert CATALOGUE[check.code].title == check.title
