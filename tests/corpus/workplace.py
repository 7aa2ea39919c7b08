"""In which surroundings a notebook of the corpus is run or extracted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import cache
from .entries import Entry

# Nothing listens there: what asks for the network is told "no" at once, everywhere alike.
NOWHERE = "http://127.0.0.1:9"
TOLD_NOTHING_OF = ("PYTHON", "JUPYTER", "IPYTHON", "VIRTUAL_ENV", "MPL", "COLUMNS", "LINES")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a program ended; `exit_code` is None when it was ended for taking too long."""

    exit_code: int | None
    stdout: str
    stderr: str

    @property
    def last_error_line(self) -> str:
        """The last line it wrote to stderr, which names the exception if there was one."""
        lines = [line for line in self.stderr.splitlines() if line.strip()]
        return lines[-1].strip() if lines else ""


def copy_folder_of(entry: Entry, target: Path) -> Path:
    """Copy the notebook's folder to `target` and give the copy of the notebook."""
    if entry.runs:
        shutil.copytree(entry.file.parent, target, dirs_exist_ok=True)
    else:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(entry.file, target)
    return target / entry.file.name


def append_cell(notebook: Path, source: str) -> None:
    """Add a code cell at the end of a notebook of any format version, changing nothing else."""
    document = json.loads(notebook.read_text(encoding="utf-8"))
    cell: dict[str, object] = {"cell_type": "code", "metadata": {}, "outputs": []}
    if document.get("nbformat", 4) < 4:
        document["worksheets"][-1]["cells"].append({**cell, "input": source, "language": "python"})
    else:
        cell.update(source=source, execution_count=None)
        if (document.get("nbformat"), document.get("nbformat_minor", 0)) >= (4, 5):
            cell["id"] = uuid.uuid5(uuid.NAMESPACE_URL, "digest").hex[:8]
        document["cells"].append(cell)
    notebook.write_text(json.dumps(document, indent=1), encoding="utf-8")


def offline(**extra: str) -> dict[str, str]:
    """Give an environment without network, without personal settings, the same at every run."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(TOLD_NOTHING_OF) and not name.lower().endswith("_proxy")
    }
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOWHERE)
    steady = {
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PIP_NO_INDEX": "1",
        "IPYTHONDIR": str(cache.cache_folder() / "ipython"),
        "PATH": os.pathsep.join([str(cache.corpus_python().parent), kept.get("PATH", os.defpath)]),
    }
    return {**kept, **proxies, "no_proxy": "127.0.0.1,localhost", **steady, **extra}


def run_program(
    command: Sequence[str | Path],
    *,
    folder: Path,
    environment: Mapping[str, str],
    timeout_seconds: float,
) -> Finished:
    """Run a program to its end, or end it and all it started after `timeout_seconds`."""
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            stdout, stderr = process.communicate(timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            _end_all(process)
            stdout, stderr = process.communicate()
            return Finished(exit_code=None, stdout=stdout, stderr=stderr)
    return Finished(exit_code=process.returncode, stdout=stdout, stderr=stderr)


def _end_all(process: subprocess.Popen[str]) -> None:
    if os.name == "posix":
        import signal

        # Its session is its own, so its kernels and workers end with it and nothing else does.
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
