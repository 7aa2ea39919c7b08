"""How is a file below a folder reached without ever following a link out of it?"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from types import TracebackType

from nb2pkg.problems import Refused

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_HAS_DIR_FD = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_FILE = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_FILE |= getattr(os, "O_BINARY", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
_NEW |= getattr(os, "O_BINARY", 0)


class SafeRoot:
    """A folder, held open, and the files below it.

    Each part of a path is opened relative to the folder above it and never through a link, so that
    a link put there meanwhile changes nothing. Where the system cannot do that (Windows), each
    part is looked at first instead.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._descriptors: dict[str, int] = {}
        if os.path.islink(folder):
            raise _is_a_link(folder)
        if _HAS_DIR_FD:
            try:
                self._descriptors[""] = os.open(folder, _FOLDER)
            except OSError as error:
                raise _translated(error, folder) from error

    def __enter__(self) -> SafeRoot:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for descriptor in self._descriptors.values():
            with contextlib.suppress(OSError):
                os.close(descriptor)
        self._descriptors.clear()

    def hold(self) -> None:
        """Wait until nobody else holds the folder, and hold it until it is closed, where the system can do that."""
        if fcntl is not None and "" in self._descriptors:
            with contextlib.suppress(OSError):  # not every file system knows of locks
                fcntl.flock(self._descriptors[""], fcntl.LOCK_EX)

    def read(self, path: str) -> bytes | None:
        """Give the bytes of a file, or None where there is none."""
        try:
            with self._parent(path) as (place, folder):
                descriptor = os.open(place, _FILE, dir_fd=folder)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _translated(error, path) from error
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Refused("NB402", f"{path} in {self._folder} is not a regular file")
            return file.read()

    def write_new(self, path: str, data: bytes, *, durable: bool) -> None:
        """Write a file that must not exist yet; `durable`: its bytes outlive a loss of power."""
        with self._parent(path, create=True) as (place, folder):
            descriptor = os.open(place, _NEW, 0o666, dir_fd=folder)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                if durable:
                    os.fsync(descriptor)

    def rename(self, old: str, new: str) -> None:
        """Put a file in the place of another one, of the same folder, in one step."""
        with self._parent(old) as (place, folder):
            target = os.path.join(os.path.dirname(place), new.rpartition("/")[2])
            os.replace(place, target, src_dir_fd=folder, dst_dir_fd=folder)

    def copy_mode(self, source: str, target: str) -> None:
        """Give `target`, a file that we have just made, the permissions of `source`."""
        with self._parent(source) as (place, folder):
            mode = stat.S_IMODE(os.stat(place, dir_fd=folder, follow_symlinks=False).st_mode)
        with self._parent(target) as (place, folder):
            os.chmod(place, mode, dir_fd=folder)

    def remove(self, path: str) -> None:
        """Remove a file, and the folders that are empty without it."""
        with self._parent(path) as (place, folder):
            os.unlink(place, dir_fd=folder)
        parts = path.split("/")[:-1]
        while parts:
            inner = "/".join(parts)
            descriptor = self._descriptors.pop(inner, None)
            if descriptor is not None:
                os.close(descriptor)
            try:
                with self._parent(inner) as (place, folder):
                    os.rmdir(place, dir_fd=folder)
            except OSError:
                return
            parts.pop()

    def refuse_unfit(self, path: str) -> None:
        """Stop with NB402 when a link, a folder or a device stands where a file is to be written."""
        try:
            with self._parent(path) as (place, folder):
                mode = os.stat(place, dir_fd=folder, follow_symlinks=False).st_mode
        except FileNotFoundError:
            return
        except OSError as error:
            raise _translated(error, path) from error
        if stat.S_ISLNK(mode):
            raise _is_a_link(path)
        if not stat.S_ISREG(mode):
            raise Refused("NB402", f"{path} in {self._folder} is not a regular file")

    @contextlib.contextmanager
    def _parent(self, path: str, *, create: bool = False) -> Iterator[tuple[str, int | None]]:
        """Give what the `os` functions need to reach a file: its name there, and the folder."""
        *parts, name = path.split("/")
        if any(part in ("", ".", "..") or "\0" in part or "\\" in part for part in (*parts, name)):
            raise Refused("NB402", f"{path!r} is not a path below the output folder")
        if _HAS_DIR_FD:
            yield name, self._open_folder(parts, create)
        else:
            yield os.path.join(self._checked_folder(parts, create), name), None

    def _open_folder(self, parts: list[str], create: bool) -> int:
        key = "/".join(parts)
        if key in self._descriptors:
            return self._descriptors[key]
        above = self._open_folder(parts[:-1], create)
        if create:
            with contextlib.suppress(FileExistsError):
                os.mkdir(parts[-1], dir_fd=above)
        try:
            descriptor = os.open(parts[-1], _FOLDER, dir_fd=above)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENOTDIR):
                raise _translated(error, key) from error
            raise
        self._descriptors[key] = descriptor
        return descriptor

    def _checked_folder(self, parts: list[str], create: bool) -> str:
        folder = self._folder
        for part in parts:
            folder = os.path.join(folder, part)
            if create:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(folder)
            if os.path.islink(folder):
                raise _is_a_link(folder)
        return folder


def _is_a_link(path: str) -> Refused:
    return Refused(
        "NB402",
        f"{path} is a symbolic link, and nb2pkg writes through none",
        hint="remove the link, or give its target with --output",
    )


def _translated(error: OSError, path: str) -> Exception:
    # Linux says ENOTDIR of a link that is opened as a folder, ELOOP of one opened as a file.
    if error.errno in (errno.ELOOP, getattr(errno, "EMLINK", errno.ELOOP)):
        return _is_a_link(path)
    if error.errno == errno.ENOTDIR:
        return Refused("NB402", f"{path} is a symbolic link or a file where a folder should be")
    return error
