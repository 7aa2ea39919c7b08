"""The port `Formatter`, answered by ruff's own program: one process for all files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from nb2pkg.problems import EnvironmentFailure, InternalError

_TIMEOUT_SECONDS = 60.0
# The versions that `--target-version` knows; an older or newer Python is served by the nearest.
_OLDEST, _NEWEST = 7, 14


class RuffFormatter:
    """Lays out Python files with `ruff format`, whatever configuration stands around."""

    def format(self, files: Mapping[str, str], python_version: tuple[int, int]) -> dict[str, str]:
        """Give the Python files among `files` their layout; other files come back as they are."""
        code = {path: text for path, text in files.items() if path.endswith(".py")}
        if not code:
            return dict(files)
        program = _find_ruff()
        # A private folder: nobody else can put a file or a link into it.
        with tempfile.TemporaryDirectory(prefix="nb2pkg-") as folder:
            root = Path(folder)
            for number, text in enumerate(code.values()):
                (root / f"_{number}_.py").write_bytes(text.encode())
            _run(program, root, python_version, code, *_SORTS, *_first_party(code))
            _run(program, root, python_version, code, "format")
            formatted = {
                path: (root / f"_{number}_.py").read_bytes().decode()
                for number, path in enumerate(code)
            }
        return {path: formatted.get(path, text) for path, text in files.items()}


def _run(
    program: str, root: Path, version: tuple[int, int], code: Mapping[str, str], *arguments: str
) -> None:
    minor = min(max(version[1], _OLDEST), _NEWEST)
    command = [
        program, *arguments, "--isolated", "--no-cache", "--target-version", f"py3{minor}", ".",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command,
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentFailure(
            "NB515", f"ruff, which lays out the code, does not work: {error}", hint=_INSTALL
        ) from error
    if done.returncode:
        message = done.stderr.decode(errors="replace")
        for number, path in reversed(list(enumerate(code))):
            message = message.replace(f"_{number}_.py", path)
        raise InternalError("NB701", f"ruff refuses the code that nb2pkg made: {message.strip()}")


# Imports and `__all__` in ruff's own order, which it would ask for.
_SORTS = ("check", "--select", "I001,RUF022", "--fix", "--exit-zero", "--quiet")


def _first_party(code: Mapping[str, str]) -> tuple[str, ...]:
    """The option that tells the generated package's own imports from those of others."""
    names = sorted({path.split("/")[1] for path in code if path.startswith("src/")})
    listed = ", ".join(f'"{name.removesuffix(".py")}"' for name in names)
    return ("--config", f"lint.isort.known-first-party = [{listed}]")


_INSTALL = "install it beside nb2pkg: python -m pip install ruff"


def _find_ruff() -> str:
    """Find the program of the installed package; the one on PATH is the last resort."""
    for candidate in _candidates():
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return str(candidate)
    on_path = shutil.which("ruff")
    if on_path is None:
        raise EnvironmentFailure(
            "NB515", "ruff, which lays out the code, is not installed", hint=_INSTALL
        )
    return on_path


def _candidates() -> Iterator[Path]:
    name = "ruff.exe" if os.name == "nt" else "ruff"
    yield Path(sys.executable).parent / name
    yield Path(sysconfig.get_path("scripts")) / name
    user = sysconfig.get_preferred_scheme("user")
    yield Path(sysconfig.get_path("scripts", scheme=user)) / name
