"""Which test files does the package have?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nb2pkg.planning.plan import PackagePlan
from nb2pkg.rendering.test_file_access import file_access
from nb2pkg.rendering.test_module import test_module, test_module_of
from nb2pkg.rendering.test_parameter_files import command_test_file, parameters_test_file
from nb2pkg.rendering.test_pipeline_file import conftest_file, pipeline_test_file
from nb2pkg.rendering.test_step_files import cell_tests, shared_test_file, step_test_file

_NO_TESTS: Mapping[str, Sequence[str]] = {}
_NO_HELPERS: Mapping[str, str] = {}


def test_files(
    plan: PackagePlan,
    *,
    root: str,
    tests: Mapping[str, Sequence[str]] = _NO_TESTS,
    helpers: Mapping[str, str] = _NO_HELPERS,
) -> dict[str, str]:
    """The package's tests, unformatted: path → text. All of them pass, or skip with a reason.

    root: the way from the package's folder to the notebook's
    tests: the source of the notebook's `test:NAME` cells, by the name of the step
    helpers: the modules that tests of recorded calls use: file name → text
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
        files[_path(step.name)] = step_test_file(step, plan, tests.get(step.name, ()))
    for module in plan.shared:
        text = shared_test_file(module, plan)
        if text is not None:
            files[_path(module.name)] = text
    others = sorted(set(tests) - {step.name for step in plan.steps})
    cells = [test for name in others for test in cell_tests(plan, name, tests[name])]
    if cells:
        text = test_module("What the notebook tests by itself", cells, plan.package)
        files["tests/test_notebook.py"] = text
    files |= {
        f"tests/{name}": text
        for name, text in helpers.items()
        if any(_imports(other, name.removesuffix(".py")) for other in files.values())
        or (
            name == "recorded_values.py"
            and any("from recorded_figures import" in f for f in files.values())
        )
    }
    return files


def _imports(text: str, module: str) -> bool:
    return f"from {module} import" in text


def _path(name: str) -> str:
    return f"tests/{test_module_of(name)}.py"
