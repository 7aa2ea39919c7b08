"""compare_with_months_before: what it takes, what it gives, what it is made of."""

import dataclasses
import inspect

import pytest

from monthly_report import compare_with_months_before
from monthly_report.steps.compare_with_months_before import MonthSummary


def test_compare_with_months_before_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(compare_with_months_before).parameters) == [
        "start",
        "end",
        "regional",
        "current",
        "region",
    ]


def test_compare_with_months_before_gives_what_it_gave_in_the_notebook():
    pytest.skip("needs recorded inputs: nb2pkg extract --run")


def test_MonthSummary_has_its_fields():
    fields = {field.name for field in dataclasses.fields(MonthSummary)}

    assert fields >= {"region", "month", "orders", "revenue", "change"}
