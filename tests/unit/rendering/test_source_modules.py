"""The modules of a package: small, importable, each with just what it needs."""

from __future__ import annotations

import ast

import pytest

from tests.builders import md, modules, notebook, plan_and_graph, sources, tagged

CELLS = (
    tagged("parameters", "rate = 0.5\nsize = 3  # how many\nlog_file = 'a'"),
    "import math\nfrom json import dumps",
    md("## Load\nWhat it is about."),
    "LIMIT = 10\nrows = [float(n) for n in range(size)]",
    md("## Scale"),
    "def scaled(n):\n    return min(n * rate, LIMIT)\n\nrows = [scaled(r) for r in rows]",
    md("## Report"),
    "total = math.fsum(rows)\nprint(dumps(total))",
    "print(total, LIMIT)",
)


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return modules(*CELLS)


def test_every_step_has_a_module_beside_the_doors(files: dict[str, str]) -> None:
    assert set(files) == {
        "__init__.py",
        "__main__.py",
        "constants.py",
        "parameters.py",
        "pipeline.py",
        "steps/__init__.py",
        "steps/load.py",
        "steps/report.py",
        "steps/scale.py",
    }


def test_every_module_and_step_has_a_docstring(files: dict[str, str]) -> None:
    for path, text in files.items():
        assert ast.get_docstring(ast.parse(text)), path
    load = ast.parse(files["steps/load.py"]).body[-1]
    assert isinstance(load, ast.FunctionDef)
    assert ast.get_docstring(load) == "Load.\n\nWhat it is about."


def test_a_module_imports_what_it_reads_and_nothing_else(files: dict[str, str]) -> None:
    def imported(path: str) -> set[str]:
        tree = ast.parse(files[path])
        return {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for alias in node.names
        }

    assert imported("steps/load.py") == set()
    assert imported("steps/scale.py") == {"LIMIT"}
    assert imported("steps/report.py") == {"math", "dumps", "LIMIT"}
    assert imported("pipeline.py") == {"dataclass", "Parameters", "load", "scale", "report"}


def test_parameters_are_options_with_their_types(files: dict[str, str]) -> None:
    text = files["__main__.py"]

    assert '"--rate", type=float' in text
    assert '"--size", type=int' in text
    assert '"--log-file"' in text
    assert "how many (%(default)s)" in text


def test_the_package_offers_its_steps(files: dict[str, str]) -> None:
    (exported,) = (
        ast.literal_eval(node.value)
        for node in ast.parse(files["__init__.py"]).body
        if isinstance(node, ast.Assign)
    )

    assert exported == ["Parameters", "Results", "load", "report", "run", "scale"]


def test_a_percent_sign_in_a_title_is_no_format() -> None:
    text = modules(md("# 100% of it"), tagged("parameters", "n = 1"), "print(n)")["__main__.py"]

    assert "100%% of it" in text


def test_quotes_and_backslashes_in_prose_stay_prose() -> None:
    prose = 'Say """no""" to C:\\new, and "quote"'
    plan, _ = plan_and_graph(
        notebook(md(f"## Load\n{prose}"), "rows = [1]", md("## R"), "rows[0] = 2\nprint(rows)")
    )

    for path, text in sources(plan).items():
        compile(text, path, "exec")


def test_long_sections_give_named_results() -> None:
    text = modules(
        md("## Load"), "a, b, c, d = map(int, input())", md("## Report"), "print(a + b + c + d)"
    )

    assert "class LoadResult(NamedTuple):" in text["steps/load.py"]
    assert "a, b, c, d = load()" in text["pipeline.py"]
