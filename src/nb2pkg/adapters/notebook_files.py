"""The port `NotebookFiles`, answered by the disk and standard input."""

from __future__ import annotations

import contextlib
import difflib
import os
import stat
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from nb2pkg.notebook import Limits, refuse_oversize
from nb2pkg.ports.extracting import SCRIPT, NotebookSource
from nb2pkg.problems import BadNotebook, EnvironmentFailure, UsageError

_STDIN = "-"
_STDIN_NAME = "notebook"


class DiskNotebookFiles:
    """Notebook files on this machine's disk."""

    def read(self, path: str, max_bytes: int) -> NotebookSource:
        """Read a notebook; `-` is standard input."""
        limits = Limits(file_bytes=max_bytes)
        if path == _STDIN:
            data = sys.stdin.buffer.read(max_bytes + 1)
            refuse_oversize(len(data), limits)
            return _source(path, Path.cwd() / f"{_STDIN_NAME}.ipynb", data)
        if "\0" in path or not path:
            raise UsageError("NB001", f"no such file: {path!r}")
        return _source(path, Path(os.path.abspath(path)), _read(path, limits))

    def given(self, path: str, data: bytes) -> NotebookSource:
        """Give a notebook that somebody has open: `data` is the text of an .ipynb, whatever its file is."""
        return replace(_source(path, Path(os.path.abspath(path)), data), format="ipynb")

    def write(self, path: str, text: str) -> None:
        """Replace the notebook's text in one step, through a link if it is one."""
        target = Path(os.path.realpath(path))
        try:
            _replace(target, text.encode())
        except PermissionError as error:
            raise EnvironmentFailure("NB501", f"permission denied: {path}") from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise EnvironmentFailure("NB502", f"cannot write {path}: {reason}") from error


def _source(path: str, absolute: Path, data: bytes) -> NotebookSource:
    return NotebookSource(
        path=path,
        name=absolute.stem,
        file_name=absolute.name,
        folder=str(absolute.parent),
        format="percent" if absolute.suffix == SCRIPT else "ipynb",
        data=data,
    )


def _read(path: str, limits: Limits) -> bytes:
    try:
        # Not to be held up by a FIFO that nobody writes to.
        descriptor = os.open(
            path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        )
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError("NB001", f"no such file: {path}", hint=_did_you_mean(path)) from error
    except IsADirectoryError as error:
        raise UsageError("NB001", f"{path} is a directory", hint=_inside(path)) from error
    except PermissionError as error:
        if os.path.isdir(path):  # as Windows says it
            raise UsageError("NB001", f"{path} is a directory", hint=_inside(path)) from error
        raise EnvironmentFailure("NB501", f"permission denied: {path}") from error
    except OSError as error:
        raise UsageError("NB001", f"no such file: {path}: {error.strerror}") from error
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise UsageError("NB001", f"{path} is a directory", hint=_inside(path))
        if not stat.S_ISREG(status.st_mode):
            raise BadNotebook("NB001", f"{path} is not a regular file")
        refuse_oversize(status.st_size, limits)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(limits.file_bytes + 1)
    except OSError as error:
        raise EnvironmentFailure("NB501", f"cannot read {path}: {error.strerror}") from error
    finally:
        os.close(descriptor)


def _did_you_mean(path: str) -> str | None:
    folder, name = os.path.split(path)
    try:
        names = sorted(n for n in os.listdir(folder or ".") if n.endswith((".ipynb", ".py")))
    except OSError:
        return None
    close = difflib.get_close_matches(name, names, n=1)
    if not close and f"{name}.ipynb" in names:
        close = [f"{name}.ipynb"]
    return f"did you mean {os.path.join(folder, close[0])}?" if close else None


def _inside(path: str) -> str | None:
    try:
        names = sorted(n for n in os.listdir(path) if n.endswith(".ipynb"))
    except OSError:
        return None
    return f"name a notebook, such as {os.path.join(path, names[0])}" if names else None


def _replace(target: Path, data: bytes) -> None:
    mode = stat.S_IMODE(target.stat().st_mode)
    descriptor, temporary = tempfile.mkstemp(prefix=".nb2pkg-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
