"""Project files say what the package is, and no text of a notebook can change their shape."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from nb2pkg.planning.dependencies import Dependencies, Dependency
from nb2pkg.planning.plan import LeftOut, PackagePlan, Parameter, Step
from nb2pkg.rendering.project_files import project_files, toml_text
from nb2pkg.rendering.readme_graph import step_graph

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SPECIAL = "x1.)>#-+=*_~`|[]()<>!&$\\\"' \n\r\t\x00\x0b\x0c\x1c\x7f\x85\u2028\u202eé😀"
CHAR = st.sampled_from(SPECIAL) | st.integers(0, 0xD7FF).map(chr)
HOSTILE = [
    "```", "~~~", "\n# Title", "\n\n- item", "1. one", "<script>", "<!--", "]]>", "[a](b)",
    "| a | b |", "---", "===", "${x}", "{{7*7}}", "\n[tool.x]", '"""', "end", "&lt;", "![x](y)",
    "    code", "> quote", "\\",
]  # fmt: skip
TEXT = st.lists(CHAR | st.sampled_from(HOSTILE), max_size=15).map("".join)
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
NO_DEPENDENCIES = Dependencies(required=(), unknown=(), findings=())


def step(name: str, takes: str = "", gives: str = "", *, title: str = "", prose: str = "") -> Step:
    return Step(
        name=name,
        title=title or name,
        prose=prose,
        cells=(),
        body=(),
        parameters=tuple(takes.split()),
        options=(),
        returns=tuple(gives.split()),
        results={},
        changes=(),
        is_async=False,
    )


def plan(
    *steps: Step,
    title: str = "Customer churn",
    summary: str = "Which customers leave?",
    parameters: tuple[Parameter, ...] = (),
    left_out: tuple[LeftOut, ...] = (),
    local_modules: tuple[str, ...] = (),
    notebook: str = "churn.ipynb",
) -> PackagePlan:
    return PackagePlan(
        package="churn",
        notebook=notebook,
        title=title,
        summary=summary,
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
        left_out=left_out,
        diagnostics=(),
        local_modules=local_modules,
    )


def needing(*dependencies: Dependency, unknown: tuple[str, ...] = ()) -> Dependencies:
    return Dependencies(required=dependencies, unknown=unknown, findings=())


def dependency(name: str, specifier: str = "", **others: str) -> Dependency:
    return Dependency(
        distribution=name,
        specifier=specifier,
        pinned=others.get("pinned"),
        import_name=name,
        url=others.get("url"),
        marker=others.get("marker"),
    )


def files(
    the_plan: PackagePlan, dependencies: Dependencies = NO_DEPENDENCIES, root: str = ".."
) -> dict[str, str]:
    return project_files(the_plan, dependencies, (3, 11), tested_root=root)


PANDAS = dependency("pandas", ">=2.2,<3", pinned="2.2.3")


# -- pyproject.toml and constraints.txt


def test_a_project_declares_what_the_notebook_needs():
    text = files(plan(), needing(dependency("scikit-learn"), PANDAS))["pyproject.toml"]

    assert tomllib.loads(text) == {
        "build-system": {"requires": ["hatchling"], "build-backend": "hatchling.build"},
        "project": {
            "name": "churn",
            "version": "0.1.0",
            "description": "Customer churn",
            "readme": "README.md",
            "requires-python": ">=3.11",
            "dependencies": ["pandas>=2.2,<3", "scikit-learn"],
            "scripts": {"churn": "churn.__main__:main"},
        },
        "dependency-groups": {"dev": ["pytest", "ruff"]},
        "tool": {
            "hatch": {"build": {"targets": {"wheel": {"packages": ["src/churn"]}}}},
            "pytest": {"ini_options": {"testpaths": ["tests"], "pythonpath": ["src"]}},
        },
    }


def test_a_dependency_by_address_is_allowed_to_be_one():
    text = files(plan(), needing(dependency("a", url="git+https://example.org/a")))[
        "pyproject.toml"
    ]

    assert tomllib.loads(text)["tool"]["hatch"]["metadata"] == {"allow-direct-references": True}


def test_modules_that_stood_beside_the_notebook_are_installed_too():
    text = files(plan(local_modules=("helpers",)))["pyproject.toml"]

    build = tomllib.loads(text)["tool"]["hatch"]["build"]
    assert build["dev-mode-dirs"] == ["src"]
    assert build["targets"]["wheel"] == {"only-include": ["src"], "sources": ["src"]}


def test_an_import_that_nobody_knows_is_a_comment_and_no_dependency():
    text = files(plan(), needing(unknown=("reqeusts",)))["pyproject.toml"]

    assert tomllib.loads(text)["project"]["dependencies"] == []
    assert "# which distribution gives reqeusts?" in text


def test_a_python_too_old_for_the_package_is_not_promised():
    text = project_files(plan(), NO_DEPENDENCIES, (3, 8), tested_root="..")["pyproject.toml"]

    assert tomllib.loads(text)["project"]["requires-python"] == ">=3.10"


def test_constraints_hold_the_exact_versions():
    made = files(plan(), needing(PANDAS, dependency("rich")))

    assert made["constraints.txt"] == "pandas==2.2.3\n"


def test_without_known_versions_there_is_no_constraints_file():
    made = files(plan(), needing(dependency("rich")))

    assert "constraints.txt" not in made
    assert "constraints.txt" not in made["README.md"]


@given(text=TEXT)
def test_every_text_reads_back_from_toml(text):
    assert tomllib.loads(f"x = {toml_text(text)}") == {"x": text}


@given(title=TEXT, marker=TEXT, unknown=TEXT)
def test_no_text_changes_the_shape_of_the_project(title, marker, unknown):
    dependencies = needing(dependency("a", marker=f"x{marker}"), unknown=(unknown,))
    read = tomllib.loads(files(plan(title=title), dependencies)["pyproject.toml"])

    read["project"]["description"] = "…"
    read["project"]["dependencies"] = ["…" for _ in read["project"]["dependencies"]]
    benign = tomllib.loads(files(plan(), needing(dependency("a")))["pyproject.toml"])
    benign["project"] |= {"description": "…", "dependencies": ["…"]}
    assert read == benign


# -- README.md


def test_a_readme_says_how_to_run_test_and_set_the_package():
    text = files(
        plan(
            step("load", "", "df", title="Load the customers", prose="As exported. One row each."),
            step("train", "df", "model", title="Train"),
            parameters=(
                Parameter(name="test_size", annotation="float", default="0.25", comment="a|b"),
                Parameter(name="fast", annotation="bool", default="True"),
            ),
        ),
        needing(PANDAS),
    )["README.md"]

    assert text == (
        "# Customer churn\n\n"
        "Which customers leave?\n\n"
        "## Steps\n\n"
        "1. `load`: Load the customers. As exported.\n"
        "2. `train`: from `df` to `model`\n\n"
        "```mermaid\n"
        "graph TD\n"
        '    s1["load"]\n'
        '    s2["train"]\n'
        '    s1 -->|"df"| s2\n'
        "```\n\n"
        "## Run\n\n"
        "```sh\n"
        "pip install -e .\n"
        "cd ..  # the notebook's folder: relative paths start there\n"
        "python -m churn\n"
        "```\n\n"
        "`pip install -e . -c constraints.txt` installs the versions that the notebook had.\n\n"
        "| Option | Default | |\n"
        "|---|---|---|\n"
        "| `--test-size` | `0.25` | a\\|b |\n"
        "| `--fast, --no-fast` | `True` | |\n\n"
        "## Test\n\n"
        "```sh\n"
        "pip install pytest\n"
        "pytest\n"
        "```\n\n"
        "Extracted from `churn.ipynb`; nothing of the tool that did it is needed to run, "
        "test or install\nthis package.\n"
    )


def test_code_in_the_prose_stays_code_and_on_one_line():
    summary = (
        "Some words that go on and on, for as long as it takes to come to here: `a # b > c` ok"
    )

    text = files(plan(summary=summary))["README.md"]

    assert "`a # b > c`" in text


def test_a_readme_counts_what_was_left_out():
    left_out = tuple(
        LeftOut(cell=1, line=n, text="x", reason=reason)
        for n, reason in enumerate(
            ["only looks at values", "nothing reads 'a'", "nothing reads 'b'"]
        )
    )

    text = files(plan(left_out=left_out))["README.md"]

    assert (
        "3 lines or cells of the notebook are not in the package, and why: "
        "nothing reads it (2); only looks at values (1)."
    ) in text.replace("\n", " ")


@pytest.mark.parametrize(
    "root", ["/home/someone/project", "C:\\work", "~/x", "a\nb", "a`b", "$(x)"]
)
def test_a_readme_names_no_place_of_this_machine_and_no_odd_folder(root):
    text = files(plan(), root=root)["README.md"]

    assert root not in text
    assert "Run it in the notebook's folder." in text


def shape(markdown: str) -> list[tuple[str, str]]:
    """What kinds of block a page has, and what its fences hold; text within lines left aside."""
    return [
        (token.type, token.content if token.type == "fence" else "")
        for token in MARKDOWN.parse(markdown)
    ]


def inline_kinds(markdown: str) -> set[str]:
    return {child.type for token in MARKDOWN.parse(markdown) for child in token.children or ()}


def page(text: str) -> str:
    return files(
        plan(
            step("load", "", "df", title=f"x {text}", prose=f"y {text}"),
            step("train", "df"),
            title=f"x {text}",
            summary=f"x {text}",
            notebook=f"x{text}.ipynb",
            parameters=(
                Parameter(name="p", annotation="str", default=repr(text), comment=f"z {text}"),
            ),
            left_out=(LeftOut(cell=1, line=1, text="x", reason=f"z {text}"),),
        )
    )["README.md"]


@given(text=TEXT)
def test_no_text_changes_the_shape_of_the_readme(text):
    made = page(text)

    assert shape(made) == shape(page("benign"))
    assert inline_kinds(made) <= {"text", "text_special", "softbreak", "code_inline"}


@given(text=TEXT)
def test_text_at_the_start_of_a_line_stays_text(text):
    made = files(plan(title=text, summary=text))["README.md"]

    kinds = [kind for kind, _ in shape(made)]
    assert kinds.count("heading_open") == 3
    assert set(kinds) == {
        "heading_open", "heading_close", "inline", "paragraph_open", "paragraph_close", "fence"
    }  # fmt: skip
    assert inline_kinds(made) <= {"text", "text_special", "softbreak", "code_inline"}


@given(
    names=st.lists(
        TEXT.filter(lambda text: text.split() != []), min_size=2, max_size=4, unique=True
    )
)
def test_no_name_changes_the_number_of_boxes_and_arrows(names):
    steps = [
        Step(
            name=name,
            title="",
            prose="",
            cells=(),
            body=(),
            parameters=(before,) if before else (),
            options=(),
            returns=(name,),
            results={},
            changes=(),
            is_async=False,
        )
        for before, name in zip(["", *names], names, strict=False)
    ]

    lines = step_graph(plan(*steps)).split("\n")

    assert lines[0] == "graph TD"
    assert len(lines) == 2 * len(names)
    assert all(
        re.fullmatch(r'    s\d\["[^"`\[\]<>]*"\]', line) for line in lines[1 : len(names) + 1]
    )
    assert all(
        re.fullmatch(r'    s\d -->\|"[^"`|<>]*"\| s\d', line) for line in lines[len(names) + 1 :]
    )
