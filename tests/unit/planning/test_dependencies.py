"""Imports become the dependencies that a careful person would declare, and never a guess."""

from __future__ import annotations

import pytest

from nb2pkg.planning.dependencies import (
    Dependencies,
    EnvironmentFacts,
    InstalledDistribution,
    infer_dependencies,
    satisfies,
    version_range,
)
from nb2pkg.planning.import_names import DISTRIBUTION_OF
from nb2pkg.problems import Severity


def environment(
    *local_modules: str, installed: dict[str, str] | None = None, **distributions: str
) -> EnvironmentFacts:
    """An environment where `import_name="Distribution 1.0"` holds."""
    return EnvironmentFacts(
        python_version=(3, 11),
        interpreter=None,
        found_by="a test",
        distributions={
            name.replace("__", "."): InstalledDistribution(*spelled.split())
            for name, spelled in distributions.items()
        },
        local_modules=frozenset(local_modules),
        installed={
            name: InstalledDistribution(name, version)
            for name, version in (installed or {}).items()
        },
    )


def lines(dependencies: Dependencies) -> list[str]:
    return [dependency.requirement for dependency in dependencies.required]


def constraints(dependencies: Dependencies) -> list[str]:
    return [d.constraint for d in dependencies.required if d.constraint]


def codes(dependencies: Dependencies) -> list[str]:
    return [finding.code for finding in dependencies.findings]


def test_installed_distributions_give_ranges_and_pins_sorted_by_name() -> None:
    result = infer_dependencies(
        ["pandas", "sklearn.linear_model", "sklearn", "matplotlib.pyplot"],
        [],
        environment(
            pandas="pandas 2.2.3", sklearn="scikit-learn 1.7.2", matplotlib="matplotlib 3.10.8"
        ),
    )

    assert lines(result) == ["matplotlib>=3.10,<4", "pandas>=2.2,<3", "scikit-learn>=1.7,<2"]
    assert constraints(result) == ["matplotlib==3.10.8", "pandas==2.2.3", "scikit-learn==1.7.2"]
    assert [d.import_name for d in result.required] == ["matplotlib", "pandas", "sklearn"]
    assert result.findings == ()


def test_a_misspelt_import_is_a_note_and_never_a_dependency() -> None:
    result = infer_dependencies(["reqeusts", "reqeusts.adapters"], [], environment())

    assert result.required == ()
    assert result.unknown == ("reqeusts",)
    (note,) = result.findings
    assert (note.code, note.severity) == ("NB511", Severity.NOTE)
    assert note.message == "nobody knows which distribution gives 'reqeusts'"
    assert note.hint == "add it to pyproject.toml yourself"


def test_the_standard_library_and_modules_beside_the_notebook_are_no_dependencies() -> None:
    result = infer_dependencies(
        ["os.path", "json", "tomllib", "imp", "distutils.core", "__future__", "helpers.plots"],
        [],
        environment("helpers"),
    )

    assert result == Dependencies(required=(), unknown=(), findings=())


def test_what_is_not_installed_comes_from_the_shipped_table_without_a_version() -> None:
    result = infer_dependencies(["cv2", "PIL.Image", "numpy", "yaml"], [], environment())

    assert lines(result) == ["numpy", "opencv-python", "pillow", "pyyaml"]
    assert constraints(result) == []


def test_what_is_installed_wins_over_the_shipped_table() -> None:
    result = infer_dependencies(
        ["cv2", "yaml"],
        [],
        environment(cv2="opencv-python-headless 4.10.0.84", yaml="PyYAML 6.0.2"),
    )

    assert lines(result) == ["opencv-python-headless>=4.10,<5", "PyYAML>=6.0,<7"]


def test_a_shared_namespace_is_told_apart_by_the_dotted_name() -> None:
    result = infer_dependencies(
        ["google.cloud", "google.cloud.storage.blob", "google.cloud.bigquery", "google.colab"],
        [],
        environment(google__cloud__bigquery="google-cloud-bigquery 3.25.0"),
    )

    assert lines(result) == ["google-cloud-bigquery>=3.25,<4", "google-cloud-storage"]
    assert result.unknown == ("google.colab",)


def test_the_longer_known_part_of_a_dotted_name_decides() -> None:
    with_matplotlib = environment(mpl_toolkits="matplotlib 3.10.8")

    result = infer_dependencies(
        ["mpl_toolkits.mplot3d", "mpl_toolkits.basemap"], [], with_matplotlib
    )

    assert lines(result) == ["basemap", "matplotlib>=3.10,<4"]


def test_an_explicit_requirement_gives_the_specifier_of_the_distribution_it_names() -> None:
    result = infer_dependencies(
        ["pandas", "sklearn"],
        ["Pandas[excel] == 2.1 ; python_version > '3.8'", "Scikit_Learn>=1.2,<2"],
        environment(pandas="pandas 2.1.0", sklearn="scikit-learn 1.7.2"),
    )

    assert lines(result) == ["pandas[excel]==2.1; python_version > '3.8'", "scikit-learn>=1.2,<2"]
    assert constraints(result) == ["pandas==2.1.0", "scikit-learn==1.7.2"]
    assert result.findings == ()


def test_an_environment_that_contradicts_the_requirement_is_told_and_not_pinned() -> None:
    result = infer_dependencies(["pandas"], ["pandas==2.1"], environment(pandas="pandas 2.2.3"))

    assert lines(result) == ["pandas==2.1"]
    assert constraints(result) == []
    assert codes(result) == ["NB513"]


def test_what_is_installed_by_the_notebook_and_never_imported_is_added() -> None:
    result = infer_dependencies(
        [], ["openpyxl", "lxml~=5.0"], environment(installed={"openpyxl": "3.1.5"})
    )

    assert lines(result) == ["lxml~=5.0", "openpyxl>=3.1,<4"]
    assert constraints(result) == ["openpyxl==3.1.5"]


def test_a_requirement_explains_an_import_of_the_same_name() -> None:
    result = infer_dependencies(["our_tools.io"], ["our-tools==4"], environment())

    assert lines(result) == ["our-tools==4"]
    assert result.unknown == ()


def test_the_later_of_two_requirements_counts() -> None:
    assert lines(infer_dependencies([], ["lxml==4.9", "lxml==5.0"], environment())) == ["lxml==5.0"]


def test_ipython_and_what_runs_notebooks_is_left_out_unless_imported() -> None:
    tools = ["ipython", "jupyterlab>=4", "pip"]

    assert infer_dependencies([], tools, environment()).required == ()
    assert lines(infer_dependencies(["IPython.display"], tools, environment())) == ["ipython"]


@pytest.mark.parametrize(
    ("requirement", "line"),
    [
        ("tool @ https://example.org/tool-1.0.zip", "tool @ https://example.org/tool-1.0.zip"),
        (
            "git+https://example.org/me/tool.git@v1#egg=tool",
            "tool @ git+https://example.org/me/tool.git@v1",
        ),
        (
            "git+ssh://git@example.org/me/tool.git#subdirectory=py&egg=tool",
            "tool @ git+ssh://git@example.org/me/tool.git",
        ),
        ("tool(>=1)", "tool>=1"),
    ],
)
def test_a_requirement_by_address_is_declared_as_such(requirement: str, line: str) -> None:
    assert lines(infer_dependencies([], [requirement], environment())) == [line]


@pytest.mark.parametrize(
    "requirement",
    [
        "./wheels/tool.whl",
        "-e .",
        "git+https://example.org/me/tool.git",
        "tool==1 'x",
        "tool>>1",
        "",
    ],
)
def test_what_a_package_cannot_declare_is_a_note(requirement: str) -> None:
    result = infer_dependencies([], [requirement], environment())

    assert result.required == ()
    assert codes(result) == ["NB512"]


def test_a_token_in_an_address_is_neither_declared_nor_shown() -> None:
    result = infer_dependencies(
        [], ["git+https://s3cret@example.org/tool.git#egg=tool"], environment()
    )

    assert "s3cret" not in repr(result)
    assert codes(result) == ["NB512"]


def test_names_in_any_order_give_the_same_dependencies() -> None:
    names = ["numpy", "pandas", "unheard_of", "cv2", "also_unheard_of"]

    assert infer_dependencies(names, {"lxml", "six"}, environment()) == infer_dependencies(
        names[::-1], {"six", "lxml"}, environment()
    )


@pytest.mark.parametrize(
    ("installed", "expected"),
    [
        ("2.2.3", ">=2.2,<3"),
        ("5", ">=5,<6"),
        ("0.13.2", ">=0.13,<0.14"),
        ("0.0.9", ">=0.0.9,<0.1"),
        ("2026.9", ">=2026.9"),
        ("2024.7.4", ">=2024.7"),
        ("3.0.0rc1", ">=3.0.0rc1,<4"),
        ("2.0.0.dev12", ">=2.0.0.dev12,<3"),
        ("2.1.0+cu118", ">=2.1,<3"),
        ("1.4.post1", ">=1.4,<2"),
        ("1!2.3.4", ">=1!2.3,<1!3"),
        ("2004d", ""),
    ],
)
def test_the_range_of_a_version(installed: str, expected: str) -> None:
    assert version_range(installed) == expected
    assert not expected or satisfies(installed, expected)


@pytest.mark.parametrize(
    ("installed", "constraint"),
    [
        ("2.1.0+cu118", ["torch==2.1.0"]),
        ("3.0.0rc1", ["torch==3.0.0rc1"]),
        ("1.2.dev3+gabc123", []),
        ("2004d", []),
    ],
)
def test_only_versions_that_an_index_can_have_are_pinned(
    installed: str, constraint: list[str]
) -> None:
    result = infer_dependencies(["torch"], [], environment(torch=f"torch {installed}"))

    assert constraints(result) == constraint


@pytest.mark.parametrize(
    ("installed", "specifier", "expected"),
    [
        ("2.1.0", "==2.1", True),
        ("2.1.3", "==2.1", False),
        ("2.1.3", "==2.1.*", True),
        ("2.1.3", "!=2.1.*,>1", False),
        ("2.10", ">=2.9", True),
        ("2.5.1", "~=2.2", True),
        ("2.5.1", "~=2.2.0", False),
        ("3.0rc1", "<3.0", True),
        ("3.0.dev1", ">=3.0a1", False),
        ("1.0.post1", ">1.0", True),
        ("2.1+cpu", "==2.1", True),
        ("2.1+cpu", "==2.1+cpu", True),
        ("2.1+cpu", "==2.1+cu118", False),
    ],
)
def test_whether_a_version_lies_within_a_specifier(
    installed: str, specifier: str, expected: bool
) -> None:
    assert satisfies(installed, specifier) is expected


def test_the_table_knows_the_well_known() -> None:
    renamed = [
        name
        for name, distribution in DISTRIBUTION_OF.items()
        if name.lower() != distribution.replace("-", "_")
    ]

    assert len(renamed) >= 150
    assert len(DISTRIBUTION_OF) - len(renamed) >= 250
    assert DISTRIBUTION_OF["skimage"] == "scikit-image"
    assert DISTRIBUTION_OF["dateutil"] == "python-dateutil"
    assert DISTRIBUTION_OF["Crypto"] == "pycryptodome"
