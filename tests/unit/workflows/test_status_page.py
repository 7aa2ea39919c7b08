"""The pages of schedules: what stands on them, and that they are safe to open whatever anybody wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest

from nb2pkg.ports.running import StoreAway
from nb2pkg.ports.scheduling import JobState
from nb2pkg.problems import EnvironmentFailure
from nb2pkg.scheduling import (
    BadExpression,
    Fate,
    Notify,
    Origin,
    next_fire,
    read_expression,
    zone_named,
)
from nb2pkg.workflows.status_page import Answer, StatusSite, StatusSource
from nb2pkg.workflows.status_page_day import day
from nb2pkg.workflows.status_page_state import condition, freshness, lateness
from nb2pkg.workflows.status_page_style import STATUS_STYLE, STATUS_STYLE_DIGEST
from nb2pkg.workflows.status_page_times import from_now, span, time_of, told
from nb2pkg.workflows.status_page_words import in_words, told_to
from tests.browser.run_pages import BEGAN, run, step
from tests.browser.status_pages import (
    DAY,
    HOUR,
    NOW,
    RUN_OF_HOSTILE,
    churn,
    daemon,
    hostile_source,
    job,
    nobody,
    source,
    state,
    tick,
    timing,
    usual,
)
from tests.browser.xss_payloads import PAYLOADS
from tests.unit.workflows.strict_page import StrictPage

_RUN = "20260304-020000-7f3a"
_MARCH = datetime(2026, 3, 4, tzinfo=timezone.utc)
_TAGS = {
    "meta", "link", "br",
    "html", "head", "title", "style", "body", "main", "nav", "footer", "h1", "h2", "p", "strong", "b", "span", "code",
    "pre", "a", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tfoot", "tr", "th", "td", "div", "time",
    "svg", "g", "text", "defs", "pattern", "line", "rect", "details", "summary",
}  # fmt: skip
_NEVER = {"style", "srcset", "srcdoc", "ping", "action", "background", "src", "xlink", "formaction"}


class Page(StrictPage):
    """A page of the site."""

    def __init__(self, text: str) -> None:
        self.titles: list[str] = []
        self.reloads = False
        super().__init__(text)

    def check(self, tag: str, given: dict[str, str]) -> None:
        """Only links to other pages of the site, and nothing that loads anything."""
        assert tag in _TAGS, tag
        assert not _NEVER & given.keys()
        if "href" in given:
            parts = urlsplit(given["href"])
            is_icon = (tag, given["href"]) == ("link", "data:,")
            assert is_icon or (tag == "a" and not parts.scheme and not parts.netloc)
            assert is_icon or not parts.path.startswith("/")
            if not is_icon:
                self.links.append(given["href"])
        self.titles += [given[name] for name in ("title", "aria-label") if name in given]
        self.reloads |= given.get("http-equiv") == "refresh"


def ask(of: StatusSource, path: str = "/", **query: str) -> Answer:
    """What stands at an address."""
    return StatusSite(of).answer(path, query)


def page(of: StatusSource, path: str = "/", **query: str) -> Page:
    """The page at an address."""
    answer = ask(of, path, **query)
    assert answer.status == 200, path
    assert STATUS_STYLE in answer.body and STATUS_STYLE_DIGEST in answer.policy
    return Page(answer.body)


def one(of: JobState, **others: Any) -> StatusSource:
    """The records of one schedule, which somebody runs."""
    return source([of], [daemon()], **others)


# -- the overview


def test_each_schedule_is_told_in_a_row() -> None:
    said = page(usual()).said

    assert "churn churn/pipeline.yaml daily at 03:00 Europe/Stockholm in 20 h 34 m" in said
    assert "Thu 2026-03-05 03:00 CET" in said
    assert "fx fx/pipeline.yaml weekdays at 18:00 Asia/Tokyo in 3 h 34 m Wed 2026-03-04 18:00 JST" in said  # fmt: skip
    assert "‖ paused" in said and "not while it is paused" in said
    assert "7 schedules: 1 last failed, 1 running, 3 fine, 1 no run yet, 1 paused." in said


def test_who_points_at_a_time_is_told_it_in_utc() -> None:
    assert "2026-03-05 02:00:00 UTC" in page(usual()).titles


def test_every_mark_says_in_words_what_became() -> None:
    found = page(one(churn()))

    assert (
        "failed, due Tue 2026-03-03 03:00 CET; took 2 m 51 s; "
        "train failed: ValueError in cell 3: Input X contains NaN" in found.titles
    )
    for fate in ("succeeded", "missed", "crashed", "cancelled", "skipped"):
        assert any(title.startswith(f"{fate}, due ") for title in found.titles), fate
    for mark in "✓✗!■–?":
        assert mark in found.said


def test_a_mark_leads_to_its_run() -> None:
    links = page(one(churn())).links

    assert f"runs/{_RUN}" in links and "runs/20260302-020203-5e77" in links


def test_a_daemon_is_told() -> None:
    said = page(usual()).said

    assert "A daemon runs." in said and "on vega, process 4711" in said
    assert "last heard of 2 s ago" in said


@pytest.mark.parametrize("of", [nobody(), source(), source([churn()])])
def test_without_a_daemon_it_says_so_and_what_to_do(of: StatusSource) -> None:
    said = page(of).said

    assert "No daemon runs: nothing begins by itself." in said
    assert "nb2pkg schedule install" in said


def test_a_daemon_that_is_not_heard_of_runs_nothing() -> None:
    said = page(nobody()).said

    assert "A daemon is not heard of." in said and "last heard of 15 m ago" in said
    assert "due 3 h 25 m ago, and not begun" in said
    assert "stale: succeeded 1 d 3 h ago" in said


def test_of_several_owners_those_without_a_daemon_are_named() -> None:
    bobs = state(job("b", owner="bob"))

    said = page(source([churn(), bobs], [daemon()])).said

    assert "No daemon runs for bob: nothing begins by itself." in said
    assert "A daemon runs." in said


def test_it_loads_itself_again_unless_it_is_asked_not_to() -> None:
    assert page(usual()).reloads and "?reload=no" in page(usual()).links
    assert not page(usual(), reload="no").reloads


# -- how a schedule stands


def _last(*ticks: Any, **others: Any) -> JobState:
    return state(job("a", **others), *ticks)


STANDS: dict[str, tuple[JobState, str, str]] = {
    "new": (_last(created_at=NOW - 60), "no run yet", "no success yet"),
    "good": (_last(tick(BEGAN)), "fine", "succeeded 3 h 25 m ago"),
    "running": (_last(tick(NOW - 30, Fate.RUNNING), tick(BEGAN)), "running", "succeeded 3 h 25 m ago"),
    "failed": (_last(tick(BEGAN, Fate.FAILED), tick(BEGAN - DAY)), "last failed", "stale: succeeded 1 d 3 h ago"),
    "missed": (_last(tick(BEGAN, Fate.MISSED), tick(BEGAN - DAY)), "last missed", "stale: succeeded 1 d 3 h ago"),
    "cancelled": (_last(tick(BEGAN - 60, Fate.CANCELLED), tick(BEGAN)), "last cancelled", "succeeded 3 h 25 m ago"),
    "stale": (_last(tick(BEGAN - 3 * DAY)), "stale", "stale: succeeded 3 d 3 h ago"),
    "never": (_last(tick(BEGAN, Fate.CRASHED)), "last crashed", "stale: no success yet"),
    "paused": (state(job("a"), tick(BEGAN - 3 * DAY), is_paused=True), "paused", "succeeded 3 d 3 h ago"),
    "no zone": (_last(tick(BEGAN), timing=timing("0 3 * * *", "Mars/Base")), "fine", "not known"),
}  # fmt: skip


@pytest.mark.parametrize(("of", "word", "fresh"), STANDS.values(), ids=STANDS)
def test_a_schedule_stands_so(of: JobState, word: str, fresh: str) -> None:
    assert condition(of, NOW).words == word
    assert freshness(of, NOW).words == fresh


LATE: dict[str, tuple[JobState, bool, str | None]] = {
    "in time": (_last(tick(BEGAN)), True, "began in time"),
    "a little": (_last(tick(BEGAN, not_before=BEGAN - 20)), True, "began 20 s late"),
    "late": (_last(tick(BEGAN, not_before=BEGAN - 600)), True, "began 10 m late"),
    "by jitter": (_last(tick(BEGAN, not_before=BEGAN + 60)), True, "began in time"),
    "made up": (_last(tick(BEGAN, not_before=BEGAN - HOUR, origin=Origin.MADE_UP)), True, "made up for, 1 h late"),
    "waits": (_last(tick(NOW - 600, Fate.WAITING), tick(BEGAN)), True, "has waited for 10 m"),
    "never": (_last(), True, None),
    "overdue": (_last(tick(BEGAN - DAY)), False, "due 3 h 25 m ago, and not begun"),
    "paused": (state(job("a"), tick(BEGAN - DAY), is_paused=True), False, "began in time"),
    "missed till": (_last(tick(BEGAN - 9 * DAY, Fate.MISSED, until=BEGAN)), False, None),
}  # fmt: skip


@pytest.mark.parametrize(("of", "has_daemon", "said"), LATE.values(), ids=LATE)
def test_a_schedule_is_late_so(of: JobState, has_daemon: bool, said: str | None) -> None:
    found = lateness(of, NOW, has_daemon=has_daemon)

    assert (found and found.words) == said


# -- one schedule


def test_a_schedule_is_told_as_a_whole() -> None:
    said = page(one(churn()), "/schedules/churn").said

    for words in (
        "runs daily at 03:00",
        "cron 0 3 * * *",
        "target /home/ada/churn/pipeline.yaml",
        "overlap waits for the run before to end",
        "missed times the latest of them is made up for",
        "retries up to 2 times",
        "jitter begins up to 1 m 30 s later, by chance",
        "grace missed if it cannot begin within 2 h",
        "steps at once 2",
        "timeout 1 h",
        'region "EU"',
    ):
        assert words in said, words


def test_nobody_reads_what_a_notice_needs_to_be_given() -> None:
    body = ask(one(churn()), "/schedules/churn").body

    assert "the program /home/ada/bin/page-me, a webhook at hooks.example.org, ada@example.org" in body  # fmt: skip
    assert "s3cret" not in body and "very-secret" not in body


def test_its_next_times_are_told_on_the_clocks_of_its_zone() -> None:
    of = state(job("spring", "30 2 * * *"))
    at = NOW + 22 * DAY  # 2026-03-26; the clocks go forward on the 29th

    said = page(replace(one(of), now=lambda: at), "/schedules/spring").said

    assert "Sat 2026-03-28 02:30 CET" in said
    assert "Sun 2026-03-29 03:00 CEST" in said or "Sun 2026-03-29 03:30 CEST" in said
    assert said.count("02:30 CE") >= 8


def test_what_became_of_each_time_is_told() -> None:
    found = page(one(churn()), "/schedules/churn")

    assert "Tue 2026-03-03 03:00 CET ✗ failed in time 2 m 51 s train failed: ValueError in cell 3: Input X contains NaN 20260303-020000-11ab" in found.said  # fmt: skip
    assert "made up for" in found.said
    assert "✗ 20260302-020003-0c1d ✓ 20260302-020203-5e77" in found.said
    assert "../runs/20260302-020003-0c1d" in found.links


def test_missed_times_may_stand_for_many() -> None:
    away = tick(BEGAN - 5 * DAY, Fate.MISSED, count=1200, until=BEGAN - DAY, why="1,200 in all")

    said = page(one(_last(away)), "/schedules/a").said

    assert "1,200 times, Fri 2026-02-27 03:00 CET to Tue 2026-03-03 03:00 CET" in said


def test_earlier_ones_are_on_pages_of_their_own() -> None:
    ticks = [tick(BEGAN - n * DAY) for n in range(120)]
    of = state(job("a b"), *ticks[:20])
    records = one(of, ticks={of.job.id: ticks})
    seen: list[str] = []
    path, query = "/schedules/a%20b", ""
    for _ in range(3):
        given = dict([query.split("=")]) if query else {}
        found = page(records, path, **given)
        seen += [link for link in found.links if link.startswith("../runs/")]
        more = [link for link in found.links if link.startswith("?before=")]
        query = more[0].removeprefix("?").partition("#")[0] if more else ""

    assert seen == [f"../runs/run-{one.due:.0f}" for one in ticks]
    assert query == "" and "../schedules/a%20b#history" in found.links


@pytest.mark.parametrize("before", ["", "x", "nan", "inf", "1e99", "-5"])
def test_a_moment_that_is_none_harms_nobody(before: str) -> None:
    assert ask(one(churn()), "/schedules/churn", before=before).status == 200


def test_the_last_day_is_drawn() -> None:
    drawn = day(usual().ticks("id-of-ingest", 500, None), zone_named("Europe/Stockholm"), NOW)

    assert 'aria-label="the last 24 hours: 73 due times: 1 running, 60 succeeded, 3 failed, 1 skipped, 8 missed"' in drawn  # fmt: skip
    assert drawn.count('class="try bad"') == 3 and drawn.count('class="try live"') == 1
    for clock in ("09:00", "18:00", "00:00"):
        assert f">{clock}</text>" in drawn


def test_runs_at_the_same_time_are_drawn_below_one_another() -> None:
    ticks = [tick(NOW - n * HOUR, seconds=10 * HOUR) for n in range(1, 20)]

    drawn = day(ticks, timezone.utc, NOW)

    rows = set(re.findall(r'class="try good" x="[^"]+" y="(\d+)"', drawn))
    assert len(rows) == 6
    Page(f"{drawn}")


def test_the_shortest_run_can_be_seen() -> None:
    drawn = day([tick(NOW - 60, seconds=0.0)], timezone.utc, NOW)

    [width] = re.findall(r'class="try good" x="[^"]+" y="\d+" width="([^"]+)%"', drawn)
    assert float(width) > 0


def test_an_empty_day_is_told() -> None:
    assert "Nothing was due." in day([], timezone.utc, NOW)


# -- runs and logs


def test_a_run_is_told_with_the_way_to_its_logs_and_report() -> None:
    found = page(usual(), "/runs/20260303-020000-11ab")

    assert "The run failed." in found.said and "train failed in cell 3 of 4" in found.said
    assert "Due Wed 2026-03-04 03:00 CET by the schedule churn, began in time." in found.said
    assert "../runs/20260303-020000-11ab/report" in found.links
    assert "../runs/20260303-020000-11ab/logs/train" in found.links
    assert "../schedules/churn" in found.links


def test_a_run_that_goes_on_is_loaded_again() -> None:
    assert page(usual(), "/runs/20260304-052300-90aa").reloads
    assert not page(usual(), "/runs/20260304-052300-90aa", reload="no").reloads
    assert not page(usual(), f"/runs/{_RUN}").reloads


def test_a_run_that_no_schedule_began_is_told_too() -> None:
    said = page(source(runs=[run(step("a"))]), f"/runs/{_RUN}").said

    assert "The run succeeded." in said and "Due" not in said


def test_a_log_is_told_as_it_was_printed() -> None:
    said = page(usual(), f"/runs/{_RUN}/logs/train").said

    assert "100%|██████████| warning: lbfgs failed to converge" in said and "50%" not in said
    text = ask(usual(), f"/runs/{_RUN}/logs/train", **{"as": "text"})
    assert text.content_type.startswith("text/plain") and "\x1b[33m" in text.body


@pytest.mark.parametrize("line", ["x" * 79 + "\n", "x" * 80], ids=["lines", "one line"])
def test_a_long_log_is_there_as_a_whole(line: str) -> None:
    log = (line * 3_750)[:300_000]
    records = source(runs=[run(step("a"))], logs={(_RUN, "a"): log})

    body = ask(records, f"/runs/{_RUN}/logs/a").body

    assert body.count("x") - body.replace(log.rstrip(), "").count("x") >= log.count("x") - 10
    assert "left out" not in body


def test_the_end_of_a_longer_log_says_so() -> None:
    records = source(runs=[run(step("a"))], logs={(_RUN, "a"): "é" * 250_000})

    assert "Only its last 500,000 bytes are shown." in page(records, f"/runs/{_RUN}/logs/a").said


# -- addresses


def _every_page(of: StatusSource) -> dict[str, Page]:
    """All pages that can be reached from the first one by its links, mounted below another path."""
    mounted = "http://x/user/ada/nb2pkg/"
    found: dict[str, Page] = {}
    left = [mounted]
    while left:
        address = left.pop()
        parts = urlsplit(address)
        plain = address.partition("#")[0]
        if plain in found or parts.path.endswith("/report"):
            continue
        path = parts.path.removeprefix("/user/ada/nb2pkg")
        assert address.startswith(mounted) and path.startswith("/"), address
        query = dict(part.partition("=")[::2] for part in parts.query.split("&") if part)
        answer = ask(of, path, **query)
        if answer.status == 404 and path.startswith("/runs/"):
            continue  # these records have few of the runs that they name
        assert answer.status == 200, address
        if "html" not in answer.content_type:
            continue
        found[plain] = Page(answer.body)
        left += [urljoin(address, link) for link in found[plain].links]
    return found


def test_every_link_stays_where_the_pages_are_mounted() -> None:
    paths = {urlsplit(address).path for address in _every_page(usual())}

    below = {path.removeprefix("/user/ada/nb2pkg") for path in paths}
    assert {"/", "/schedules/churn", "/schedules/ingest", f"/runs/{_RUN}"} <= below
    assert f"/runs/{_RUN}/logs/train" in below


@pytest.mark.parametrize(
    "name", ["a b", "a/b", "..", ".", "a%2Fb", "?x=1", "#x", "é ü", "a\\b", "a:b", "a\nb", ":", "//x"]
)  # fmt: skip
def test_a_schedule_of_any_name_can_be_reached(name: str) -> None:
    of = one(state(job(name, id="0123abcd")))

    [link] = [link for link in page(of).links if link.startswith("schedules/")]

    address = urljoin("http://x/", link)
    assert address.startswith("http://x/schedules/")
    path = urlsplit(address).path
    assert "id 0123abcd" in page(of, path).said
    assert urljoin(address, "../") == "http://x/"


def test_namesakes_are_reached_by_their_ids() -> None:
    states = [state(job("a", id="one")), state(job("a", id="two", owner="bob"))]
    of = source(states, [daemon()])

    assert {"schedules/one", "schedules/two"} <= set(page(of).links)
    assert ask(of, "/schedules/a").status == 404
    assert "owner bob" in page(of, "/schedules/two").said


def test_what_is_no_id_of_a_run_reaches_no_record() -> None:
    def fail(*_: object) -> None:
        raise AssertionError("it was asked for")

    of = replace(usual(), run=fail, log=fail, report=fail)
    for run_id in ("..", ".", "a.b", "%2e%2e", "a%2Fb", "", "-x", "x" * 200, "é"):
        assert ask(of, f"/runs/{run_id}").status == 404
        assert ask(of, f"/runs/{run_id}/report").status == 404


def test_a_record_that_is_another_one_is_not_shown() -> None:
    of = replace(usual(), run=lambda _: run(step("a")))

    assert ask(of, "/runs/last").status == 404


# -- health


@pytest.mark.parametrize(
    ("of", "status", "reason"),
    [
        (usual(), 200, None),
        (source(), 200, None),
        (nobody(), 503, "no daemon runs for ada"),
        (source([state(job("a"), is_paused=True)]), 200, None),
    ],
    ids=["daemon", "nothing", "no daemon", "all paused"],
)
def test_it_is_well_where_somebody_runs_what_is_due(
    of: StatusSource, status: int, reason: str | None
) -> None:
    answer = ask(of, "/healthz")

    assert answer.status == status
    assert json.loads(answer.body).get("reason") == reason


@pytest.mark.parametrize("error", [EnvironmentFailure("NB510", "<b>gone"), StoreAway("<b>gone")])
def test_records_that_are_away_are_told(error: Exception) -> None:
    def fail() -> tuple[()]:
        raise error

    for path in ("/", "/schedules/churn", "/healthz", "/metrics"):
        answer = ask(replace(usual(), jobs=fail), path)
        assert answer.status == 503
        assert "<b>gone" in Page(answer.body).said


# -- what others have written


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_whatever_anybody_wrote_stands_there_as_text(payload: str) -> None:
    of = hostile_source(payload)
    whole = payload.encode("utf-8", "replace").decode()
    paths = ["/", "/schedules/plain", f"/runs/{RUN_OF_HOSTILE}"]
    if whole == payload:
        step = quote(payload, safe="")
        paths += [f"/schedules/{quote(f'id {payload}', safe='')}", f"/runs/{RUN_OF_HOSTILE}/logs/{step}"]  # fmt: skip

    pages = [page(of, path) for path in paths]

    plain = " ".join(re.sub(r"[^!-~]+", " ", payload).split())[:30]
    for found in pages:
        shown = " ".join(re.sub(r"[^!-~]+", " ", found.said).split())
        assert plain in shown or "\x1b" in payload


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_trouble_is_told_as_text(payload: str) -> None:
    site = StatusSite(source())
    quoted = quote(payload, safe="/", errors="replace")

    Page(site.trouble(503, f"/{quoted}", payload).body)
    assert site.answer(f"/{payload}", {payload: payload}).status == 404


def test_huge_texts_are_cut() -> None:
    body = ask(hostile_source("<b>" * 300_000)).body

    assert len(body) < 500_000
    Page(body)


def test_many_schedules_and_ticks_are_told_in_time() -> None:
    ticks = tuple(tick(NOW - n * 60, seconds=20) for n in range(20))
    states = [state(job(f"s{n}", "* * * * *"), *ticks) for n in range(1_500)]

    said = page(source(states, [daemon()])).said

    assert "1,500 schedules" in said and "500 more schedules not shown." in said


# -- words


WORDS: dict[str, str | None] = {
    "* * * * *": "every minute",
    "*/15 * * * *": "every 15 minutes",
    "0 * * * *": "every hour",
    "5,35 * * * *": "every hour, 05 and 35 past",
    "0 */2 * * *": "every 2 hours",
    "30 7 * * *": "daily at 07:30",
    "0 6,18 * * *": "daily at 06:00 and 18:00",
    "30 7 * * 1-5": "weekdays at 07:30",
    "0 0 * * 0,6": "weekends at 00:00",
    "0 8 * * 1": "Mondays at 08:00",
    "0 8 * * 1,4": "Mondays and Thursdays at 08:00",
    "0 6 1 * *": "monthly at 06:00",
    "0 6 1,15 * *": "on day 1 and 15 of the month at 06:00",
    "0 6 1 1,7 *": "on day 1 of the month in January and July at 06:00",
    "*/10 * * * 1-5": "every 10 minutes, weekdays",
    # With no star in either day field, one of them is enough.
    "0 6 13 * 5": None,
    "0 6 1-31 * 5": "daily at 06:00",
    "0 6 1 * 0-6": "daily at 06:00",
    "*/7 * * * *": None,
    "3 1-5 * * *": None,
}


@pytest.mark.parametrize(("cron", "words"), WORDS.items())
def test_times_are_told_in_words_where_a_few_will_do(cron: str, words: str | None) -> None:
    assert in_words(read_expression(cron)) == words


@pytest.mark.parametrize("cron", [cron for cron, words in WORDS.items() if words])
def test_words_that_can_be_read_mean_the_same(cron: str) -> None:
    """All that nb2pkg itself would take as the times of a schedule."""
    expression = read_expression(cron)
    words = in_words(expression)
    assert words is not None
    try:
        read = read_expression(words)
    except BadExpression:
        return

    moments = [next_fire(one, timezone.utc, _MARCH) for one in (read, expression)]
    assert moments[0] == moments[1]
    assert (read.minutes, read.hours) == (expression.minutes, expression.hours)


@pytest.mark.parametrize(
    ("notify", "words"),
    [
        (Notify(), "nobody"),
        (Notify(webhook="$HOOK"), "the webhook in $HOOK"),
        (Notify(webhook="https://h.example/T?x=secret"), "a webhook at h.example"),
        (Notify(webhook="https://h.example?x=secret"), "a webhook at h.example"),
        (Notify(webhook="https://ada:secret@h.example"), "a webhook"),
        (Notify(webhook="odd secret"), "a webhook"),
        (Notify(command=("p", "secret"), emails=("a@b.c", "d@e.f")), "the program p, a@b.c, d@e.f"),
    ],
)
def test_who_is_told_is_told_without_secrets(notify: Notify, words: str) -> None:
    assert told_to(notify) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 s"), (0.42, "0.4 s"), (3.0, "3 s"), (59.4, "59 s"), (59.6, "1 m"), (200.0, "3 m 20 s"),
        (3600.0, "1 h"), (7500.0, "2 h 5 m"), (86_400.0, "1 d"), (273_600.0, "3 d 4 h"), (1e12, "–"),
        (float("nan"), "–"),
    ],
)  # fmt: skip
def test_durations_are_told_roughly(seconds: float, words: str) -> None:
    assert span(seconds) == words


@pytest.mark.parametrize(
    ("far", "words"),
    [(0.3, "now"), (-0.3, "now"), (90.0, "in 1 m 30 s"), (-7200.0, "2 h ago")],
)
def test_how_far_a_moment_is(far: float, words: str) -> None:
    assert from_now(NOW + far, NOW) == words


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Stockholm", "Wed 2026-03-04 06:25:45 CET"),
        ("America/Sao_Paulo", "Wed 2026-03-04 02:25:45 UTC-03"),
        ("UTC", "Wed 2026-03-04 05:25:45 UTC"),
    ],
)
def test_moments_are_told_on_the_clocks_of_a_zone(zone: str, words: str) -> None:
    assert told(NOW, zone_named(zone)) == words


@pytest.mark.parametrize("tell", [told, time_of])
def test_a_moment_that_nobody_can_show_is_told_as_none(tell: Callable[..., str]) -> None:
    for odd in (None, float("nan"), float("inf"), 1e18, -1e18):
        assert tell(odd, timezone.utc) == "–"
