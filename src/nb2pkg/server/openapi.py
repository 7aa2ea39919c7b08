"""How is all of this described, for programs? As OpenAPI 3.1, made from the routes and from what they take."""

from __future__ import annotations

from typing import Any

from nb2pkg import __version__
from nb2pkg.server.json_schema import record_schema, schema_of
from nb2pkg.server.payloads.problems import Problem
from nb2pkg.server.routes import LONGEST_BODY, ROUTES, Route
from nb2pkg.server.shapes import Record, record_of, records_in

_HOME = "#/components/schemas/"
_JSON = "application/json"
_WRONG = {
    "400": "the request cannot be understood, or a path leads out of the server's root",
    "403": "who asks is not known, may not do this, or has sent no XSRF token",
    "404": "there is no such notebook, run or schedule",
    "409": "something has changed meanwhile, or is there already",
    "413": f"the body has more than {LONGEST_BODY:,} bytes",
    "415": "the body is not said to be JSON",
    "422": "it cannot be done; `code` and `message` say why",
    "500": "a fault of nb2pkg",
    "503": "the disk, the store or an interpreter is not as needed, or it took too long",
}


def openapi_document(base_url: str) -> dict[str, Any]:
    """Describe the routes of a server at an address, such as `/user/ann/`."""
    records: dict[str, Record] = records_in(record_of(Problem))
    for route in ROUTES:
        if route.method == "POST":
            records |= records_in(record_of(route.request))
        if route.answer not in (None, dict):
            assert route.answer is not None
            records |= records_in(record_of(route.answer))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "nb2pkg",
            "version": __version__,
            "description": "Notebooks to packages, and their runs, below a Jupyter server.",
        },
        "servers": [{"url": base_url.rstrip("/") + "/nb2pkg"}],
        "security": [{"token": []}],
        "paths": {f"/{route.path}": {route.method.lower(): _operation(route)} for route in ROUTES},
        "components": {
            "schemas": {name: record_schema(records[name], _HOME) for name in sorted(records)},
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`token …`, the Jupyter server's",
                }
            },
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.path.replace("/", "_"),
        "summary": route.about,
        "responses": {"200": _answer(route)},
    }
    problem = {_JSON: {"schema": {"$ref": f"{_HOME}Problem"}}}
    for status, about in _WRONG.items():
        operation["responses"][status] = {"description": about, "content": problem}
    record = record_of(route.request)
    if route.method == "POST":
        operation["requestBody"] = {
            "required": True,
            "content": {_JSON: {"schema": {"$ref": f"{_HOME}{record.name}"}}},
        }
    elif record.members:
        operation["parameters"] = [
            {
                "name": member.name,
                "in": "query",
                "required": member.is_required,
                "schema": _without_null(schema_of(member.shape, _HOME)),
            }
            for member in record.members
        ]
    return operation


def _answer(route: Route) -> dict[str, Any]:
    if route.answer is None:
        return {
            "description": "a page, to be shown without being let do anything",
            "content": {"text/html": {"schema": {"type": "string"}}},
        }
    if route.answer is dict:
        return {"description": route.about, "content": {_JSON: {"schema": {"type": "object"}}}}
    record = record_of(route.answer)
    return {
        "description": record.about.split("\n", 1)[0],
        "content": {_JSON: {"schema": {"$ref": f"{_HOME}{record.name}"}}},
    }


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """What a query leaves out is not null there."""
    options = schema.get("anyOf")
    found: dict[str, Any] = options[0] if options else schema
    return found
