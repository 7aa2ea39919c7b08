"""A disk for package folders that is a dictionary."""

from __future__ import annotations

from collections.abc import Iterable

from nb2pkg.ports.extracting import ChangeSet, FolderState


class DictPackageFolders:
    """Package folders in memory: absolute folder → path → bytes."""

    def __init__(self) -> None:
        self.folders: dict[str, dict[str, bytes]] = {}
        self._backups = 0

    def state(self, folder: str) -> FolderState:
        """Say whether the folder is absent, empty, ours or somebody else's."""
        files = self.folders.get(folder)
        if files is None:
            return FolderState.ABSENT
        if "nb2pkg.lock" in files:
            return FolderState.OURS
        return FolderState.FOREIGN if files else FolderState.EMPTY

    def contents(self, folder: str, paths: Iterable[str]) -> dict[str, bytes]:
        """Read the files that exist among `paths`."""
        files = self.folders.get(folder, {})
        return {path: files[path] for path in paths if path in files}

    def apply(self, folder: str, changes: ChangeSet) -> None:
        """Do all the changes."""
        if changes.is_empty:
            return
        files = self.folders.setdefault(folder, {})
        self._backups += 1
        for path in changes.backup:
            if path in files:
                files[f".nb2pkg/backup/{self._backups}/{path}"] = files[path]
        files.update({path: text.encode() for path, text in changes.writes.items()})
        for path in changes.deletes:
            files.pop(path, None)
