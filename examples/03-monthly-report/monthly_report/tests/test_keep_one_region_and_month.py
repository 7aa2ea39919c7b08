"""keep_one_region_and_month: what it takes, what it gives, what it is made of."""

import inspect

import pandas as pd
from recorded_values import assert_same, load

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


def inputs():
    """What keep_one_region_and_month was given when the notebook ran."""
    return {
        "orders": load("load_orders/orders.csv"),
        "region": "north",
        "month": "2024-03-01",
    }


def test_keep_one_region_and_month_gives_what_it_gave_in_the_notebook(capsys):
    result = keep_one_region_and_month(**inputs())

    assert_same(result.start, pd.Timestamp("2024-03-01 00:00:00"))
    assert_same(result.end, pd.Timestamp("2024-04-01 00:00:00"))
    assert_same(result.regional, load("keep_one_region_and_month/regional.csv"))
    assert_same(result.current, load("keep_one_region_and_month/current.csv"))
    assert capsys.readouterr().out == "35 orders for north in March 2024\n"


def test_keep_one_region_and_month_gives_the_same_twice_and_leaves_its_inputs_alone():
    given = inputs()
    first = keep_one_region_and_month(**given)

    assert_same(keep_one_region_and_month(**inputs()), first)
    assert_same(given, inputs())


def test_keep_one_region_and_month_gives_these_columns():
    result = keep_one_region_and_month(**inputs())

    assert result.regional.dtypes.astype(str).to_dict() == {
        "order_id": "object",
        "date": "datetime64[ns]",
        "region": "object",
        "customer": "object",
        "product": "object",
        "quantity": "int64",
        "unit_price": "float64",
        "revenue": "float64",
    }
    assert result.current.dtypes.astype(str).to_dict() == {
        "order_id": "object",
        "date": "datetime64[ns]",
        "region": "object",
        "customer": "object",
        "product": "object",
        "quantity": "int64",
        "unit_price": "float64",
        "revenue": "float64",
    }


def test_month_bounds_takes_what_its_callers_give():
    assert list(inspect.signature(month_bounds).parameters) == ["first_day"]


def test_month_bounds_gives_what_it_gave_in_the_notebook():
    assert_same(
        month_bounds("2024-03-01"),
        (pd.Timestamp("2024-03-01 00:00:00"), pd.Timestamp("2024-04-01 00:00:00")),
    )
