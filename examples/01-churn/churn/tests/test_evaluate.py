"""evaluate: what it takes, what it gives, what it is made of."""

import inspect

import pytest

from churn import evaluate


def test_evaluate_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(evaluate).parameters) == ["X_test", "y_test", "model"]


def test_evaluate_gives_what_it_gave_in_the_notebook():
    pytest.skip("needs recorded inputs: nb2pkg extract --run")
