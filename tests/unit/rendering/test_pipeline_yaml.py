"""The pipeline file says what runs after what, and no text of a notebook can change its shape."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nb2pkg.pipeline.reading import read_pipeline
from nb2pkg.planning.plan import PackagePlan, Parameter, Process, Step
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


def step(name: str, takes: str = "", gives: str = "", *, shows: str = "") -> Step:
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
    )


def process(steps: str, loads: str = "", saves: str = "", *reasons: str) -> Process:
    return Process(
        steps=tuple(steps.split()),
        loads=tuple(loads.split()),
        saves=tuple(saves.split()),
        reasons=reasons,
    )


def plan(
    *steps: Step,
    parameters: tuple[Parameter, ...] = (),
    processes: tuple[Process, ...] | None = None,
) -> PackagePlan:
    alone = tuple(Process(steps=(s.name,), loads=s.parameters, saves=s.returns) for s in steps)
    return PackagePlan(
        processes=alone if processes is None else processes,
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
        saves={"load": [("df",)], "clean": [("df",)], "split": [("X", "y")]},
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
        "  split: {notebook: notebooks/steps/split.ipynb, needs: [clean], outputs: [[X, y]]}\n"
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


def test_steps_that_share_a_process_are_one_entry_with_the_reason_above_it():
    text = pipeline_yaml(
        plan(
            step("load"),
            step("draw"),
            step("label"),
            step("save"),
            processes=(
                process("load", "", "df"),
                process("draw label", "df", "fig", "they draw on one figure"),
                process("save", "fig"),
            ),
        ),
        root=".",
        saves={"load": [("df",)], "draw_to_label": [("fig",)]},
    )

    assert text.endswith(
        "  # draw, label run together: they draw on one figure\n"
        "  draw_to_label: {notebook: notebooks/steps/draw_to_label.ipynb, "
        "needs: [load], outputs: [fig]}\n"
        "  save: {notebook: notebooks/steps/save.ipynb, needs: [draw_to_label]}\n"
    )


def test_a_value_comes_from_the_process_that_saved_it_last():
    processes = (process("a", "", "xs"), process("b", "xs", "xs"), process("c", "xs"))

    *_, last = pipeline_processes(plan(step("a"), step("b"), step("c"), processes=processes))

    assert last.needs == ("b",)


def test_a_shared_process_never_takes_the_name_of_another_step():
    steps = (step("a"), step("b"), step("a_to_b"))

    names = [
        p.name
        for p in pipeline_processes(
            plan(*steps, processes=(process("a b", "", "", "why"), process("a_to_b")))
        )
    ]

    assert names == ["a_to_b_", "a_to_b"]


@pytest.mark.parametrize("default", ["(1, 2)", "{1, 2}", "b'x'", "1j", "Path('x')", "{1: 2}"])
def test_a_default_that_yaml_would_change_is_left_to_the_notebook(default):
    text = pipeline_yaml(plan(parameters=(parameter("odd", default),)), root="..", saves={})

    assert yaml.safe_load(text)["parameters"] == {}
    assert f"# odd is set in the notebook: YAML can't say {default}" in text


@given(value=VALUE)
def test_every_default_reads_back_as_it_was(value):
    text = pipeline_yaml(plan(parameters=(parameter("p", repr(value)),)), root="..", saves={})

    [read] = read_pipeline(text.encode()).parameters

    assert json.dumps(read.default) == json.dumps(value)


@pytest.mark.parametrize(
    ("annotation", "default", "written"),
    [
        ("float", "5", "{type: float, default: 5}"),
        ("str | None", "None", "{type: str | None, default: null}"),
        ("list[float]", "[1, 2]", "[1, 2]"),
        ("int", "5", "5"),
        ("object", "None", "null"),
    ],
)
def test_a_type_is_written_where_the_default_does_not_say_it(annotation, default, written):
    given = Parameter(name="p", annotation=annotation, default=default)

    text = pipeline_yaml(plan(parameters=(given,)), root="..", saves={})

    assert f"  p: {written}\n" in text


@given(root=TEXT, reason=TEXT, default=TEXT)
def test_no_text_changes_the_shape(root, reason, default):
    text = pipeline_yaml(
        plan(
            step("a", "", "x"),
            step("b", "x"),
            parameters=(parameter("odd", f"({default!r},)"), parameter("n", "1")),
            processes=(process("a b", "", "", reason),),
        ),
        root=root,
        saves={},
    )

    assert yaml.safe_load(text) == {
        "name": "churn",
        "root": root,
        "parameters": {"n": 1},
        "steps": {"a_to_b": {"notebook": "notebooks/steps/a_to_b.ipynb"}},
    }
