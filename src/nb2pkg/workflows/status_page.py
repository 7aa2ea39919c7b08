"""Which page about schedules stands at which address, and what does it take from the records?

The addresses are relative to where the pages are mounted, and so are all links: a server of our own serves them
at its root, another one may do so below a path of its own that ends in `/`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nb2pkg.pipeline.records import RunRecord
from nb2pkg.ports.running import StoreAway
from nb2pkg.ports.scheduling import Daemon, JobState
from nb2pkg.problems import Nb2pkgError
from nb2pkg.scheduling import Tick
from nb2pkg.workflows.run_page_text import in_line
from nb2pkg.workflows.status_page_addresses import find_schedule, is_run, parts_of, way_up
from nb2pkg.workflows.status_page_frame import POLICY, Frame, framed, head
from nb2pkg.workflows.status_page_metrics import status_metrics, why_nothing_runs
from nb2pkg.workflows.status_page_overview import overview
from nb2pkg.workflows.status_page_run import LONGEST_LOG_BYTES, log_page, run_status_page
from nb2pkg.workflows.status_page_schedule import (
    TICKS_OF_DAY,
    TICKS_OF_PAGE,
    SchedulePage,
    schedule_page,
)

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
METRICS = "text/plain; version=0.0.4; charset=utf-8"
_JSON = "application/json"
# A report says by itself which style is its own; both policies hold.
_REPORT_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_NOTHING = "default-src 'none'"
_TITLES = {
    401: "Who are you?",
    403: "Not by this name",
    404: "There is no such page",
    405: "This can only be read",
    503: "The records cannot be read now",
}
_WHYS = {
    404: "A schedule may have been removed, a run pruned, or a log never written.",
    405: "Schedules are changed with nb2pkg schedule.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSource:
    """Where the pages get what they show. Each is called anew for each page, by several threads at a time.

    jobs: the schedules, each with its last twenty ticks or so; ticks: those of a schedule's id, so many of them,
        due before a moment; the newest first
    run: the record of a run, by its whole id
    log: the end of a step's log, with a limit in bytes; report: the page about a run; None where there is none
    now: seconds since 1970 in UTC
    """

    jobs: Callable[[], tuple[JobState, ...]]
    daemons: Callable[[], tuple[Daemon, ...]]
    ticks: Callable[[str, int, float | None], tuple[Tick, ...]]
    run: Callable[[str], RunRecord | None]
    log: Callable[[str, str, int], str | None]
    report: Callable[[str], str | None]
    now: Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What stands at an address. policy: the Content-Security-Policy of its own."""

    status: int
    content_type: str
    body: str
    policy: str


class StatusSite:
    """All pages; nothing in them changes anything."""

    def __init__(self, source: StatusSource) -> None:
        self._source = source

    def answer(self, path: str, query: Mapping[str, str]) -> Answer:
        """Give what stands at a path, as it was asked for: percent-encoded, below where the pages are mounted."""
        try:
            found = self._found(path, query)
        except (Nb2pkgError, StoreAway) as error:
            return self.trouble(503, path, str(error))
        return found if found is not None else self.trouble(404, path)

    def trouble(self, status: int, path: str, why: str = "") -> Answer:
        """Give a page that says why there is no other one."""
        title = _TITLES.get(status, "Something went wrong here")
        base = way_up(path) if parts_of(path) is not None else ""
        way = [(".", "Schedules")] if status in (404, 503) else []
        frame = Frame(title=title, base=base, way=way)
        why = why or _WHYS.get(status, "")
        return _page(framed(frame, [head(title, None), f"<p>{in_line(why)}</p>"]), status)

    def _found(self, path: str, query: Mapping[str, str]) -> Answer | None:
        stays = query.get("reload") == "no"
        match parts_of(path):
            case ("",):
                return self._overview(stays=stays)
            case ("healthz",):
                return self._health()
            case ("metrics",):
                source = self._source
                body = status_metrics(source.jobs(), source.daemons(), source.now())
                return Answer(status=200, content_type=METRICS, body=body, policy=_NOTHING)
            case ("schedules", word):
                return self._schedule(word, path, _moment(query.get("before")), stays=stays)
            case ("runs", run, *rest) if is_run(run):
                return self._run(run, rest, path, query)
        return None

    def _overview(self, *, stays: bool) -> Answer:
        source = self._source
        reloads = None if stays else True
        page = overview(source.jobs(), source.daemons(), source.now(), reloads=reloads)
        return _page(page)

    def _health(self) -> Answer:
        reason = why_nothing_runs(self._source.jobs(), self._source.daemons())
        told = {"status": "failing", "reason": reason} if reason else {"status": "ok"}
        return Answer(
            status=503 if reason else 200,
            content_type=_JSON,
            body=json.dumps(told) + "\n",
            policy=_NOTHING,
        )

    def _schedule(
        self, word: str, path: str, before: float | None, *, stays: bool
    ) -> Answer | None:
        source = self._source
        states = source.jobs()
        state = find_schedule(word, states)
        if state is None:
            return None
        newest = source.ticks(state.job.id, TICKS_OF_DAY, None)
        listed = newest
        if before is not None:
            listed = source.ticks(state.job.id, TICKS_OF_PAGE + 1, before)
        is_open = any(not tick.fate.is_over for tick in newest)
        page = SchedulePage(
            state=state,
            states=states,
            daemons=source.daemons(),
            newest=newest,
            history=listed[:TICKS_OF_PAGE],
            before=before,
            is_more=len(listed) > TICKS_OF_PAGE,
            now=source.now(),
            base=way_up(path),
            reloads=(None if stays else True) if is_open and before is None else False,
        )
        return _page(schedule_page(page))

    def _run(self, run: str, rest: list[str], path: str, query: Mapping[str, str]) -> Answer | None:
        record = self._source.run(run)
        if record is None or record.id != run:
            return None
        match rest:
            case []:
                states, now = self._source.jobs(), self._source.now()
                stays = query.get("reload") == "no"
                return _page(run_status_page(record, states, now, way_up(path), stays=stays))
            case ["report"]:
                report = self._source.report(run)
                if report is None:
                    return None
                return Answer(status=200, content_type=HTML, body=report, policy=_REPORT_POLICY)
            case ["logs", step]:
                return self._log(record, step, path, as_text=query.get("as") == "text")
        return None

    def _log(self, record: RunRecord, word: str, path: str, *, as_text: bool) -> Answer | None:
        """The log of a step that the record names: no other text reaches what reads files."""
        step = next((step for step in record.steps if step.name == word), None)
        if step is None:
            return None
        log = self._source.log(record.id, step.name, LONGEST_LOG_BYTES)
        if log is None:
            return None
        if as_text:
            return Answer(status=200, content_type=TEXT, body=log, policy=_NOTHING)
        states, now = self._source.jobs(), self._source.now()
        return _page(log_page(record, step, log, states, now, way_up(path)))


def _page(body: str, status: int = 200) -> Answer:
    return Answer(status=status, content_type=HTML, body=body, policy=POLICY)


def _moment(text: str | None) -> float | None:
    try:
        moment = float(text or "")
    except ValueError:
        return None
    return moment if math.isfinite(moment) and abs(moment) < 1e12 else None
