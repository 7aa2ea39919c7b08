"""A package is shown before it is written, and what is written is what was shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.server.cli import tree, typed
from tests.server.jupyter import Jupyter
from tests.server.notebooks import SALES, opened, saved

EDITED = (*SALES[:-1], "print('the total is', total)")


def _preview(server: Jupyter, notebook: dict[str, Any], **more: Any) -> Any:
    return server.given("extract/preview", {"notebook": notebook, **more})


def _apply(server: Jupyter, notebook: dict[str, Any], shown: Any, **more: Any) -> Any:
    return server.given("extract/apply", {"notebook": notebook, "digest": shown["digest"], **more})


def test_a_package_is_the_one_that_the_command_line_writes(server: Jupyter, folder: Path) -> None:
    path = f"{folder.name}/here/sales.ipynb"
    saved(folder / "here" / "sales.ipynb", *SALES)
    saved(folder / "there" / "sales.ipynb", *SALES)
    told = typed(folder / "there", "extract", "sales.ipynb", "--json")["notebooks"][0]

    shown = _preview(server, opened(path, *SALES))
    assert not (folder / "here" / "sales").exists()
    done = _apply(server, opened(path, *SALES), shown)

    assert tree(folder / "here" / "sales") == tree(folder / "there" / "sales")
    assert (done["is_written"], shown["is_written"]) == (True, False)
    assert done["folder"] == f"{folder.name}/here/sales"
    assert {f["path"]: f["kind"] for f in shown["files"]} == told["changes"]
    assert [step["name"] for step in shown["steps"]] == [step["name"] for step in told["steps"]]
    for file in shown["files"]:
        written = (folder / "here" / "sales" / file["path"]).read_text()
        assert (file["before"], file["after"]) == (None, written)
        assert file["after_bytes"] == len(written.encode())


def test_a_second_extract_changes_nothing(server: Jupyter, folder: Path) -> None:
    notebook = {"path": f"{folder.name}/sales.ipynb"}
    saved(folder / "sales.ipynb", *SALES)
    _apply(server, notebook, _preview(server, notebook))
    before = tree(folder)

    again = _preview(server, notebook)
    _apply(server, notebook, again)

    assert {file["kind"] for file in again["files"]} == {"unchanged"}
    assert tree(folder) == before


def test_cells_that_are_not_saved_are_extracted_as_they_are(server: Jupyter, folder: Path) -> None:
    path = f"{folder.name}/sales.ipynb"
    saved(folder / "sales.ipynb", *SALES)
    notebook = opened(path, *EDITED)

    shown = _preview(server, notebook)
    _apply(server, notebook, shown)

    assert not shown["is_saved"]
    assert (
        "the total is" in (folder / "sales" / "src" / "sales" / "steps" / "sum_up.py").read_text()
    )
    # What the editor has is what the package was made from; what the file has is not, until it is saved.
    assert server.given("package", {"notebook": notebook})["state"] == "in-sync"
    assert server.given("package", {"notebook": {"path": path}})["state"] == "notebook-changed"
    saved(folder / "sales.ipynb", *EDITED)
    assert server.given("package", {"notebook": {"path": path}})["state"] == "in-sync"
    assert {file["kind"] for file in _preview(server, {"path": path})["files"]} == {"unchanged"}


def test_what_was_not_shown_is_not_written(server: Jupyter, folder: Path) -> None:
    path = f"{folder.name}/sales.ipynb"
    saved(folder / "sales.ipynb", *SALES)
    shown = _preview(server, {"path": path})
    request = {"notebook": {"path": path}, "digest": shown["digest"]}

    saved(folder / "sales.ipynb", *EDITED)
    notebook_changed = server.post("extract/apply", request)
    saved(folder / "sales.ipynb", *SALES)
    (folder / "sales").mkdir()
    (folder / "sales" / "mine.txt").touch()
    folder_taken = server.post("extract/apply", request)

    assert (notebook_changed.status, notebook_changed.code) == (409, "NB413")
    assert folder_taken.status == 422
    assert list(tree(folder / "sales")) == ["mine.txt"]


def test_a_folder_that_changed_since_it_was_shown_is_left_alone(
    server: Jupyter, folder: Path
) -> None:
    path = f"{folder.name}/sales.ipynb"
    saved(folder / "sales.ipynb", *SALES)
    _apply(server, {"path": path}, _preview(server, {"path": path}))
    saved(folder / "sales.ipynb", *EDITED)
    shown = _preview(server, {"path": path}, on_edits="overwrite")
    module = folder / "sales" / "src" / "sales" / "steps" / "sum_up.py"
    module.write_text(module.read_text() + "# mine\n")

    answer = server.post(
        "extract/apply",
        {"notebook": {"path": path}, "digest": shown["digest"], "on_edits": "overwrite"},
    )

    assert (answer.status, answer.code) == (409, "NB413")
    assert module.read_text().endswith("# mine\n")


def test_edits_by_hand_are_seen_and_kept(server: Jupyter, folder: Path) -> None:
    path = f"{folder.name}/sales.ipynb"
    saved(folder / "sales.ipynb", *SALES)
    _apply(server, {"path": path}, _preview(server, {"path": path}))
    module = folder / "sales" / "src" / "sales" / "steps" / "load.py"
    module.write_text(module.read_text() + "\n\nMINE = 1\n")
    (folder / "sales" / "README.md").unlink()

    state = server.given("package", {"notebook": {"path": path}})
    stopped = _preview(server, {"path": path})
    refused = server.post(
        "extract/apply", {"notebook": {"path": path}, "digest": stopped["digest"]}
    )
    merged = _preview(server, {"path": path}, on_edits="merge")
    _apply(server, {"path": path}, merged, on_edits="merge")

    assert state["state"] == "hand-edited"
    assert state["edited"] == ["src/sales/steps/load.py"]
    assert state["removed"] == ["README.md"]
    kinds = {file["path"]: file["kind"] for file in stopped["files"]}
    assert kinds["src/sales/steps/load.py"] == kinds["README.md"] == "edited"
    assert (refused.status, refused.code) == (409, "NB401")
    assert {f["path"]: f["kind"] for f in merged["files"]}["src/sales/steps/load.py"] == "keep"
    assert module.read_text().endswith("MINE = 1\n")


def test_a_package_is_found_wherever_beside_its_notebook(server: Jupyter, folder: Path) -> None:
    path = f"{folder.name}/sales.ipynb"
    saved(folder / "sales.ipynb", *SALES)
    saved(folder / "other.ipynb", *SALES)
    assert server.given("package", {"notebook": {"path": path}}) == {
        "state": "none", "folder": None, "package": None, "edited": [], "removed": [], "unmerged": [],
    }  # fmt: skip
    for notebook, package in (("other.ipynb", "a_first_one"), ("sales.ipynb", "of_another_name")):
        typed(folder, "extract", notebook, "--package", package, "--json")

    found = server.given("package", {"notebook": {"path": path}})

    assert (found["state"], found["folder"]) == ("in-sync", f"{folder.name}/of_another_name")


def test_the_settings_of_the_folder_hold(server: Jupyter, folder: Path) -> None:
    saved(folder / "sales.ipynb", *SALES)
    (folder / "nb2pkg.toml").write_text('output = "packages/{package}"\npackage = "takings"\n')
    notebook = {"path": f"{folder.name}/sales.ipynb"}

    shown = _preview(server, notebook)
    _apply(server, notebook, shown)

    assert shown["folder"] == f"{folder.name}/packages/takings"
    assert server.given("package", {"notebook": notebook})["state"] == "none"
    # Where its settings name a package, that is where it is looked for.
    assert (
        server.given(
            "package", {"notebook": notebook, "output": f"{folder.name}/packages/takings"}
        )["state"]
        == "in-sync"
    )
    (folder / "nb2pkg.toml").write_text('output = "../../packages"\n')
    outside = server.post("extract/preview", {"notebook": notebook})
    assert (outside.status, outside.code) == (400, "NB021")


def test_a_program_that_the_settings_name_is_not_run(server: Jupyter, folder: Path) -> None:
    saved(folder / "sales.ipynb", *SALES)
    program = folder / "tools" / "py"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n: > '{folder}/was-run'\nexec python3 \"$@\"\n")
    program.chmod(0o755)
    (folder / "nb2pkg.toml").write_text('python = "./tools/py"\n')
    notebook = {"path": f"{folder.name}/sales.ipynb"}

    shown = _preview(server, notebook)
    _apply(server, notebook, shown)
    server.given("check", {"notebook": notebook})
    server.given("package", {"notebook": notebook})

    assert not (folder / "was-run").exists()
    [told] = [found for found in shown["findings"] if found["code"] == "NB019"]
    assert (told["severity"], told["cell"]) == ("warning", None)
    assert "tools/py" in told["message"] and str(server.root) not in told["message"]


def test_a_folder_may_be_named(server: Jupyter, folder: Path) -> None:
    saved(folder / "sales.ipynb", *SALES)
    notebook = {"path": f"{folder.name}/sales.ipynb"}
    output = f"{folder.name}/built/{{package}}"

    shown = _preview(server, notebook, output=output, package="takings")
    _apply(server, notebook, shown, output=output, package="takings")

    assert shown["folder"] == f"{folder.name}/built/takings"
    assert (folder / "built" / "takings" / "nb2pkg.lock").exists()
    taken = server.post("extract/preview", {"notebook": notebook, "package": "numpy"})
    assert (taken.status, taken.code) == (422, "NB404")


def test_a_link_in_the_place_of_the_folder_is_not_written_through(
    server: Jupyter, folder: Path, tmp_path: Path
) -> None:
    saved(folder / "sales.ipynb", *SALES)
    (folder / "sales").symlink_to(tmp_path)
    answer = server.post("extract/preview", {"notebook": {"path": f"{folder.name}/sales.ipynb"}})

    assert (answer.status, answer.code) == (422, "NB402")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kernel", ["python3", "no-such-kernel"])
def test_what_the_file_says_beside_its_cells_goes_into_the_package(
    server: Jupyter, folder: Path, kernel: str
) -> None:
    path = f"{folder.name}/sales.ipynb"
    saved(folder / "sales.ipynb", *SALES)
    notebook = {**opened(path, *EDITED), "kernel": kernel}

    shown = _preview(server, notebook)

    rewritten = next(f for f in shown["files"] if f["path"] == "notebooks/sales.ipynb")
    assert f'"name": "{kernel}"' in rewritten["after"]
    assert ('"display_name": "Python 3"' in rewritten["after"]) is (kernel == "python3")
