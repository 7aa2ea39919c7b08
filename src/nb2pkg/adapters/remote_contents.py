"""How are files kept by their content, and documents by key, where other machines get at them?

The port `ContentStore`, on any file system that fsspec knows, with a copy of all that this machine has made or
fetched. What comes from afar is verified; a place that does not answer, or refuses, fails no run.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from nb2pkg.adapters.content_folder import (
    MOST_ENTRIES,
    ContentFolder,
    disk_errors,
    entry_documents,
    entry_text,
    is_sha256,
)
from nb2pkg.adapters.remote_address import RemoteAddress
from nb2pkg.adapters.remote_patience import USUAL_PATIENCE, Patience
from nb2pkg.adapters.remote_place import RemoteAway, RemotePlace
from nb2pkg.adapters.remote_uploads import (
    ENTRY_NAME,
    LARGEST_ENTRY_BYTES,
    Uploads,
    entry_folder,
    file_path,
)
from nb2pkg.problems import UsageError

Mode: TypeAlias = Literal["read-write", "read"]
_MODES = ("read-write", "read")


def open_contents(
    address: str, home: str, *, mode: Mode = "read-write", patience: Patience = USUAL_PATIENCE
) -> ContentFolder | RemoteContents:
    """Give the store that a path or `SCHEME://…` names; nothing is asked of it yet.

    mode: "read" uploads nothing. A folder of this machine, named by its path, is always written to.

    Raises:
        UsageError: no such kind of address, or no such mode (NB516).
        EnvironmentFailure: what speaks to such places is not installed (NB517).
    """
    if mode not in _MODES:
        raise UsageError("NB516", f"{mode!r} is no mode", hint=f"one of: {', '.join(_MODES)}")
    if "://" not in address:
        return ContentFolder(os.path.abspath(os.path.expanduser(address)))
    parsed = RemoteAddress(address)
    parsed.check_installed()
    return RemoteContents(_uploads(parsed, home, patience), mode)


def copies_folder(address: str, home: str) -> str:
    """The folder of this machine for what an address keeps, a ContentFolder's; itself, where it is a path.

    Raises:
        UsageError: no such kind of address (NB516).
    """
    if "://" not in address:
        return os.path.abspath(os.path.expanduser(address))
    return _copies(RemoteAddress(address), home)


def push_pending(address: str, home: str, *, patience: Patience = USUAL_PATIENCE) -> int:
    """Upload what could not be uploaded when it was made; give how many files and entries.

    Raises:
        UsageError, EnvironmentFailure: as `open_contents` does.
        StoreAway: not all of it, for now; the message says why.
    """
    if "://" not in address:
        return 0
    parsed = RemoteAddress(address)
    parsed.check_installed()
    return _uploads(parsed, home, patience).push()


def count_pending(address: str, home: str) -> int:
    """How many files and entries are still to be uploaded; the address is not asked.

    Raises:
        UsageError: no such kind of address (NB516).
    """
    if "://" not in address:
        return 0
    return _uploads(RemoteAddress(address), home, USUAL_PATIENCE).pending()


class RemoteContents:
    """Files by content and documents by key, far away and here.

    damaged: what was found damaged, here and there; problems: what else the user should hear of, each once
    """

    def __init__(self, uploads: Uploads, mode: Mode) -> None:
        self._place = uploads.place
        self._here = uploads.here
        self._uploads = uploads
        self._is_written = mode == "read-write"
        self._damaged_entries: set[str] = set()
        self._told: set[str] = set()
        self._last_time = 0
        self.damaged = self._here.damaged
        self.problems: list[str] = []

    def put(self, path: str) -> tuple[str, int]:
        """Keep a copy of a file here, and there if that can be done now; give its sha256 and size.

        Raises:
            EnvironmentFailure: the disk refuses (NB502).
        """
        sha256, size = self._here.put(path)
        if self._is_written:
            try:
                self._uploads.send_file(sha256)
            except RemoteAway as away:
                self._tell_of_writing(away)
        return sha256, size

    def fetch(self, sha256: str, to: str) -> bool:
        """Write a kept file to a path, whole and verified; False where it is not there, or damaged.

        Raises:
            EnvironmentFailure: the disk refuses (NB502).
        """
        if not is_sha256(sha256):
            return False
        if self._here.fetch(sha256, to):
            return True
        return self._bring(sha256) and self._here.fetch(sha256, to)

    def has(self, sha256: str) -> bool:
        """Whether there is such a file; its bytes are looked at when it is fetched."""
        if not is_sha256(sha256):
            return False
        if self._here.has(sha256) or sha256 in self._uploads.there:
            return True
        if sha256 in self._uploads.damaged_there:
            return False
        try:
            is_there = self._place.size(file_path(sha256)) is not None
        except RemoteAway as away:
            self._tell_of_reading(away)
            return False
        if is_there:
            self._uploads.there.add(sha256)
        return is_there

    def entries(self, key: str) -> Sequence[Any]:
        """The documents of a key, newest first as far as the machines' clocks agree.

        Raises:
            ValueError: keys are the sha256 of something, and this one is not.
        """
        here = self._here.entry_names(key)
        there = self._names_there(key)
        names = sorted({*here, *there}, reverse=True)[:MOST_ENTRIES]
        self._bring_entries(key, {name: there[name] for name in names if name not in here})
        return [document for name in names for document in self._here.read_entry(key, name)]

    def add_entry(self, key: str, document: Any) -> None:
        """Keep a document beside those that the key has, here, and there if that can be done now.

        Raises:
            EnvironmentFailure: the disk refuses (NB502).
            ValueError: keys are the sha256 of something, and this one is not.
        """
        text = entry_text(key, document)
        name = self._new_name()
        self._here.keep_entry(key, name, text)
        if not self._is_written:
            return
        if len(text) > LARGEST_ENTRY_BYTES:
            self._tell("large", "a result that names very many files is kept on this machine only")
            return
        try:
            self._uploads.send_entry(key, name)
        except RemoteAway as away:
            self._tell_of_writing(away)

    # -- what comes from there

    def _bring(self, sha256: str) -> bool:
        """Have a file here that is there."""
        uploads = self._uploads
        if sha256 in uploads.damaged_there:
            return False
        beside = self._here.place_beside()
        try:
            with disk_errors(beside):
                if not self._place.download(file_path(sha256), beside):
                    uploads.there.discard(sha256)
                    return False
            if self._here.adopt(beside, sha256):
                uploads.there.add(sha256)
                return True
        except RemoteAway as away:
            self._tell_of_reading(away)
            return False
        finally:
            with contextlib.suppress(OSError):
                os.unlink(beside)
        # Left there, for others may have only read it wrongly; whoever makes it again replaces it.
        uploads.damaged_there.add(sha256)
        uploads.there.discard(sha256)
        self.damaged.append(f"{self._place.shown}/{file_path(sha256)}")
        return False

    def _names_there(self, key: str) -> Mapping[str, int]:
        try:
            found = self._place.names(entry_folder(key))
            if not found and not self._is_written and "empty" not in self._told:
                self._told.add("empty")
                if self._place.is_empty():
                    self.problems.append(f"there is nothing at {self._place.shown}")
        except RemoteAway as away:
            self._tell_of_reading(away)
            return {}
        return {name: size for name, size in found.items() if ENTRY_NAME.fullmatch(name)}

    def _bring_entries(self, key: str, sizes: Mapping[str, int]) -> None:
        """Have entries here that are there; those that are damaged stay where they are."""
        folder = entry_folder(key)
        new = {n: size for n, size in sizes.items() if f"{folder}/{n}" not in self._damaged_entries}
        sound = {n: size for n, size in new.items() if size and size <= LARGEST_ENTRY_BYTES}
        try:
            texts = self._place.texts(folder, sound, LARGEST_ENTRY_BYTES + 1)
        except RemoteAway as away:
            self._tell_of_reading(away)
            return
        damaged = [name for name in new if name not in sound]
        for name, data in texts.items():
            try:
                documents = entry_documents(key, data) if len(data) <= LARGEST_ENTRY_BYTES else None
            except ValueError:
                documents = None
            if documents is None:
                damaged.append(name)
            elif documents:
                self._here.keep_entry(key, name, data.decode("utf-8"))
        for name in damaged:
            self._damaged_entries.add(f"{folder}/{name}")
            self.damaged.append(f"{self._place.shown}/{folder}/{name}")

    def _new_name(self) -> str:
        """A name that no other machine gives, and that sorts by time."""
        self._last_time = max(self._last_time + 1, time.time_ns())
        return f"{self._last_time:020d}-{secrets.token_hex(8)}"

    # -- what the user should hear of

    def _tell_of_reading(self, away: RemoteAway) -> None:
        later = "; `nb2pkg runs push` uploads later what is made here" if self._is_written else ""
        self._tell("away", f"{self._place.shown}: {away}; it is done without for now{later}")

    def _tell_of_writing(self, away: RemoteAway) -> None:
        if not away.takes_nothing:
            self._tell_of_reading(away)
            return
        self._tell(
            "away",
            f"{self._place.shown} takes nothing from here ({away}): `nb2pkg runs push` tries again; "
            "with NB2PKG_CACHE_MODE=read it is only read",
        )

    def _tell(self, about: str, message: str) -> None:
        """Say something once in a run."""
        if about not in self._told:
            self._told.add(about)
            self.problems.append(message)


def _uploads(address: RemoteAddress, home: str, patience: Patience) -> Uploads:
    notes = os.path.join(home, "spool", address.identity)
    return Uploads(RemotePlace(address, patience), ContentFolder(_copies(address, home)), notes)


def _copies(address: RemoteAddress, home: str) -> str:
    return os.path.join(home, "shared", address.identity)
