"""The pipeline file says what runs after what, and no text of a notebook can change its shape."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nb2pkg.planning.plan import PackagePlan, Parameter, Step
from nb2pkg.rendering.pipeline_yaml import pipeline_processes, pipeline_yaml

CHAR = st.sampled_from(
    "x: -#&*!|>'\"%@`{}[],?\\\n\r\t\x0b\x0c\x1c\x85\u2028\ufeff é😀"
) | st.integers(0, 0xD7FF).map(chr)
TEXT = st.lists(CHAR, max_size=20).map("".join)
VALUE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


def step(
    name: str, takes: str = "", gives: str = "", *, shows: str = "", reason: str | None = None
) -> Step:
    return Step(
        name=name,
        title=name,
        prose="",
        cells=(),
        body=(),
        parameters=tuple(takes.split()),
        options=(),
        returns=tuple(gives.split()),
        results={name: name for name in shows.split()},
        changes=(),
        is_async=False,
        reason_to_fuse=reason,
    )


def plan(*steps: Step, parameters: tuple[Parameter, ...] = ()) -> PackagePlan:
    return PackagePlan(
        package="churn",
        notebook="churn.ipynb",
        title="Churn",
        summary="",
        parameters=parameters,
        early=(),
        setup=(),
        steps=steps,
        shared=(),
        constants=(),
        imports={},
        stars=(),
        effect_imports=(),
        has_future_annotations=False,
        homes={},
        left_out=(),
        diagnostics=(),
    )


def parameter(name: str, default: str) -> Parameter:
    return Parameter(name=name, annotation="object", default=default)


CHURN = (
    step("load", "", "df"),
    step("clean", "df", "df"),
    step("split", "df", "X y"),
    step("report", "df X"),
)


def test_a_pipeline_reads_as_one_would_write_it():
    text = pipeline_yaml(
        plan(*CHURN, parameters=(parameter("size", "0.25"), parameter("columns", "['a', 'b']"))),
        root="..",
    )

    assert text == (
        "name: churn\n"
        "root: ..\n"
        "parameters:\n"
        "  size: 0.25\n"
        "  columns: [a, b]\n"
        "steps:\n"
        "  load: {notebook: notebooks/steps/load.ipynb, outputs: [df]}\n"
        "  clean: {notebook: notebooks/steps/clean.ipynb, needs: [load], outputs: [df]}\n"
        "  split: {notebook: notebooks/steps/split.ipynb, needs: [clean], outputs: [X, y]}\n"
        "  report: {notebook: notebooks/steps/report.ipynb, needs: [clean, split]}\n"
    )


def test_a_step_needs_the_latest_step_that_made_a_value():
    needs = {process.name: process.needs for process in pipeline_processes(plan(*CHURN))}

    assert needs == {
        "load": (),
        "clean": ("load",),
        "split": ("clean",),
        "report": ("clean", "split"),
    }


def test_steps_that_share_a_process_become_one_step_with_the_reason_above_it():
    steps = (
        step("load", "", "df"),
        step("draw", "df", "fig ax", reason="they draw on one figure"),
        step("label", "ax", "", reason="they draw on one figure"),
        step("save", "fig", ""),
    )

    text = pipeline_yaml(plan(*steps), root=".", processes=[["draw", "label"]])

    assert text.endswith(
        "  # draw, label run together: they draw on one figure\n"
        "  draw_to_label: {notebook: notebooks/steps/draw_to_label.ipynb, "
        "needs: [load], outputs: [fig]}\n"
        "  save: {notebook: notebooks/steps/save.ipynb, needs: [draw_to_label]}\n"
    )


def test_a_shared_process_hands_on_what_it_shows_and_what_later_steps_take():
    steps = (
        step("a", "", "x y", shows="y"),
        step("b", "x", "z kept"),
        step("c", "kept", ""),
    )

    first, second = pipeline_processes(plan(*steps), [["a", "b"]])

    assert first.outputs == ("y", "kept")
    assert second.needs == ("a_to_b",)


def test_a_shared_process_never_takes_the_name_of_another_step():
    steps = (step("a"), step("b"), step("a_to_b"))

    names = [process.name for process in pipeline_processes(plan(*steps), [["a", "b"]])]

    assert names == ["a_to_b_", "a_to_b"]


@pytest.mark.parametrize("default", ["(1, 2)", "{1, 2}", "b'x'", "1j", "Path('x')", "{1: 2}"])
def test_a_default_that_yaml_would_change_is_left_to_the_notebook(default):
    text = pipeline_yaml(plan(parameters=(parameter("odd", default),)), root="..")

    assert yaml.safe_load(text)["parameters"] == {}
    assert f"# odd is set in the notebook: YAML can't say {default}" in text


@given(value=VALUE)
def test_every_default_reads_back_as_it_was(value):
    text = pipeline_yaml(plan(parameters=(parameter("p", repr(value)),)), root="..")

    read = yaml.safe_load(text)["parameters"]["p"]

    wanted = {"default": value} if isinstance(value, dict) else value
    assert json.dumps(read) == json.dumps(wanted)


@given(root=TEXT, reason=TEXT, default=TEXT)
def test_no_text_changes_the_shape(root, reason, default):
    steps = (step("a", "", "x", reason=reason), step("b", "x"))

    text = pipeline_yaml(
        plan(*steps, parameters=(parameter("odd", f"({default!r},)"), parameter("n", "1"))),
        root=root,
        processes=[["a", "b"]],
    )

    assert yaml.safe_load(text) == {
        "name": "churn",
        "root": root,
        "parameters": {"n": 1},
        "steps": {"a_to_b": {"notebook": "notebooks/steps/a_to_b.ipynb"}},
    }
