"""What a killed run has left goes; what another run holds stays, however old it is."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from nb2pkg.adapters.socket_folder import SocketFolder, sweep_socket_folders


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left_behind(place: Path, *, is_old: bool = True) -> Path:
    folder = place / "nb2pkg-run-left"
    folder.mkdir()
    (folder / "1.json").write_text("{}")
    if is_old:
        os.utime(folder, (0, 0))
    return folder


def test_a_run_s_folder_is_there_until_it_ends(own_place: Path) -> None:
    folder = SocketFolder()
    os.utime(folder.path, (0, 0))

    sweep_socket_folders()
    first, second = folder.place(), folder.place()

    assert first != second
    assert Path(first).parent == Path(second).parent == Path(folder.path)
    assert os.path.isdir(folder.path)
    folder.close()
    assert list(own_place.iterdir()) == []


def test_what_nobody_holds_is_removed(own_place: Path) -> None:
    left = left_behind(own_place)
    other = own_place / "somebody-else-s"
    other.mkdir()
    os.utime(other, (0, 0))

    sweep_socket_folders()

    assert not left.exists()
    assert other.exists()


def test_what_was_only_just_made_stays(own_place: Path) -> None:
    left = left_behind(own_place, is_old=False)

    sweep_socket_folders()

    assert left.exists()


def test_a_link_is_not_followed(own_place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    target = left_behind(tmp_path_factory.mktemp("elsewhere"))
    link = own_place / "nb2pkg-run-link"
    link.symlink_to(target)
    os.utime(link, (0, 0), follow_symlinks=False)

    sweep_socket_folders()

    assert (target / "1.json").exists()
