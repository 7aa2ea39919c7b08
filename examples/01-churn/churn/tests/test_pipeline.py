"""The steps fit together, and the pipeline runs."""

import dataclasses
import inspect

from churn import (
    Parameters,
    Results,
    build_features,
    clean,
    evaluate,
    load_customers,
    run,
    train,
)

# Every step in the order of the run, and the values that it gives.
STEPS = [
    (load_customers, ["df"]),
    (clean, ["df"]),
    (build_features, ["X", "y"]),
    (train, ["X_test", "y_test", "model"]),
    (evaluate, ["metrics"]),
]


def test_every_step_takes_only_what_is_there_by_then():
    there = {field.name for field in dataclasses.fields(Parameters)}
    for step, gives in STEPS:
        assert set(inspect.signature(step).parameters) <= there, step.__name__
        there.update(gives)


def test_the_results_are_what_the_notebook_shows():
    assert [field.name for field in dataclasses.fields(Results)] == ["metrics"]


def test_the_pipeline_runs_from_start_to_end(notebook_folder):
    results = run()

    assert isinstance(results, Results)
    assert results.metrics is not None
