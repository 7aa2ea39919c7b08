"""Runs that are started and left to themselves: how they begin, where they put their notebooks, how they are stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from nb2pkg.adapters import this_machine
from nb2pkg.adapters.run_remains import read_text
from nb2pkg.api.running import RunRecord, RunStatus, refuse_windows, run_record
from nb2pkg.api.stores import open_true_runs
from nb2pkg.problems import Refused

# Beside the run's logs: which notebooks were put where the user can open them.
OUTPUTS = "outputs.json"
_START_SECONDS = 30.0
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StartOptions:
    """How a run that is started is to go; each field is one of `RunOptions`."""

    jobs: int = 1
    force: bool = False
    only: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    keeps_going: bool = False
    resume: str | None = None
    output: str | None = None
    output_below: str | None = None
    output_allows_hidden: bool = True
    python: str | None = None
    kernel: str | None = None
    timeout_seconds: float | None = None


def start_run(
    target: str, parameters: Mapping[str, Any], options: StartOptions = StartOptions()
) -> str:
    """Start a run that goes on without us, and give its id as soon as it is written down.

    target, and the paths of options: absolute ones

    Raises:
        EnvironmentFailure: it has not begun in time (NB550).
        Nb2pkgError: as `run` does, before a run begins.
    """
    refuse_windows()
    from nb2pkg.adapters.detached_runs import start_detached

    order = {"target": target, "parameters": dict(parameters), "options": asdict(options)}
    return start_detached(order, _START_SECONDS)


def cancel_run(id: str) -> bool:
    """Ask a run to end, as Ctrl-C does; asked twice, it ends at once. False where it is over already.

    Raises:
        UsageError: there is no such run (NB308).
        Refused: it runs on another machine, or is another user's (NB552).
    """
    record = run_record(id)
    if record.status is not RunStatus.RUNNING:
        return False
    from nb2pkg.adapters.asking_to_end import ask_to_end

    with open_true_runs() as store:
        held = [one for one in store.abandoned(this_machine.host_name()) if one.run == record.id]
    if held and ask_to_end(held[0].holder):
        return True
    if run_record(record.id).status is not RunStatus.RUNNING:
        return False  # it has ended meanwhile
    raise Refused(
        "NB552",
        f"run {record.id} is {record.user}'s, on {record.host}: it cannot be stopped from here",
        hint="stop it there",
    )


def notebooks_of(record: RunRecord) -> dict[str, str]:
    """Give where the executed notebooks of a run's steps were put, by step; none where nobody asked for that."""
    try:
        found = json.loads(read_text(os.path.join(record.folder, OUTPUTS), _LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        step: path for step, path in found.items() if isinstance(path, str) and os.path.isfile(path)
    }


__all__ = ["StartOptions", "cancel_run", "notebooks_of", "start_run"]
