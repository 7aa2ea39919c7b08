"""The server does what its description says, and nothing that is sent to it makes it fail."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from nb2pkg.server.openapi import openapi_document
from nb2pkg.server.routes import ROUTES
from nb2pkg.server.shapes import (
    Anything,
    ListOf,
    MapOf,
    Maybe,
    Number,
    Record,
    Shape,
    Text,
    Whole,
    record_of,
)
from tests.server.jupyter import Jupyter, jupyter
from tests.server.notebooks import SALES, opened, saved
from tests.server.samples import BODIES, QUERIES

_SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
_CHECKS = (
    "not_a_server_error,ignored_auth,status_code_conformance,content_type_conformance,"
    "response_schema_conformance"
)


def test_the_server_gives_its_description(server: Jupyter) -> None:
    found = server.get("openapi").json

    assert found == openapi_document(server.base)
    assert found["servers"] == [{"url": f"{server.base}nb2pkg"}]
    assert {path.lstrip("/") for path in found["paths"]} == {route.path for route in ROUTES}


def test_all_schemas_of_the_description_are_schemas() -> None:
    document = openapi_document("/")
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["description"]


@pytest.mark.parametrize("path", BODIES)
def test_the_samples_are_as_the_description_says(path: str) -> None:
    document = openapi_document("/")
    body = document["paths"][f"/{path}"]["post"]["requestBody"]["content"]["application/json"]
    validator = jsonschema.Draft202012Validator(
        {**body["schema"], "components": document["components"]}
    )

    validator.validate(BODIES[path])
    assert not validator.is_valid({**BODIES[path], "unknown": 1})


@pytest.mark.parametrize("route", ROUTES, ids=[route.path for route in ROUTES])
def test_all_that_can_be_sent_has_an_end(route: Any) -> None:
    assert list(_boundless(record_of(route.request), route.path)) == []


def _boundless(shape: Shape, where: str) -> Any:
    match shape:
        case Text(bounds) | Whole(bounds) | Number(bounds) if bounds is None:
            yield where
        case ListOf(element, bounds) | MapOf(element, bounds):
            if bounds is None:
                yield where
            yield from _boundless(element, where)
        case Maybe(inner):
            yield from _boundless(inner, where)
        case Record(_, members):
            for member in members:
                yield from _boundless(member.shape, f"{where}.{member.name}")
        case Anything():
            # The values of parameters, which a run checks; they are as long as a body may be.
            assert where.endswith(".parameters")


@pytest.mark.slow
@pytest.mark.skipif(not _SCHEMATHESIS.exists(), reason="schemathesis is not installed")
def test_nothing_that_is_sent_makes_the_server_fail(tmp_path: Path) -> None:
    with jupyter(tmp_path) as server:
        saved(server.root / "sample.ipynb", *SALES)
        described = tmp_path / "openapi.json"
        described.write_text(json.dumps(_with_examples(server.get("openapi").json)))
        shutil.copytree(server.root, tmp_path / "before")
        done = subprocess.run(
            [
                _SCHEMATHESIS, "run", described, "--url", f"http://127.0.0.1:{server.port}{server.base}nb2pkg",
                "-H", f"Authorization: token {server.token}", "--checks", _CHECKS,
                "--phases", "examples,coverage,fuzzing", "--max-examples", "5", "--seed", "1",
                "--generation-deterministic", "--workers", "2", "--no-color",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip

        assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
        assert server.post("check", BODIES["check"]).status == 200
        assert "Traceback" not in server.log.read_text()
        assert [path.name for path in server.root.parent.iterdir() if path.name == "sample"] == []


def _with_examples(document: Any) -> Any:
    """Requests that are right, of a notebook that is there: so that answers are looked at, too."""
    for path, body in BODIES.items():
        content = document["paths"][f"/{path}"]["post"]["requestBody"]["content"][
            "application/json"
        ]
        content["examples"] = {"sample": {"value": body}}
        if "notebook" in body:
            value = {**body, "notebook": opened("sample.ipynb", *SALES)}
            content["examples"]["notebook"] = {"value": value}
    for path, query in QUERIES.items():
        for parameter in document["paths"][f"/{path}"]["get"]["parameters"]:
            if parameter["name"] in query:
                parameter["example"] = query[parameter["name"]]
    return document
