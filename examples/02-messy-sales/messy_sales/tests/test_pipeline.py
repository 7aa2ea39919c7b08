"""The steps fit together, and the pipeline runs."""

import dataclasses
import inspect

from messy_sales import (
    Results,
    clean_data,
    load_and_clean_data,
    plot,
    run,
    summarise,
    train_model,
)

# Every step in the order of the run, and the values that it gives.
STEPS = [
    (load_and_clean_data, ["df"]),
    (clean_data, ["df"]),
    (plot, ["tmp"]),
    (train_model, ["m", "score"]),
    (summarise, ["summarise_tmp", "summary"]),
]


def test_every_step_takes_only_what_is_there_by_then():
    there = set()
    for step, gives in STEPS:
        assert set(inspect.signature(step).parameters) <= there, step.__name__
        there.update(gives)


def test_the_results_are_what_the_notebook_shows():
    assert [field.name for field in dataclasses.fields(Results)] == [
        "tmp",
        "summarise_tmp",
        "summary",
    ]


def test_the_pipeline_runs_from_start_to_end(notebook_folder):
    results = run()

    assert isinstance(results, Results)
    assert results.tmp is not None
    assert results.summarise_tmp is not None
    assert results.summary is not None
