"""A file system that other machines write to is told from a disk of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2pkg.adapters.run_store import network_file_system
from nb2pkg.adapters.run_store.network_folders import file_system_of, is_on_network
from nb2pkg.problems import UsageError

_MOUNTS = """\
/dev/vda / ext4 rw 0 0
proc /proc proc rw 0 0
server:/home {root}/home nfs4 rw 0 0
/dev/sdb {root}/home/ada/disk xfs rw 0 0
//box/share {root}/with\\040space cifs rw 0 0
ada@box: {root}/ssh fuse.sshfs rw 0 0
/dev/sdc {root}/usb fuseblk rw 0 0
host {root}/shared 9p rw 0 0
server:/old {root}/again nfs rw 0 0
tmpfs {root}/again tmpfs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("folder", "is_shared"),
    [
        ("", False),
        ("home", True),
        ("home/ada/runs", True),
        ("home/ada/disk/runs", False),
        ("homes", False),
        ("with space", True),
        ("ssh", True),
        ("usb", False),
        ("shared", True),
        ("again", False),
    ],
)
def test_the_longest_mount_decides(tmp_path: Path, folder: str, is_shared: bool) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(_MOUNTS.format(root=tmp_path))
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)

    assert is_on_network(str(tmp_path / folder / "runs.db"), str(mounts)) == is_shared


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/x", "ext4"),
        ("/x/home/ada", "nfs4"),
        ("/x/home/ada/disk", "xfs"),
        ("/x/homes", "ext4"),
        ("/x/with space/a", "cifs"),
        ("/x/ssh", "fuse.sshfs"),
        ("/x/shared", "9p"),
        ("/x/again", "tmpfs"),
    ],
)
def test_the_text_of_mounts_names_the_kind(folder: str, kind: str) -> None:
    assert file_system_of(folder, _MOUNTS.format(root="/x")) == kind


def test_a_text_without_mounts_names_no_kind() -> None:
    assert file_system_of("/x", "") == file_system_of("/x", "nonsense\n\n") == ""


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("{}/home/runs.db", "nfs4"),
        ("sqlite:///{}/ssh/runs.db", "fuse.sshfs"),
        ("{}/crypt/runs.db", ""),
        ("{}/usb/runs.db", ""),
        ("postgresql://ada@db{}/home", ""),
    ],
)
def test_of_a_store_it_is_said_whether_other_machines_reach_its_file(
    tmp_path: Path, address: str, kind: str
) -> None:
    mounts = tmp_path / "mounts"
    # What is encrypted by a program of this machine is on this machine.
    mounts.write_text(f"{_MOUNTS.format(root=tmp_path)}crypt {tmp_path}/crypt fuse.gocryptfs rw 0 0\n")  # fmt: skip

    assert network_file_system(address.format(tmp_path), str(mounts)) == kind


def test_what_is_no_store_is_on_no_file_system() -> None:
    with pytest.raises(UsageError):
        network_file_system("mysql://db/runs")


def test_a_link_is_followed(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(_MOUNTS.format(root=tmp_path))
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "home")

    assert is_on_network(str(tmp_path / "link" / "runs.db"), str(mounts))


def test_without_a_list_of_mounts_it_is_a_disk_of_our_own(tmp_path: Path) -> None:
    assert not is_on_network(str(tmp_path / "runs.db"), str(tmp_path / "none"))
