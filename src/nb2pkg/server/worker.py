"""The program that does what the server is asked for, one request at a time, in a process that may be lost."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from typing import Any

from nb2pkg.api import open_notebooks, refactoring
from nb2pkg.api.working import serve
from nb2pkg.problems import EnvironmentFailure, InternalError, Nb2pkgError
from nb2pkg.server.payloads.problems import Problem
from nb2pkg.server.reading_json import read_body, read_query
from nb2pkg.server.root_paths import Root
from nb2pkg.server.routes import WORK, Route
from nb2pkg.server.statuses import status_of
from nb2pkg.server.verbs import notebooks, packages, refactorings, runs, schedules
from nb2pkg.server.verbs.open_notebook import findings_of
from nb2pkg.server.writing_json import json_bytes
from nb2pkg.server.written_page import Page

_OK = 200
_FAULT = "nb2pkg has a fault of its own here"
_SEE_LOG = "the server's log tells more"
_TOO_DEEP = "something in it is nested too deeply"

VERBS: Mapping[str, Callable[[Any, Root], object]] = {
    "check": notebooks.check,
    "graph": notebooks.graph,
    "steps": notebooks.steps,
    "extract/preview": packages.preview,
    "extract/apply": packages.apply,
    "package": packages.package,
    "refactor/preview": refactorings.preview,
    "refactor/apply": refactorings.apply,
    "refactor/undo": refactorings.undo,
    "modules": refactorings.modules,
    "run/form": runs.form,
    "run/start": runs.start,
    "runs": runs.runs,
    "run": runs.run,
    "run/cancel": runs.cancel,
    "run/report": runs.report,
    "run/log": runs.log,
    "schedule/preview": schedules.preview,
    "schedule/add": schedules.add,
    "schedules": schedules.schedules,
    "schedule/change": schedules.change,
}
_ROUTES: Mapping[str, Route] = {route.path: route for route in WORK}


def answer(header: Any, body: bytes) -> tuple[Any, bytes]:
    """Answer a request: what to say of the answer (its status, and a line for the log), and the answer itself."""
    route = _ROUTES[header["route"]]
    root = Root(header["root"], header["allows_hidden"])
    request: Any = None
    try:
        if route.method == "POST":
            request = read_body(route.request, body)
        else:
            request = read_query(route.request, header["query"])
        found = VERBS[route.path](request, root)
        if isinstance(found, Page):
            return {"status": _OK, "kind": "page"}, found.html.encode("utf-8", "backslashreplace")
        return {"status": _OK, "kind": "json"}, json_bytes(found)
    except Nb2pkgError as error:
        return _stopped(error, request, root)
    except RecursionError:
        return _stopped(EnvironmentFailure("NB550", _TOO_DEEP), request, root)
    except MemoryError:
        raise  # what is left of this process is not to be trusted with more
    except Exception as bug:
        fault = InternalError("NB799", f"{type(bug).__name__}: {bug}")
        fault.trace = "".join(traceback.format_exception(bug))
        return _stopped(fault, request, root)


def give_up(why: str) -> tuple[Any, bytes]:
    """Answer a request that was not carried out; `why` is a clause."""
    problem = Problem(code="NB550", message=f"there is no answer: {why}", hint=None, findings=())
    return {"status": status_of(EnvironmentFailure("NB550", why)), "kind": "json"}, json_bytes(
        problem
    )


def _stopped(error: Nb2pkgError, request: Any, root: Root) -> tuple[Any, bytes]:
    cells = getattr(getattr(request, "notebook", None), "cells", None) or ()
    header = {"status": status_of(error), "kind": "json"}
    if isinstance(error, InternalError):
        header["log"] = f"{error.message}\n{error.trace}"
        problem = Problem(code=error.code, message=_FAULT, hint=_SEE_LOG, findings=())
        return header, json_bytes(problem)
    problem = Problem(
        code=error.code,
        message=root.said(error.message),
        hint=None if error.hint is None else root.said(error.hint),
        findings=findings_of(error.findings, tuple(cell.id for cell in cells), root),
    )
    return header, json_bytes(problem)


def _warm_up() -> None:
    open_notebooks.warm_up()
    refactoring.warm_up()


def main() -> None:
    """Answer until nobody asks any more."""
    serve(answer, give_up, _warm_up)


if __name__ == "__main__":
    main()
