"""rank_customers: what it takes, what it gives, what it is made of."""

import inspect

import pytest

from monthly_report import rank_customers


def test_rank_customers_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(rank_customers).parameters) == [
        "current",
        "top_n",
        "threshold",
    ]


def test_rank_customers_gives_what_it_gave_in_the_notebook():
    pytest.skip("needs recorded inputs: nb2pkg extract --run")
