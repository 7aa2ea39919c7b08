"""Runs become events that readers of OpenLineage understand."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from nb2pkg.adapters.trackers.lineage_events import run_began, run_ended, run_uuid, step_ran
from nb2pkg.pipeline.records import (
    Artifact,
    Attempt,
    GitState,
    RunRecord,
    RunStatus,
    StepRecord,
    StepStatus,
)

_SHA = "a" * 64
_LOAD = StepRecord(
    name="load",
    kind="function",
    work="churn.load:load",
    status=StepStatus.SUCCEEDED,
    attempts=(
        Attempt(number=1, status=StepStatus.FAILED, started_at=10.0, ended_at=11.0, seconds=1.0),
        Attempt(number=2, status=StepStatus.SUCCEEDED, started_at=12.5, ended_at=14.0, seconds=1.5),
    ),
    artifacts=(Artifact(name="df.parquet", sha256=_SHA, size=7),),
    metrics={"rows": 3.0, "bad": float("nan")},
)
_TRAIN = StepRecord(
    name="train",
    kind="notebook",
    work="train.ipynb",
    needs=("load",),
    status=StepStatus.FAILED,
    attempts=(
        Attempt(
            number=1,
            status=StepStatus.FAILED,
            started_at=15.0,
            ended_at=16.0,
            message="ValueError: no",
            traceback="secret code",
        ),
    ),
)
_RUN = RunRecord(
    id="2026-11-22-abc",
    pipeline="churn",
    target="/work/my churn/pipeline.yaml",
    pipeline_sha256="0" * 64,
    parameters={"year": 2026, "name": "ü", "token": "***", "odd": float("inf")},
    user="ada",
    host="here",
    version="0.2.0",
    environment="e" * 64,
    folder="/runs/1",
    started_at=1.0,
    git=GitState(commit="c" * 40, is_dirty=True),
    steps=(_LOAD, _TRAIN),
)


def all_events() -> list[dict[str, Any]]:
    ended = {"load": _LOAD}
    over = replace(_RUN, status=RunStatus.FAILED, ended_at=20.0, message="train: ValueError: no")
    events = [
        *run_began(_RUN, "team"),
        *step_ran(_RUN, _LOAD, ended, 99.0, "team"),
        *step_ran(_RUN, _TRAIN, ended, 99.0, "team"),
        *run_ended(over, "team", 99.0),
    ]
    return [json.loads(json.dumps(event, allow_nan=False)) for event in events]


def facets_of(event: dict[str, Any]) -> dict[str, Any]:
    groups = [event["run"]["facets"], event["job"]["facets"]]
    for dataset in (*event["inputs"], *event["outputs"]):
        groups += [dataset[key] for key in dataset if key.lower().endswith("facets")]
    return {name: facet for group in groups for name, facet in group.items()}


def test_a_run_is_told_from_its_beginning_to_its_end() -> None:
    told = [(e["job"]["name"], e["eventType"], e["eventTime"]) for e in all_events()]

    assert told == [
        ("churn", "START", "1970-01-01T00:00:01.000000Z"),
        ("churn.load", "START", "1970-01-01T00:00:10.000000Z"),
        ("churn.load", "COMPLETE", "1970-01-01T00:00:14.000000Z"),
        ("churn.train", "START", "1970-01-01T00:00:15.000000Z"),
        ("churn.train", "FAIL", "1970-01-01T00:00:16.000000Z"),
        ("churn", "FAIL", "1970-01-01T00:00:20.000000Z"),
    ]


def test_every_event_has_what_the_specification_requires() -> None:
    for event in all_events():
        assert set(event) == {
            "eventType", "eventTime", "run", "job", "inputs", "outputs", "producer", "schemaURL",
        }  # fmt: skip
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", event["eventTime"])
        assert event["producer"] == "urn:nb2pkg"
        assert event["schemaURL"].endswith("/spec/2-0-2/OpenLineage.json#/$defs/RunEvent")
        assert uuid.UUID(event["run"]["runId"]).version == 5
        assert event["job"]["namespace"] == "team"


def test_every_facet_names_its_producer_and_its_schema() -> None:
    for event in all_events():
        for name, facet in facets_of(event).items():
            assert facet["_producer"] == "urn:nb2pkg", name
            address = urlsplit(facet["_schemaURL"])
            assert address.scheme and address.path.endswith(".json"), name
            assert address.fragment.startswith("/$defs/"), name


def test_a_step_knows_its_run_and_its_artifacts() -> None:
    _, _, loaded, _, failed, _ = all_events()

    parent = failed["run"]["facets"]["parent"]
    assert parent["run"] == {"runId": run_uuid(_RUN.id)}
    assert parent["job"] == {"namespace": "team", "name": "churn"}
    (made,) = loaded["outputs"]
    (used,) = failed["inputs"]
    assert (made["namespace"], made["name"]) == ("file", "churn/load/df.parquet")
    assert made["facets"]["version"]["datasetVersion"] == _SHA
    assert made["outputFacets"]["outputStatistics"]["size"] == 7
    assert (used["name"], used["facets"]) == (made["name"], made["facets"])
    assert used["inputFacets"]["inputStatistics"]["size"] == 7


def test_what_is_known_of_a_run_is_told() -> None:
    facets = facets_of(all_events()[0])

    assert facets["processing_engine"]["version"] == "0.2.0"
    assert facets["sourceCodeLocation"]["url"] == "file:///work/my%20churn/pipeline.yaml"
    assert facets["sourceCodeLocation"]["version"] == "c" * 40
    assert facets["nb2pkg_run"]["gitDirty"] is True
    assert facets["executionParameters"]["parameters"] == [
        {"key": "year", "value": "2026"},
        {"key": "name", "value": "ü"},
        {"key": "token", "value": "***"},
        {"key": "odd", "value": "Infinity"},
    ]


def test_a_step_tells_what_it_took_and_gave() -> None:
    facet = all_events()[2]["run"]["facets"]["nb2pkg_step"]

    assert (facet["status"], facet["attempts"], facet["seconds"]) == ("succeeded", 2, 2.5)
    assert facet["metrics"] == {"rows": 3.0}


def test_a_failure_tells_why_but_shows_no_code() -> None:
    events = all_events()

    assert facets_of(events[4])["errorMessage"]["message"] == "ValueError: no"
    assert facets_of(events[5])["errorMessage"]["message"] == "train: ValueError: no"
    assert "secret code" not in json.dumps(events)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (StepStatus.TIMED_OUT, "FAIL"),
        (StepStatus.CANCELLED, "ABORT"),
        (StepStatus.CRASHED, "ABORT"),
        (StepStatus.CACHED, "COMPLETE"),
    ],
)
def test_each_end_of_a_step_has_its_event(status: StepStatus, kind: str) -> None:
    events = step_ran(_RUN, replace(_TRAIN, status=status), {}, 99.0, "n")

    assert [event["eventType"] for event in events] == ["START", kind]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (RunStatus.SUCCEEDED, "COMPLETE"),
        (RunStatus.CANCELLED, "ABORT"),
        (RunStatus.CRASHED, "ABORT"),
    ],
)
def test_each_end_of_a_run_has_its_event(status: RunStatus, kind: str) -> None:
    (event,) = run_ended(replace(_RUN, status=status), "n", 99.0)

    assert event["eventType"] == kind
    assert event["eventTime"] == "1970-01-01T00:01:39.000000Z"
    assert ("errorMessage" in event["run"]["facets"]) is False


def test_a_step_that_never_began_has_no_events() -> None:
    assert step_ran(_RUN, replace(_TRAIN, status=StepStatus.SKIPPED), {}, 99.0, "n") == ()


def test_a_cached_step_says_which_run_made_what_it_gives() -> None:
    cached = replace(_LOAD, status=StepStatus.CACHED, attempts=(), from_run="earlier")
    start, end = step_ran(_RUN, cached, {}, 99.0, "n")

    assert start["eventTime"] == end["eventTime"] == "1970-01-01T00:01:39.000000Z"
    facet = end["run"]["facets"]["nb2pkg_step"]
    assert (facet["status"], facet["fromRun"]) == ("cached", "earlier")
    assert facet["fromRunUuid"] == run_uuid("earlier", "load")


def test_ids_stay_and_differ() -> None:
    ids = {run_uuid("r1"), run_uuid("r2"), run_uuid("r1", "a"), run_uuid("r1", "b")}

    assert len(ids) == 4
    # Whoever joins events of two versions counts on it.
    assert run_uuid("r1") == "c4ec47a7-3dd0-517f-acff-c729fc37648d"
