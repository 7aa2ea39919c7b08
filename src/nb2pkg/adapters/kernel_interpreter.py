"""Which Python interpreter a notebook's kernel runs on."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Left by pipx and by `uv tool` in the environments they make: a kernel in there is a dependency of
# nb2pkg's own, and not one that a notebook was ever run with.
_MARKS_OF_A_TOOL_ENVIRONMENT = ("pipx_metadata.json", "uv-receipt.toml")
PYTHON_NAME = re.compile(r"(?:python|pypy)[0-9.]*t?(?:\.exe)?", re.IGNORECASE)
# Starts another interpreter than the one it runs on.
_RUNNER_OF_OTHER_ENVIRONMENTS = "nb_conda_kernels.runner"


@dataclass(frozen=True, slots=True)
class UnresolvedKernel:
    """Why a kernel names no interpreter that we can look at, as a clause for a message."""

    reason: str


def interpreter_of_kernel(kernel_name: str) -> Path | UnresolvedKernel:
    """Find the interpreter that Jupyter would start for a kernel, without asking Jupyter.

    Kernel names compare without case, as Jupyter does. A kernel that names a bare `python` means
    the environment in which its description was found.
    """
    described = _find_description(kernel_name)
    if described is None:
        return UnresolvedKernel(f"there is no kernel {kernel_name!r} here")
    data_folder, description = described
    try:
        spec = json.loads(description.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return UnresolvedKernel(f"the description of kernel {kernel_name!r} cannot be read")
    argv = spec.get("argv") if isinstance(spec, dict) else None
    if not isinstance(argv, list) or not argv or not all(isinstance(word, str) for word in argv):
        return UnresolvedKernel(f"the description of kernel {kernel_name!r} starts nothing")
    program = argv[0]
    if not PYTHON_NAME.fullmatch(re.split(r"[/\\]", program)[-1]):
        return UnresolvedKernel(
            f"kernel {kernel_name!r} starts through {program!r}, which is not followed"
        )
    if _RUNNER_OF_OTHER_ENVIRONMENTS in argv:
        return UnresolvedKernel(
            f"kernel {kernel_name!r} starts through nb_conda_kernels, which is not followed"
        )
    for candidate in _candidates(program, data_folder):
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return candidate
    if os.path.isabs(program):
        return UnresolvedKernel(f"kernel {kernel_name!r} runs on {program!r}, which is not there")
    return UnresolvedKernel(f"kernel {kernel_name!r} names no interpreter of its own")


def _find_description(kernel_name: str) -> tuple[Path, Path] | None:
    """Find the first `kernel.json` of that name, and the data folder it is in.

    The name comes from the notebook, so it is only compared with what is there and never becomes
    part of a path.
    """
    wanted = kernel_name.lower()
    for data_folder in jupyter_data_folders():
        try:
            names = sorted(os.listdir(data_folder / "kernels"))
        except OSError:
            continue
        for name in names:
            description = data_folder / "kernels" / name / "kernel.json"
            if name.lower() == wanted and description.is_file():
                return data_folder, description
    return None


def described_kernels() -> dict[str, Path]:
    """The descriptions of the kernels that Jupyter would find, by their names in lower case."""
    found: dict[str, Path] = {}
    for data_folder in jupyter_data_folders():
        try:
            names = sorted(os.listdir(data_folder / "kernels"))
        except OSError:
            continue
        for name in names:
            description = data_folder / "kernels" / name / "kernel.json"
            if description.is_file():
                found.setdefault(name.lower(), description)
    return found


def jupyter_data_folders() -> tuple[Path, ...]:
    """List where kernels are described, the first found counts.

    As Jupyter does in an activated environment, that environment comes before the user's folder.
    """
    folders = [Path(path) for path in os.environ.get("JUPYTER_PATH", "").split(os.pathsep) if path]
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if os.environ.get(variable):
            folders.append(Path(os.environ[variable], "share", "jupyter"))
    folders.append(_user_data_folder())
    if not any(Path(sys.prefix, mark).exists() for mark in _MARKS_OF_A_TOOL_ENVIRONMENT):
        folders.append(Path(sys.prefix, "share", "jupyter"))
    folders.extend(_system_data_folders())
    return tuple(dict.fromkeys(folders))


def _user_data_folder() -> Path:
    if os.environ.get("JUPYTER_DATA_DIR"):
        return Path(os.environ["JUPYTER_DATA_DIR"])
    home = Path(os.path.expanduser("~"))
    if sys.platform == "darwin":
        return home / "Library" / "Jupyter"
    if os.name == "nt":
        return Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming") / "jupyter"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "jupyter"


def _system_data_folders() -> tuple[Path, ...]:
    if os.name == "nt":
        return (Path(os.environ.get("PROGRAMDATA") or r"C:\ProgramData", "jupyter"),)
    return (Path("/usr/local/share/jupyter"), Path("/usr/share/jupyter"))


def _candidates(program: str, data_folder: Path) -> Iterator[Path]:
    if os.path.isabs(program):
        yield Path(program)
    elif not re.search(r"[/\\]", program) and data_folder.parts[-2:] == ("share", "jupyter"):
        prefix = data_folder.parent.parent
        # Debian has python3 and no python; conda on Windows has python.exe at the top.
        for name in (program, "python", "python3"):
            yield prefix / "bin" / name
        yield prefix / "python.exe"
        yield prefix / "Scripts" / "python.exe"
