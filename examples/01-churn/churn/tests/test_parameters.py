"""The parameters have the notebook's values, and keep them."""

import dataclasses

import pytest

from churn import Parameters


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("data_path", "data/customers.csv"),
        ("test_size", 0.25),
        ("seed", 42),
        ("n_estimators", 50),
    ],
)
def test_a_default_is_the_notebooks_own_value(name, value):
    assert getattr(Parameters(), name) == value


def test_parameters_stay_as_they_are_during_a_run():
    parameters = Parameters()

    with pytest.raises(dataclasses.FrozenInstanceError):
        parameters.data_path = None
