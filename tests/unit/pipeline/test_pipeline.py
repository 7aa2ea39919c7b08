"""What a pipeline, a step and a parameter say of themselves."""

from __future__ import annotations

import pytest

from nb2pkg.pipeline.pipeline import (
    FunctionWork,
    NotebookWork,
    Parameter,
    Pipeline,
    Step,
    artifact_name,
)


def test_a_parameter_without_a_default_has_to_be_given() -> None:
    assert Parameter(name="day").is_required
    assert not Parameter(name="day", default=None).is_required


def test_a_function_is_called_as_the_pipeline_writes_it() -> None:
    assert FunctionWork("churn.train", "train").path == "churn.train:train"


def test_a_pipeline_knows_its_steps_by_name() -> None:
    load = Step(name="load", work=NotebookWork("load.ipynb"))
    pipeline = Pipeline(name="churn", steps=(load,))

    assert pipeline.step("load") is load
    with pytest.raises(StopIteration):
        pipeline.step("clean")


def test_values_that_are_stored_together_have_one_name() -> None:
    assert artifact_name(("X",)) == "X"
    assert artifact_name(("X", "y")) == "X_and_y"
