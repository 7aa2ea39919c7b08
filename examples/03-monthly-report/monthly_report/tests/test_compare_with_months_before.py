"""compare_with_months_before: what it takes, what it gives, what it is made of."""

import dataclasses
import inspect

import pandas as pd
from recorded_values import assert_same, load

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


def inputs():
    """What compare_with_months_before was given when the notebook ran."""
    return {
        "start": pd.Timestamp("2024-03-01 00:00:00"),
        "end": pd.Timestamp("2024-04-01 00:00:00"),
        "regional": load("keep_one_region_and_month/regional.csv"),
        "current": load("keep_one_region_and_month/current.csv"),
        "region": "north",
    }


def test_compare_with_months_before_gives_what_it_gave_in_the_notebook():
    result = compare_with_months_before(**inputs())

    assert_same(result[0], load("compare_with_months_before/history.csv"))
    assert_same(
        result[1],
        MonthSummary(
            region="north",
            month="March 2024",
            orders=35,
            revenue=3821.85,
            change=0.36487331035837367,
        ),
    )


def test_compare_with_months_before_gives_the_same_twice_and_leaves_its_inputs_alone():
    given = inputs()
    first = compare_with_months_before(**given)

    assert_same(compare_with_months_before(**inputs()), first)
    assert_same(given, inputs())


def test_MonthSummary_has_its_fields():
    fields = {field.name for field in dataclasses.fields(MonthSummary)}

    assert fields >= {"region", "month", "orders", "revenue", "change"}


def test_MonthSummary_headline_gives_what_it_gave_in_the_notebook():
    assert (
        MonthSummary(
            region="north",
            month="March 2024",
            orders=35,
            revenue=3821.85,
            change=0.36487331035837367,
        ).headline()
        == "north, March 2024: €3,821.85, up 36.5%"
    )
