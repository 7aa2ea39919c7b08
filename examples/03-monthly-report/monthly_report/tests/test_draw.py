"""draw: what it takes, what it gives, what it is made of."""

import inspect

import pytest

from monthly_report import draw


def test_draw_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(draw).parameters) == [
        "start",
        "top",
        "history",
        "summary",
        "include_plots",
        "out_dir",
    ]


def test_draw_does_what_it_did_in_the_notebook():
    pytest.skip("needs recorded inputs: nb2pkg extract --run")
