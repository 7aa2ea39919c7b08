"""plot: what it takes, what it gives, what it is made of."""

import inspect

import pytest

from messy_sales import plot


def test_plot_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(plot).parameters) == ["df"]


def test_plot_gives_what_it_gave_in_the_notebook():
    pytest.skip("needs recorded inputs: nb2pkg extract --run")
