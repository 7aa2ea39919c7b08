"""Does a file lie on a file system that other machines may write to as well?"""

from __future__ import annotations

import os
import re
from pathlib import Path

MOUNTS = "/proc/self/mounts"

# Machines do not share memory, which SQLite's WAL needs; nor do a virtual machine and what it runs on.
_KINDS = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "smb",
        "9p",
        "afs",
        "ceph",
        "lustre",
        "gpfs",
        "beegfs",
        "gfs2",
    }
    | {
        "ocfs2",
        "orangefs",
        "glusterfs",
        "coda",
        "virtiofs",
        "vboxsf",
        "vmhgfs",
        "prl_fs",
        "drvfs",
        "davfs",
    }
)
# Of the file systems in user space, those that are known to lead to other machines.
_FUSE_KINDS = frozenset(
    f"fuse.{name}"
    for name in ("sshfs", "s3fs", "rclone", "glusterfs", "ceph", "gcsfuse", "blobfuse2", "juicefs")
)
_OCTAL = re.compile(r"\\([0-7]{3})")


def is_on_network(path: str, mounts: str = MOUNTS) -> bool:
    """Say whether the folder of a file is mounted from elsewhere, as far as the system tells.

    `mounts`: the system's list of mounts; where there is none (macOS, Windows) only `\\\\server` paths count.
    File systems in user space (`fuse.sshfs`) count all: few of them promise what SQLite needs.
    """
    kind = _kind_below(path, mounts)
    return kind in _KINDS or kind.startswith("fuse.")


def network_kind(path: str, mounts: str = MOUNTS) -> str:
    """Give the kind of file system that a file lies on, if that is known to be another machine's; else nothing."""
    kind = _kind_below(path, mounts)
    return kind if kind in _KINDS | _FUSE_KINDS else ""


def file_system_of(folder: str, mounts: str) -> str:
    """Give the kind of file system that a folder lies on, by the text of a list of mounts; else nothing."""
    kind, longest = "", -1
    for line in mounts.splitlines():
        words = line.split(" ")
        if len(words) < 3:
            continue
        point = _OCTAL.sub(lambda octal: chr(int(octal[1], 8)), words[1])
        # The last one counts of several at one place: it lies over the others.
        if len(point) >= longest and (folder + "/").startswith(point.rstrip("/") + "/"):
            kind, longest = words[2], len(point)
    return kind


def _kind_below(path: str, mounts: str) -> str:
    folder = os.path.dirname(os.path.realpath(path))
    if folder.startswith("\\\\"):
        return "smb"
    try:
        text = Path(mounts).read_text("utf-8", "surrogateescape")
    except OSError:
        return ""
    return file_system_of(folder, text)
