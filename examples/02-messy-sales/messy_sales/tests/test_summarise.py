"""summarise: what it takes, what it gives, what it is made of."""

import inspect

import pytest

from messy_sales import summarise


def test_summarise_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(summarise).parameters) == ["df", "m", "score"]


def test_summarise_gives_what_it_gave_in_the_notebook():
    pytest.skip("needs recorded inputs: nb2pkg extract --run")
