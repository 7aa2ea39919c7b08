"""What does a run look like as OpenLineage events?

A job for the pipeline, and one below it for each step; its datasets are the artifacts, known by their
sha256. Steps that were skipped never began, and have no events.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import PurePath

from nb2pkg.adapters.trackers.value_text import value_text
from nb2pkg.pipeline.pipeline import Json
from nb2pkg.pipeline.records import Artifact, RunRecord, RunStatus, StepRecord, StepStatus

Event = dict[str, Json]

_PRODUCER = "urn:nb2pkg"
_RUNS = uuid.uuid5(uuid.NAMESPACE_URL, _PRODUCER)
# The specification requires each event and each facet to name its schema by this address, and receivers
# tell events apart by it; it is a name here, nothing is fetched.
_SPECIFICATION = "https://openlineage.io/spec"
_EVENTS = f"{_SPECIFICATION}/2-0-2/OpenLineage.json#/$defs/"
_DATASETS = "file"
_LONGEST_MESSAGE = 4000

_ENDS = {
    RunStatus.SUCCEEDED: "COMPLETE",
    RunStatus.FAILED: "FAIL",
    RunStatus.CANCELLED: "ABORT",
    RunStatus.CRASHED: "ABORT",
}
_STEP_ENDS = {
    StepStatus.SUCCEEDED: "COMPLETE",
    StepStatus.CACHED: "COMPLETE",
    StepStatus.FAILED: "FAIL",
    StepStatus.TIMED_OUT: "FAIL",
    StepStatus.CANCELLED: "ABORT",
    StepStatus.CRASHED: "ABORT",
}


def run_began(run: RunRecord, namespace: str) -> tuple[Event, ...]:
    """The event that a run begins."""
    return (_event("START", run.started_at, _run(run, {}), _job(run, namespace)),)


def step_ran(
    run: RunRecord,
    step: StepRecord,
    ended: Mapping[str, StepRecord],
    now: float,
    namespace: str,
) -> tuple[Event, ...]:
    """The events that a step began and ended, or none for a step that never began.

    ended: the steps that have ended so far, by name
    now: when a step ended that did nothing itself, as it was cached
    """
    if step.status not in _STEP_ENDS:
        return ()
    attempts = step.attempts
    start = attempts[0].started_at if attempts else now
    end = (attempts[-1].ended_at if attempts else None) or max(now, start)
    job = _step_job(run, step, namespace)
    inputs = [
        _input(run, producer, artifact)
        for producer in step.needs
        if producer in ended
        for artifact in ended[producer].artifacts
    ]
    outputs = [_output(run, step.name, artifact) for artifact in step.artifacts]
    parent = {"parent": _parent(run, namespace)}
    facets = {**parent, "nb2pkg_step": _step_facet(step), **_error(_message(step))}
    return (
        _event("START", start, _step_run(run, step, parent), job, inputs),
        _event(_STEP_ENDS[step.status], end, _step_run(run, step, facets), job, inputs, outputs),
    )


def run_ended(run: RunRecord, namespace: str, now: float) -> tuple[Event, ...]:
    """The event that a run has ended; `now` is used where its record does not say when."""
    is_bad = run.status is not RunStatus.SUCCEEDED
    facets = _error(run.message) if is_bad else {}
    kind = _ENDS.get(run.status, "OTHER")
    return (_event(kind, run.ended_at or now, _run(run, facets), _job(run, namespace)),)


def run_uuid(run: str, step: str = "") -> str:
    """The UUID of a run, or of a step in it: the same each time it is asked for."""
    return str(uuid.uuid5(_RUNS, f"{run}/{step}" if step else run))


def _event(
    kind: str,
    at: float,
    run: Mapping[str, Json],
    job: Mapping[str, Json],
    inputs: Sequence[Json] = (),
    outputs: Sequence[Json] = (),
) -> Event:
    time = datetime.fromtimestamp(at, timezone.utc).isoformat(timespec="microseconds")
    return {
        "eventType": kind,
        "eventTime": time.replace("+00:00", "Z"),
        "run": run,
        "job": job,
        "inputs": list(inputs),
        "outputs": list(outputs),
        "producer": _PRODUCER,
        "schemaURL": f"{_EVENTS}RunEvent",
    }


def _run(run: RunRecord, more: Mapping[str, Json]) -> Json:
    details = {
        "id": run.id,
        "status": run.status.value,
        "target": run.target,
        "pipelineSha256": run.pipeline_sha256,
        "environment": run.environment,
        "user": run.user,
        "host": run.host,
        "resumes": run.resumes,
        "gitCommit": run.git.commit if run.git else None,
        "gitDirty": run.git.is_dirty if run.git else None,
    }
    parameters = [
        {"key": name, "value": value_text(value)} for name, value in run.parameters.items()
    ]
    return {
        "runId": run_uuid(run.id),
        "facets": {
            "processing_engine": _facet(
                "1-1-1/ProcessingEngineRun", name="nb2pkg", version=run.version
            ),
            "executionParameters": _facet("1-0-0/ExecutionParametersRun", parameters=parameters),
            "nb2pkg_run": _own_facet("RunFacet", details),
            **more,
        },
    }


def _step_run(run: RunRecord, step: StepRecord, facets: Mapping[str, Json]) -> Json:
    return {"runId": run_uuid(run.id, step.name), "facets": facets}


def _job(run: RunRecord, namespace: str) -> Json:
    facets = {"jobType": _job_type("PIPELINE"), **_source(run)}
    return {"namespace": namespace, "name": run.pipeline, "facets": facets}


def _step_job(run: RunRecord, step: StepRecord, namespace: str) -> Json:
    facets = {"jobType": _job_type(step.kind.upper()), **_source(run)}
    return {"namespace": namespace, "name": f"{run.pipeline}.{step.name}", "facets": facets}


def _parent(run: RunRecord, namespace: str) -> Json:
    parent = {
        "run": {"runId": run_uuid(run.id)},
        "job": {"namespace": namespace, "name": run.pipeline},
    }
    return _facet("1-2-0/ParentRun", **parent, root=parent)


def _job_type(kind: str) -> Json:
    return _facet("2-0-4/JobTypeJob", processingType="BATCH", integration="NB2PKG", jobType=kind)


def _source(run: RunRecord) -> dict[str, Json]:
    """Where the pipeline lies, and at which commit; which repository it belongs to is not recorded."""
    path = PurePath(run.target)
    if run.git is None or not path.is_absolute():
        return {}
    facet = _facet(
        "1-1-0/SourceCodeLocationJob", type="git", url=path.as_uri(), version=run.git.commit
    )
    return {"sourceCodeLocation": facet}


def _step_facet(step: StepRecord) -> Json:
    seconds = [a.seconds for a in step.attempts if a.seconds is not None]
    cpu = [a.cpu_seconds for a in step.attempts if a.cpu_seconds is not None]
    memory = [a.memory_bytes for a in step.attempts if a.memory_bytes is not None]
    details = {
        "status": step.status.value,
        "work": step.work,
        "why": step.why,
        "fromRun": step.from_run,
        "fromRunUuid": run_uuid(step.from_run, step.name) if step.from_run else None,
        "attempts": len(step.attempts),
        "seconds": sum(seconds) if seconds else None,
        "cpuSeconds": sum(cpu) if cpu else None,
        "memoryBytes": max(memory) if memory else None,
        # JSON has no words for the others.
        "metrics": {k: v for k, v in step.metrics.items() if math.isfinite(v)},
    }
    return _own_facet("RunFacet", details)


def _message(step: StepRecord) -> str:
    if step.status.is_good or not step.attempts:
        return ""
    return step.attempts[-1].message or step.status.value


def _error(message: str) -> dict[str, Json]:
    # No traceback: it shows values and code, which are for those who may read the record.
    if not message:
        return {}
    text = message if len(message) <= _LONGEST_MESSAGE else message[: _LONGEST_MESSAGE - 1] + "…"
    return {
        "errorMessage": _facet("1-0-1/ErrorMessageRun", message=text, programmingLanguage="Python")
    }


def _input(run: RunRecord, step: str, artifact: Artifact) -> Json:
    size = _facet("1-0-0/InputStatisticsInputDataset", size=artifact.size, fileCount=1)
    return {**_dataset(run, step, artifact), "inputFacets": {"inputStatistics": size}}


def _output(run: RunRecord, step: str, artifact: Artifact) -> Json:
    size = _facet("1-0-2/OutputStatisticsOutputDataset", size=artifact.size, fileCount=1)
    return {**_dataset(run, step, artifact), "outputFacets": {"outputStatistics": size}}


def _dataset(run: RunRecord, step: str, artifact: Artifact) -> dict[str, Json]:
    version = _facet("1-0-1/DatasetVersionDataset", datasetVersion=artifact.sha256)
    return {
        "namespace": _DATASETS,
        "name": f"{run.pipeline}/{step}/{artifact.name}",
        "facets": {"version": version},
    }


def _facet(schema: str, **values: Json) -> dict[str, Json]:
    """A facet of the specification, by the version and name of its schema."""
    name = f"{schema.partition('/')[2]}Facet"
    address = f"{_SPECIFICATION}/facets/{schema}Facet.json#/$defs/{name}"
    return {"_producer": _PRODUCER, "_schemaURL": address, **values}


def _own_facet(kind: str, details: Mapping[str, Json]) -> dict[str, Json]:
    """A facet of our own: the specification's plain one, with what is known of `details`."""
    known = {name: value for name, value in details.items() if value not in (None, "", {})}
    return {"_producer": _PRODUCER, "_schemaURL": f"{_EVENTS}{kind}", **known}
