"""clean_data: what it takes, what it gives, what it is made of."""

import inspect

import pytest

from messy_sales import clean_data
from messy_sales.steps.clean_data import revenue


def test_clean_data_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(clean_data).parameters) == ["df"]


def test_clean_data_gives_what_it_gave_in_the_notebook():
    pytest.skip("needs recorded inputs: nb2pkg extract --run")


def test_revenue_takes_what_its_callers_give():
    assert list(inspect.signature(revenue).parameters) == ["row"]
