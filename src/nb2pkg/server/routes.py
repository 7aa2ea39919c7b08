"""Which addresses are there below `nb2pkg/`, and what does each take, give and need?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nb2pkg.server.payloads import (
    notebooks,
    packages,
    refactorings,
    runs,
    schedules,
    server,
)

API_VERSION = 1
LONGEST_BODY = 10_000_000

# What the server's authorizer is asked for, of the resource `nb2pkg`.
Action = Literal["read", "write", "execute"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An address, by its path below `nb2pkg/`.

    method: POST for whatever changes something or takes a notebook, GET for all else
    request: what the body, or the query, holds; answer: what is given, None for a page
    seconds: how long that may take
    """

    path: str
    method: Literal["GET", "POST"]
    action: Action
    request: type
    answer: type | None
    about: str
    seconds: float = 30.0


# Answered by the server itself; all others by a process of its own.
INFO = Route(
    path="info",
    method="GET",
    action="read",
    request=server.InfoQuery,
    answer=server.Info,
    about="What is there?",
)
OPENAPI = Route(
    path="openapi",
    method="GET",
    action="read",
    request=server.OpenApiQuery,
    answer=dict,
    about="The description of all this, as OpenAPI 3.1",
)

WORK: tuple[Route, ...] = (
    Route(
        path="check",
        method="POST",
        action="read",
        request=notebooks.CheckRequest,
        answer=notebooks.CheckAnswer,
        about="List what stands between a notebook and a package",
    ),
    Route(
        path="graph",
        method="POST",
        action="read",
        request=notebooks.GraphRequest,
        answer=notebooks.GraphAnswer,
        about="Say what flows between the steps, and between the cells, of a notebook",
    ),
    Route(
        path="steps",
        method="POST",
        action="read",
        request=notebooks.StepsRequest,
        answer=notebooks.StepsAnswer,
        about="Suggest `step:` tags for a notebook",
    ),
    Route(
        path="extract/preview",
        method="POST",
        action="read",
        request=packages.ExtractPreviewRequest,
        answer=packages.ExtractAnswer,
        about="Show what extracting a notebook would change",
        seconds=60.0,
    ),
    Route(
        path="extract/apply",
        method="POST",
        action="write",
        request=packages.ExtractApplyRequest,
        answer=packages.ExtractAnswer,
        about="Write the package that a preview has shown",
        seconds=60.0,
    ),
    Route(
        path="package",
        method="POST",
        action="read",
        request=packages.PackageRequest,
        answer=packages.PackageAnswer,
        about="Say how the package of a notebook stands",
    ),
    Route(
        path="refactor/preview",
        method="POST",
        action="read",
        request=refactorings.RefactorPreviewRequest,
        answer=refactorings.RefactorAnswer,
        about="Show what a refactoring would change in a notebook and beside it",
    ),
    Route(
        path="refactor/apply",
        method="POST",
        action="write",
        request=refactorings.RefactorApplyRequest,
        answer=refactorings.RefactorAnswer,
        about="Write the files of a refactoring that a preview has shown",
    ),
    Route(
        path="refactor/undo",
        method="POST",
        action="write",
        request=refactorings.RefactorUndoRequest,
        answer=refactorings.RefactorUndoAnswer,
        about="Give the files of a refactoring back what they held before",
    ),
    Route(
        path="modules",
        method="POST",
        action="read",
        request=refactorings.ModulesRequest,
        answer=refactorings.ModulesAnswer,
        about="List the modules that could take a function",
    ),
    Route(
        path="run/form",
        method="POST",
        action="read",
        request=runs.RunFormRequest,
        answer=runs.RunFormAnswer,
        about="Say what a run may be given",
    ),
    Route(
        path="run/start",
        method="POST",
        action="execute",
        request=runs.RunStartRequest,
        answer=runs.RunStartAnswer,
        about="Start a run that goes on by itself",
        seconds=60.0,
    ),
    Route(
        path="runs",
        method="GET",
        action="read",
        request=runs.RunsQuery,
        answer=runs.RunsAnswer,
        about="List runs",
    ),
    Route(
        path="run",
        method="GET",
        action="read",
        request=runs.RunQuery,
        answer=runs.RunAnswer,
        about="Give a run with its steps",
    ),
    Route(
        path="run/cancel",
        method="POST",
        action="execute",
        request=runs.RunCancelRequest,
        answer=runs.RunCancelAnswer,
        about="Ask a run to end",
    ),
    Route(
        path="run/report",
        method="GET",
        action="read",
        request=runs.RunReportQuery,
        answer=None,
        about="Give the page about a run",
        seconds=60.0,
    ),
    Route(
        path="run/log",
        method="GET",
        action="read",
        request=runs.RunLogQuery,
        answer=runs.RunLogAnswer,
        about="Give what a step has printed",
    ),
    Route(
        path="schedule/preview",
        method="POST",
        action="read",
        request=schedules.SchedulePreviewRequest,
        answer=schedules.SchedulePreviewAnswer,
        about="Say when a schedule would fire",
    ),
    Route(
        path="schedule/add",
        method="POST",
        action="execute",
        request=schedules.ScheduleAddRequest,
        answer=schedules.ScheduleAddAnswer,
        about="Have something run by itself",
    ),
    Route(
        path="schedules",
        method="GET",
        action="read",
        request=schedules.SchedulesQuery,
        answer=schedules.SchedulesAnswer,
        about="List schedules",
    ),
    Route(
        path="schedule/change",
        method="POST",
        action="execute",
        request=schedules.ScheduleChangeRequest,
        answer=schedules.ScheduleChangeAnswer,
        about="Pause, resume, remove or trigger a schedule",
    ),
)

ROUTES: tuple[Route, ...] = (INFO, OPENAPI, *WORK)
