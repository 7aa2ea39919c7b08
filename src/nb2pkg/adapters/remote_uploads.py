"""What has this machine still to upload, and how does it get there: files before the entries that name them?

What is to be uploaded is noted first, in an empty file whose name says all: whoever is killed in between leaves
the note behind, and `push` does the rest.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from typing import Any

from nb2pkg.adapters.content_folder import ContentFolder, disk_errors, is_sha256
from nb2pkg.adapters.remote_place import UNKNOWN, RemoteAway, RemotePlace
from nb2pkg.ports.running import StoreAway

LARGEST_ENTRY_BYTES = 1_000_000
ENTRY_NAME = re.compile(r"[0-9]{8,20}-[0-9a-f]{8,32}")
_FILE_NOTE = re.compile(r"file-([0-9a-f]{64})")
_ENTRY_NOTE = re.compile(r"entry-([0-9a-f]{64})-(.+)")


def file_path(sha256: str) -> str:
    """Where a file lies: as in a folder of this machine, so that one can become the other."""
    return f"files/{sha256[:2]}/{sha256}"


def entry_folder(key: str) -> str:
    """Where the entries of a key lie."""
    return f"entries/{key[:2]}/{key}"


class Uploads:
    """Brings what a folder of this machine keeps to a place far away.

    there: files that are known to be there; damaged_there: those that lie there damaged
    """

    def __init__(self, place: RemotePlace, here: ContentFolder, notes: str) -> None:
        self.place = place
        self.here = here
        self._notes = notes
        self.there: set[str] = set()
        self.damaged_there: set[str] = set()

    def send_file(self, sha256: str) -> bool:
        """Upload a file that is not there yet; False where this machine has none to send either.

        Raises:
            RemoteAway: not now; it is noted.
        """
        if sha256 in self.there:
            return True
        note = f"file-{sha256}"
        self._note(note)
        if not self._is_there(sha256):
            # Looked at again: what this disk has damaged must not get about.
            path = self.here.whole_path(sha256)
            if path is None:
                self._forget(note)
                return False
            self.place.upload(path, file_path(sha256))
            self.damaged_there.discard(sha256)
        self.there.add(sha256)
        self._forget(note)
        return True

    def send_entry(self, key: str, name: str) -> bool:
        """Upload an entry, after the files that it names; False where they, or it, are nowhere.

        Raises:
            RemoteAway: not now; it is noted.
        """
        note = f"entry-{key}-{name}"
        self._note(note)
        documents = self.here.read_entry(key, name)
        is_whole = bool(documents) and all(map(self.send_file, _files_of(documents)))
        if is_whole:
            path = self.here.entry_path(key, name)
            self.place.upload(path, f"{entry_folder(key)}/{name}")
        self._forget(note)
        return is_whole

    def push(self) -> int:
        """Upload what is noted; give how much of it.

        Raises:
            StoreAway: not all of it, for now; the message says why.
        """
        count = 0
        try:
            for sha256 in self._noted_files():
                count += self.send_file(sha256)
            for key, name in self._noted_entries():
                count += self.send_entry(key, name)
        except RemoteAway as away:
            raise StoreAway(
                f"{self.place.shown}: {away}; {count} uploaded, {self.pending()} still to do"
            ) from away
        return count

    def pending(self) -> int:
        """How much is noted."""
        return sum(1 for _ in self._noted_files()) + sum(1 for _ in self._noted_entries())

    def _is_there(self, sha256: str) -> bool:
        if sha256 in self.damaged_there:
            return False
        size = self.place.size(file_path(sha256))
        path = self.here.path(sha256)
        # One of another size is half of one.
        return size is not None and (
            size == UNKNOWN or path is None or size == os.path.getsize(path)
        )

    def _note(self, name: str) -> None:
        with disk_errors(self._notes):
            os.makedirs(self._notes, mode=0o700, exist_ok=True)
            with open(os.path.join(self._notes, name), "ab"):
                pass

    def _forget(self, name: str) -> None:
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(self._notes, name))

    def _noted_files(self) -> Iterator[str]:
        for name in self._names():
            if match := _FILE_NOTE.fullmatch(name):
                yield match[1]

    def _noted_entries(self) -> Iterator[tuple[str, str]]:
        for name in self._names():
            match = _ENTRY_NOTE.fullmatch(name)
            if match and ENTRY_NAME.fullmatch(match[2]):
                yield match[1], match[2]

    def _names(self) -> list[str]:
        try:
            return sorted(os.listdir(self._notes))
        except OSError:
            return []


def _files_of(document: Any) -> Iterator[str]:
    """The files that a document names: wherever in it something looks like an artifact."""
    if isinstance(document, dict):
        if {"name", "sha256", "size"} <= document.keys() and is_sha256(document["sha256"]):
            yield document["sha256"]
        for value in document.values():
            yield from _files_of(value)
    elif isinstance(document, list):
        for value in document:
            yield from _files_of(value)
