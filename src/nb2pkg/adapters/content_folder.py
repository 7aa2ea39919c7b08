"""How are files kept by their content, in a folder that several runs may use at once?

The port `ContentStore`. A file is named by the sha256 of its bytes, and is verified whenever it is read; a
document of a key is a small JSON file that carries its own sha256. Both are written beside and moved into
place, the files before the documents that name them.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from typing import Any

from nb2pkg.pipeline.fingerprints import canonical, sha256_of
from nb2pkg.problems import EnvironmentFailure

_CHUNK = 1 << 20
_MOST_ENTRIES = 50
_ENTRY_VERSION = 1


class ContentFolder:
    """A folder of files by content, and of documents by key."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.damaged: list[str] = []

    def put(self, path: str) -> tuple[str, int]:
        """Keep a copy of a file; give its sha256 and size.

        Raises:
            EnvironmentFailure: the disk refuses (NB502).
        """
        beside = self._beside("files")
        digest, size = hashlib.sha256(), 0
        with _disk_errors(self._folder):
            try:
                with open(path, "rb") as source, open(beside, "xb") as target:
                    while data := source.read(_CHUNK):
                        digest.update(data)
                        size += len(data)
                        target.write(data)
                    target.flush()
                    os.fsync(target.fileno())
                sha256 = digest.hexdigest()
                final = self._file(sha256)
                os.makedirs(os.path.dirname(final), mode=0o700, exist_ok=True)
                os.chmod(beside, 0o400)
                os.replace(beside, final)
            finally:
                with contextlib.suppress(OSError):
                    os.unlink(beside)
        return sha256, size

    def fetch(self, sha256: str, to: str) -> bool:
        """Write a kept file to a path, whole and verified; False where it is not there, or damaged.

        Raises:
            EnvironmentFailure: the disk refuses (NB502).
        """
        kept = self._file(sha256)
        if not os.path.isfile(kept):
            return False
        with _disk_errors(to):
            os.makedirs(os.path.dirname(to), exist_ok=True)
            beside = f"{to}.{secrets.token_hex(4)}.part"
            digest = hashlib.sha256()
            try:
                with open(kept, "rb") as source, open(beside, "xb") as target:
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
        return os.path.isfile(self._file(sha256))

    def entries(self, key: str) -> Sequence[Any]:
        """The documents of a key, newest first; damaged ones are set aside."""
        folder = self._entries(key)
        try:
            names = sorted(os.listdir(folder), reverse=True)
        except OSError:
            return ()
        return [document for name in names for document in self._read(os.path.join(folder, name))]

    def add_entry(self, key: str, document: Any) -> None:
        """Keep a document beside those that the key has; the oldest go when there are many.

        Raises:
            EnvironmentFailure: the disk refuses (NB502).
        """
        folder = self._entries(key)
        body = canonical(document)
        text = json.dumps(
            {"version": _ENTRY_VERSION, "sha256": sha256_of(body), "document": document}
        )
        beside = self._beside("entries")
        with _disk_errors(self._folder):
            try:
                os.makedirs(folder, mode=0o700, exist_ok=True)
                before = sorted(os.listdir(folder))
                last = before[-1].partition("-")[0] if before else "0"
                number = int(last) + 1 if last.isdigit() else 1
                with open(beside, "x", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(beside, os.path.join(folder, f"{number:08d}-{secrets.token_hex(4)}"))
                for name in before[: len(before) - _MOST_ENTRIES + 1]:
                    with contextlib.suppress(OSError):
                        os.unlink(os.path.join(folder, name))
            finally:
                with contextlib.suppress(OSError):
                    os.unlink(beside)

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

    def _read(self, path: str) -> Iterator[Any]:
        try:
            with open(path, encoding="utf-8") as file:
                found = json.load(file)
            if found["version"] != _ENTRY_VERSION:
                return
            if sha256_of(canonical(found["document"])) == found["sha256"]:
                yield found["document"]
                return
        except OSError:
            return
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        self._set_aside(path)

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
        return os.path.join(self._folder, "entries", key[:2], key)

    def _beside(self, kind: str) -> str:
        folder = os.path.join(self._folder, kind)
        with _disk_errors(folder):
            os.makedirs(folder, mode=0o700, exist_ok=True)
        return os.path.join(folder, f".{secrets.token_hex(8)}.part")


@contextlib.contextmanager
def _disk_errors(place: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = error.filename or place
        reason = error.strerror or str(error)
        hint = None
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            hint = "make room there; `nb2pkg runs prune` removes old runs and what only they need"
        raise EnvironmentFailure("NB502", f"{where}: {reason}", hint=hint) from error
