"""Looks into objects that may compute on first sight stay where the object is used again."""

from __future__ import annotations

import pytest

from tests.builders import md, plan

NEXT = md("## Next")


def code_of(*cells: str) -> str:
    return "\n".join(p.statement.text for step in plan(*cells).steps for p in step.body)


MADE = "import giddy\nm = giddy.Markov([1])"


@pytest.mark.parametrize(
    "look", ["m.steady_state", "m.p.sum()", "m.chain.length, m.p", "round(m.entropy, 2)"]
)
def test_a_look_stays_before_a_use(look: str) -> None:
    assert look in code_of(MADE, NEXT, look, "print(m)")


@pytest.mark.parametrize("look", ["m", "m.shape", "m.coef_", "len([m])"])
def test_a_look_that_computes_nothing_goes(look: str) -> None:
    assert look not in code_of(MADE, NEXT, look, "print(m)").split("\n")


def test_a_look_goes_where_nothing_uses_the_object_again() -> None:
    assert "steady_state" not in code_of(MADE, NEXT, "print(m)", "m.steady_state")


@pytest.mark.parametrize(
    "made",
    [
        "import pandas as pd\nm = pd.DataFrame({'age': [1]})",
        "import giddy\nm = giddy.load()\nm['age'] = 1",
        "import giddy\nm = giddy.load()\nm.head()",
        "import giddy\nm = str(giddy.load())",
        "from sklearn.linear_model import Ridge\nm = Ridge()",
    ],
)
def test_frames_and_known_objects_are_no_riddle(made: str) -> None:
    assert "m.age" not in code_of(made, NEXT, "m.age", "print(m)")


def test_an_import_under_a_condition_counts() -> None:
    made = (
        "import warnings\nwith warnings.catch_warnings():\n    import giddy\nm = giddy.Markov([1])"
    )

    assert "m.steady_state" in code_of(made, NEXT, "m.steady_state", "print(m)")
