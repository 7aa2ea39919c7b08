"""Runs: what they may be given, how they begin and end, and what there is to see of them."""

from __future__ import annotations

from nb2pkg.api import run_forms, run_logs, running, started_runs
from nb2pkg.problems import UsageError
from nb2pkg.server.moments import moment, moment_or_none
from nb2pkg.server.payloads import runs as payloads
from nb2pkg.server.root_paths import Root
from nb2pkg.server.run_targets import recorded_target, run_target
from nb2pkg.server.written_page import Page

_LARGEST_PIECE = 200_000


def form(request: payloads.RunFormRequest, root: Root) -> payloads.RunFormAnswer:
    """Say what a run may be given."""
    found = run_forms.run_form(run_target(request.path, root))
    return payloads.RunFormAnswer(
        path=root.told(found.path) or request.path,
        name=found.name,
        is_notebook=found.is_notebook,
        fields=tuple(
            payloads.FormField(
                name=field.name,
                type=field.type,
                schema=dict(field.schema),
                default=field.default,
                is_required=field.is_required,
                about=field.about,
                is_secret=field.is_secret,
            )
            for field in found.fields
        ),
        steps=found.steps,
    )


def start(request: payloads.RunStartRequest, root: Root) -> payloads.RunStartAnswer:
    """Start a run."""
    options = started_runs.StartOptions(
        jobs=request.jobs,
        force=request.force,
        only=request.only,
        start=request.start,
        keeps_going=request.keep_going,
        resume=request.resume,
        output=None if request.output is None else root.file(request.output),
        output_below=root.target("."),
        output_allows_hidden=root.allows_hidden,
        kernel=request.kernel,
        timeout_seconds=request.timeout_seconds,
    )
    target = run_target(request.path, root)
    id = started_runs.start_run(target, request.parameters, options)
    return payloads.RunStartAnswer(id=id)


def runs(request: payloads.RunsQuery, root: Root) -> payloads.RunsAnswer:
    """List runs."""
    target = None if request.path is None else recorded_target(request.path, root)
    statuses = () if request.status is None else (running.RunStatus(request.status),)
    query = running.RunQuery(target=target, statuses=statuses, limit=request.limit)
    return payloads.RunsAnswer(
        runs=tuple(_summary(record, root) for record in running.run_records(query))
    )


def run(request: payloads.RunQuery, root: Root) -> payloads.RunAnswer:
    """Give a run with its steps."""
    record = _record(request.id)
    notebooks = started_runs.notebooks_of(record)
    return payloads.RunAnswer(
        run=_summary(record, root),
        parameters=dict(record.parameters),
        resumes=record.resumes,
        steps=tuple(_step(step, notebooks.get(step.name), root) for step in record.steps),
    )


def cancel(request: payloads.RunCancelRequest, root: Root) -> payloads.RunCancelAnswer:
    """Ask a run to end."""
    return payloads.RunCancelAnswer(is_asked=started_runs.cancel_run(_record(request.id).id))


def report(request: payloads.RunReportQuery, root: Root) -> Page:
    """Give the page about a run."""
    return Page(running.run_report(_record(request.id).id))


def log(request: payloads.RunLogQuery, root: Root) -> payloads.RunLogAnswer:
    """Give a piece of what a step printed."""
    record = _record(request.id)
    piece = run_logs.run_log_piece(record, request.step, request.start, _LARGEST_PIECE)
    return payloads.RunLogAnswer(
        text=piece.text,
        start=piece.start,
        next=piece.next,
        is_over=record.step(request.step).status.is_over and not piece.is_more,
    )


def _record(id: str) -> running.RunRecord:
    """The record of a run by its whole id: who looks at one is not to be shown another."""
    record = running.find_record(id)
    if record is None:
        raise UsageError("NB308", f"there is no run {id!r}")
    return record


def _summary(record: running.RunRecord, root: Root) -> payloads.RunSummary:
    return payloads.RunSummary(
        id=record.id,
        name=record.pipeline,
        path=root.told(record.target),
        status=record.status.value,
        message=root.said(record.message),
        user=record.user,
        host=record.host,
        started_at=moment(record.started_at),
        ended_at=moment_or_none(record.ended_at),
        schedule=record.schedule,
    )


def _step(step: running.StepRecord, notebook: str | None, root: Root) -> payloads.RunStep:
    last = step.attempts[-1] if step.attempts else None
    return payloads.RunStep(
        name=step.name,
        kind="function" if step.kind == "function" else "notebook",
        needs=step.needs,
        status=step.status.value,
        why=root.said(step.why),
        notes=tuple(root.said(note) for note in step.notes),
        from_run=step.from_run,
        attempts=len(step.attempts),
        cell=last.cell if last else None,
        cells=last.cells if last else None,
        started_at=moment_or_none(last.started_at if last else None),
        ended_at=moment_or_none(last.ended_at if last else None),
        seconds=last.seconds if last else None,
        memory_bytes=last.memory_bytes if last else None,
        message=root.said(last.message) if last else "",
        traceback=root.said(last.traceback) if last else "",
        artifacts=tuple(
            payloads.RunFile(name=made.name, bytes=made.size) for made in step.artifacts
        ),
        metrics=dict(step.metrics),
        notebook=None if notebook is None else root.told(notebook),
    )
