"""A request for each route that is right as such, whatever it names."""

from __future__ import annotations

from typing import Any

from nb2pkg.server.routes import ROUTES

NOTEBOOK: dict[str, Any] = {
    "path": "sample.ipynb",
    "cells": [{"id": "a", "type": "code", "source": "x = 1"}],
    "kernel": "python3",
    "language": "python",
}
BODIES: dict[str, dict[str, Any]] = {
    "check": {"notebook": NOTEBOOK},
    "graph": {"notebook": NOTEBOOK},
    "steps": {"notebook": NOTEBOOK},
    "extract/preview": {"notebook": NOTEBOOK},
    "extract/apply": {"notebook": NOTEBOOK, "digest": "0" * 64},
    "package": {"notebook": NOTEBOOK},
    "refactor/preview": {"notebook": NOTEBOOK, "verb": "imports", "options": {}},
    "refactor/apply": {
        "notebook": NOTEBOOK,
        "verb": "imports",
        "options": {},
        "digest": "0" * 64,
    },
    "refactor/undo": {"undo": "0000000000000000000-00000000"},
    "modules": {"path": "sample.ipynb"},
    "run/form": {"path": "sample.ipynb"},
    "run/start": {"path": "sample.ipynb"},
    "run/cancel": {"id": "20260101-000000-abcdef"},
    "schedule/preview": {"cron": "@daily", "timezone": "UTC"},
    "schedule/add": {"path": "sample.ipynb", "cron": "@daily", "timezone": "UTC"},
    "schedule/change": {"name": "sample", "action": "pause"},
}
QUERIES = {
    "run": {"id": "20260101-000000-abcdef"},
    "run/report": {"id": "20260101-000000-abcdef"},
    "run/log": {"id": "20260101-000000-abcdef", "step": "sample"},
}
POSTS = [route.path for route in ROUTES if route.method == "POST"]
GETS = [route.path for route in ROUTES if route.method == "GET"]
