"""Which file does a path of Jupyter's mean, and what may be told of where files are?

A path is relative to the server's root, with forward slashes. What leads out of the root is refused, however it is
written; and of files beyond the root nobody is told where they are.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from nb2pkg.api.hidden_files import is_marked_hidden
from nb2pkg.problems import Diagnostic, UsageError

_LONGEST_NAME_BYTES = 255
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# A path that begins at the root of the disk, or where we have cut one, within a message; no part of an address.
_ABSOLUTE = re.compile(
    r"(?:…|(?<![\w/.:~…{-])(?:[A-Za-z]:)?)[/\\](?:[^\s/\\'\"`<>|:;,()]+[/\\])+([^\s/\\'\"`<>|:;,()]*)"
)
_MARK = "…/"


@dataclass(frozen=True, slots=True)
class Root:
    """The server's root. folder: absolute; allows_hidden: whether files may be used whose names begin with a dot"""

    folder: str
    allows_hidden: bool = False

    def file(self, path: str) -> str:
        """Give the absolute path of what lies, or would lie, at a path; links are followed.

        Raises:
            UsageError: it is no path below the root (NB021).
        """
        parts = _parts(path)
        root = Path(os.path.realpath(self.folder))
        found = Path(os.path.realpath(root.joinpath(*parts)))
        if found == root or not found.is_relative_to(root) or _is_circle(root, found):
            raise _outside(path)
        if not self.allows_hidden:
            self._refuse_hidden(path, root, parts, found)
        return str(found)

    def target(self, path: str) -> str:
        """The same, of something that may be the root itself, written as a dot."""
        return os.path.realpath(self.folder) if path == "." else self.file(path)

    def place(self, path: str) -> str:
        """The same, of a folder that is to be written; its last part may hold `{package}`, and is not followed."""
        self.file(path)
        above, _, name = path.rpartition("/")
        if "{package}" in above:
            raise UsageError(
                "NB021",
                "{package} may stand in the last part of a path alone",
                hint="name a folder",
            )
        return os.path.join(self.target(above or "."), name)

    def place_of(self, absolute: str) -> str:
        """The same, of a folder that somebody has named by its absolute path.

        Raises:
            UsageError: it is not below the root (NB021).
        """
        above, name = os.path.split(os.path.normpath(absolute))
        told = self.told(os.path.realpath(above))
        if told is None or "{package}" in above:
            raise UsageError(
                "NB021",
                "the output folder of the notebook's settings is not below the server's root",
                hint="name another one",
            )
        return self.place(name if told == "." else f"{told}/{name}")

    def told(self, absolute: str) -> str | None:
        """Give the path, below the root, of an absolute one; None where it is not there."""
        for root in self._ways():
            if absolute == root:
                return "."
            # The root of a disk ends with a separator of its own.
            prefix = root.rstrip(os.sep) + os.sep
            if absolute.startswith(prefix):
                return absolute[len(prefix) :].replace(os.sep, "/")
        return None

    def said(self, message: str) -> str:
        """Give a message in which files of the root have their paths there, and others no more than their names."""
        for root in self._ways():
            if root == os.path.dirname(root):
                # The root of a disk begins every path, and stands between words and in addresses.
                continue
            message = message.replace(root + os.sep, "")
            message = re.sub(re.escape(root) + r"(?![\w.-])", ".", message)
        for place in _private_places():
            message = message.replace(place + os.sep, _MARK)
        return _ABSOLUTE.sub(lambda match: _MARK + match[1], message)

    def finding(self, found: Diagnostic) -> Diagnostic:
        """Give a finding whose texts tell no more of files than that."""
        hint = None if found.hint is None else self.said(found.hint)
        return replace(found, message=self.said(found.message), hint=hint)

    def _ways(self) -> Iterator[str]:
        yield from dict.fromkeys((os.path.realpath(self.folder), os.path.abspath(self.folder)))

    def _refuse_hidden(self, path: str, root: Path, parts: list[str], found: Path) -> None:
        within = found.relative_to(root).parts
        if any(part.startswith(".") for part in (*parts, *within)) or any(
            is_marked_hidden(str(root.joinpath(*within[:count])))
            for count in range(1, len(within) + 1)
        ):
            raise UsageError(
                "NB021",
                f"{path} is hidden, and this server shows no hidden files",
                hint="the server's option ContentsManager.allow_hidden allows it",
            )


def _parts(path: str) -> list[str]:
    """The names that a path is made of."""
    plain = _decoded(path)
    if any(_CONTROL.search(text) or "\\" in text for text in (path, plain)):
        raise _outside(path)
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        raise _outside(path) from None
    for text in (path, plain):
        parts = text.split("/")
        if (
            text.startswith(("/", "~"))
            or _DRIVE.match(text)
            or any(part in ("", ".", "..") for part in parts)
        ):
            raise _outside(path)
    if plain.count("/") != path.count("/"):
        raise _outside(path)
    parts = path.split("/")
    if any(len(part.encode("utf-8")) > _LONGEST_NAME_BYTES for part in parts):
        raise _outside(path)
    return parts


def _decoded(path: str) -> str:
    """The path as somebody would read it who decodes it once more, and again."""
    for _ in range(5):
        plain = unquote(path, errors="replace")
        if plain == path:
            break
        path = plain
    return path


def _outside(path: str) -> UsageError:
    shown = path if path.isprintable() and len(path) <= 80 else ascii(path)[1:81]
    return UsageError(
        "NB021",
        f"{shown!r} is no path below the server's root",
        hint="paths are relative to the root, with forward slashes, as the file browser has them",
    )


def _is_circle(root: Path, found: Path) -> bool:
    """Whether there are links left that lead nowhere, after all have been followed."""
    within = found.relative_to(root).parts
    return any(root.joinpath(*within[:count]).is_symlink() for count in range(1, len(within) + 1))


def _private_places() -> Iterator[str]:
    """Folders whose names say who works here, the longest first."""
    places = {os.path.expanduser("~"), sys.prefix, sys.base_prefix, tempfile.gettempdir()}
    places |= {os.path.realpath(place) for place in places}
    yield from sorted((p for p in places if len(p) > 1), key=len, reverse=True)
