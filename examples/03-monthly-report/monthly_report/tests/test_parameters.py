"""The parameters have the notebook's values, and keep them."""

import dataclasses

import pytest

from monthly_report import Parameters


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("region", "north"),
        ("month", "2024-03-01"),
        ("top_n", 5),
        ("threshold", 0.15),
        ("include_plots", True),
        ("orders_path", "data/orders.csv"),
        ("out_dir", "report"),
    ],
)
def test_a_default_is_the_notebooks_own_value(name, value):
    assert getattr(Parameters(), name) == value


def test_parameters_stay_as_they_are_during_a_run():
    parameters = Parameters()

    with pytest.raises(dataclasses.FrozenInstanceError):
        parameters.region = None
