"""The port `PackageFolders`, answered by the disk: all changes or none, and never through a link."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone

from nb2pkg.adapters.safe_root import SafeRoot
from nb2pkg.ports.extracting import ChangeSet, FolderState
from nb2pkg.problems import EnvironmentFailure, Refused

LOCK_NAME = "nb2pkg.lock"
_BACKUP = ".nb2pkg/backup"


class DiskPackageFolders:
    """Package folders on this machine's disk."""

    def state(self, folder: str) -> FolderState:
        """Say whether the folder is absent, empty, ours or somebody else's."""
        if os.path.islink(folder):
            raise Refused(
                "NB402",
                f"the output folder {folder} is a symbolic link, and nb2pkg writes through none",
                hint="give the folder itself with --output",
            )
        if not os.path.lexists(folder):
            return FolderState.ABSENT
        with _disk_errors(folder):
            names = os.listdir(folder) if os.path.isdir(folder) else ["a file"]
        if LOCK_NAME in names:
            return FolderState.OURS
        return FolderState.FOREIGN if names else FolderState.EMPTY

    def contents(self, folder: str, paths: Iterable[str]) -> dict[str, bytes]:
        """Read the files that exist among `paths`."""
        if not os.path.isdir(folder):
            return {}
        with _disk_errors(folder), SafeRoot(folder) as root:
            read = ((path, root.read(path)) for path in paths)
            return {path: data for path, data in read if data is not None}

    def apply(self, folder: str, changes: ChangeSet) -> None:
        """Do all the changes or none of them."""
        if changes.is_empty:
            return
        with _disk_errors(folder):
            made = _make_folders(folder)
            try:
                with SafeRoot(folder) as root:
                    _apply(root, changes)
            except BaseException:
                for path in reversed(made):
                    with contextlib.suppress(OSError):
                        os.rmdir(path)
                raise


def packages_in(folder: str) -> tuple[str, ...]:
    """List the folders of packages that lie directly in a folder, by name; none where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(e.name for e in entries if e.is_dir(follow_symlinks=False))
    except OSError:
        return ()
    places = (os.path.join(folder, name) for name in names)
    return tuple(place for place in places if os.path.isfile(os.path.join(place, LOCK_NAME)))


def _make_folders(folder: str) -> list[str]:
    """Make the folder and those above it that are missing; say which, from the outside in."""
    missing = []
    path = folder
    while not os.path.lexists(path):
        missing.append(path)
        path = os.path.dirname(path)
    missing.reverse()
    made: list[str] = []
    try:
        for path in missing:
            os.mkdir(path)
            made.append(path)
    except OSError:
        for path in reversed(made):
            os.rmdir(path)
        raise
    return made


def _apply(root: SafeRoot, changes: ChangeSet) -> None:
    """Stage everything beside its place, then rename: a full disk shows before anything changes."""
    root.hold()
    mark = secrets.token_hex(4)
    staged: dict[str, str] = {}
    contents = {p: c.encode() if isinstance(c, str) else c for p, c in changes.writes.items()}
    writes = {**_backups(root, changes), **contents}
    for path in (*writes, *changes.deletes):
        root.refuse_unfit(path)
    before = {path: root.read(path) for path in (*writes, *changes.deletes)}
    for path, data in changes.seen.items():
        if path in before and before[path] != data:
            raise Refused(
                "NB412",
                f"{path} was changed while nb2pkg was at work",
                hint="look at it and try again",
            )
    try:
        for path in sorted(writes):
            temporary = _beside(path, mark)
            staged[path] = temporary
            # What takes the place of a file may hold somebody's edits; a new file can be made again.
            is_new = before[path] is None
            root.write_new(temporary, writes[path], durable=not is_new)
            if not is_new:
                root.copy_mode(path, temporary)
    except BaseException:
        for temporary in reversed(staged.values()):
            with contextlib.suppress(OSError, Refused):
                root.remove(temporary)
        raise
    _swap_in(root, staged, changes.deletes, before, mark)


def _swap_in(
    root: SafeRoot,
    staged: dict[str, str],
    deletes: tuple[str, ...],
    before: dict[str, bytes | None],
    mark: str,
) -> None:
    done: list[str] = []
    try:
        # The lock file last: until it is there, the next extract sees unfinished work.
        for path in sorted(staged, key=lambda p: (p == LOCK_NAME, p)):
            # Noted first: what stops us in between finds it among what is put back.
            done.append(path)
            root.rename(staged[path], path)
        for path in deletes:
            if before[path] is not None:
                done.append(path)
                root.remove(path)
    except BaseException:
        for path in reversed(done):
            with contextlib.suppress(OSError, Refused):
                _restore(root, path, before[path], mark)
        for temporary in staged.values():
            with contextlib.suppress(OSError, Refused):
                root.remove(temporary)
        raise


def _restore(root: SafeRoot, path: str, data: bytes | None, mark: str) -> None:
    if data is None:
        root.remove(path)
        return
    temporary = _beside(path, f"{mark}-old")
    root.write_new(temporary, data, durable=True)
    root.rename(temporary, path)


def _beside(path: str, mark: str) -> str:
    folder, slash, name = path.rpartition("/")
    # Long names may begin alike.
    rest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{folder}{slash}.{name[:40]}.{rest}.{mark}.nb2pkg-tmp"


def _backups(root: SafeRoot, changes: ChangeSet) -> dict[str, bytes]:
    if not changes.backup:
        return {}
    stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S.%fZ")
    found = ((path, root.read(path)) for path in changes.backup)
    return {f"{_BACKUP}/{stamp}/{path}": data for path, data in found if data is not None}


@contextlib.contextmanager
def _disk_errors(folder: str) -> Iterator[None]:
    """Say what the disk refused in the user's words; nothing half-written is left."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise EnvironmentFailure(
            "NB502",
            f"cannot write to {folder}: {reason}",
            hint="nothing was changed; make room or choose another folder with --output",
        ) from error
