"""At which address below the status page's own does something stand? All of them are relative."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, unquote

from nb2pkg.ports.scheduling import JobState
from nb2pkg.scheduling import Job

_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_LONGEST = 500


def schedule_address(job: Job, states: Sequence[JobState]) -> str:
    """Where a schedule stands: by its name, or by its id where the name is another's too, or no part of an address."""
    namesakes = sum(state.job.name == job.name for state in states)
    return f"schedules/{_quoted(job.name if _is_plain(job.name) and namesakes <= 1 else job.id)}"


def find_schedule(word: str, states: Sequence[JobState]) -> JobState | None:
    """The schedule that an address names."""
    named = [state for state in states if state.job.name == word]
    if len(named) == 1 and _is_plain(word):
        return named[0]
    return next((state for state in states if state.job.id == word), None)


def run_address(run: str) -> str | None:
    """Where a run stands; None for what is no run's id."""
    return f"runs/{run}" if is_run(run) else None


def report_address(run: str) -> str:
    """Where the report about a run stands."""
    return f"runs/{_quoted(run)}/report"


def log_address(run: str, step: str) -> str:
    """Where the log of a step stands."""
    return f"runs/{_quoted(run)}/logs/{_quoted(step)}"


def is_run(text: str) -> bool:
    """Whether a text may be the id of a run."""
    return _RUN.fullmatch(text) is not None


def parts_of(path: str) -> tuple[str, ...] | None:
    """The parts of the path that was asked for; None where it can be none of ours."""
    if len(path) > _LONGEST:
        return None
    try:
        return tuple(unquote(part, errors="strict") for part in path.removeprefix("/").split("/"))
    except UnicodeDecodeError:
        return None


def way_up(path: str) -> str:
    """What leads from a path back to the status page's own address."""
    return "../" * path.removeprefix("/").count("/")


def _is_plain(name: str) -> bool:
    """Whether browsers and whatever stands in between leave a name in an address as it is."""
    return (
        0 < len(name) <= 100
        and name.isprintable()
        and not set(name) & set("/\\")
        and bool(name.strip("."))
    )


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")
