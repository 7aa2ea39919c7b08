"""Who tells MLflow of a run?"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from nb2pkg.adapters.trackers import mlflow_fields as fields
from nb2pkg.adapters.trackers.addresses import MlflowAddress
from nb2pkg.adapters.trackers.mlflow_conversation import Broken, Conversation
from nb2pkg.adapters.trackers.told_failure import failure
from nb2pkg.pipeline.records import Artifact, RunRecord, StepRecord
from nb2pkg.ports.running import TrackerFailed
from nb2pkg.problems import Nb2pkgError

Fetch = Callable[[str, str], bool]

_WHOLE_SECONDS = 30.0
# Of them, for what is not MLflow: to hand over the last request, and to get the answer.
_OWN_SECONDS = 2.0
_WHO = "MLflow"
# Copies that wait to be uploaded take room on the disk.
_MOST_WAITING = 1_000_000_000


class MlflowTracker:
    """The port `Tracker`: one MLflow run for each of ours, told by a program of its own.

    A run is told of its beginning and end while it waits; steps, and their files, are told beside it.

    experiment: None for the pipeline's name
    whole_seconds: how long one call may take
    """

    def __init__(
        self,
        address: MlflowAddress,
        experiment: str | None,
        fetch: Fetch,
        *,
        now: Callable[[], float] = time.time,
        whole_seconds: float = _WHOLE_SECONDS,
    ) -> None:
        self._address = address
        self._experiment = experiment
        self._fetch = fetch
        self._now = now
        self._whole_seconds = whole_seconds
        self._told: dict[str, Conversation] = {}

    def begin(self, run: RunRecord) -> None:
        """Make a run in MLflow."""
        try:
            conversation = Conversation(run.folder, self._address)
        except (OSError, ValueError) as error:
            raise self._failed(f"its program cannot be started: {error}") from error
        self._told[run.id] = conversation
        request = {
            "do": "begin",
            "uri": self._address.uri,
            "database": self._address.database,
            "artifact_location": self._address.files,
            "experiment": fields.experiment_name(self._experiment, run),
            "name": fields.run_name(run),
            "time": fields.milliseconds(run.started_at),
            "tags": fields.tags_of_run(run),
            "parameters": fields.parameters(run),
            "folder": conversation.folder,
        }
        with self._ending_if_broken(run):
            conversation.ask(request, self._whole_seconds)

    def step_ended(self, run: RunRecord, step: StepRecord) -> None:
        """Tell what became of a step; its files are uploaded while others run."""
        conversation = self._conversation(run)
        files, left_out = self._files(conversation, step)
        request = {
            "do": "step",
            "tags": fields.tags_of_step(step),
            "metrics": _as_lists(fields.metrics_of_step(step, self._now())),
            "files": files,
            "left_out": left_out,
        }
        with self._ending_if_broken(run):
            conversation.send(request)

    def end(self, run: RunRecord) -> None:
        """Tell how the run ended, once its files are there, or there is no time left for them."""
        conversation = self._conversation(run)
        request = {
            "do": "end",
            "tags": fields.tags_of_end(run),
            "metrics": _as_lists(fields.metrics_of_end(run, self._now())),
            "status": fields.end_status(run),
            "time": fields.milliseconds(run.ended_at or self._now()),
            "seconds": self._whole_seconds - _OWN_SECONDS,
        }
        with self._ending_if_broken(run):
            lost = conversation.ask(request, self._whole_seconds).get("lost", [])
        self._told.pop(run.id).close()
        if lost:
            more = f" (and {len(lost) - 1} more)" if len(lost) > 1 else ""
            raise self._failed(f"the run is there, but not its file {lost[0]}{more}")

    def _files(
        self, conversation: Conversation, step: StepRecord
    ) -> tuple[list[Mapping[str, Any]], list[str]]:
        """Copies of a step's files to be uploaded; and those left out, each with the reason."""
        wanted = [(artifact, step.name, artifact.name) for artifact in step.artifacts]
        if step.notebook is not None:
            wanted.append((step.notebook, "notebooks", f"{step.name}.ipynb"))
        files: list[Mapping[str, Any]] = []
        left_out: list[str] = []
        for artifact, folder, name in wanted:
            shown = f"{folder}/{name}"
            path = conversation.path_for(fields.file_name(name))
            why = self._why_not(artifact, path, conversation)
            if why:
                left_out.append(f"{shown}: {why}")
                continue
            conversation.waiting += artifact.size
            files.append({"path": path, "folder": folder, "name": shown, "size": artifact.size})
        return files, left_out

    def _why_not(self, artifact: Artifact, path: str, conversation: Conversation) -> str:
        """Copy a file; say why there is no copy where that is so."""
        if artifact.size > fields.LARGEST_FILE:
            return f"larger than {fields.LARGEST_FILE // 1_000_000} MB"
        if conversation.waiting + artifact.size > _MOST_WAITING:
            return "too much was waiting to be uploaded"
        try:
            os.makedirs(os.path.dirname(path), mode=0o700)
            return "" if self._fetch(artifact.sha256, path) else "it is not kept any more"
        except Nb2pkgError as error:
            return error.message
        except OSError as error:
            return error.strerror or str(error)

    def _conversation(self, run: RunRecord) -> Conversation:
        found = self._told.get(run.id)
        if found is None:
            raise self._failed(f"it was not told that the run {run.id} began")
        return found

    @contextlib.contextmanager
    def _ending_if_broken(self, run: RunRecord) -> Iterator[None]:
        try:
            yield
        except Broken as error:
            self._told.pop(run.id).close(at_once=True)
            raise self._failed(str(error)) from error
        except BaseException:
            self._told.pop(run.id).close()
            raise

    def _failed(self, reason: str) -> TrackerFailed:
        return failure(_WHO, self._address.uri, reason)


def _as_lists(metrics: Sequence[fields.Metric]) -> list[list[Any]]:
    return [[metric.name, metric.value, metric.time] for metric in metrics]
