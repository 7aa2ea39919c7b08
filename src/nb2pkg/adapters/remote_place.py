"""What lies in a folder far away, and how do files get there and back?

Paths are relative to the folder. Whatever happens out there, a caller gets an answer or `RemoteAway`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from nb2pkg.adapters.remote_address import RemoteAddress
from nb2pkg.adapters.remote_patience import ANSWERS, Patience, insist
from nb2pkg.ports.running import StoreAway

_T = TypeVar("_T")

# What these are sent is there whole or not at all, and moving is for them to copy it once more.
_NEVER_HALF = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "oss"}

UNKNOWN = -1


class RemoteAway(StoreAway):
    """A place does not answer, or refuses; the message says why, without secrets.

    takes_nothing: it may be read, and not be written to
    """

    def __init__(self, message: str, *, takes_nothing: bool = False) -> None:
        super().__init__(message)
        self.takes_nothing = takes_nothing


class RemotePlace:
    """A folder of a file system of fsspec. After a failure it is left alone for a while."""

    def __init__(self, address: RemoteAddress, patience: Patience) -> None:
        self._address = address
        self._patience = patience
        self._connection: tuple[Any, str] | None = None
        self._has_failed = False
        self._left_alone: dict[str, tuple[float, RemoteAway]] = {}
        self.shown = address.shown

    def size(self, path: str) -> int | None:
        """The bytes of a file; None where there is none, UNKNOWN where the place does not say."""

        def look(system: Any, root: str) -> int | None:
            system.invalidate_cache()  # others write there, too
            found = system.info(f"{root}/{path}")
            if found.get("type", "file") != "file":
                return None
            return _size_in(found)

        return self._ask(look, None)

    def names(self, folder: str) -> Mapping[str, int]:
        """The files in a folder, with their sizes."""

        def look(system: Any, root: str) -> dict[str, int]:
            system.invalidate_cache()
            found = system.ls(f"{root}/{folder}", detail=True)
            return {
                str(one["name"]).rpartition("/")[2]: _size_in(one)
                for one in found
                if one.get("type", "file") == "file"
            }

        return self._ask(look, {})

    def is_empty(self) -> bool:
        """Whether nothing is there, not even the folder."""
        return self._ask(lambda system, root: not system.ls(root, detail=False), True)

    def texts(self, folder: str, sizes: Mapping[str, int], most_bytes: int) -> Mapping[str, bytes]:
        """The bytes of small files, by their names; what is larger is cut, what is gone is left out."""

        def look(system: Any, root: str) -> dict[str, bytes]:
            paths = [f"{root}/{folder}/{name}" for name in sizes]
            # All at once, where a place can do that. Never more than asked for: it may have grown.
            found = system.cat_ranges(paths, 0, most_bytes, on_error="return")
            texts = {}
            errors = []
            for name, one in zip(sizes, found, strict=True):
                if not isinstance(one, BaseException):
                    texts[name] = bytes(one[:most_bytes])
                elif isinstance(one, ANSWERS):
                    errors.append(one)
                else:
                    raise one
            if errors and not texts:
                raise errors[0]
            return texts

        return self._ask(look, {}, sum(sizes.values())) if sizes else {}

    def download(self, path: str, to: str) -> bool:
        """Write a file's bytes to a path on this machine; False where it is not there.

        Raises:
            OSError: there is no room on this machine.
        """
        size = self.size(path)
        if size is None:
            return False

        def bring(system: Any, root: str) -> bool:
            system.get_file(f"{root}/{path}", to)
            if size not in (UNKNOWN, os.path.getsize(to)):
                raise OSError("it ends too early")
            return True

        return self._ask(bring, False, size)

    def upload(self, source: str, path: str) -> None:
        """Put a file there, whole or not at all; one that is there already is replaced."""
        try:
            size = os.path.getsize(source)
        except OSError as error:  # somebody has removed it this moment
            raise RemoteAway(self._address.reason(error)) from error

        def send(system: Any, root: str) -> None:
            final = f"{root}/{path}"
            if _protocols(system) & _NEVER_HALF:
                # Without `makedirs`: it would make the bucket.
                system.put_file(source, final)
                return
            system.makedirs(final.rpartition("/")[0], exist_ok=True)
            beside = f"{root}/{path.partition('/')[0]}/.{secrets.token_hex(8)}.part"
            try:
                system.put_file(source, beside)
                if _size_in(system.info(beside)) not in (UNKNOWN, size):
                    raise OSError("it did not arrive whole")
                _move(system, beside, final)
            except Exception:
                with contextlib.suppress(Exception):
                    system.rm_file(beside)
                raise

        self._do("writing", send, size)

    # -- asking

    def _ask(self, look: Callable[[Any, str], _T], absent: _T, size: int = 0) -> _T:
        try:
            return self._do("reading", look, size)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return absent

    def _do(self, what: str, work: Callable[[Any, str], _T], size: int) -> _T:
        until, away = self._left_alone.get(what, (0.0, None))
        if away is not None and time.monotonic() < until:
            raise away

        def once() -> _T:
            try:
                # Held on to: what still hangs in another thread may drop it meanwhile.
                connection = self._connection or self._address.connect(anew=self._has_failed)
                self._connection = connection
                return work(*connection)
            except ANSWERS:
                raise
            except Exception:
                self._drop_connection()
                raise

        try:
            return insist(once, self._patience, size)
        except Exception as error:  # every file system has its own kinds
            if what == "reading" and _is_answer(error):
                raise
            refuses = isinstance(error, (PermissionError, NotImplementedError))
            takes_nothing = refuses and what == "writing"
            away = RemoteAway(self._address.reason(error), takes_nothing=takes_nothing)
            until = time.monotonic() + self._patience.rest_seconds
            for side in [what] if refuses else ["reading", "writing"]:
                self._left_alone[side] = (until, away)
            self._drop_connection()
            raise away from None  # its words may hold a password

    def _drop_connection(self) -> None:
        """A broken one would stay broken."""
        self._connection = None
        self._has_failed = True


def _is_answer(error: Exception) -> bool:
    """Whether it is about the file, or about this machine, rather than about the place."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return isinstance(error, (FileNotFoundError, NotADirectoryError, IsADirectoryError))


def _move(system: Any, beside: str, final: str) -> None:
    try:
        system.mv(beside, final)
    except Exception:  # some do not move to where something is
        system.rm_file(final)
        system.mv(beside, final)


def _size_in(found: Mapping[str, Any]) -> int:
    size = found.get("size")
    return size if isinstance(size, int) else UNKNOWN


def _protocols(system: Any) -> set[str]:
    return {system.protocol} if isinstance(system.protocol, str) else set(system.protocol)
