"""train_model: what it takes, what it gives, what it is made of."""

import inspect

import pytest

from messy_sales import train_model


def test_train_model_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(train_model).parameters) == ["df"]


def test_train_model_gives_what_it_gave_in_the_notebook():
    pytest.skip("needs recorded inputs: nb2pkg extract --run")
