"""A copy of the notebook's folder to run in: verifying changes nothing where the notebook lies."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from nb2pkg.adapters.file_digests import file_digest
from nb2pkg.problems import EnvironmentFailure

MOST_BYTES = 2 * 2**30
_NOT_OURS = frozenset(
    {".git", ".hg", ".venv", "venv", "node_modules", "__pycache__", ".ipynb_checkpoints"}
    | {".mypy_cache", ".ruff_cache", ".pytest_cache", ".tox", ".nox"}
)
# How far up a program that says `../../data` finds what stands there.
_LEVELS = 3


class ScratchFolder:
    """Gives the same path again and again, each time with what the notebook's folder has.

    Paths end up in printed text and in values: the notebook and its package must run at the same one.
    """

    def __init__(self, folder: str, leave_out: Collection[str]) -> None:
        self._origin = Path(folder)
        self._leave_out = {os.path.realpath(path) for path in leave_out}
        self._is_measured = False
        self.base = Path(tempfile.mkdtemp(prefix="nb2pkg-verify-"))
        self.own = self.base / "own"
        self.own.mkdir()
        self._tree = self.base / "tree"
        above = [p.name for p in self._origin.parents if p.name][:_LEVELS]
        self.path = self._tree.joinpath(*reversed(above), self._origin.name or "folder")

    def __enter__(self) -> ScratchFolder:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.base, ignore_errors=True)

    def renew(self) -> Path:
        """Make the folder as the notebook's is, whatever a run has done to it.

        Raises:
            EnvironmentFailure: there is too much in it to copy, or it cannot be copied (NB522).
        """
        if not self._is_measured:
            self._refuse_too_much()
            self._is_measured = True
        shutil.rmtree(self._tree, ignore_errors=True)
        self.path.parent.mkdir(parents=True)
        try:
            shutil.copytree(self._origin, self.path, symlinks=True, ignore=self._ignored)
            self._link_surroundings()
        except (OSError, shutil.Error) as error:
            raise EnvironmentFailure(
                "NB522", f"the folder {self._origin} cannot be copied to run in: {error}"
            ) from error
        self._before = dict(self._stamps())
        return self.path

    def written(self, package: str) -> Mapping[str, str]:
        """Digest every file that has changed, come or gone since the folder was made."""
        after = dict(self._stamps())
        found = {path: "" for path in self._before if path not in after}
        for path, stamp in after.items():
            if self._before.get(path) != stamp:
                found[path] = file_digest(self.path / path, package)
        return found

    def _ignored(self, folder: str, names: list[str]) -> set[str]:
        ignored = {
            name
            for name in names
            if name in _NOT_OURS or os.path.realpath(os.path.join(folder, name)) in self._leave_out
        }
        for name in set(names) - ignored:
            path = os.path.join(folder, name)
            if not (os.path.isfile(path) or os.path.isdir(path) or os.path.islink(path)):
                ignored.add(name)  # a pipe or a socket: reading it may never end
        return ignored

    def _refuse_too_much(self) -> None:
        """Add up what would be copied, before any of it is."""
        size = 0
        for folder, folders, names in os.walk(self._origin):
            ignored = self._ignored(folder, [*folders, *names])
            folders[:] = [name for name in folders if name not in ignored]
            for name in set(names) - ignored:
                path = os.path.join(folder, name)
                size += 0 if os.path.islink(path) else os.path.getsize(path)
            if size > MOST_BYTES:
                raise EnvironmentFailure(
                    "NB522",
                    f"the folder {self._origin} holds more than {MOST_BYTES >> 30} GB",
                    hint="put the notebook into a folder of its own, or the data beside that folder",
                )

    def _link_surroundings(self) -> None:
        """Let `../data` lead to where it leads from the notebook."""
        there, here = self._origin, self.path
        for _ in range(_LEVELS):
            if there.parent == there or here.parent == self._tree:
                return
            for name in os.listdir(there.parent):
                link = here.parent / name
                if not os.path.lexists(link):
                    link.symlink_to(there.parent / name)
            there, here = there.parent, here.parent

    def _stamps(self) -> Iterator[tuple[str, tuple[int, int]]]:
        for folder, folders, names in os.walk(self.path):
            folders[:] = sorted(set(folders) - _NOT_OURS)
            for name in names:
                path = os.path.join(folder, name)
                state = os.lstat(path)
                yield os.path.relpath(path, self.path), (state.st_mtime_ns, state.st_size)
