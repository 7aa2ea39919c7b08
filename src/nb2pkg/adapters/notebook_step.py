"""How is a notebook run as a step? The program of the process beside its kernel.

It is given what a job says, runs the notebook by papermill with our engine, and leaves in the attempt's
folder the executed notebook and a file that says how it ended. What it prints is the step's log; on
descriptor 3 it tells how far it is.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import signal
import sys
import time
import traceback
import warnings
from typing import Any

_EVENTS = 3
_PAPERMILL_KEY = "papermill"
_END_OF_FILE = 200
_MINOR = re.compile(rb'"nbformat_minor":\s*(\d+)')
_WRITTEN_AS = 5


def main(spec: dict[str, Any]) -> int:
    """Run the notebook that `spec` describes; give the exit code."""
    # What papermill warns of was checked before, or is told in other words.
    warnings.simplefilter("ignore")
    logging.getLogger("papermill").setLevel(logging.ERROR)
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: stopping.append(number))
    outcome: dict[str, Any] = {"status": "failed"}
    try:
        outcome = _run(spec, stopping)
    except Exception as error:
        outcome["message"] = f"{type(error).__name__}: {error}"
        outcome["internal"] = traceback.format_exc()
        sys.stderr.write(outcome["internal"])
    sys.stdout.flush()
    sys.stderr.flush()
    beside = spec["outcome"] + ".part"
    with open(beside, "w", encoding="utf-8", errors="backslashreplace") as file:
        json.dump(outcome, file)
    os.replace(beside, spec["outcome"])
    return 0 if outcome["status"] == "succeeded" else 1


def prepare(spec: dict[str, Any]) -> None:
    """Do what running this notebook and others like it takes, before a process is forked for it.

    A notebook is checked by a program that is compiled from the JSON Schema of its version, which takes longer
    than most else; that version stands at the end of the file.
    """
    from nbformat.validator import get_validator

    with contextlib.suppress(OSError), open(spec["work"], "rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - _END_OF_FILE))
        found = _MINOR.search(file.read())
        for minor in {_WRITTEN_AS, *([int(found[1])] if found else ())}:
            with contextlib.suppress(Exception):
                get_validator(4, minor)


def _run(spec: dict[str, Any], stopping: list[int]) -> dict[str, Any]:
    import papermill
    from papermill.engines import papermill_engines

    from nb2pkg.adapters.adopted_kernel import AdoptedKernel
    from nb2pkg.adapters.notebook_text import notebook_text
    from nb2pkg.adapters.papermill_engine import StepEngine, Surroundings

    kernel = spec.get("kernel")
    surroundings = Surroundings(
        kernel=None
        if kernel is None
        else AdoptedKernel(kernel["connection"], kernel["pid"], spec["start_timeout_seconds"]),
        watch=spec.get("watch"),
        about={
            "input_path": spec["source_path"],
            "output_path": spec["options"].get("output_path"),
        },
        cell_timeout_seconds=spec["cell_timeout_seconds"],
        on_cell=lambda cell, cells: _tell({"cell": cell, "cells": cells}),
        on_text=_printed,
        how_it_ended=lambda: _kernel_exit(spec),
        is_stopping=lambda: bool(stopping),
    )
    papermill_engines.register("nb2pkg", StepEngine)
    notebook = None
    # Where a cell fails, the engine has saved the notebook, and knows more than the exception does.
    with contextlib.suppress(papermill.PapermillExecutionError):
        notebook = papermill.execute_notebook(
            # papermill takes a path for a template; the folder's name is ours and has no braces.
            spec["work"].replace("{", "{{").replace("}", "}}"),
            None,
            parameters=spec["parameters"],
            engine_name="nb2pkg",
            kernel_name=spec["kernel_name"],
            language=spec.get("language_name"),
            progress_bar=False,
            start_timeout=spec["start_timeout_seconds"],
            report_mode=spec["options"].get("report_mode", False),
            prepare_only=spec["options"].get("prepare_only", False),
            cwd=spec["root"],
            surroundings=surroundings,
            save_to=spec["notebook"],
            secrets=spec["secrets"],
        )
    ending = surroundings.ending
    if ending.cells is None and notebook is not None:
        # Only prepared: the engine was not asked to do anything.
        ending.cells = len(notebook.cells)
        notebook.metadata[_PAPERMILL_KEY].update(surroundings.about)
        with open(spec["notebook"], "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(notebook_text(notebook, spec["secrets"]))
            file.flush()
            os.fsync(file.fileno())
    return {
        "status": "succeeded" if ending.kind in ("finished", "exited") else "failed",
        "kind": ending.kind,
        "message": ending.message,
        "traceback": ending.traceback,
        "cell": ending.cell,
        "cells": ending.cells,
        "notebook": spec["notebook"],
    }


def _printed(name: str, text: str) -> None:
    stream = sys.stdout if name == "stdout" else sys.stderr
    stream.write(text)
    stream.flush()


def _tell(event: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        os.write(_EVENTS, json.dumps(event).encode("utf-8") + b"\n")


def _kernel_exit(spec: dict[str, Any]) -> int | None:
    """How the kernel ended, as whoever waits for its process has written it down by now."""
    deadline = time.monotonic() + 2.0
    path = spec.get("kernel_exit")
    while path is not None and time.monotonic() < deadline:
        with contextlib.suppress(OSError, ValueError), open(path, encoding="utf-8") as file:
            return int(file.read())
        time.sleep(0.02)
    return None


if __name__ == "__main__":
    sys.exit(main(json.load(sys.stdin)))
