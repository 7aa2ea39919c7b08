"""How are files kept by their content, in a folder that several runs may use at once?

The port `ContentStore`. A file is named by the sha256 of its bytes, and is verified whenever it is read; a
document of a key is a small JSON file that carries the sha256 of key and document. Both are written beside and moved into
place, the files before the documents that name them.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import secrets
import stat
from collections.abc import Iterator, Sequence
from typing import Any

from nb2pkg.pipeline.fingerprints import canonical, sha256_of
from nb2pkg.problems import EnvironmentFailure

MOST_ENTRIES = 100
_CHUNK = 1 << 20
_ENTRY_VERSION = 2
_SHA256 = re.compile(r"[0-9a-f]{64}")


class ContentFolder:
    """A folder of files by content, and of documents by key."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.damaged: list[str] = []
        self.problems: list[str] = []

    def put(self, path: str) -> tuple[str, int]:
        """Keep a copy of a file; give its sha256 and size.

        Raises:
            EnvironmentFailure: the disk refuses (NB502).
        """
        beside = self._beside("files")
        digest, size = hashlib.sha256(), 0
        with disk_errors(self._folder):
            try:
                with open(path, "rb") as source, open(beside, "xb") as target:
                    while data := source.read(_CHUNK):
                        digest.update(data)
                        size += len(data)
                        target.write(data)
                    target.flush()
                    os.fsync(target.fileno())
                sha256 = digest.hexdigest()
                self._move_in(beside, sha256)
            finally:
                with contextlib.suppress(OSError):
                    os.unlink(beside)
        return sha256, size

    def adopt(self, path: str, sha256: str) -> bool:
        """Move a file in, which lies on the same disk; False, and it stays, where its bytes are others.

        Raises:
            EnvironmentFailure: the disk refuses (NB502).
        """
        with disk_errors(self._folder):
            if not is_sha256(sha256) or _digest(path) != sha256:
                return False
            self._move_in(path, sha256)
        return True

    def fetch(self, sha256: str, to: str) -> bool:
        """Write a kept file to a path, whole and verified; False where it is not there, or damaged.

        Raises:
            EnvironmentFailure: the disk refuses (NB502).
        """
        kept = self.path(sha256)
        if kept is None:
            return False
        try:
            source = open(kept, "rb")  # noqa: SIM115 - closed below; its errors are not those of the disk that is written to
        except OSError:  # gone this moment: others may remove what nobody needs
            return False
        with source, disk_errors(to):
            folder = os.path.dirname(to) or os.curdir
            os.makedirs(folder, exist_ok=True)
            # Not named after the file: names may be as long as the disk allows.
            beside = os.path.join(folder, f".{secrets.token_hex(8)}.part")
            digest = hashlib.sha256()
            try:
                with open(beside, "xb") as target:
                    while data := source.read(_CHUNK):
                        digest.update(data)
                        target.write(data)
                if digest.hexdigest() != sha256:
                    self._set_aside(kept)
                    return False
                os.replace(beside, to)
            finally:
                with contextlib.suppress(OSError):
                    os.unlink(beside)
        return True

    def has(self, sha256: str) -> bool:
        """Whether there is such a file; its bytes are looked at when it is fetched."""
        return self.path(sha256) is not None

    def path(self, sha256: str) -> str | None:
        """Where a file is kept, to be read only; None where it is not there. Its bytes are not looked at."""
        # A name from a document may be anything, `../..` too.
        if not is_sha256(sha256):
            return None
        path = self._file(sha256)
        return path if os.path.isfile(path) else None

    def whole_path(self, sha256: str) -> str | None:
        """The same, after a look at its bytes; what is damaged is set aside."""
        path = self.path(sha256)
        try:
            if path is None or _digest(path) == sha256:
                return path
        except OSError:
            return None
        self._set_aside(path)
        return None

    def entries(self, key: str) -> Sequence[Any]:
        """The documents of a key, newest first; damaged ones are set aside.

        Raises:
            ValueError: keys are the sha256 of something, and this one is not.
        """
        return [
            document for name in self.entry_names(key) for document in self.read_entry(key, name)
        ]

    def add_entry(self, key: str, document: Any) -> None:
        """Keep a document beside those that the key has; the oldest go when there are many.

        Raises:
            EnvironmentFailure: the disk refuses (NB502).
            ValueError: keys are the sha256 of something, and this one is not.
        """
        names = self.entry_names(key)
        last = names[0].partition("-")[0] if names else "0"
        number = int(last) + 1 if last.isdecimal() else 1
        self.keep_entry(key, f"{number:08d}-{secrets.token_hex(4)}", entry_text(key, document))

    def entry_names(self, key: str) -> list[str]:
        """The names of the entries of a key, newest first."""
        try:
            return sorted(os.listdir(self._entries(key)), reverse=True)
        except OSError:
            return []

    def entry_path(self, key: str, name: str) -> str:
        """Where an entry is kept, to be read only."""
        return os.path.join(self._entries(key), name)

    def read_entry(self, key: str, name: str) -> list[Any]:
        """The document of an entry; none where it is gone, damaged, or of another version of nb2pkg."""
        path = self.entry_path(key, name)
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError:
            return []
        try:
            return entry_documents(key, data)
        except ValueError:
            self._set_aside(path)
            return []

    def keep_entry(self, key: str, name: str, text: str) -> None:
        """Write an entry under a name, by which it sorts; the oldest go when there are many.

        Raises:
            EnvironmentFailure: the disk refuses (NB502).
        """
        folder = self._entries(key)
        beside = self._beside("entries")
        with disk_errors(self._folder):
            try:
                os.makedirs(folder, mode=0o700, exist_ok=True)
                with open(beside, "x", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(beside, self.entry_path(key, name))
            finally:
                with contextlib.suppress(OSError):
                    os.unlink(beside)
        for old in self.entry_names(key)[MOST_ENTRIES:]:
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(folder, old))

    def place_beside(self) -> str:
        """A path for a file that is to be adopted; nothing is there yet.

        Raises:
            EnvironmentFailure: the disk refuses (NB502).
        """
        return self._beside("files")

    def is_trusted(self) -> bool:
        """Whether nobody but this user can have put something into the folder."""
        try:
            found = os.stat(self._folder)
        except OSError:
            return True
        if not hasattr(os, "getuid"):
            return True
        others = stat.S_IWGRP | stat.S_IWOTH
        return found.st_uid == os.getuid() and not found.st_mode & others

    def _move_in(self, path: str, sha256: str) -> None:
        final = self._file(sha256)
        os.makedirs(os.path.dirname(final), mode=0o700, exist_ok=True)
        os.chmod(path, 0o400)
        os.replace(path, final)

    def _set_aside(self, path: str) -> None:
        """Keep what is damaged for whoever wants to know why, where nobody takes it for whole."""
        folder = os.path.join(self._folder, "damaged")
        with contextlib.suppress(OSError):
            os.makedirs(folder, mode=0o700, exist_ok=True)
            os.replace(path, os.path.join(folder, os.path.basename(path)))
        self.damaged.append(path)

    def _file(self, sha256: str) -> str:
        return os.path.join(self._folder, "files", sha256[:2], sha256)

    def _entries(self, key: str) -> str:
        if not is_sha256(key):
            raise ValueError(f"no key: {key!r}")
        return os.path.join(self._folder, "entries", key[:2], key)

    def _beside(self, kind: str) -> str:
        folder = os.path.join(self._folder, kind)
        with disk_errors(folder):
            os.makedirs(folder, mode=0o700, exist_ok=True)
        return os.path.join(folder, f".{secrets.token_hex(8)}.part")


def is_sha256(text: object) -> bool:
    """Whether something is 64 hexadecimal digits: no path leads anywhere with them."""
    return isinstance(text, str) and _SHA256.fullmatch(text) is not None


def entry_text(key: str, document: Any) -> str:
    """Write a document of a key down so that damage to it shows, and that it was another key's."""
    # What is recognised is what will be read: JSON makes texts of all keys, `True` becomes "true".
    plain = json.loads(json.dumps(document))
    sha256 = sha256_of(canonical([key, plain]))
    return json.dumps({"version": _ENTRY_VERSION, "sha256": sha256, "document": plain})


def entry_documents(key: str, data: bytes) -> list[Any]:
    """The document of a key that `entry_text` has written; none where that was another version of nb2pkg.

    Raises:
        ValueError: it is damaged.
    """
    try:
        found = json.loads(data.decode("utf-8"))
        if found["version"] != _ENTRY_VERSION:
            return []
        if sha256_of(canonical([key, found["document"]])) == found["sha256"]:
            return [found["document"]]
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("not an entry") from error
    raise ValueError("another document than the one that was written")


def _digest(path: str) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while data := file.read(_CHUNK):
            digest.update(data)
    return digest.hexdigest()


@contextlib.contextmanager
def disk_errors(place: str) -> Iterator[None]:
    """Tell of a disk that refuses as of a stop that the user can mend (NB502)."""
    try:
        yield
    except OSError as error:
        where = error.filename or place
        reason = error.strerror or str(error)
        hint = None
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            hint = "make room there; `nb2pkg runs prune` removes old runs and what only they need"
        raise EnvironmentFailure("NB502", f"{where}: {reason}", hint=hint) from error
