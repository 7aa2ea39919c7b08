"""What does a run look like in MLflow: which tags, parameters and metrics, within its limits?"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from nb2pkg.adapters.trackers.value_text import value_text
from nb2pkg.pipeline.records import RunRecord, RunStatus, StepRecord

LARGEST_FILE = 100_000_000

# MLflow's own limits; for tags those of older servers too.
_LONGEST_NAME = 250
_LONGEST_PARAMETER = 6000
_LONGEST_TAG = 5000
_LONGEST_RUN_NAME = 250
_LONGEST_EXPERIMENT = 500
# A server on Windows takes no colon.
_NOT_IN_NAMES = re.compile(r"[^\w.\- /]")
_NOT_IN_FILES = re.compile(r"[^\w.\- ()+,=@]")
_STATUS = {RunStatus.SUCCEEDED: "FINISHED", RunStatus.FAILED: "FAILED"}


@dataclass(frozen=True, slots=True)
class Metric:
    """A number that a run gave; `time` in milliseconds since 1970."""

    name: str
    value: float
    time: int


def experiment_name(given: str | None, run: RunRecord) -> str:
    """The experiment that a run belongs to."""
    return _short(given or run.pipeline or "nb2pkg", _LONGEST_EXPERIMENT)


def run_name(run: RunRecord) -> str:
    """The name of the run."""
    return _short(run.id, _LONGEST_RUN_NAME)


def parameters(run: RunRecord) -> dict[str, str]:
    """The parameters as text."""
    names = _Names()
    return {
        names.add(name): _short(value_text(value), _LONGEST_PARAMETER)
        for name, value in run.parameters.items()
    }


def tags_of_run(run: RunRecord) -> dict[str, str]:
    """What is known of a run as it begins."""
    tags = {
        "mlflow.user": run.user,
        "mlflow.source.name": run.target,
        "mlflow.source.type": "LOCAL",
        "nb2pkg.run_id": run.id,
        "nb2pkg.version": run.version,
        "nb2pkg.pipeline": run.pipeline,
        "nb2pkg.target": run.target,
        "nb2pkg.status": run.status.value,
    }
    if run.git is not None:
        tags["mlflow.source.git.commit"] = run.git.commit
        tags["nb2pkg.git_dirty"] = "true" if run.git.is_dirty else "false"
    if run.resumes:
        tags["nb2pkg.resumes"] = run.resumes
    return {name: _short(value, _LONGEST_TAG) for name, value in tags.items() if value}


def tags_of_step(step: StepRecord) -> dict[str, str]:
    """What became of a step."""
    return {_name(f"nb2pkg.step.{step.name}"): step.status.value}


def tags_of_end(run: RunRecord) -> dict[str, str]:
    """What became of a run."""
    steps = {name: status for step in run.steps for name, status in tags_of_step(step).items()}
    message = {"nb2pkg.message": _short(run.message, _LONGEST_TAG)} if run.message else {}
    return {**steps, "nb2pkg.status": run.status.value, **message}


def end_status(run: RunRecord) -> str:
    """MLflow's word for what became of a run: who was stopped, or died, was killed."""
    return _STATUS.get(run.status, "KILLED")


def milliseconds(seconds: float) -> int:
    """A time as MLflow counts it."""
    return int(seconds * 1000)


def metrics_of_step(step: StepRecord, now: float) -> list[Metric]:
    """The metrics as STEP.NAME, and what the step took as `seconds/STEP` and the like.

    now: for a step that did nothing itself
    """
    names = _Names()
    ended = step.attempts[-1].ended_at if step.attempts else None
    time = milliseconds(ended or now)
    own = {names.add(f"{step.name}.{name}"): value for name, value in step.metrics.items()}
    taken = {names.add(f"{name}/{step.name}"): value for name, value in _taken(step).items()}
    return [Metric(name, value, time) for name, value in {**own, **taken}.items()]


def metrics_of_end(run: RunRecord, now: float) -> list[Metric]:
    """The metrics by their plain names, where one step alone gave such a one."""
    known = {metric.name for step in run.steps for metric in metrics_of_step(step, now)}
    time = milliseconds(run.ended_at or now)
    plain = [
        Metric(_name(name), value, time)
        for step in run.steps
        for name, value in step.metrics.items()
    ]
    times = Counter(metric.name for metric in plain)
    return [one for one in plain if times[one.name] == 1 and one.name not in known]


def file_name(name: str) -> str:
    """The name of a file as every server takes it: what a URL reads as its end is replaced."""
    changed = _NOT_IN_FILES.sub("_", name).strip() or "_"
    changed = changed if changed.strip(".") else "_" * len(changed)
    return changed if changed == name else _marked(changed, name, 200)


def _taken(step: StepRecord) -> Mapping[str, float]:
    """What all attempts of a step took together; of memory the most."""
    seconds = [a.seconds for a in step.attempts if a.seconds is not None]
    cpu = [a.cpu_seconds for a in step.attempts if a.cpu_seconds is not None]
    memory = [a.memory_bytes for a in step.attempts if a.memory_bytes is not None]
    found: dict[str, float] = {}
    if seconds:
        found["seconds"] = sum(seconds)
    if cpu:
        found["cpu_seconds"] = sum(cpu)
    if memory:
        found["memory_bytes"] = float(max(memory))
    return found


class _Names:
    """Names that MLflow takes, each given once."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def add(self, name: str) -> str:
        found = _name(name)
        if found in self._given:
            found = _marked(found, name, _LONGEST_NAME)
        self._given.add(found)
        return found


def _name(name: str) -> str:
    """A name that MLflow takes: short, without odd characters, and no path to another name."""
    parts = [part for part in _NOT_IN_NAMES.sub("_", name).split("/") if part]
    changed = "/".join("_" * len(part) if part in (".", "..") else part for part in parts) or "_"
    return changed if len(changed) <= _LONGEST_NAME else _marked(changed, name, _LONGEST_NAME)


def _marked(changed: str, name: str, longest: int) -> str:
    """Tell names apart that would be one."""
    mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    stem, dot, ending = changed.rpartition(".")
    if not dot or len(ending) > 10 or "/" in ending:
        stem, dot, ending = changed, "", ""
    return f"{stem[: longest - 10 - len(ending)]}_{mark}{dot}{ending}"


def _short(text: str, longest: int) -> str:
    """A text that every database takes."""
    text = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= longest else text[: longest - 1] + "…"
