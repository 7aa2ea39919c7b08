"""Where a Python interpreter keeps its packages, and what it says of itself."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nb2pkg.adapters.processes import end_group

_PROBE_TIMEOUT_SECONDS = 10.0

# Runs without site, so that no .pth file and no sitecustomize of the environment is executed; that
# leaves asking for the folders that site would have added. Must run on any Python 3.
_PROBE = """
import json, site, sys
base = list(dict.fromkeys([sys.base_prefix, sys.base_exec_prefix]))
print(json.dumps({
    "version": list(sys.version_info[:2]),
    "site": site.getsitepackages(base),
    "user": site.getusersitepackages(),
}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python that exists, its version, and the folders in which its packages are installed."""

    path: str
    version: tuple[int, int]
    package_folders: tuple[Path, ...]


class NoAnswer(Exception):
    """A program did not behave as a Python interpreter; the message says how, as a clause."""


def look_at_interpreter(path: str | Path) -> Interpreter | None:
    """Look at the interpreter at a path; None when it is not a Python 3 that works.

    The path is not resolved: a virtual environment's python is usually a link to another one.
    """
    found = read_interpreter(path)
    if found is not None or not is_program(path):
        return found
    program = Path(os.path.abspath(path))
    return _ask_for_folders(program, _virtual_environment_of(program))


def read_interpreter(path: str | Path) -> Interpreter | None:
    """Describe the interpreter at a path without running it; None where the disk does not tell enough.

    Whether what stands there is an interpreter at all is not known then: it must not be run either.
    """
    if not is_program(path):
        return None
    program = Path(os.path.abspath(path))
    venv = _virtual_environment_of(program)
    if _is_this_python(program, venv):
        return this_interpreter()
    return _read_from_disk(program, venv)


def is_program(path: str | Path) -> bool:
    """Whether there is a file at a path that could be run."""
    return os.path.isfile(path) and os.access(path, os.X_OK)


def this_interpreter() -> Interpreter:
    """Describe the Python that nb2pkg runs on."""
    here = os.path.realpath(os.getcwd())
    # `python -m` puts the working folder first: what lies there is not installed.
    folders = [
        Path(entry)
        for entry in sys.path
        if os.path.isabs(entry) and os.path.realpath(entry) != here
    ]
    return Interpreter(
        path=sys.executable, version=sys.version_info[:2], package_folders=tuple(folders)
    )


def ask(
    interpreter: str | Path, script: str, *, text: str = "", timeout_seconds: float
) -> tuple[str, ...]:
    """Run a script of ours on an interpreter that sees only its standard library.

    The script gets `text` on its standard input; its output comes back line by line.

    Raises:
        NoAnswer: it could not be started, failed, or took too long.
    """
    command = [os.fspath(interpreter), "-I", "-S", "-B", "-W", "ignore", "-c", script]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise NoAnswer(f"could not be started ({error.strerror or error})") from error
    try:
        output, _ = process.communicate(text.encode("utf-8"), timeout=timeout_seconds)
    except subprocess.TimeoutExpired as error:
        raise NoAnswer(f"did not answer within {timeout_seconds:g} s") from error
    finally:
        _end(process)
    if process.returncode != 0:
        raise NoAnswer(f"failed with exit status {process.returncode}")
    return tuple(output.decode("utf-8", "replace").splitlines())


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process with what it started, for a launcher script may have children; close its streams."""
    end_group(process)
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _VirtualEnvironment:
    prefix: Path
    sees_system_packages: bool


def _virtual_environment_of(program: Path) -> _VirtualEnvironment | None:
    for folder in (program.parent, program.parent.parent):
        try:
            text = (folder / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        settings = (line.partition("=") for line in text.lower().splitlines())
        values = {key.strip(): value.strip() for key, _, value in settings}
        return _VirtualEnvironment(
            prefix=folder,
            sees_system_packages=values.get("include-system-site-packages") == "true",
        )
    return None


def _is_this_python(program: Path, venv: _VirtualEnvironment | None) -> bool:
    if os.path.realpath(program) != os.path.realpath(sys.executable):
        return False
    prefix = sys.base_prefix if venv is None else venv.prefix
    return os.path.realpath(prefix) == os.path.realpath(sys.prefix)


def _read_from_disk(program: Path, venv: _VirtualEnvironment | None) -> Interpreter | None:
    """Describe a virtual environment of its own without running it, where it is laid out as usual.

    Only the folder names its version for certain: pyvenv.cfg keeps the one it was made with.
    """
    if venv is None or venv.sees_system_packages:
        return None
    laid_out = [
        (match, folder)
        for folder in sorted(venv.prefix.glob("lib/python3.*/site-packages"))
        if (match := re.fullmatch(r"python3\.(\d+)t?", folder.parent.name))
    ]
    if len(laid_out) != 1:
        return None
    match, folder = laid_out[0]
    lib64 = venv.prefix / "lib64" / folder.parent.name / "site-packages"
    folders = [folder]
    if lib64.is_dir() and not lib64.samefile(folder):
        folders.append(lib64)
    return Interpreter(
        path=str(program), version=(3, int(match[1])), package_folders=tuple(folders)
    )


def _ask_for_folders(program: Path, venv: _VirtualEnvironment | None) -> Interpreter | None:
    try:
        answer = _last_json(ask(program, _PROBE, timeout_seconds=_PROBE_TIMEOUT_SECONDS))
        major, minor = (int(number) for number in answer["version"])
        site = [Path(folder) for folder in answer["site"]]
        user = Path(answer["user"])
    except (NoAnswer, KeyError, TypeError, ValueError):
        return None
    own = []
    if venv is not None:
        tail = Path("lib", f"python{major}.{minor}", "site-packages")
        own = [venv.prefix / tail, venv.prefix / "Lib" / "site-packages"]
    shared = []
    if venv is None or venv.sees_system_packages:
        if not os.environ.get("PYTHONNOUSERSITE"):
            shared.append(user)
        shared.extend(site)
    return Interpreter(
        path=str(program), version=(major, minor), package_folders=tuple(own + shared)
    )


def _last_json(lines: Sequence[str]) -> dict[str, Any]:
    # A launcher script may print something of its own first.
    answer = json.loads(lines[-1]) if lines else None
    if not isinstance(answer, dict):
        raise ValueError("no answer")
    return answer
