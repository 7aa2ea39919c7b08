"""How a heading reads as the first line of a docstring."""

from __future__ import annotations

import pytest

from nb2pkg.rendering.docstrings import sentence


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("clean up the months col", "Clean up the months col."),
        ("plots!", "Plots!"),
        ("to-do: ask Lena", "To-do: ask Lena."),
        # The names of things stay as they are.
        ("df without outliers", "df without outliers."),
        ("x against y", "x against y."),
        ("train_test_split", "train_test_split."),
        ("pd.merge", "pd.merge."),
        ("clean: what it takes", "clean: what it takes."),
        ("random.seed", "random.seed."),
        ("load. Then clean", "Load. Then clean."),
        ("`clean` the rows", "`clean` the rows."),
        ("iPhone sales", "iPhone sales."),
        ("", "A step of the notebook."),
    ],
)
def test_a_title_is_a_sentence(title: str, expected: str) -> None:
    assert sentence(title) == expected
