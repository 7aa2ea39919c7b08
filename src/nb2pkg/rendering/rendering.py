"""What files does the package have, and what stands in each?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nb2pkg.analysis import ParsedCell
from nb2pkg.notebook import Notebook
from nb2pkg.planning.dependencies import Dependencies
from nb2pkg.planning.plan import PackagePlan
from nb2pkg.rendering.artifacts_module import artifacts_module
from nb2pkg.rendering.contracts_module import contracts_module
from nb2pkg.rendering.entry_modules import (
    constants_module,
    init_module,
    main_module,
    parameters_module,
    steps_init,
)
from nb2pkg.rendering.module_text import ImportResolver
from nb2pkg.rendering.pipeline_module import pipeline_module
from nb2pkg.rendering.pipeline_yaml import pipeline_yaml
from nb2pkg.rendering.project_files import project_files
from nb2pkg.rendering.rewritten_notebook import rewritten_notebook
from nb2pkg.rendering.step_module import shared_module, step_module
from nb2pkg.rendering.step_notebooks import step_notebooks
from nb2pkg.rendering.test_files import test_files
from nb2pkg.rendering.test_pipeline_file import settings_imports, settings_lines

SourceTree = dict[str, str]
_NO_HELPERS: Mapping[str, str] = {}


def render_package(
    plan: PackagePlan,
    notebook: Notebook,
    cells: Sequence[ParsedCell],
    dependencies: Dependencies,
    python_version: tuple[int, int],
    root: str,
    test_helpers: Mapping[str, str] = _NO_HELPERS,
) -> SourceTree:
    """Every file of the package, unformatted: path below the output folder → text.

    `python_version` is the notebook's; `root` is the way from the output folder to the notebook's;
    `test_helpers` are modules that tests of recorded calls use.
    """
    # One thin notebook for each process, and the one notebook that now calls the functions.
    steps = step_notebooks(plan, notebook, cells)
    rewritten = rewritten_notebook(plan, notebook, cells)
    artifacts = artifacts_module(plan)
    return {
        **render_sources(plan),
        **project_files(plan, dependencies, python_version, tested_root=root),
        "pipeline.yaml": pipeline_yaml(plan, root=root, saves=steps.saves),
        **test_files(plan, root=root, tests=plan.tests, helpers=test_helpers),
        f"notebooks/{notebook.name}.ipynb": rewritten.text,
        **({f"src/{plan.package}/artifacts.py": artifacts} if artifacts else {}),
        **steps.files,
    }


def render_sources(plan: PackagePlan) -> SourceTree:
    """The package's own modules."""
    resolver = ImportResolver(plan)
    root = f"src/{plan.package}"
    tree: SourceTree = {
        f"{root}/__init__.py": init_module(plan, resolver),
        f"{root}/__main__.py": main_module(plan),
    }
    imported: SourceTree = {}
    if plan.parameters:
        imported[f"{root}/parameters.py"] = parameters_module(plan, resolver)
    if plan.contracts:
        tree[f"{root}/contracts.py"] = contracts_module(plan)
    if plan.constants:
        imported[f"{root}/constants.py"] = constants_module(plan, resolver)
    for step in plan.steps:
        imported[f"{root}/steps/{step.name}.py"] = step_module(step, plan, resolver)
    for module in plan.shared:
        imported[f"{root}/steps/{module.name}.py"] = shared_module(module, plan, resolver)
    tree[f"{root}/pipeline.py"] = pipeline_module(plan, resolver, imported.values())
    if plan.steps or plan.shared:
        tree[f"{root}/steps/__init__.py"] = steps_init()
    tree |= imported
    return tree


def settings_code(plan: PackagePlan) -> str:
    """A program that sets what `run` sets before the first step; empty where it sets nothing."""
    lines = settings_lines(plan)
    if not lines:
        return ""
    return "\n".join([*settings_imports(plan, lines), *lines]) + "\n"
