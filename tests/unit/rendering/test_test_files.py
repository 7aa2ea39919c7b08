"""Generated tests pass right after extraction, assert something, and say why when they skip."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2pkg.analysis import ParsedCell, parse_cell
from nb2pkg.notebook import read_notebook
from nb2pkg.planning.choices import PackageChoices
from nb2pkg.planning.plan import PackagePlan
from nb2pkg.planning.planning import plan_package
from nb2pkg.rendering.rendering import render_sources

# Under its own name, pytest would take the function for a test.
from nb2pkg.rendering.test_files import test_files as render_tests


def plan(*cells: str) -> PackagePlan:
    """The plan of a notebook; a cell begins with its tag and a colon on a line of its own."""
    document = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {
                "cell_type": "code",
                "id": f"c{number}",
                "metadata": {"tags": [cell.split("\n")[0]]},
                "outputs": [],
                "execution_count": None,
                "source": cell.partition("\n")[2],
            }
            for number, cell in enumerate(cells)
        ],
    }
    notebook = read_notebook(json.dumps(document).encode(), "toy")
    bound: set[str] = set()
    parsed: list[ParsedCell] = []
    for cell in notebook.code_cells:
        one = parse_cell(cell, bound)
        assert isinstance(one, ParsedCell)
        for statement in one.statements:
            bound |= statement.facts.may_bind
        parsed.append(one)
    return plan_package(notebook, parsed, PackageChoices(), "toy")[0]


def generated(*cells: str, **tests: list[str]) -> dict[str, str]:
    return render_tests(plan(*cells), root="..", tests=tests)


# -- run for real

TOY = (
    "parameters\nseed = 7\nfast = True\nnames = ['a']\npath = 'numbers.txt'",
    "step:load\nnumbers = [int(line) for line in open(path)]",
    "step:scale\n"
    "def times(value, factor=2):\n    return value * factor\n"
    "scaled = [times(n, seed) for n in numbers]",
    "step:settings\nlimits = {'low': 1, 'high': 9}",
    "step:report\n"
    "import matplotlib.pyplot as plt\n"
    "total = sum(scaled)\n"
    "with open('report.txt', 'w') as file:\n    file.write(f'{total} {limits}')\n"
    "print(total)",
)
CELLS = {
    "scale": ["assert times(3) == 6", "assert scaled[0] > 0", "times(1)"],
    "gone": ["import math\nassert math.isclose(seed, 7)"],
}


def written(home: Path, data: str | None = "1\n2\n") -> Path:
    """The toy package, beside its notebook's data."""
    the_plan = plan(*TOY)
    tree = {**render_sources(the_plan), **render_tests(the_plan, root="..", tests=CELLS)}
    for path, text in tree.items():
        file = home / "toy" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (home / "toy/pytest.ini").write_text("[pytest]\ntestpaths = tests\npythonpath = src\n")
    if data is not None:
        (home / "numbers.txt").write_text(data)
    return home / "toy"


def run_tests(package: Path) -> tuple[int, str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"],
        cwd=package,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_they_pass_right_after_extraction_and_leave_nothing_behind(tmp_path):
    package = written(tmp_path)

    status, shown = run_tests(package)

    assert status == 0, shown
    assert "failed" not in shown and "error" not in shown
    assert not (tmp_path / "report.txt").exists()


def test_what_is_skipped_says_why(tmp_path):
    package = written(tmp_path, data=None)

    status, shown = run_tests(package)

    assert status == 0, shown
    assert "needs data that is not here: numbers.txt" in shown
    assert "needs recorded inputs: nb2pkg extract --run" in shown
    assert "the notebook's cell asserts nothing" in shown


@pytest.mark.parametrize(
    ("file", "before", "after", "failing"),
    [
        ("parameters.py", "seed: int = 7", "seed: int = 8", "own_value[seed-7]"),
        ("parameters.py", "frozen=True", "frozen=False", "stay_as_they_are"),
        ("steps/scale.py", "factor=2", "factor=3", "test_times_takes"),
        ("steps/scale.py", "def scale(numbers", "def scale(wrong", "only_what_is_there"),
        ("steps/settings.py", "9", "8", "what_the_notebook_says"),
        ("pipeline.py", "report(", "(lambda *a: None)(", "start_to_end"),
        ("__main__.py", "'--seed', type=int", "'--seed', type=float", "argument"),
    ],
    ids=["default", "frozen", "helper", "wiring", "constant", "run", "option"],
)
def test_they_fail_when_the_package_breaks(tmp_path, file, before, after, failing):
    package = written(tmp_path)
    source = next(package.glob(f"src/toy/{file}"), None)
    assert source is not None
    text = source.read_text(encoding="utf-8")
    assert before in text
    source.write_text(text.replace(before, after), encoding="utf-8")

    status, shown = run_tests(package)

    assert status == 1
    assert failing in shown


# -- what is asserted


def test_a_step_is_asked_for_what_it_takes_and_waits_for_records():
    text = generated("step:a\nx = open('f').read()", "step:b\ny = len(x)\nprint(y)")[
        "tests/test_b.py"
    ]

    assert "test_b_takes_what_the_pipeline_gives_it" in text
    assert "assert list(inspect.signature(b).parameters) == ['x']" in text
    assert "pytest.skip('needs recorded inputs: nb2pkg extract --run')" in text


def test_a_step_that_names_plain_values_is_asked_for_them():
    text = generated("step:a\nx = [1, 'two']", "step:b\nx.append(3)\nprint(x)")["tests/test_a.py"]

    assert "assert a() == [1, 'two']" in text
    assert "skip" not in text


@pytest.mark.parametrize(
    "code",
    [
        "x = 10 ** 10 ** 10",
        "x = open('f')",
        "x = [i for i in range(10 ** 9)]",
        "from os import getcwd as load\nx = load()",
        "x = 0\nwhile x < 3:\n    x += 1",
    ],
    ids=["power", "file", "long", "unknown", "loop"],
)
def test_a_step_that_may_be_slow_or_do_harm_is_never_called(code):
    text = generated(f"step:a\n{code}", "step:b\nprint(x)\nx = 1\nprint(x)")["tests/test_a.py"]

    assert "a()" not in text.replace("takes_what_the_pipeline_gives_it()", "").replace(
        "in_the_notebook()", ""
    )


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import requests\nx = requests.get('https://example.org').text", "the network"),
        ("import pandas as pd\nx = pd.read_csv('https://example.org/a.csv')", "the network"),
        ("x = input('name')", "a person for input"),
        ("import sys\nx = 1\nsys.exit()", "stops the interpreter"),
    ],
    ids=["requests", "address", "input", "exit"],
)
def test_a_run_that_a_test_cannot_make_is_skipped_with_the_reason(code, reason):
    text = generated(f"step:a\n{code}", "step:b\nprint(x)")["tests/test_pipeline.py"]

    assert "pytest.skip('the notebook " in text
    assert reason in text


def test_names_that_mean_something_to_pytest_are_imported_under_another():
    text = generated(
        "step:a\ndef test_model(m):\n    return m\n"
        "class TestBed:\n    def go(self):\n        pass\n"
        "def setup_module(x):\n    return x\n"
        "x = test_model(TestBed())\ny = setup_module(x)\nprint(y)"
    )["tests/test_a.py"]

    names = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    assert "import test_model as the_test_model" in text
    assert "TestBed as the_TestBed" in text
    assert "setup_module as the_setup_module" in text
    assert names == {
        "test_a_takes_what_the_pipeline_gives_it",
        "test_a_gives_what_it_gave_in_the_notebook",
        "test_test_model_takes_what_its_callers_give",
        "test_TestBed_can_do_what_its_callers_ask",
        "test_setup_module_takes_what_its_callers_give",
    }


def test_a_step_called_step_does_not_meet_the_loop_over_the_steps():
    text = generated("step:step\nx = 1", "step:gives\nprint(x)\nx = 2\nprint(x)")[
        "tests/test_pipeline.py"
    ]

    assert "(the_step, ['x'])" in text
    assert "(the_gives, []" in text or "(the_gives, ['x'])" in text


def test_a_step_with_the_name_of_another_test_file_gets_one_of_its_own():
    files = generated("step:command line\nx = 1\nprint(x)")

    assert {"tests/test_command_line.py", "tests/test_command_line_step.py"} <= set(files)


# -- no text of a notebook becomes code

PIECES = [
    '"""',
    "'",
    "\\",
    "\n",
    "{x}",
    "%s",
    "\r",
    "\x0c",
    "\u2028",
    "#",
    "canary()",
    "\\N{DASH}",
    " ",
    "x",
]
TEXT = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


@given(text=TEXT)
def test_no_text_changes_the_shape_of_the_tests(text):
    def made(value: str) -> list[str]:
        the_plan = plan(
            f"parameters\np = {value!r}", f"step:a\nopen('out', 'w').write({value!r})\nprint(p)"
        )
        files = render_tests(the_plan, root=f"../{value}", tests={"a": [f"not python: {value}"]})
        return [_without_texts(files[name]) for name in sorted(files)]

    assert made(text) == made("benign")


def _without_texts(code: str) -> str:
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)
