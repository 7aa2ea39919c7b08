"""A file system that other machines write to is told from a disk of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2pkg.adapters.run_store.network_folders import is_on_network

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


def test_a_link_is_followed(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(_MOUNTS.format(root=tmp_path))
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "home")

    assert is_on_network(str(tmp_path / "link" / "runs.db"), str(mounts))


def test_without_a_list_of_mounts_it_is_a_disk_of_our_own(tmp_path: Path) -> None:
    assert not is_on_network(str(tmp_path / "runs.db"), str(tmp_path / "none"))
