"""Which test files does the package have?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nb2pkg.planning.plan import PackagePlan
from nb2pkg.rendering.test_file_access import file_access
from nb2pkg.rendering.test_module import test_module
from nb2pkg.rendering.test_parameter_files import command_test_file, parameters_test_file
from nb2pkg.rendering.test_pipeline_file import conftest_file, pipeline_test_file
from nb2pkg.rendering.test_step_files import cell_tests, shared_test_file, step_test_file

_NO_TESTS: Mapping[str, Sequence[str]] = {}


def test_files(
    plan: PackagePlan, *, root: str, tests: Mapping[str, Sequence[str]] = _NO_TESTS
) -> dict[str, str]:
    """The package's tests, unformatted: path → text. All of them pass, or skip with a reason.

    root: the way from the package's folder to the notebook's
    tests: the source of the notebook's `test:NAME` cells, by the name of the step
    """
    access = file_access(plan)
    files = {
        "tests/conftest.py": conftest_file(plan, root, access),
        "tests/test_pipeline.py": pipeline_test_file(plan, access),
        "tests/test_command_line.py": command_test_file(plan),
    }
    if plan.parameters:
        files["tests/test_parameters.py"] = parameters_test_file(plan)
    for step in plan.steps:
        files[_path(step.name, files)] = step_test_file(step, plan, tests.get(step.name, ()))
    for module in plan.shared:
        text = shared_test_file(module, plan)
        if text is not None:
            files[_path(module.name, files)] = text
    others = sorted(set(tests) - {step.name for step in plan.steps})
    cells = [test for name in others for test in cell_tests(plan, name, tests[name])]
    if cells:
        text = test_module("What the notebook tests by itself", cells, plan.package)
        files[_path("notebook", files)] = text
    return files


def _path(name: str, taken: Mapping[str, str]) -> str:
    path = f"tests/test_{name}.py"
    return path if path not in taken else f"tests/test_{name}_step.py"
