"""What code is for, and where code without headings is cut."""

from __future__ import annotations

import pytest

from nb2pkg.planning.splitting import CellFlow, best_cuts, purpose_of
from tests.builders import notebook, parsed


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("df = pd.read_csv('a')", "load_data"),
        ("df = df.dropna()", "clean_data"),
        ("model.fit(X, y)", "train_model"),
        ("a, b = train_test_split(X)\nmodel.fit(a, b)", "train_model"),
        ("df = pd.read_csv('a')\ndf = df.dropna()", "load_and_clean_data"),
        ("plt.plot(x)\ndf = pd.read_csv('a')", "load_data"),
        ("plt.plot(x)", "plot"),
        ("x = 1", None),
    ],
)
def test_the_purpose_is_told_by_what_is_called(source: str, name: str | None) -> None:
    (cell,) = parsed(notebook(source))

    purpose = purpose_of(cell.statements)

    assert (purpose and purpose[0]) == name


def flow(position: int, reads: str = "", binds: str = "", weight: int = 2) -> CellFlow:
    return CellFlow(
        position=position,
        reads=frozenset(reads),
        binds=frozenset(binds),
        weight=weight,
        purpose=None,
        follows_text=False,
    )


def test_cells_are_cut_where_few_names_cross() -> None:
    cells = [flow(1, "", "ab"), flow(2, "ab", "c"), flow(3, "c", "de"), flow(4, "de", "f")]

    assert best_cuts(cells, 2) == [[1, 2], [3, 4]]


def test_one_cell_or_one_part_is_not_cut() -> None:
    assert best_cuts([flow(1)], 3) == [[1]]
    assert best_cuts([flow(1), flow(2)], 1) == [[1, 2]]
