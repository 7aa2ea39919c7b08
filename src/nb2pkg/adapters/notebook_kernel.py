"""A fresh kernel on the notebook's own Python, in which its cells are run one after the other."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty
from typing import Any

from nb2pkg.adapters.observer_programs import kernel_program
from nb2pkg.adapters.processes import signal_name
from nb2pkg.problems import EnvironmentFailure

_START_SECONDS = 60.0
_POLL_SECONDS = 1.0


@dataclass(slots=True)
class CellRun:
    """What one cell did: the text it printed, and its figures as PNG in base64.

    error: the exception's name and message, and the traceback; None where there was none
    stop: why the cell was ended from outside
    """

    text: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    error: tuple[str, str, str] | None = None
    stop: str | None = None


class NotebookKernel:
    """A running kernel. Nothing of ours gets into its variables."""

    def __init__(self, manager: Any, client: Any) -> None:
        self._manager = manager
        self._client = client

    def run(self, source: str, timeout_seconds: float | None) -> CellRun:
        """Run a cell to its end, its error, its time limit or the kernel's death."""
        done = CellRun()
        asked = self._client.execute(source, store_history=True, allow_stdin=False)
        self._listen(asked, done, timeout_seconds)
        return done

    def run_silently(self, source: str) -> CellRun:
        """Run code of ours, that leaves no trace in the notebook's history."""
        done = CellRun()
        asked = self._client.execute(source, silent=True, store_history=False, allow_stdin=False)
        self._listen(asked, done, None)
        return done

    def values(
        self, names: Sequence[str], detailed: Sequence[str], timeout_seconds: float
    ) -> Mapping[str, Any]:
        """What these variables are, as the observers tell it.

        Raises:
            EnvironmentFailure: the kernel does not tell, or not in time (NB520).
        """
        if not names:
            return {}
        look = f"__import__('sys').modules['_nb2pkg_watch'].values({list(names)!r}, {list(detailed)!r})"
        told = self._evaluate(look, timeout_seconds)
        found: Mapping[str, Any] = json.loads(told)
        return found

    def _evaluate(self, expression: str, timeout_seconds: float) -> str:
        """The value of an expression that gives text."""
        asked = self._client.execute(
            "", silent=True, store_history=False, user_expressions={"it": expression}
        )
        done = CellRun()
        reply = self._listen(asked, done, timeout_seconds)
        answer = (reply or {}).get("user_expressions", {}).get("it", {})
        if answer.get("status") != "ok":
            why = done.stop or answer.get("evalue", "it does not answer")
            raise EnvironmentFailure("NB520", f"the kernel does not tell its variables: {why}")
        text: str = _unquoted(answer["data"]["text/plain"])
        return text

    def _listen(
        self, asked: str, done: CellRun, timeout_seconds: float | None
    ) -> Mapping[str, Any] | None:
        """Take in what the kernel publishes until it has done what was asked; give its reply."""
        deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
        while True:
            try:
                message = self._client.get_iopub_msg(timeout=_POLL_SECONDS)
            except Empty:
                if not self._manager.is_alive():
                    done.stop = f"the kernel died{self._how()}"
                    return None
                message = None
            if message is not None and _take(message, asked, done):
                break
            if deadline is not None and time.monotonic() > deadline:
                done.stop = f"it took longer than {timeout_seconds:g} s"
                return None
        return self._reply(asked)

    def _reply(self, asked: str) -> Mapping[str, Any] | None:
        with contextlib.suppress(Empty):
            while True:
                reply = self._client.get_shell_msg(timeout=10 * _POLL_SECONDS)
                if reply["parent_header"].get("msg_id") == asked:
                    content: Mapping[str, Any] = reply["content"]
                    return content
        return None

    def _how(self) -> str:
        process = getattr(self._manager.provisioner, "process", None)
        code = process.poll() if process is not None else None
        if code is None:
            return ""
        if code < 0:
            name = signal_name(-code)
            memory = "; it may have run out of memory" if name == "SIGKILL" else ""
            return f" of {name}{memory}"
        return f" with exit code {code}"


@contextlib.contextmanager
def started_kernel(
    interpreter: str, folder: str, environment: Mapping[str, str]
) -> Iterator[NotebookKernel]:
    """Start a kernel on an interpreter, in a folder, watched from its first cell on.

    Raises:
        EnvironmentFailure: it does not start, most likely for want of ipykernel (NB521).
    """
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import KernelManager

    with tempfile.TemporaryDirectory(prefix="nb2pkg-") as private:
        manager = KernelManager(connection_file=os.path.join(private, "kernel.json"))
        if os.name == "posix":
            # Files in a folder of our own, and not ports that others on the machine can reach.
            manager.transport, manager.ip = "ipc", os.path.join(private, "kernel")
        argv = [interpreter, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        manager._kernel_spec = KernelSpec(argv=argv, language="python", display_name="Python")
        quiet = subprocess.DEVNULL
        manager.start_kernel(cwd=folder, env=dict(environment), stdout=quiet, stderr=quiet)
        client = manager.blocking_client()
        try:
            yield _ready(manager, client, interpreter)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def _ready(manager: Any, client: Any, interpreter: str) -> NotebookKernel:
    client.start_channels()
    try:
        client.wait_for_ready(timeout=_START_SECONDS)
    except RuntimeError as error:
        raise EnvironmentFailure(
            "NB521",
            f"{interpreter} starts no kernel",
            hint=f"install one there: {interpreter} -m pip install ipykernel",
        ) from error
    kernel = NotebookKernel(manager, client)
    began = kernel.run_silently(kernel_program())
    if began.error or began.stop:
        why = began.stop or ": ".join((began.error or ())[:2])
        raise EnvironmentFailure("NB520", f"the kernel cannot be watched: {why[:500]}")
    return kernel


def _take(message: Mapping[str, Any], asked: str, done: CellRun) -> bool:
    """Keep what a message says; whether it was the last one of what was asked."""
    content = message["content"]
    kind = message["msg_type"]
    mine: bool = message["parent_header"].get("msg_id") == asked
    if kind == "stream" and content["name"] == "stdout":
        done.text.append(content["text"])
    elif kind == "display_data" and content["metadata"].get("nb2pkg") == "figure":
        # A figure with nothing on it is shown as a word.
        if "image/png" in content["data"]:
            done.figures.append(content["data"]["image/png"])
    elif kind == "error" and mine:
        done.error = (content["ename"], content["evalue"], "\n".join(content["traceback"]))
    return mine and kind == "status" and bool(content["execution_state"] == "idle")


def _unquoted(shown: str) -> str:
    return str(ast.literal_eval(shown))
