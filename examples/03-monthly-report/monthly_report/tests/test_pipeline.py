"""The steps fit together, and the pipeline runs."""

import dataclasses
import inspect

from monthly_report import (
    Parameters,
    compare_with_months_before,
    draw,
    keep_one_region_and_month,
    load_orders,
    rank_customers,
    run,
    write_report,
)

# Every step in the order of the run, and the values that it gives.
STEPS = [
    (load_orders, ["orders"]),
    (keep_one_region_and_month, ["start", "end", "regional", "current"]),
    (rank_customers, ["customers", "top"]),
    (compare_with_months_before, ["history", "summary"]),
    (draw, []),
    (write_report, []),
]


def test_every_step_takes_only_what_is_there_by_then():
    there = {field.name for field in dataclasses.fields(Parameters)}
    for step, gives in STEPS:
        assert set(inspect.signature(step).parameters) <= there, step.__name__
        there.update(gives)


def test_the_pipeline_runs_from_start_to_end(notebook_folder, capsys):
    run()

    assert capsys.readouterr().out
