"""A real JupyterLab or Notebook 7 for a session of tests: on a free port, with a token, and nobody's configuration.

Its extension is the one built from the sources beside it, wherever nb2pkg itself is installed.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]
_BUILT = _ROOT / "src" / "nb2pkg" / "labextension"
_ENABLED = _ROOT / "labextension" / "jupyter-config" / "server-config"
_CLASS_OF = {"jupyterlab": "LabApp", "notebook": "JupyterNotebookApp"}
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


class LabServer:
    """A server that answers. app: what its pages are; address: where, with a slash; notebooks are in `folder`"""

    def __init__(self, app: str, folder: Path, address: str, token: str) -> None:
        self.app = app
        self.folder = folder
        self.address = address
        self.token = token

    def write(self, name: str, cells: Sequence[dict[str, Any]]) -> str:
        """Put a notebook of these cells where the server finds it; give its name back."""
        document = {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {"kernelspec": _KERNEL},
            "cells": list(cells),
        }
        (self.folder / name).write_text(json.dumps(document), encoding="utf-8")
        return name

    def tags(self, name: str) -> dict[str, list[str]]:
        """The tags of the cells that have some, by the ids of the cells, as they are on the disk now."""
        document = json.loads((self.folder / name).read_text(encoding="utf-8"))
        with_tags = [cell for cell in document["cells"] if "tags" in cell["metadata"]]
        return {cell["id"]: cell["metadata"]["tags"] for cell in with_tags}

    def end_kernels(self) -> None:
        """Let no kernel of a page that is closed stay."""
        for session in json.loads(self._ask("GET", "api/sessions")):
            self._ask("DELETE", f"api/sessions/{session['id']}")

    def _ask(self, method: str, path: str) -> bytes:
        headers = {"Authorization": f"token {self.token}"}
        asked = urllib.request.Request(f"{self.address}{path}", method=method, headers=headers)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return bytes(answer.read())

    def forget_settings(self, *, draws_all: bool = False) -> None:
        """Let everybody begin with the settings that everything comes with.

        draws_all: but let even long notebooks have all their cells on the page
        """
        settings = self.folder.parent / "settings"
        shutil.rmtree(settings, ignore_errors=True)
        _write_settings(settings)
        if draws_all:
            _write_setting(settings, "notebook-extension/tracker", windowingMode="none")


def code(source: str, *tags: str, id: str) -> dict[str, Any]:
    """A code cell with tags."""
    metadata = {"tags": list(tags)} if tags else {}
    return {
        "id": id,
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": [],
        "source": source,
    }


def prose(source: str, *, id: str) -> dict[str, Any]:
    """A Markdown cell."""
    return {"id": id, "cell_type": "markdown", "metadata": {}, "source": source}


@contextmanager
def lab_server(app: str, folder: Path) -> Iterator[LabServer]:
    """Start `jupyterlab` or `notebook` in an empty folder, and end it."""
    notebooks = folder / "notebooks"
    notebooks.mkdir(parents=True)
    token = secrets.token_hex(16)
    log = folder / "server.log"
    with log.open("wb") as told:
        process = subprocess.Popen(
            [
                sys.executable, "-m", app, "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0",
                f"--ServerApp.root_dir={notebooks}", f"--IdentityProvider.token={token}",
                "--ServerApp.terminals_enabled=False",
                # The usual one asks a registry what there is.
                *(["--LabApp.extension_manager=readonly"] if app == "jupyterlab" else []),
                # Tests look at the notebook as the page has it.
                f"--{_CLASS_OF[app]}.expose_app_in_browser=True",
            ],
            cwd=folder,
            env=_environment(folder),
            stdout=told,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    try:
        yield LabServer(app, notebooks, _address(folder, process, token, log), token)
    finally:
        _end(process)


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the user's Jupyter: each kind of folder is a new one."""
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    _write_settings(folder / "settings")
    shutil.copytree(_ENABLED, folder / "config" / "jupyter_server_config.d")
    extensions = folder / "share" / "labextensions"
    extensions.mkdir(parents=True)
    (extensions / "nb2pkg").symlink_to(_BUILT)
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")},
        **{name: str(folder / path) for name, path in folders.items()},
        # Before any that is installed.
        "JUPYTER_PATH": str(folder / "share"),
        "PYTHONPATH": str(_ROOT / "src"),
        "JUPYTER_PLATFORM_DIRS": "1",
        # Runs and schedules of nobody else, and seen by nobody else.
        "NB2PKG_HOME": str(folder / "records"),
    }


def _write_settings(folder: Path) -> None:
    # JupyterLab would ask whether one would like to have news, in front of the page.
    news = "apputils-extension/notification"
    _write_setting(folder, news, fetchNews="false", checkForUpdates=False)


def _write_setting(folder: Path, plugin: str, **values: str | bool) -> None:
    path = folder / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values))


def _address(folder: Path, process: subprocess.Popen[bytes], token: str, log: Path) -> str:
    until = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        for told in (folder / "runtime").glob("jpserver-*.json"):
            try:
                address = str(json.loads(told.read_text())["url"])
                urllib.request.urlopen(f"{address}api/status?token={token}", timeout=5).close()
                return address
            except (OSError, ValueError):
                continue  # it is not all there yet
        time.sleep(0.05)
    raise RuntimeError(f"{process.args} does not start\n{log.read_text()[-4000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # its kernels with it
        process.wait()
