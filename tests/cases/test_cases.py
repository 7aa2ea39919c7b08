"""Every case comes out right: its package prints what the notebook prints, or says why it cannot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from _pytest.mark.structures import ParameterSet

from tests.cases.case_runs import Case, CaseRuns, every_case

# Cases that are known not to work yet, with the reason: a fix is noticed, as xfail is strict.
NOT_YET: dict[str, str] = {
    "class_body_reads_globals": "a class body that reads notebook values is not understood",
}
_BLANK_LINES = "I001: two blank lines between the imports and a constant of the step"
LINT_NOT_YET: dict[str, str] = {
    "annotated_names": "UP037: a quoted annotation that ruff passes over where names are not local",
    "class_reads_changing_global": "PLR1704: a loop rebinds the parameter of its step",
    "main_name_as_value": "PLR0133: two constants compared, as __name__ is written out",
    "modulo_beside_magic": "UP031: the notebook's magic hides it there",
}
CASES = every_case()


def _marked(case: Case, not_yet: dict[str, str]) -> ParameterSet:
    if case.key not in not_yet:
        return pytest.param(case, id=case.key)
    return pytest.param(case, id=case.key, marks=pytest.mark.xfail(reason=not_yet[case.key]))


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CaseRuns]:
    """One extraction and one run a case, shared by the tests; only of cases that are asked for."""
    asked = [
        item.callspec.params.get("case")
        for item in request.session.items
        if isinstance(item, pytest.Function) and hasattr(item, "callspec")
    ]
    wanted = {case.key for case in asked if isinstance(case, Case)}
    made = CaseRuns(tmp_path_factory.mktemp("cases"), [c for c in CASES if c.key in wanted])
    yield made
    made.close()


@pytest.mark.parametrize("case", [_marked(case, NOT_YET) for case in CASES])
def test_the_package_prints_the_notebooks_last_line_or_says_why_not(
    case: Case, runs: CaseRuns
) -> None:
    run = runs.of(case)

    if case.may_refuse is not None and run.refusal is not None:
        return
    assert run.refusal is None, run.refusal
    if case.may_refuse is not None and run.last_line != f"DIGEST {case.digest}":
        assert run.findings, "wrong, and nothing said so"
        return
    assert run.errors == ""
    assert run.last_line == f"DIGEST {case.digest}"


@pytest.mark.parametrize("case", [_marked(case, LINT_NOT_YET) for case in CASES])
def test_ruff_finds_nothing_in_the_package_that_it_did_not_find_in_the_notebook(
    case: Case, runs: CaseRuns
) -> None:
    assert runs.lint(case) == frozenset()
