"""load_and_clean_data: what it takes, what it gives, what it is made of."""

import inspect

import pytest

from messy_sales import load_and_clean_data
from messy_sales.steps.load_and_clean_data import to_float


def test_load_and_clean_data_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(load_and_clean_data).parameters) == []


def test_load_and_clean_data_gives_what_it_gave_in_the_notebook():
    pytest.skip("needs recorded inputs: nb2pkg extract --run")


def test_to_float_takes_what_its_callers_give():
    assert list(inspect.signature(to_float).parameters) == ["x"]
