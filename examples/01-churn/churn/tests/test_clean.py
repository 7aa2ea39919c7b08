"""clean: what it takes, what it gives, what it is made of."""

import inspect

import pytest

from churn import clean


def test_clean_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(clean).parameters) == ["df"]


def test_clean_gives_what_it_gave_in_the_notebook():
    pytest.skip("needs recorded inputs: nb2pkg extract --run")
