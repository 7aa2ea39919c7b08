"""load_customers: what it takes, what it gives, what it is made of."""

import inspect

import pytest

from churn import load_customers


def test_load_customers_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(load_customers).parameters) == ["data_path"]


def test_load_customers_gives_what_it_gave_in_the_notebook():
    pytest.skip("needs recorded inputs: nb2pkg extract --run")
