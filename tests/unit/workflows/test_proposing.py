"""The pure line with the world held still: what it proposes, and what it refuses."""

from __future__ import annotations

import json

import pytest

from nb2pkg.ports.extracting import CodeProblem
from nb2pkg.problems import BadNotebook, NothingToExtract, Severity, UsageError
from nb2pkg.workflows.proposal import Proposal, proposal_from_json, proposal_to_json
from nb2pkg.workflows.proposing import Request, propose_package
from tests.e2e.shell import document
from tests.fakes.empty_environments import EmptyEnvironments
from tests.fakes.plain_formatter import PlainFormatter

SALES = (
    "# Sales",
    "## Load",
    "rows = [3, 1, 2]\nprint(len(rows))",
    "## Sort",
    "print(sorted(rows))",
)


def propose(
    *cells: str,
    environments: EmptyEnvironments | None = None,
    heard: list[int] | None = None,
    **wish: object,
) -> Proposal:
    request = Request(name="sales", format="ipynb", folder="/", root="..", **wish)  # type: ignore[arg-type]
    return propose_package(
        json.dumps(document(cells)).encode(),
        request,
        progress=(heard if heard is not None else []).append,
        environments=environments or EmptyEnvironments(),
        formatter=PlainFormatter(),
    )


def test_a_proposal_survives_the_trip_as_json() -> None:
    proposal = propose(*SALES)

    assert proposal_from_json(json.loads(json.dumps(proposal_to_json(proposal)))) == proposal


def test_the_same_notebook_is_proposed_the_same_twice() -> None:
    assert propose(*SALES) == propose(*SALES)


def test_each_cell_is_announced_before_it_is_looked_at() -> None:
    heard: list[int] = []
    propose(*SALES, heard=heard)

    assert heard == [3, 5]


def test_syntax_that_the_notebooks_python_lacks_is_a_stop() -> None:
    problem = CodeProblem(path="src/sales/steps/load.py", message="invalid syntax", line=3)
    with pytest.raises(BadNotebook, match=r"3\.8") as caught:
        propose(*SALES, environments=EmptyEnvironments((3, 8), (problem,)))

    assert caught.value.code == "NB112"


def test_a_package_cannot_have_the_name_of_what_it_imports() -> None:
    with pytest.raises(UsageError) as caught:
        propose("import mine\nprint(mine)", package="mine")

    assert caught.value.code == "NB404"
    assert propose("import sales\nprint(sales)").package == "sales_package"


def test_the_name_that_the_folder_has_counts() -> None:
    assert propose(*SALES, owned="earlier").package == "earlier"
    assert propose(*SALES, owned="earlier", package="asked").package == "asked"


def test_cells_that_are_no_python_are_left_out_when_asked() -> None:
    proposal = propose("print(1)", "x = (", keep_going=True)

    (finding,) = (d for d in proposal.diagnostics if d.code == "NB104")
    assert finding.severity is Severity.WARNING
    assert finding.location.cell == 2


def test_a_notebook_whose_code_is_all_left_out_says_why() -> None:
    with pytest.raises(NothingToExtract) as caught:
        propose("print(_)")

    assert "cell 1 is left out" in (caught.value.hint or "")
