"""How is there talk with the program that tells MLflow of a run?"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nb2pkg.adapters.trackers.addresses import MlflowAddress

_PROGRAM = Path(__file__).with_name("mlflow_program.py")
_SEND_SECONDS = 5.0
_GO_SECONDS = 2.0
# Whatever the user has set of these stays. MLflow alone would wait for minutes, and count who uses it.
_ENVIRONMENT = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "GIT_PYTHON_REFRESH": "quiet",
}


class Broken(Exception):
    """The program does not answer, or says that it has failed; the message says why."""


class Conversation:
    """A program for one run, and a folder for copies of files; it removes them as they are uploaded.

    waiting: the bytes of those that are still there
    """

    def __init__(self, run_folder: str, address: MlflowAddress) -> None:
        self.waiting = 0
        # Beside what the run keeps: /tmp may be memory.
        parent = run_folder if os.path.isdir(run_folder) else None
        self.folder = tempfile.mkdtemp(prefix=".mlflow-", dir=parent)
        self._files = 0
        self._buffer = b""
        environment = {**_ENVIRONMENT, **os.environ}
        if address.is_file_store:
            # MLflow 3.13 and later refuse to add to a folder without a database unless they are told to.
            environment.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
        self._socket, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, str(_PROGRAM)],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=environment,
                    start_new_session=True,  # Ctrl-C is for the run, of whose end it is yet to tell
                )
        except BaseException:
            self._socket.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def path_for(self, name: str) -> str:
        """Where a copy can be put; its folder is not there yet."""
        self._files += 1
        return os.path.join(self.folder, str(self._files), name)

    def send(self, request: Mapping[str, Any]) -> None:
        """Hand over a request, and hear what there is to hear.

        Raises:
            Broken: the program has ended.
        """
        self._hear()
        self._send(request)

    def ask(self, request: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        """Hand over a request and wait for what is answered.

        Raises:
            Broken: there is no answer in time, or it is that the request has failed.
        """
        deadline = time.monotonic() + seconds
        self._send(request)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Broken(f"it does not answer within {seconds:g} s")
            for answer in self._answers(left):
                if "failed" in answer:
                    raise Broken(answer["failed"])
                if answer.get("done") == request["do"]:
                    return answer

    def close(self, *, at_once: bool = False) -> None:
        """Let the program go, and remove what is left of it."""
        self._socket.close()
        try:
            self._process.wait(0 if at_once else _GO_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _hear(self) -> None:
        for _ in self._answers(0):
            pass

    def _send(self, request: Mapping[str, Any]) -> None:
        self._socket.settimeout(_SEND_SECONDS)
        try:
            self._socket.sendall(json.dumps(request).encode("ascii") + b"\n")
        except OSError as error:
            raise self._gone() from error

    def _answers(self, seconds: float) -> Iterator[Mapping[str, Any]]:
        """What the program says, waiting at most so long for it to say something."""
        self._socket.settimeout(seconds)
        try:
            data = self._socket.recv(1 << 16)
        except (TimeoutError, BlockingIOError):
            return
        except OSError as error:
            raise self._gone() from error
        if not data:
            raise self._gone()
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            answer = json.loads(line)
            self.waiting -= answer.get("uploaded", 0)
            yield answer

    def _gone(self) -> Broken:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        return Broken(f"the program that tells it has ended (exit code {self._process.poll()})")
