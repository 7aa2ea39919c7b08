"""How does a package stand beside its notebook: is it there, and has one of the two been changed since?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nb2pkg.notebook import Limits, NotebookFormat, read_notebook
from nb2pkg.ports.extracting import PackageFolders
from nb2pkg.problems import Refused
from nb2pkg.workflows.changes import NEW_SUFFIX
from nb2pkg.workflows.lock_file import Lock, digest, lock_in
from nb2pkg.workflows.proposing import digest_of_cells


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageState:
    """The package of a notebook, as it is on disk.

    is_stale: whether the notebook's cells are others than those that it was made from
    edited, removed: files that were changed by hand, or are gone; unmerged: those with a newer version beside them
    """

    folder: str
    package: str
    is_stale: bool
    edited: tuple[str, ...]
    removed: tuple[str, ...]
    unmerged: tuple[str, ...]

    @property
    def is_in_sync(self) -> bool:
        """Whether extracting now would change nothing."""
        return not (self.is_stale or self.edited or self.removed or self.unmerged)


def package_state(
    file_name: str, cells_sha256: str, places: Sequence[str], folders: PackageFolders
) -> PackageState | None:
    """Find the package of a notebook among some folders, and say how it stands; None where there is none.

    places: the folders where it may be, the likeliest first

    Raises:
        Refused: the lock file in the likeliest place cannot be read (NB410), or it is a link (NB402).
    """
    for number, folder in enumerate(places):
        lock = _lock(folder, folders, may_be_damaged=number > 0)
        if lock is not None and lock.notebook == file_name:
            return _state(folder, lock, cells_sha256, folders)
    return None


def cells_digest(data: bytes, name: str, notebook_format: NotebookFormat, limits: Limits) -> str:
    """Give the digest that lock files have of a notebook's cells.

    Raises:
        BadNotebook: the file cannot be read as a notebook.
    """
    return digest_of_cells(read_notebook(data, name, format=notebook_format, limits=limits))


def _lock(folder: str, folders: PackageFolders, *, may_be_damaged: bool) -> Lock | None:
    try:
        return lock_in(folder, folders)
    except Refused:
        if may_be_damaged:  # that of another notebook
            return None
        raise


def _state(folder: str, lock: Lock, cells_sha256: str, folders: PackageFolders) -> PackageState:
    beside = {path: path + NEW_SUFFIX for path in lock.files}
    on_disk = folders.contents(folder, sorted({*lock.files, *beside.values()}))
    return PackageState(
        folder=folder,
        package=lock.package,
        is_stale=lock.cells_sha256 != cells_sha256,
        edited=tuple(
            path
            for path, written in sorted(lock.files.items())
            if path in on_disk and digest(on_disk[path]) != written
        ),
        removed=tuple(path for path in sorted(lock.files) if path not in on_disk),
        unmerged=tuple(path for path in sorted(lock.files) if beside[path] in on_disk),
    )
