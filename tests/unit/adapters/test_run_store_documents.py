"""Documents of one version of nb2pkg are read by another."""

from __future__ import annotations

import json

import pytest

from nb2pkg.adapters.run_store.record_json import (
    attempt_from,
    changed_document,
    run_document,
    run_from,
    step_from,
)
from nb2pkg.adapters.run_store.schedule_json import job_document, job_from
from nb2pkg.pipeline.records import (
    Artifact,
    Attempt,
    GitState,
    RunRecord,
    RunStatus,
    StepRecord,
    StepStatus,
)
from nb2pkg.scheduling import Job, JobOptions, Timing, read_expression

_RUN = RunRecord(
    id="r1", pipeline="p", target="/p", pipeline_sha256="", parameters={}, user="u", host="h", version="1",
    environment="", folder="/f", started_at=1.0, git=GitState(commit="c", is_dirty=False),
)  # fmt: skip


def test_what_a_newer_nb2pkg_adds_is_passed_over() -> None:
    document = json.loads(run_document(_RUN))
    document["mood"] = "good"
    document["git"]["branch"] = "main"

    assert run_from(document, ()) == _RUN


def test_what_an_older_nb2pkg_did_not_know_has_its_default() -> None:
    assert step_from({"name": "a", "kind": "notebook", "work": "a.ipynb"}, ()) == StepRecord(
        name="a", kind="notebook", work="a.ipynb"
    )
    assert attempt_from({"number": 1, "status": "failed", "started_at": 2.0}) == Attempt(
        number=1, status=StepStatus.FAILED, started_at=2.0
    )


def test_a_schedule_that_an_older_nb2pkg_wrote_is_bound_to_no_folder() -> None:
    timing = Timing(cron="@daily", expression=read_expression("@daily"), timezone="UTC")
    options = JobOptions(jobs=2, output="/srv/{run}.ipynb")
    job = Job(id="1", name="j", owner="o", target="/p", timing=timing, options=options)
    document = json.loads(job_document(job))
    assert (
        document["options"].pop("output_below"),
        document["options"].pop("output_allows_hidden"),
    ) == (None, True)

    assert job_from(json.dumps(document)) == job


def test_artifacts_are_read_with_keys_that_nobody_knows() -> None:
    artifact = {"name": "m.pkl", "sha256": "f", "size": 1, "media": "x/y"}
    document = {
        "name": "a",
        "kind": "k",
        "work": "w",
        "artifacts": [artifact],
        "notebook": artifact,
    }

    found = step_from(document, ())

    assert found.artifacts == (Artifact(name="m.pkl", sha256="f", size=1),)
    assert found.notebook == Artifact(name="m.pkl", sha256="f", size=1)


def test_a_change_keeps_what_a_newer_nb2pkg_wrote() -> None:
    document = json.dumps({**json.loads(run_document(_RUN)), "mood": "good"})

    changed = json.loads(changed_document(document, {"status": "failed"}))

    assert (changed["mood"], run_from(changed, ()).status) == ("good", RunStatus.FAILED)


@pytest.mark.parametrize("document", [{}, {"id": "r1"}, {"status": "unheard of"}])
def test_what_no_nb2pkg_wrote_is_no_record(document: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        run_from(document, ())
