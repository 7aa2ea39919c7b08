"""Which modules could take a function, how are they imported, and where do their tests go?"""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2pkg.adapters.project_modules import (
    imported_modules,
    module_place,
    modules_beside,
    project_folder,
    texts_of,
)
from nb2pkg.problems import Refused, UsageError


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    for path in (
        "src/shop/__init__.py",
        "src/shop/cleaning.py",
        "notebooks/near.py",
        "tests/test_cleaning.py",
        "build/lib/shop/old.py",
        ".venv/lib/thing.py",
        "scripts/night.py",
    ):
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"# {path}\n")
    return tmp_path


def test_the_project_is_the_nearest_folder_with_its_marks(project: Path) -> None:
    notebooks = str(project / "notebooks")

    assert project_folder(notebooks) == str(project)
    assert project_folder(notebooks, top=notebooks) == notebooks


@pytest.mark.parametrize(
    ("wanted", "module", "path", "tests"),
    [
        ("near", "near", "near.py", "../tests/test_near.py"),
        ("new", "new", "new.py", "../tests/test_new.py"),
        ("shop.cleaning", "shop.cleaning", "../src/shop/cleaning.py", "../tests/test_cleaning.py"),
        ("shop.later", "shop.later", "../src/shop/later.py", "../tests/test_later.py"),
        ("../src/shop/cleaning.py", "shop.cleaning", "../src/shop/cleaning.py", "../tests/test_cleaning.py"),
        ("shop", "shop", "../src/shop/__init__.py", "../tests/test_shop.py"),
        ("scripts.night", "scripts.night", "../scripts/night.py", "../tests/test_night.py"),
        ("sub/part.py", "sub.part", "sub/part.py", "../tests/test_part.py"),
    ],
)  # fmt: skip
def test_a_module_is_found_by_its_name_and_by_its_path(
    project: Path, wanted: str, module: str, path: str, tests: str
) -> None:
    place = module_place(wanted, str(project / "notebooks"), str(project))

    assert (place.module, place.path, place.test_path) == (module, path, tests)


def test_what_a_notebook_finds_only_if_something_is_done_is_said(project: Path) -> None:
    notebooks = str(project / "notebooks")

    assert module_place("near", notebooks, str(project)).note == ""
    assert "pip install -e ." in module_place("shop.cleaning", notebooks, str(project)).note


def test_the_nearest_modules_come_first_and_those_of_others_not_at_all(project: Path) -> None:
    found = [place.path for place in modules_beside(str(project / "notebooks"), str(project))]

    assert found == [
        "near.py",
        "../src/shop/__init__.py",
        "../src/shop/cleaning.py",
        "../scripts/night.py",
    ]


def test_a_home_full_of_data_is_not_gone_through_for_modules(tmp_path: Path) -> None:
    (tmp_path / "near.py").write_text("")
    for number in range(40):
        deep = tmp_path / "data" / f"year{number}" / "raw"
        deep.mkdir(parents=True)
        (deep / "far.py").write_text("")
    (tmp_path / "work" / "shop").mkdir(parents=True)
    (tmp_path / "work" / "shop" / "cleaning.py").write_text("")

    def found(most_folders: int) -> list[str]:
        places = modules_beside(str(tmp_path), str(tmp_path), most_folders=most_folders)
        return [place.path for place in places]

    assert found(1) == ["near.py"]
    # What lies near is found although all that data comes before it by name.
    assert found(50) == ["near.py", "work/shop/cleaning.py", *found(50)[2:]]
    assert len(found(50)) < len(found(2_000)) == 42


def test_a_folder_that_was_looked_into_counts_once(project: Path) -> None:
    def found(most_folders: int) -> list[str]:
        notebooks = str(project / "notebooks")
        places = modules_beside(notebooks, str(project), most_folders=most_folders)
        return [place.path for place in places]

    # notebooks, src, src/shop, the project's own, scripts
    assert found(5) == found(2_000)
    assert found(4) == found(2_000)[:-1]


def test_folders_that_links_lead_to_are_not_looked_into(project: Path) -> None:
    (project / "notebooks" / "others").symlink_to(project / "scripts")
    (project / "notebooks" / "round").symlink_to("round")

    paths = [place.path for place in modules_beside(str(project / "notebooks"), str(project))]

    assert paths[0] == "near.py"
    assert not any(path.startswith("others") for path in paths)


@pytest.mark.parametrize(
    "wanted",
    ["json", "../../up.py", "/abs.py", "a\\b.py", "a\0.py", "class.py", "1st.py", "", ".", "a..b", "os.path"],
)  # fmt: skip
def test_what_no_import_can_name_is_refused(project: Path, wanted: str) -> None:
    with pytest.raises(UsageError) as stop:
        module_place(wanted, str(project / "notebooks"), str(project))

    assert stop.value.code == "NB017"


def test_a_folder_of_that_name_would_be_imported_instead(project: Path) -> None:
    (project / "notebooks" / "parts").mkdir()

    with pytest.raises(UsageError, match="would be imported instead"):
        module_place("parts.py", str(project / "notebooks"), str(project))


def test_texts_are_read_and_only_those_of_regular_files(project: Path) -> None:
    notebooks = project / "notebooks"
    (notebooks / "link.py").symlink_to(project / "pyproject.toml")
    (notebooks / "latin.py").write_bytes(b"# \xe9\n")

    assert texts_of(["near.py", "none.py"], str(notebooks), str(project)) == {
        "near.py": "# notebooks/near.py\n"
    }
    for path in ("link.py", "latin.py"):
        with pytest.raises((UsageError, Refused)):
            texts_of([path], str(notebooks), str(project))


def test_the_projects_own_modules_among_imports(project: Path) -> None:
    found = imported_modules(
        ["pandas", "near", "shop.cleaning", "json"], str(project / "notebooks"), str(project)
    )

    assert sorted(found) == ["near", "shop.cleaning"]
