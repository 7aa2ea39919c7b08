"""Schedules to make pages of: a few as they might be, and one that says something hostile wherever it can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from nb2pkg.pipeline.records import Attempt, Holder, RunRecord, RunStatus, StepStatus
from nb2pkg.ports.scheduling import Daemon, JobState
from nb2pkg.scheduling import (
    CatchUpPolicy,
    Fate,
    Job,
    JobOptions,
    Notify,
    Origin,
    OverlapPolicy,
    Tick,
    Timing,
    Try,
    read_expression,
)
from nb2pkg.workflows.run_page import run_page
from nb2pkg.workflows.status_page import StatusSource
from tests.browser.run_pages import BEGAN, attempt, failed, hostile, page, run, six_steps, step

NOW = BEGAN + 12_345.0  # 2026-03-04 05:25:45 UTC
HOUR = 3600.0
DAY = 24 * HOUR


def timing(cron: str, timezone: str = "Europe/Stockholm", **others: Any) -> Timing:
    """When something runs."""
    return Timing(cron=cron, expression=read_expression(cron), timezone=timezone, **others)


def job(name: str, cron: str = "daily at 03:00", **others: Any) -> Job:
    """A schedule of a pipeline."""
    told: dict[str, Any] = {
        "id": f"id-of-{name}",
        "owner": "ada",
        "target": f"/home/ada/{name}/pipeline.yaml",
        "timing": timing(cron),
        "created_at": NOW - 40 * DAY,
        **others,
    }
    return Job(name=name, **told)


def tick(due: float, fate: Fate = Fate.SUCCEEDED, seconds: float = 205.0, **others: Any) -> Tick:
    """A due moment; where it ran, one try began a moment later."""
    ran = fate not in (Fate.WAITING, Fate.SKIPPED, Fate.MISSED)
    ended = due + 0.4 + seconds if fate.is_over else None
    run = others.pop("run", f"run-{due:.0f}")
    one = Try(run=run, fate=fate, began_at=due + 0.4, ended_at=ended)
    told: dict[str, Any] = {
        "not_before": due,
        "claimed_at": due + 0.1,
        "tries": (one,) if ran else (),
        "ended_at": ended,
        **others,
    }
    return Tick(due=due, fate=fate, **told)


def state(of: Job, *newest_first: Tick, is_paused: bool = False) -> JobState:
    """A schedule and how it stands."""
    good = [one.due for one in newest_first if one.fate is Fate.SUCCEEDED]
    return JobState(
        job=of,
        is_paused=is_paused,
        recent=newest_first,
        last_success=max(good, default=None),
    )


def daemon(*, owner: str = "ada", host: str = "vega", is_late: bool = False) -> Daemon:
    """A daemon that was heard of two seconds ago."""
    return Daemon(
        id=f"daemon-on-{host}",
        owner=owner,
        holder=Holder(host=host, boot="b", pid=4711, process_start=1),
        version="0.3.0",
        since=NOW - 3 * DAY,
        seen_at=NOW - (900 if is_late else 2),
        is_late=is_late,
    )


def source(
    states: Sequence[JobState] = (),
    daemons: Sequence[Daemon] = (),
    *,
    runs: Sequence[RunRecord] = (),
    logs: Mapping[tuple[str, str], str] | None = None,
    reports: Mapping[str, str] | None = None,
    ticks: Mapping[str, Sequence[Tick]] | None = None,
) -> StatusSource:
    """Records in memory. ticks: by the schedule's id, the newest first; else what `states` have."""
    known = {one.job.id: one.recent for one in states} | dict(ticks or {})

    def found(id: str, limit: int, before: float | None) -> tuple[Tick, ...]:
        of = [one for one in known.get(id, ()) if before is None or one.due < before]
        return tuple(of[:limit])

    return StatusSource(
        jobs=lambda: tuple(states),
        daemons=lambda: tuple(daemons),
        ticks=found,
        run={record.id: record for record in runs}.get,
        log=lambda run, step, limit: (logs or {}).get((run, step)),
        report=(reports or {}).get,
        now=lambda: NOW,
    )


def usual() -> StatusSource:
    """Seven schedules, with runs, logs and reports, and a daemon."""
    good, bad = six_steps(), failed()
    live = _live()
    shown = {
        "20260304-020000-7f3a": replace(
            good, record=replace(good.record, schedule="churn", due=BEGAN)
        ),
        "20260303-020000-11ab": replace(
            bad, record=replace(bad.record, id="20260303-020000-11ab", schedule="churn", due=BEGAN)
        ),
        live.id: page(live, logs={"load": "loading\n", "train": "epoch 1\n"}, now=NOW),
    }
    return source(
        [churn(), *_others(live.id)],
        [daemon()],
        runs=[one.record for one in shown.values()],
        logs={(id, step): log for id, one in shown.items() for step, log in one.logs.items()},
        reports={id: run_page(one) for id, one in shown.items()},
        ticks={"id-of-ingest": ingest_ticks(live.id)},
    )


def _live() -> RunRecord:
    """A run that has gone on for three minutes, in its second step."""
    began = NOW - 159
    now_training = Attempt(number=1, status=StepStatus.RUNNING, started_at=began + 61)
    return run(
        step("load", attempts=(attempt(1, began - BEGAN + 1, 58.0),)),
        step("train", "load", status=StepStatus.RUNNING, attempts=(now_training,)),
        step("report", "train", status=StepStatus.WAITING, why=""),
        id="20260304-052300-90aa",
        pipeline="ingest",
        schedule="ingest",
        due=began - 1,
        started_at=began,
        ended_at=None,
        status=RunStatus.RUNNING,
    )


def churn() -> JobState:
    """Nightly, with all that can be said of a schedule."""
    of = job(
        "churn",
        timing=timing(
            "0 3 * * *",
            overlap=OverlapPolicy.QUEUE,
            catch_up=CatchUpPolicy.LATEST,
            retries=2,
            jitter_seconds=90.0,
            grace_seconds=2 * HOUR,
        ),
        parameters={"test_size": 0.2, "region": "EU", "columns": ["age", "income"]},
        options=JobOptions(jobs=2, output="/srv/reports/{region}.ipynb", timeout_seconds=HOUR),
        notify=Notify(command=("/home/ada/bin/page-me", "--token", "s3cret"),
                      webhook="https://hooks.example.org/T0/B1/very-secret", emails=("ada@example.org",)),
        origin="nightly",
    )  # fmt: skip
    last = BEGAN
    retried = tick(
        last - 2 * DAY,
        tries=(
            Try(run="20260302-020003-0c1d", fate=Fate.FAILED, began_at=last - 2 * DAY + 3,
                ended_at=last - 2 * DAY + 90, why="train: ValueError in cell 3"),
            Try(run="20260302-020203-5e77", fate=Fate.SUCCEEDED, began_at=last - 2 * DAY + 123,
                ended_at=last - 2 * DAY + 340),
        ),
    )  # fmt: skip
    return state(
        of,
        tick(last, run="20260304-020000-7f3a"),
        tick(last - DAY, Fate.FAILED, 171.0, run="20260303-020000-11ab",
             why="train failed: ValueError in cell 3: Input X contains NaN"),
        retried,
        tick(last - 3 * DAY, Fate.MISSED, why="nothing could run when it was due"),
        tick(last - 4 * DAY, origin=Origin.MADE_UP, not_before=last - 4 * DAY - 3 * HOUR),
        tick(last - 5 * DAY, Fate.CRASHED, 40.0, why="the daemon's machine was switched off"),
        tick(last - 6 * DAY, Fate.CANCELLED, 12.0, why="somebody asked it to end"),
        tick(last - 7 * DAY, Fate.SKIPPED, why="the run due at 2026-02-24 02:00 UTC had not ended"),
        *(tick(last - n * DAY) for n in range(8, 16)),
    )  # fmt: skip


def ingest_ticks(live: str) -> list[Tick]:
    """A day of a schedule that runs every 20 minutes, and of which some runs go wrong."""
    found = []
    for n in range(100):
        due = NOW // 1200 * 1200 - n * 1200
        fate = Fate.RUNNING if n == 0 else Fate.FAILED if n in (9, 10, 40) else Fate.SUCCEEDED
        if n == 41:
            fate = Fate.SKIPPED
        run = {"run": live} if n == 0 else {}
        seconds = 2000.0 if n == 42 else 300.0 + n % 7 * 40
        why = "load failed: the warehouse did not answer" if fate is Fate.FAILED else ""
        found.append(tick(due, fate, seconds, why=why, **run))
    away = tick(found[60].due, Fate.MISSED, count=8, until=found[53].due,
                why="nothing could run when they were due: 8 in all")  # fmt: skip
    return [*found[:53], away, *found[61:]]


def _others(live: str) -> list[JobState]:
    weekly = job("weekly-report", "mondays at 06:30", target="/home/ada/reports/a-rather-long-folder/weekly-report.ipynb")  # fmt: skip
    tokyo = job("fx", timing=timing("weekdays at 18:00", "Asia/Tokyo"))
    paused = job("backfill", "0 */6 * * *")
    new = job("new-one", "15 7 1,15 * *", created_at=NOW - HOUR)
    stale = job("prices", "*/15 * * * *")
    return [
        state(paused, *(tick(NOW - n * 6 * HOUR - 9 * DAY) for n in range(5)), is_paused=True),
        state(tokyo, *(tick(BEGAN + 7 * HOUR - n * DAY, seconds=35.0) for n in range(1, 13))),
        state(job("ingest", "every 20 minutes"), *ingest_ticks(live)[:20]),
        state(new),
        state(
            stale,
            *(tick(NOW // 900 * 900 - n * 900, Fate.FAILED, 8.0, why="no connection") for n in range(20)),
        ),
        state(weekly, *(tick(BEGAN + 3.5 * HOUR - 2 * DAY - n * 7 * DAY) for n in range(6))),
    ]  # fmt: skip


def nobody() -> StatusSource:
    """Schedules that nobody runs: one daemon is gone, and a time has passed."""
    of = job("churn")
    states = [state(of, *(tick(BEGAN - n * DAY) for n in range(1, 6)))]
    return source(states, [daemon(is_late=True)])


RUN_OF_HOSTILE = "20260304-020000-bad0"


def hostile_source(text: str) -> StatusSource:
    """Schedules with this text wherever a text may stand, among them in the names that addresses are made of."""
    report = hostile(text)
    record = replace(report.record, id=RUN_OF_HOSTILE, schedule=text, due=BEGAN)
    options = JobOptions(output=text, kernel=text, python=text)
    of = Job(
        id=f"id {text[:400]}",
        name=text,
        owner=text,
        target=text,
        timing=Timing(cron=text, expression=read_expression("7 1-5 3 2 *"), timezone=text),
        parameters={text: text, "many": [text] * 20},
        options=options,
        notify=Notify(command=(text,), webhook=f"https://{text}", emails=(text,)),
        origin=text,
        created_at=BEGAN,
    )
    plain = replace(of, id="plain", name="plain", timing=timing("0 3 * * *"))
    one = Try(
        run=RUN_OF_HOSTILE, fate=Fate.FAILED, began_at=BEGAN + 1, ended_at=BEGAN + 3, why=text
    )
    ticks = (
        tick(BEGAN, Fate.FAILED, why=text, tries=(one, replace(one, run=text))),
        tick(BEGAN - HOUR, Fate.SKIPPED, why=text),
        tick(BEGAN - 2 * HOUR, Fate.FAILED, run=text, why=text),
        tick(BEGAN - 3 * HOUR, Fate.MISSED, why=text, count=3, until=BEGAN - 2.5 * HOUR),
    )
    late = replace(
        daemon(is_late=True), holder=Holder(host=text, boot=text, pid=1, process_start=1)
    )
    return source(
        [state(of, *ticks), state(plain, *ticks)],
        [replace(daemon(owner=text, host=text), version=text), late],
        runs=[record],
        logs={(RUN_OF_HOSTILE, text): f"{text}\n{text}"},
        reports={RUN_OF_HOSTILE: run_page(report)},
    )
