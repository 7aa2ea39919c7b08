"""What every disk for package folders does, the real one and the one that tests use."""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2pkg.adapters.package_folders import DiskPackageFolders
from nb2pkg.ports.extracting import ChangeSet, FolderState, PackageFolders
from tests.fakes.dict_folders import DictPackageFolders


@pytest.fixture(params=[DiskPackageFolders, DictPackageFolders])
def folders(request: pytest.FixtureRequest) -> PackageFolders:
    made: PackageFolders = request.param()
    return made


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path / "deep" / "out")


def test_a_folder_that_is_not_there_is_absent_and_holds_nothing(
    folders: PackageFolders, folder: str
) -> None:
    assert folders.state(folder) is FolderState.ABSENT
    assert folders.contents(folder, ["a"]) == {}


def test_what_was_written_is_read_back(folders: PackageFolders, folder: str) -> None:
    folders.apply(folder, ChangeSet(writes={"a": "1", "b/c": "ü\n"}))

    assert folders.contents(folder, ["a", "b/c", "b/d"]) == {"a": b"1", "b/c": "ü\n".encode()}


def test_a_folder_is_ours_once_it_has_the_lock(folders: PackageFolders, folder: str) -> None:
    folders.apply(folder, ChangeSet(writes={"a": "1"}))
    assert folders.state(folder) is FolderState.FOREIGN

    folders.apply(folder, ChangeSet(writes={"nb2pkg.lock": "{}"}))
    assert folders.state(folder) is FolderState.OURS


def test_removed_files_are_gone(folders: PackageFolders, folder: str) -> None:
    folders.apply(folder, ChangeSet(writes={"a": "1", "b": "2"}))
    folders.apply(folder, ChangeSet(writes={"b": "3"}, deletes=("a", "never")))

    assert folders.contents(folder, ["a", "b"]) == {"b": b"3"}


def test_nothing_to_do_does_nothing(folders: PackageFolders, folder: str) -> None:
    folders.apply(folder, ChangeSet(writes={}))

    assert folders.state(folder) is FolderState.ABSENT
