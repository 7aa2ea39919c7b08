"""An option for every parameter, and never two of one name."""

from __future__ import annotations

from nb2pkg.rendering.option_names import flag_of
from tests.builders import plan, tagged


def test_every_parameter_has_an_option_of_its_own() -> None:
    parameters = "help = 3\n_x = 1\nx = 2\nn_estimators = 5"
    made = plan(tagged("parameters", parameters), "print(help, _x, x)")

    assert [flag_of(p.name, made) for p in made.parameters] == [
        "help-value", "x", "x-value", "n-estimators",
    ]  # fmt: skip
