"""When a pipeline is to run by itself, and what is wrong where it says so."""

from __future__ import annotations

import time

import pytest

from nb2pkg.pipeline.pipeline import Schedule
from nb2pkg.pipeline.reading import read_pipeline
from nb2pkg.problems import BadPipeline, Diagnostic
from nb2pkg.scheduling import CatchUpPolicy, Notify, OverlapPolicy, Timing, read_expression
from nb2pkg.scheduling.notify import NOBODY

TIMES = "cron: 0 2 * * *, timezone: UTC"


def doc(schedules: str, parameters: str = "{}") -> str:
    return f"parameters: {parameters}\nsteps: {{}}\nschedule: {schedules}\n"


def one(entry: str, parameters: str = "{}") -> str:
    return doc(f"{{nightly: {{{entry}}}}}", parameters)


def schedule(entry: str, parameters: str = "{}") -> Schedule:
    [read] = read_pipeline(one(entry, parameters).encode()).schedules
    return read


def problems(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(BadPipeline) as stop:
        read_pipeline(text.encode())
    return stop.value.diagnostics


def test_a_schedule_has_times_and_a_zone() -> None:
    assert schedule("cron: weekdays at 7:30, timezone: Europe/Stockholm") == Schedule(
        name="nightly",
        timing=Timing(
            cron="weekdays at 7:30",
            expression=read_expression("30 7 * * 1-5"),
            timezone="Europe/Stockholm",
            overlap=OverlapPolicy.SKIP,
            catch_up=CatchUpPolicy.LATEST,
        ),
        line=3,
    )


def test_it_says_what_its_runs_are_like() -> None:
    entry = "overlap: cancel-old, catch_up: none, retries: 2, jitter: 5m, grace: 1h 30m, parameters: {rate: 1}"

    read = schedule(f"{TIMES}, {entry}", parameters="{rate: {type: float}}")

    assert (read.timing.overlap, read.timing.catch_up) == (
        OverlapPolicy.CANCEL_OLD,
        CatchUpPolicy.NONE,
    )
    assert (read.timing.retries, read.timing.jitter_seconds, read.timing.grace_seconds) == (
        2,
        300.0,
        5400.0,
    )
    assert [(name, type(value)) for name, value in read.parameters.items()] == [("rate", float)]


def test_it_says_who_is_told() -> None:
    listed = schedule(
        f"{TIMES}, notify: {{command: [tell, a b], webhook: $HOOK, email: [a@b.c, d@e.f]}}"
    )
    single = schedule(
        f"{TIMES}, notify: {{command: tell 'a b', webhook: 'https://b.c/d', email: a@b.c}}"
    )

    assert listed.notify == Notify(
        command=("tell", "a b"), webhook="$HOOK", emails=("a@b.c", "d@e.f")
    )
    assert single.notify == Notify(
        command=("tell", "a b"), webhook="https://b.c/d", emails=("a@b.c",)
    )


@pytest.mark.parametrize("entry", ["", ", notify: null", ", notify: {}", ", notify: {email: []}"])
def test_by_itself_nobody_is_told(entry: str) -> None:
    assert schedule(TIMES + entry).notify == NOBODY


def test_schedules_stand_in_the_order_of_the_text() -> None:
    text = doc(f"{{b: {{{TIMES}}}, a-1: {{{TIMES}}}, 2024: {{{TIMES}}}}}")

    assert [one.name for one in read_pipeline(text.encode()).schedules] == ["b", "a-1", "2024"]


BAD = {
    "list": (doc("[x]"), "NB309", "'schedule' must be a mapping", "[x"),
    "text": (doc("{nightly: 0 2 * * *}"), "NB309", "schedule 'nightly' must be a mapping", "0"),
    "name": (doc(f'{{"a/b": {{{TIMES}}}}}'), "NB309", "'a/b' cannot be a schedule's name", '"a/b"'),
    "name that a terminal obeys": (doc(f'{{"\\e[2J": {{{TIMES}}}}}'), "NB309", "cannot be a schedule's name", '"\\e'),
    "key": (one(f"{TIMES}, time_zone: UTC"), "NB309", "unknown key 'time_zone' in schedule 'nightly'", "time_zone"),
    "no times": (one("timezone: UTC"), "NB309", "schedule 'nightly' has no 'cron'", "nightly"),
    "no zone": (one("cron: 0 2 * * *"), "NB307", "schedule 'nightly' has no 'timezone'", "nightly"),
    "number as times": (one("cron: 5, timezone: UTC"), "NB306", "'cron' must be a text", "5,"),
    "list as times": (one("cron: [0, 2], timezone: UTC"), "NB306", "'cron' must be a text", "[0"),
    "nothing as times": (one("cron: , timezone: UTC"), "NB306", "'cron' must be a text", ","),
    "number as a zone": (one("cron: 0 2 * * *, timezone: 1"), "NB307", "'timezone' must be a text", "1}"),
    "nothing as a zone": (one("cron: 0 2 * * *, timezone: "), "NB307", "'timezone' must be a text", "}"),
    "empty zone": (one("cron: 0 2 * * *, timezone: ''"), "NB307", "the time zone is empty", "'"),
    "zone": (one("cron: 0 2 * * *, timezone: Mars/Base"), "NB307", "there is no time zone 'Mars/Base'", "Mars/Base"),
    "quoted zone": (one('cron: 0 2 * * *, timezone: "Mars/Base"'), "NB307", "there is no time zone", "Mars/Base"),
    "hour": (one("cron: 0 25 * * *, timezone: UTC"), "NB306", "hour 25 is out of range 0–23", "25"),
    "quoted": (one("cron: '0 0 31 2 *', timezone: UTC"), "NB306", "never fires: no February has a day 31", "31"),
    "in double quotes": (one('cron: "*/5 */0 * * *", timezone: UTC'), "NB306", "*/0: a step must be", "*/0"),
    "escaped before": (one('cron: "\\t61 * * * *", timezone: UTC'), "NB306", "minute 61 is out", '"\\t61'),
    "line break": (one('cron: "0 0 * * *\\n1", timezone: UTC'), "NB306", "there is a line break in it", '\\n1"'),
    "folded": ("steps: {}\nschedule:\n  n:\n    timezone: UTC\n    cron: >-\n      0 25\n      * * *\n", "NB306",
               "hour 25 is out", ">-"),
    "on two lines": ("steps: {}\nschedule:\n  n:\n    timezone: UTC\n    cron: 0 2\n      32 * *\n", "NB306",
                     "day 32 is out", "0 2"),
    "words": (one("cron: daily at 24:00, timezone: UTC"), "NB306", "hour 24 is out of range 0–23", "24:00"),
    "alias": (one("cron: '@reboot', timezone: UTC"), "NB306", "'@reboot' says no time", "@reboot"),
    "overlap": (one(f"{TIMES}, overlap: wait"), "NB309", "'overlap' must be skip, queue, allow or cancel-old", "wait"),
    "overlap nothing": (one(f"{TIMES}, overlap: null"), "NB309", "'overlap' must be skip", "null"),
    "catch up": (one(f"{TIMES}, catch_up: [all]"), "NB309", "'catch_up' must be latest, all or none", "[all"),
    "retries": (one(f"{TIMES}, retries: -1"), "NB305", "'retries' must be a whole number from 0 to 100", "-1"),
    "jitter": (one(f"{TIMES}, jitter: soon"), "NB305", "'jitter' must be a time above 0", "soon"),
    "grace": (one(f"{TIMES}, grace: -5m"), "NB305", "'grace' must be a time above 0", "-5m"),
    "parameters a list": (one(f"{TIMES}, parameters: [a]"), "NB309",
                          "the parameters of schedule 'nightly' must be a mapping", "[a"),
    "unknown parameter": (one(f"{TIMES}, parameters: {{siez: 1}}", "{size: 1}"), "NB304",
                          "schedule 'nightly': the pipeline has no parameter 'siez'", "siez"),
    "parameter of another type": (one(f"{TIMES}, parameters: {{size: 1.5}}", "{size: 1}"), "NB304",
                                  "schedule 'nightly': 'size' is no int but a float", "1.5"),
    "parameter beside the choices": (one(f"{TIMES}, parameters: {{r: west}}", "{r: {choices: [north]}}"), "NB304",
                                     "schedule 'nightly': 'r' is not one of north", "west"),
    "notify": (one(f"{TIMES}, notify: ada@example.org"), "NB309", "'notify' of schedule 'nightly' must be a mapping", "ada"),
    "notify a list": (one(f"{TIMES}, notify: [a]"), "NB309", "'notify' of schedule 'nightly' must be a mapping", "[a"),
    "notify by mail": (one(f"{TIMES}, notify: {{mail: a@b.c}}"), "NB309",
                       "unknown key 'mail' in 'notify' of schedule 'nightly'", "mail"),
    "command a mapping": (one(f"{TIMES}, notify: {{command: {{a: b}}}}"), "NB309", "'command' must be a list", "{a"),
    "word of a command": (one(f"{TIMES}, notify: {{command: [tell, {{a: b}}]}}"), "NB309", "'command' must be a text", "{a"),
    "empty command": (one(f"{TIMES}, notify: {{command: ' '}}"), "NB309", "schedule 'nightly': the command is empty", " '"),
    "command as no shell reads it": (one(f'{TIMES}, notify: {{command: "tell \'it"}}'), "NB309",
                                     "No closing quotation", "tell 'it"),
    "webhook": (one(f"{TIMES}, notify: {{webhook: example.org/x}}"), "NB309",
                "schedule 'nightly': a webhook is an address such as https://HOST/PATH", "example.org/x"),
    "webhook of no variable": (one(f"{TIMES}, notify: {{webhook: $1}}"), "NB309",
                               "'$1' is not the name of an environment variable", "$1"),
    "webhooks": (one(f"{TIMES}, notify: {{webhook: [$A, $B]}}"), "NB309", "there is more than one webhook", "$B"),
    "email": (one(f"{TIMES}, notify: {{command: tell, email: [a@b.c, nobody, d@e.f]}}"), "NB309",
              "schedule 'nightly': 'nobody' is no e-mail address", "nobody"),
    "email with a line break": (one(f'{TIMES}, notify: {{email: "a@b.c\\nBcc: d"}}'), "NB309",
                                "'email' has characters in it", '"a@b.c'),
    "nothing as an email": (one(f"{TIMES}, notify: {{email: [a@b.c, null]}}"), "NB309", "'email' must be a text", "null"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "code", "message", "at"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_said_where_it_stands(text: str, code: str, message: str, at: str) -> None:
    [found] = problems(text)

    assert found.code == code
    assert message in found.message
    assert (found.location.source_line or "")[found.location.column :].startswith(at)
    assert found.message.isprintable()


def test_the_part_at_fault_is_marked() -> None:
    [found] = problems(one('cron: "*/5 8-27/2 * * *", timezone: UTC'))

    line, at = found.location.source_line or "", found.location
    assert line[at.column : at.end_column] == "27"


def test_all_of_an_address_is_marked() -> None:
    [found] = problems(one(f"{TIMES}, notify: {{email: [a@b.c, nobody]}}"))

    line, at = found.location.source_line or "", found.location
    assert line[at.column : at.end_column] == "nobody"


def test_each_who_cannot_be_told_is_said() -> None:
    entry = f"{TIMES}, notify: {{webhook: ftp, command: ' ', email: [x, a@b.c, y]}}"

    found = problems(one(entry))

    assert [problem.code for problem in found] == ["NB309"] * 4


def test_no_mark_leaves_its_line() -> None:
    [found] = problems("steps: {}\nschedule: {n: {timezone: UTC, cron: every\n  so often}}\n")

    assert found.location.end_column == len(found.location.source_line or "")


HINTS = {
    "key": (one(f"{TIMES}, timezones: UTC"), "did you mean 'timezone'?"),
    "no zone": (one("cron: 0 2 * * *"), "write timezone: Europe/Stockholm, say, or timezone: UTC"),
    "zone": (one("cron: 0 2 * * *, timezone: Europe/Stokholm"), "did you mean 'Europe/Stockholm'?"),
    "notify": (one(f"{TIMES}, notify: {{emial: a@b.c}}"), "did you mean 'email'?"),
    "words": (one("cron: weekday at 7:30, timezone: UTC"), "did you mean 'weekdays at 07:30'?"),
    "parameter": (
        one(f"{TIMES}, parameters: {{siez: 1}}", "{size: 1}"),
        "did you mean 'size'?",
    ),
}


@pytest.mark.parametrize(("text", "hint"), HINTS.values(), ids=HINTS)
def test_what_may_be_meant_is_said(text: str, hint: str) -> None:
    assert [problem.hint for problem in problems(text)] == [hint]


def test_all_that_is_wrong_is_said_at_once() -> None:
    found = problems(doc("{a: {cron: 61 * * * *}, b: {timezone: Mars/Base, overlap: x}}"))

    assert sorted(problem.code for problem in found) == [
        "NB306", "NB307", "NB307", "NB309", "NB309",
    ]  # fmt: skip


def test_a_value_that_is_secret_is_not_shown() -> None:
    [found] = problems(one(f"{TIMES}, parameters: {{api_key: hush}}", "{api_key: {type: int}}"))

    assert "hush" not in found.message


@pytest.mark.parametrize(
    "entry",
    ["cron: 61 * * * *, timezone: UTC", "cron: 0 2 * * *, timezone: Mars/Base", TIMES],
    ids=["times", "zone", "good"],
)
def test_many_schedules_are_read_soon(entry: str) -> None:
    text = "steps: {}\nschedule:\n" + "".join(f"  s{n}: {{{entry}}}\n" for n in range(10_000))
    begun = time.process_time()

    try:
        assert len(read_pipeline(text.encode()).schedules) == 10_000
    except BadPipeline as stop:
        assert len(stop.diagnostics) == 100
    assert time.process_time() - begun < 10
