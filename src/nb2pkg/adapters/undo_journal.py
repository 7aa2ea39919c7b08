"""What have refactorings written, so that it can be taken back? A file for each, of this user alone."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Sequence

from nb2pkg.ports.refactoring import UndoEntry, Written

_FOLDER = "undo"
_MOST = 100
_ID = re.compile(r"[0-9]{19}-[0-9a-f]{8}")


class UndoJournal:
    """The entries below the user's state folder."""

    def __init__(self, home: str) -> None:
        self._folder = os.path.join(home, _FOLDER)

    def add(
        self, title: str, notebook: str, files: Sequence[Written], *, is_open: bool = False
    ) -> UndoEntry:
        """Keep an entry; the oldest go."""
        now = time.time_ns()
        id = f"{now:019d}-{secrets.token_hex(4)}"
        entry = UndoEntry(
            id=id,
            title=title,
            notebook=notebook,
            at=now / 1e9,
            files=tuple(files),
            is_open=is_open,
        )
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        path = self._path(id)
        descriptor = os.open(path + ".part", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(_to_json(entry), file)
        os.replace(path + ".part", path)
        for old in self._ids()[:-_MOST]:
            self.forget(old)
        return entry

    def find(self, id: str | None = None) -> UndoEntry | None:
        """Give an entry by its id, or the newest; None where there is none."""
        ids = self._ids()
        wanted = id if id is not None else (ids[-1] if ids else None)
        if wanted is None or not _ID.fullmatch(wanted):
            return None
        try:
            with open(self._path(wanted), encoding="utf-8") as file:
                return _from_json(json.load(file))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def forget(self, id: str) -> None:
        """Take an entry out."""
        with contextlib.suppress(OSError):
            os.unlink(self._path(id))

    def _ids(self) -> list[str]:
        try:
            names = os.listdir(self._folder)
        except OSError:
            return []
        return sorted(n[:-5] for n in names if n.endswith(".json") and _ID.fullmatch(n[:-5]))

    def _path(self, id: str) -> str:
        return os.path.join(self._folder, f"{id}.json")


def digest_of(data: bytes) -> str:
    """The digest by which an entry knows what it has written."""
    return hashlib.sha256(data).hexdigest()


def _to_json(entry: UndoEntry) -> object:
    return {
        "id": entry.id,
        "title": entry.title,
        "notebook": entry.notebook,
        "at": entry.at,
        "is_open": entry.is_open,
        "files": [
            {
                "path": one.path,
                "before": None if one.before is None else base64.b64encode(one.before).decode(),
                "after": one.after,
            }
            for one in entry.files
        ],
    }


def _from_json(found: dict[str, object]) -> UndoEntry:
    files = found["files"]
    assert isinstance(files, list)
    return UndoEntry(
        id=str(found["id"]),
        title=str(found["title"]),
        notebook=str(found["notebook"]),
        at=float(str(found["at"])),
        is_open=found.get("is_open") is True,
        files=tuple(
            Written(
                path=one["path"],
                before=None if one["before"] is None else base64.b64decode(one["before"]),
                after=one["after"],
            )
            for one in files
        ),
    )
