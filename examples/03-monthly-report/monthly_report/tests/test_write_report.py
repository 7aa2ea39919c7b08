"""write_report: what it takes, what it gives, what it is made of."""

import inspect

import pytest

from monthly_report import write_report


def test_write_report_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(write_report).parameters) == [
        "customers",
        "top",
        "summary",
        "include_plots",
        "out_dir",
    ]


def test_write_report_does_what_it_did_in_the_notebook():
    pytest.skip("needs recorded inputs: nb2pkg extract --run")
