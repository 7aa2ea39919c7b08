"""draw: what it takes, what it gives, what it is made of."""

import inspect

import pandas as pd
from recorded_figures import Drawn
from recorded_values import assert_same, assert_written, load

from monthly_report import draw
from monthly_report.steps.compare_with_months_before import MonthSummary


def test_draw_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(draw).parameters) == [
        "start",
        "top",
        "history",
        "summary",
        "include_plots",
        "out_dir",
    ]


def inputs():
    """What draw was given when the notebook ran."""
    return {
        "start": pd.Timestamp("2024-03-01 00:00:00"),
        "top": load("rank_customers/top.csv"),
        "history": load("compare_with_months_before/history.csv"),
        "summary": MonthSummary(
            region="north",
            month="March 2024",
            orders=35,
            revenue=3821.85,
            change=0.36487331035837367,
        ),
        "include_plots": True,
        "out_dir": "report",
    }


def test_draw_does_what_it_did_in_the_notebook(own_folder):
    with Drawn() as drawn:
        draw(**inputs())
        assert_same(drawn.figures(), load("draw/drawn.json"))

    assert_written(None, "report/customers.png", "report/history.png")


def test_draw_leaves_its_inputs_alone(own_folder):
    given = inputs()
    draw(**given)

    assert_same(given, inputs())
