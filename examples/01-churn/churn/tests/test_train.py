"""train: what it takes, what it gives, what it is made of."""

import inspect

import pytest

from churn import train


def test_train_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(train).parameters) == [
        "X",
        "y",
        "test_size",
        "seed",
        "n_estimators",
    ]


def test_train_gives_what_it_gave_in_the_notebook():
    pytest.skip("needs recorded inputs: nb2pkg extract --run")
