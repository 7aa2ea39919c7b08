"""Which folders does one run have, and what lies in them?

RUN/pipeline.yaml                 as it was read
RUN/artifacts/STEP/               what a step made
RUN/steps/STEP/input.ipynb        the notebook as it was when the run began
RUN/steps/STEP/NUMBER/            of each attempt: log.txt, log.jsonl, notebook.ipynb
"""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Mapping, Sequence

from nb2pkg.notebook import NotebookFormat, new_notebook, read_notebook
from nb2pkg.problems import EnvironmentFailure


class RunFolder:
    """The port `RunPlace`: a run's folder, the pipeline's, and the root in which steps run."""

    def __init__(self, folder: str, pipeline_folder: str, root: str) -> None:
        self.folder = folder
        self._pipeline_folder = pipeline_folder
        self._root = root
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
        except OSError as error:
            raise EnvironmentFailure("NB502", f"{folder}: {error.strerror or error}") from error

    @property
    def root(self) -> str:
        """The folder in which steps run."""
        return self._root

    def artifacts(self, step: str) -> str:
        """The folder for what a step makes."""
        return os.path.join(self.folder, "artifacts", step)

    def attempt(self, step: str, number: int) -> str:
        """The folder of one attempt."""
        return os.path.join(self.folder, "steps", step, str(number))

    def in_root(self, path: str) -> str:
        """A file of the root."""
        return os.path.join(self._root, path)

    def source(self, path: str) -> str:
        """A file of the pipeline's folder."""
        return os.path.join(self._pipeline_folder, path)

    def keep(self, name: str, data: bytes) -> None:
        """Write a file of the run's own."""
        self._write(os.path.join(self.folder, name), data)

    def snapshot(self, step: str, data: bytes, format: NotebookFormat) -> str:
        """Write down a step's notebook as it is now; give the path of an .ipynb with it."""
        path = os.path.join(self.folder, "steps", step, "input.ipynb")
        if format != "ipynb":
            script = read_notebook(data, step, format=format)
            data = new_notebook(script.cells, dict(script.metadata) or _PYTHON).encode("utf-8")
        self._write(path, data)
        return path

    def clear(self, folder: str) -> None:
        """Remove what an earlier attempt has left in a folder of this run."""
        shutil.rmtree(folder, ignore_errors=True)

    def metrics(self, folder: str, files: Sequence[str]) -> Mapping[str, float]:
        """The numbers among the artifacts of a step, and those in one called `metrics`."""
        found: dict[str, float] = {}
        for name in files:
            stem, ending = os.path.splitext(name)
            path = os.path.join(folder, name)
            if ending != ".json" or os.path.getsize(path) > _LARGEST_METRICS:
                continue
            try:
                with open(path, encoding="utf-8") as file:
                    value = json.load(file)
            except (OSError, ValueError, RecursionError):
                continue
            named = stem.split("_and_")
            if isinstance(value, dict) and len(named) > 1 and set(named) <= set(value):
                parts = {key: value[key] for key in named}
            else:
                parts = {stem: value}
            for key, part in parts.items():
                inner = part if key == "metrics" and isinstance(part, dict) else {key: part}
                found.update({k: float(v) for k, v in inner.items() if _is_number(v)})
        return found

    def _write(self, path: str, data: bytes) -> None:
        try:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            beside = path + ".part"
            with open(beside, "wb") as file:
                file.write(data)
            os.replace(beside, path)
        except OSError as error:
            raise EnvironmentFailure("NB502", f"{path}: {error.strerror or error}") from error


_LARGEST_METRICS = 1_000_000
_PYTHON = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}


def _is_number(value: object) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    try:
        return is_number and math.isfinite(float(value))  # type: ignore[arg-type]
    except OverflowError:
        return False
