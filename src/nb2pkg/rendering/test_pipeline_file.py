"""What do the tests of the whole pipeline say, and what do they share in conftest.py?"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nb2pkg.analysis import indent
from nb2pkg.planning.observed import Kept
from nb2pkg.planning.plan import PackagePlan
from nb2pkg.rendering.docstrings import docstring
from nb2pkg.rendering.module_text import ImportResolver, module_text
from nb2pkg.rendering.pipeline_module import result_fields, results_class, setup_text
from nb2pkg.rendering.test_file_access import FileAccess
from nb2pkg.rendering.test_module import TestText, imported, skipped, test_module
from nb2pkg.rendering.test_plain_values import never_none
from nb2pkg.rendering.test_recorded_calls import equality


def pipeline_test_file(plan: PackagePlan, access: FileAccess) -> str:
    """The tests of the pipeline: its steps fit together, and it runs."""
    tests: list[TestText] = []
    heads: list[str] = []
    if plan.steps:
        heads.append(_steps_table(plan))
        tests.append(_fits_together(plan))
    if result_fields(plan):
        tests.append(_results(plan))
    tests.append(_runs(plan, access))
    return test_module("The steps fit together, and the pipeline runs", tests, plan.package, *heads)


def conftest_file(plan: PackagePlan, root: str, access: FileAccess) -> str:
    """`conftest.py`: where the tests run, and what must be there."""
    is_early = bool(plan.early)
    draws = _draws(plan)
    lines: list[str] = []
    if draws:
        lines.append('os.environ["MPLBACKEND"] = "Agg"  # draw without a window')
    lines.append(f"FOLDER = {_folder_of_the_notebook(root)}")
    if is_early:
        lines.append("# What the package does when it is imported depends on where that happens.")
        lines.append("os.chdir(FOLDER)")
    if access.reads:
        lines.append(f"READS = {list(access.reads)!r}")
    if access.writes:
        lines.append(f"WRITES = {[*access.writes, *access.folders]!r}")
    imports = ["from pathlib import Path", "import pytest"]
    if draws or is_early:
        imports.append("import os")
    fixtures = [_folder_fixture(access)]
    calls = [seen.call for seen in plan.observed.steps.values() if seen.call is not None]
    if any(call.brings or call.folders or call.touches for call in calls):
        fixtures.append(_OWN_FOLDER)
        imports.append("import shutil")
    if calls and draws:
        fixtures.append(_NO_FIGURES)
        imports.append("import matplotlib.pyplot as plt")
    if calls and settings_lines(plan):
        fixture, needed = _settings_fixture(plan)
        fixtures.append(fixture)
        imports += needed
    text = module_text(
        docstring("The tests run where the notebook runs: in its own folder"),
        ["\n".join(lines), *fixtures],
        imports,
        plan.package,
    )
    return text.replace("\n\n\n", "\n\n", 1)


_OWN_FOLDER = '''\
@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """Work in an empty folder. `own_folder("data/a.csv", "out/")` copies a file there, and makes a folder.

    Skips where the file is absent.
    """
    monkeypatch.chdir(tmp_path)

    def bring(*paths):
        for path in paths:
            folder = tmp_path / path if path.endswith("/") else (tmp_path / path).parent
            folder.mkdir(parents=True, exist_ok=True)
            if path.endswith("/"):
                continue
            if not (FOLDER / path).exists():
                pytest.skip(f"needs data that is not here: {path}")
            shutil.copy(FOLDER / path, path)

    return bring'''


_NO_FIGURES = '''\
@pytest.fixture(autouse=True)
def figures_are_closed():
    """Close what a test has drawn: the next one must not draw on it."""
    yield
    plt.close("all")'''


def _settings_fixture(plan: PackagePlan) -> tuple[str, list[str]]:
    """A fixture that sets what `run` sets before the first step, and the imports that it needs."""
    lines = [*settings_lines(plan)]
    text = "\n".join(
        [
            "@pytest.fixture(autouse=True)",
            "def settings_of_the_notebook():",
            '    """Set what the notebook sets before its first step, and what a kernel does."""',
            indent("\n".join(lines), "    "),
        ]
    )
    return text, settings_imports(plan, lines)


def settings_lines(plan: PackagePlan) -> list[str]:
    """The statements that `run` has before its first step."""
    text = setup_text(plan) if plan.setup else ""
    parameters = ["parameters = Parameters()"] if "parameters." in text else []
    # Without a kernel, pandas fits tables to a terminal.
    tables = ['pd.set_option("display.max_columns", 20)'] if _has_tables(plan) else []
    return [line for line in (*tables, *parameters, text) if line]


def _has_tables(plan: PackagePlan) -> bool:
    return any(text.startswith("import pandas") for text in plan.imports.get("pd", ()))


def settings_imports(plan: PackagePlan, lines: Sequence[str]) -> list[str]:
    """The imports that they need."""
    extra = {"Parameters": f"from {plan.package}.parameters import Parameters"}
    return ImportResolver(plan).needed_by("\n".join(lines), "tests", extra)


def _folder_of_the_notebook(root: str) -> str:
    """The way from this file, two levels down in the package's folder, to the notebook's."""
    parts = root.split("/")
    if set(parts) <= {".", ".."}:
        return f"Path(__file__).resolve().parents[{1 + parts.count('..')}]"
    return f"(Path(__file__).parent.parent / {root!r}).resolve()"


def _folder_fixture(access: FileAccess) -> str:
    lines = [
        "@pytest.fixture",
        "def notebook_folder(monkeypatch):",
        f'    """{_about_the_folder(access)}"""',
    ]
    if access.reads:
        lines += [
            "    absent = [path for path in READS if not (FOLDER / path).exists()]",
            "    if absent:",
            "        pytest.skip(f\"needs data that is not here: {', '.join(absent)}\")",
        ]
    if access.writes:
        lines.append(
            "    added = [FOLDER / path for path in WRITES if not (FOLDER / path).exists()]"
        )
    lines.append("    monkeypatch.chdir(FOLDER)")
    if not access.writes:
        return "\n".join([*lines, "    return FOLDER"])
    lines += [
        "    yield FOLDER",
        "    for path in added:",
        "        if path.is_file():",
        "            path.unlink()",
    ]
    if access.folders:
        lines += [
            "        elif path.is_dir() and not any(path.iterdir()):",
            "            path.rmdir()",
        ]
    return "\n".join(lines)


def _about_the_folder(access: FileAccess) -> str:
    told = []
    if access.reads:
        told.append("Skips where its data is absent.")
    if access.writes:
        told.append("Takes away what a run adds to it; what was there before is written again.")
    first = "Work in the notebook's folder."
    return f"{first}\n\n    {' '.join(told)}\n    " if told else first


def _draws(plan: PackagePlan) -> bool:
    modules = ("matplotlib", "seaborn", "pylab", "plotnine")
    texts = [text for texts in plan.imports.values() for text in texts]
    return any(
        word in text for text in (*texts, *plan.stars, *plan.effect_imports) for word in modules
    )


# -- the steps fit together


def _steps_table(plan: PackagePlan) -> str:
    lines = ["# Every step in the order of the run, and the values that it gives.", "STEPS = ["]
    for step in plan.steps:
        given = [step.results.get(name, name) for name in step.returns]
        lines.append(f"    ({imported(step.name, plan.package).name}, {given!r}),")
    return "\n".join([*lines, "]"])


def _fits_together(plan: PackagePlan) -> TestText:
    imports = ["import inspect", *(imported(s.name, plan.package).statement for s in plan.steps)]
    there = "set()"
    if plan.parameters:
        imports += ["import dataclasses", f"from {plan.package} import Parameters"]
        there = "{field.name for field in dataclasses.fields(Parameters)}"
    lines = [
        "def test_every_step_takes_only_what_is_there_by_then():",
        f"    there = {there}",
        "    for step, gives in STEPS:",
        "        assert set(inspect.signature(step).parameters) <= there, step.__name__",
        "        there.update(gives)",
    ]
    return TestText(text="\n".join(lines), imports=tuple(imports))


def _results(plan: PackagePlan) -> TestText:
    fields = list(result_fields(plan))
    lines = [
        "def test_the_results_are_what_the_notebook_shows():",
        f"    assert [field.name for field in dataclasses.fields({results_class(plan)})] == {fields!r}",
    ]
    imports = ("import dataclasses", f"from {plan.package} import {results_class(plan)}")
    return TestText(text="\n".join(lines), imports=imports)


# -- the pipeline runs


def _runs(plan: PackagePlan, access: FileAccess) -> TestText:
    name = "test_the_pipeline_runs_from_start_to_end"
    if access.obstacle is not None:
        return skipped(name, f"the notebook {access.obstacle}")
    if plan.observed.stops:
        return skipped(name, f"the notebook stops: {plan.observed.stops}")
    result = "results = run()"
    imports = [f"from {plan.package} import run"]
    fields = result_fields(plan)
    asserted: list[str] = []
    arguments = ["notebook_folder"]
    if fields:
        imports.append(f"from {plan.package} import {results_class(plan)}")
        asserted.append(f"assert isinstance(results, {results_class(plan)})")
        for number, step in enumerate(plan.steps):
            for value, field in step.results.items():
                kept = _recorded_result(plan, number, value)
                if kept is not None:
                    asserted.append(equality(f"results.{field}", kept, imports))
                elif never_none(step, value):
                    asserted.append(f"assert results.{field} is not None")
    elif _certainly_prints(plan):
        result = "run()"
        arguments.append("capsys")
        asserted.append("assert capsys.readouterr().out")
    else:
        asserted.append("assert results is None  # it has its effects, and nothing to give")
    asserted.extend(
        f"assert (notebook_folder / {path!r}).exists()" for path in _certain_files(plan, access)
    )
    lines = [f"def {name}({', '.join(arguments)}):", *_call(result, access)]
    if access.reads_unknown:
        imports.append("import pytest")
    return TestText(
        text="\n".join([*lines, "", *(f"    {line}" for line in asserted)]), imports=tuple(imports)
    )


def _recorded_result(plan: PackagePlan, number: int, name: str) -> Kept | None:
    """What the notebook had for a result, where that is the same each time and stays as it is."""
    step = plan.steps[number]
    seen = plan.observed.steps.get(step.name)
    if seen is None or seen.call is None or not seen.is_stable or seen.call.is_in_part:
        return None
    if any(name in later.changes for later in plan.steps[number + 1 :]):
        return None
    return seen.call.returns[step.returns.index(name)]


def _call(result: str, access: FileAccess) -> list[str]:
    if not access.reads_unknown:
        return [f"    {result}"]
    return [
        "    try:",
        f"        {result}",
        "    except FileNotFoundError as absent:",
        '        pytest.skip(f"needs data that is not here: {absent.filename}")',
    ]


def _certainly_prints(plan: PackagePlan) -> bool:
    return any(_is_print(p.statement.node) for step in plan.steps for p in step.body)


def _is_print(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=[_, *_], keywords=[])):
            return True
        case _:
            return False


def _certain_files(plan: PackagePlan, access: FileAccess) -> list[str]:
    """The files that every run writes: those named in statements that always run."""
    if access.takes_away:
        return []
    certain = {
        node.value
        for step in plan.steps
        for placed in step.body
        if isinstance(placed.statement.node, ast.Expr)
        and not any(isinstance(n, _PERHAPS) for n in placed.statement.nodes)
        for node in placed.statement.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return [path for path in access.writes if path in certain]


# What a part of an expression stands in that does not always run.
_PERHAPS = (ast.IfExp, ast.BoolOp, ast.Lambda, ast.comprehension)
