"""How does the record of a run read as JSON?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from nb2pkg.pipeline.records import RunRecord, StepRecord


def run_json(record: RunRecord) -> dict[str, Any]:
    """The record of a run, with its steps."""
    return {
        "id": record.id,
        "pipeline": record.pipeline,
        "target": record.target,
        "status": record.status.value,
        "message": record.message,
        "parameters": dict(record.parameters),
        "user": record.user,
        "host": record.host,
        "started_at": record.started_at,
        "ended_at": record.ended_at,
        "version": record.version,
        "environment": record.environment,
        "pipeline_sha256": record.pipeline_sha256,
        "git": asdict(record.git) if record.git else None,
        "resumes": record.resumes,
        "folder": record.folder,
        "steps": [step_json(step) for step in record.steps],
    }


def step_json(step: StepRecord) -> dict[str, Any]:
    """The record of a step."""
    return {
        "name": step.name,
        "kind": step.kind,
        "work": step.work,
        "needs": list(step.needs),
        "status": step.status.value,
        "why": step.why,
        "notes": list(step.notes),
        "key": step.key,
        "from_run": step.from_run,
        "attempts": [{**asdict(one), "status": one.status.value} for one in step.attempts],
        "artifacts": [asdict(artifact) for artifact in step.artifacts],
        "notebook": asdict(step.notebook) if step.notebook else None,
        "metrics": dict(step.metrics),
    }
