"""How are a schedule and the tries of a tick written as JSON, and read again?

As for the records of runs: unknown keys are passed over, what is missing gets its default, documents are ASCII.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nb2pkg.adapters.run_store.record_json import known_fields, written
from nb2pkg.scheduling import (
    CatchUpPolicy,
    Fate,
    Job,
    JobOptions,
    Notify,
    OverlapPolicy,
    Timing,
    Try,
    read_expression,
)


def job_document(job: Job) -> str:
    """Write a schedule."""
    return written(job)


def job_from(text: str) -> Job:
    """Read a schedule. Raises KeyError, TypeError or ValueError for what no nb2pkg has written."""
    values = known_fields(Job, json.loads(text))
    return Job(
        **{
            **values,
            "timing": _timing(values["timing"]),
            "options": JobOptions(**known_fields(JobOptions, values.get("options", {}))),
            "notify": _notify(values.get("notify", {})),
        }
    )


def tries_document(tries: tuple[Try, ...]) -> str:
    """Write the tries of a tick."""
    return written(tries)


def tries_from(text: str) -> tuple[Try, ...]:
    """Read the tries of a tick; the same may be raised."""
    return tuple(
        Try(**{**known_fields(Try, one), "fate": Fate(one["fate"])}) for one in json.loads(text)
    )


def _timing(document: Mapping[str, Any]) -> Timing:
    values = known_fields(Timing, document)
    return Timing(
        **{
            **values,
            "expression": read_expression(values["cron"]),
            "overlap": OverlapPolicy(values["overlap"]),
            "catch_up": CatchUpPolicy(values["catch_up"]),
        }
    )


def _notify(document: Mapping[str, Any]) -> Notify:
    values = known_fields(Notify, document)
    return Notify(
        **{**values, "command": tuple(values["command"]), "emails": tuple(values["emails"])}
        if values
        else {}
    )
