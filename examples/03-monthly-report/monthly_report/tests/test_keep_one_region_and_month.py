"""keep_one_region_and_month: what it takes, what it gives, what it is made of."""

import inspect

import pytest

from monthly_report import keep_one_region_and_month
from monthly_report.steps.keep_one_region_and_month import (
    KeepOneRegionAndMonthResult,
    month_bounds,
)


def test_keep_one_region_and_month_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(keep_one_region_and_month).parameters) == [
        "orders",
        "region",
        "month",
    ]


def test_keep_one_region_and_month_gives_its_values_by_name():
    assert list(KeepOneRegionAndMonthResult._fields) == [
        "start",
        "end",
        "regional",
        "current",
    ]


def test_keep_one_region_and_month_gives_what_it_gave_in_the_notebook():
    pytest.skip("needs recorded inputs: nb2pkg extract --run")


def test_month_bounds_takes_what_its_callers_give():
    assert list(inspect.signature(month_bounds).parameters) == ["first_day"]
