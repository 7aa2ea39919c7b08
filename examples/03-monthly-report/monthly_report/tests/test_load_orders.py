"""load_orders: what it takes, what it gives, what it is made of."""

import inspect

import pytest

from monthly_report import load_orders


def test_load_orders_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(load_orders).parameters) == ["orders_path"]


def test_load_orders_gives_what_it_gave_in_the_notebook():
    pytest.skip("needs recorded inputs: nb2pkg extract --run")
