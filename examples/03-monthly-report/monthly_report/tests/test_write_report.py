"""write_report: what it takes, what it gives, what it is made of."""

import inspect

from recorded_values import assert_same, assert_written, load

from monthly_report import write_report
from monthly_report.steps.compare_with_months_before import MonthSummary


def test_write_report_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(write_report).parameters) == [
        "customers",
        "top",
        "summary",
        "include_plots",
        "out_dir",
    ]


def inputs():
    """What write_report was given when the notebook ran."""
    return {
        "customers": load("rank_customers/customers.csv"),
        "top": load("rank_customers/top.csv"),
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


def test_write_report_does_what_it_did_in_the_notebook(own_folder, capsys):
    own_folder("report/")
    write_report(**inputs())

    assert capsys.readouterr().out == (
        "north, March 2024: €3,821.85, up 36.5%\n"
        "key accounts: Abel & Zonen, Bakkerij Smit, De Molen\n"
        "written: report/report.md\n"
    )
    assert_written("write_report/written")


def test_write_report_leaves_its_inputs_alone(own_folder):
    own_folder("report/")
    given = inputs()
    write_report(**given)

    assert_same(given, inputs())
