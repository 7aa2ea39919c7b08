"""What do the tests of the parameters and of the command line say?"""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence

from nb2pkg.planning.plan import PackagePlan, Parameter
from nb2pkg.rendering.option_names import flag_of, needs_json
from nb2pkg.rendering.test_module import TestText, test_module

_UNREADABLE = (ValueError, TypeError, SyntaxError, MemoryError, RecursionError)


def parameters_test_file(plan: PackagePlan) -> str:
    """The tests of `Parameters`: the notebook's own values, which no run can change."""
    imports = ("import pytest", f"from {plan.package} import Parameters")
    defaults = [
        f"        ({parameter.name!r}, {value!r}),"
        for parameter, value in _readable(plan.parameters)
    ]
    tests: list[TestText] = []
    if defaults:
        lines = [
            "@pytest.mark.parametrize(",
            '    ("name", "value"),',
            "    [",
            *defaults,
            "    ],",
            ")",
            "def test_a_default_is_the_notebooks_own_value(name, value):",
            "    assert getattr(Parameters(), name) == value",
        ]
        tests.append(TestText(text="\n".join(lines), imports=imports))
    text = (
        "def test_parameters_stay_as_they_are_during_a_run():\n"
        "    parameters = Parameters()\n\n"
        "    with pytest.raises(dataclasses.FrozenInstanceError):\n"
        f"        parameters.{plan.parameters[0].name} = None"
    )
    tests.append(TestText(text=text, imports=("import dataclasses", *imports)))
    return test_module(
        "The parameters have the notebook's values, and keep them", tests, plan.package
    )


def command_test_file(plan: PackagePlan) -> str:
    """The tests of `python -m PACKAGE`."""
    if not plan.parameters:
        return test_module(
            "The command runs the pipeline", [_runs_the_pipeline(plan)], plan.package
        )
    tests = [_help(plan), *_options(plan)]
    options = [f"--{flag_of(parameter.name, plan)}" for parameter in plan.parameters]
    about = "The command line sets the parameters"
    return test_module(about, tests, plan.package, f"OPTIONS = {options!r}")


def _runs_the_pipeline(plan: PackagePlan) -> TestText:
    lines = [
        "def test_the_command_runs_the_pipeline(monkeypatch):",
        "    runs = []",
        f'    monkeypatch.setattr(sys, "argv", [{plan.package!r}])',
        '    monkeypatch.setattr(command, "run", lambda: runs.append("run"))',
        "",
        "    command.main()",
        "",
        '    assert runs == ["run"]',
    ]
    imports = ("import sys", f"from {plan.package} import __main__ as command")
    return TestText(text="\n".join(lines), imports=imports)


def _help(plan: PackagePlan) -> TestText:
    lines = [
        "def test_help_names_every_option():",
        '    sources = str(Path(__file__).parent.parent / "src")',
        "    shown = subprocess.run(",
        f'        [sys.executable, "-m", {plan.package!r}, "--help"],',
        '        env={**os.environ, "PYTHONPATH": sources, "COLUMNS": "200"},',
        "        capture_output=True,",
        "        text=True,",
        "        check=False,",
        "    )",
        "",
        "    assert shown.returncode == 0, shown.stderr",
        "    assert [option for option in OPTIONS if option not in shown.stdout] == []",
    ]
    imports = ("import os", "import subprocess", "import sys", "from pathlib import Path")
    return TestText(text="\n".join(lines), imports=imports)


def _options(plan: PackagePlan) -> list[TestText]:
    cases = [
        f"        ({argument!r}, {parameter.name!r}, {value!r}),"
        for parameter in plan.parameters
        for argument, value in [_another(parameter, flag_of(parameter.name, plan))]
    ]
    lines = [
        "@pytest.mark.parametrize(",
        '    ("argument", "name", "value"),',
        "    [",
        *cases,
        "    ],",
        ")",
        "def test_an_option_sets_its_parameter(monkeypatch, argument, name, value):",
        "    given = []",
        f'    monkeypatch.setattr(sys, "argv", [{plan.package!r}, argument])',
        '    monkeypatch.setattr(command, "run", given.append)',
        "",
        "    command.main()",
        "",
        "    assert getattr(given[0], name) == value",
        "    assert type(getattr(given[0], name)) is type(value)",
    ]
    imports = ("import pytest", "import sys", f"from {plan.package} import __main__ as command")
    return [TestText(text="\n".join(lines), imports=imports)]


def _another(parameter: Parameter, name: str) -> tuple[str, object]:
    """An argument that gives the parameter another value, and that value."""
    flag = f"--{name}"
    default = next((value for _, value in _readable([parameter])), None)
    match parameter.annotation:
        case "bool":
            return (f"--no-{name}", False) if default else (flag, True)
        case "int":
            number = default + 1 if type(default) is int and abs(default) < 10**9 else 1
            return f"{flag}={number}", number
        case "float":
            return (f"{flag}=0.25", 0.25) if default != 0.25 else (f"{flag}=0.75", 0.75)
        case _ if not needs_json(parameter):
            return f"{flag}=another", "another"
        case _:
            value = ["another"]
            return f"{flag}={json.dumps(value)}", value


def _readable(parameters: Sequence[Parameter]) -> list[tuple[Parameter, object]]:
    """The parameters whose defaults a test can write down."""
    found: list[tuple[Parameter, object]] = []
    for parameter in parameters:
        try:
            value = ast.literal_eval(parameter.default)
            if ast.literal_eval(repr(value)) == value:
                found.append((parameter, value))
        except _UNREADABLE:
            continue
    return found
