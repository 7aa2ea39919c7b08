"""Which files, folders and connections does a program open? Told by the interpreter's audit events."""

from __future__ import annotations

import os
import sys
from typing import Any

_NOBODY_S = ("/dev/", "/proc/", "/sys/", "/etc/", "/usr/", "/lib")
_CODE = (".py", ".pyc", ".pyd", ".so", ".pth")


class FileAccess:
    """Listens from when it is made to the end of the process; nothing can end it before.

    reads, writes: files below the working directory, as paths from there; changed: such that were removed,
    or lost their name; far: files elsewhere that are data and not part of Python; folders: made below the
    working directory; programs: that were started; uses_network: whether a socket was connected. Nothing
    below the folder `ours` counts.

    far_writes: those of `far` that were written or removed; stamps: what identified the content of a file,
    of `reads` or `far`, when it was first opened to be read; listed: folder → the names that it was
    seen to have, by whoever looked through it
    """

    def __init__(self, ours: str) -> None:
        self._ours = os.path.realpath(ours) + os.sep
        self._here = os.path.realpath(os.getcwd()) + os.sep
        self._not_data = tuple({
            os.path.realpath(p) + os.sep
            for p in (sys.prefix, sys.base_prefix, os.path.dirname(os.__file__),
                      os.path.expanduser("~/.cache"), os.path.expanduser("~/.config"),
                      os.path.expanduser("~/.local"))
        })  # fmt: skip
        self.is_on = False
        self.forget()
        sys.addaudithook(self._heard)

    def forget(self) -> None:
        """Begin anew."""
        self.reads: dict[str, None] = {}
        self.writes: dict[str, None] = {}
        self.changed: dict[str, None] = {}
        self.far: dict[str, None] = {}
        self.folders: dict[str, None] = {}
        self.programs: dict[str, None] = {}
        self.uses_network = False
        self.far_writes: dict[str, None] = {}
        self.stamps: dict[str, tuple[int, int] | None] = {}
        self.listed: dict[str, tuple[str, ...]] = {}

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.is_on:
            return
        if event == "open":
            path, mode, flags = arguments
            if isinstance(path, (str, bytes, os.PathLike)):
                self._opened(os.fsdecode(path), mode, flags or 0)
        elif event == "os.mkdir":
            place = self._below(os.fsdecode(arguments[0]))
            if place is not None:
                self.folders[place] = None
        elif event in ("os.remove", "os.rename", "os.rmdir", "os.truncate", "shutil.rmtree"):
            self._changed(arguments[0])
            if event == "os.rename":
                self._opened(os.fsdecode(arguments[1]), "w", 0)
        elif event in ("os.listdir", "os.scandir"):
            self._looked_through(arguments[0])
        elif event == "subprocess.Popen":
            words = arguments[1]
            self.programs[words if isinstance(words, str) else " ".join(map(str, words))] = None
        elif event in ("os.system", "os.exec", "os.posix_spawn", "os.spawn"):
            self.programs[str(arguments[0])] = None
        elif event == "sqlite3.connect" and isinstance(arguments[0], str):
            self._opened(arguments[0], "r", 0)
        elif event == "socket.connect":
            address = arguments[1]
            self.uses_network = self.uses_network or isinstance(address, tuple)

    def _changed(self, path: Any) -> None:
        """A file is removed, or gets another name: elsewhere that is not ours to do again."""
        if isinstance(path, (str, bytes, os.PathLike)):
            name = os.fsdecode(path)
            place = self._below(name)
            if place is not None:
                self.changed[place] = None
            elif not os.path.realpath(name).startswith(self._ours):
                self.far[name] = None
                self.far_writes[name] = None

    def _opened(self, path: str, mode: str | None, flags: int) -> None:
        is_write = (
            any(letter in mode for letter in "wax+")
            if isinstance(mode, str)
            else bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        )
        place = self._below(path)
        if place is None:
            whole = os.path.realpath(path)
            nobody_s = (*_NOBODY_S, *self._not_data, self._ours)
            if not (whole.startswith(nobody_s) or whole.endswith(_CODE)):
                self.far[path] = None
                if is_write:
                    self.far_writes[path] = None
                elif path not in self.far_writes:
                    self.stamps.setdefault(path, stamp(path))
        elif is_write:
            self.writes[place] = None
            if isinstance(mode, str) and "w" not in mode and os.path.exists(self._here + place):
                # What it was before goes into what it is then.
                self._read(place)
        elif place not in self.writes and not place.endswith(_CODE):
            self._read(place)

    def _read(self, place: str) -> None:
        self.reads[place] = None
        self.stamps.setdefault(place, stamp(self._here + place))

    def _looked_through(self, path: Any) -> None:
        """A folder's names are read; not when Python looks for modules there."""
        asked = sys._getframe(2)
        if "importlib" in asked.f_code.co_filename or not isinstance(
            path, (str, bytes, type(None))
        ):
            return
        name = os.path.realpath(os.fsdecode(path) if path else os.curdir)
        nobody_s = (*_NOBODY_S, *self._not_data, self._ours)
        if name in self.listed or (name + os.sep).startswith(nobody_s):
            return
        self.is_on = False
        try:
            self.listed[name] = tuple(sorted(os.listdir(name)))
        except OSError:
            pass
        finally:
            self.is_on = True

    def _below(self, path: str) -> str | None:
        whole = os.path.join(self._here, path)
        whole = os.path.join(os.path.realpath(os.path.dirname(whole)), os.path.basename(whole))
        if not whole.startswith(self._here):
            return None
        return whole[len(self._here) :].replace(os.sep, "/")


def stamp(path: str) -> tuple[int, int] | None:
    """What tells one state of a file from another without reading it: its time and size."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
