"""What a daemon tells of itself, Prometheus understands."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from nb2pkg.scheduling import Fate
from nb2pkg.workflows.daemon_health import Family, Health, metrics_text, prometheus_text, why_unwell
from nb2pkg.workflows.status_page_metrics import status_metrics
from tests.browser.status_pages import NOW, churn, daemon, hostile_source, job, state, usual

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def _read(text: str) -> Samples:
    """All samples, as Prometheus's own parser reads them; none may come twice."""
    found = [
        ((sample.name, tuple(sorted(sample.labels.items()))), float(sample.value))
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]
    assert len(found) == len(dict(found))
    return dict(found)


def _of(samples: Samples, name: str, **labels: str) -> float:
    return samples[(f"nb2pkg_{name}", tuple(sorted(labels.items())))]


FULL = Health(
    started_at=1_772_589_600.25,
    version="0.3.0",
    last_look_at=1_772_600_000.5,
    running=2,
    ticks={Fate.SUCCEEDED: 41, Fate.FAILED: 1, Fate.RUNNING: 2},
    last_success={"churn": 1_772_589_600.0, "fx": 5.0},
    late_seconds=0.25,
    next_due=1_772_676_000.0,
    store_errors=3,
)


def test_all_of_it_is_told() -> None:
    told = _read(metrics_text(FULL))

    assert _of(told, "daemon_info", version="0.3.0") == 1
    assert _of(told, "daemon_healthy") == 1
    assert _of(told, "daemon_start_timestamp_seconds") == 1_772_589_600.25
    assert _of(told, "daemon_last_look_timestamp_seconds") == 1_772_600_000.5
    assert _of(told, "runs_running") == 2
    assert _of(told, "ticks_total", fate="succeeded") == 41
    assert _of(told, "ticks_total", fate="missed") == 0
    assert _of(told, "schedule_last_success_timestamp_seconds", schedule="churn") == 1_772_589_600
    assert _of(told, "last_claim_late_seconds") == 0.25
    assert _of(told, "next_due_timestamp_seconds") == 1_772_676_000
    assert _of(told, "store_errors_total") == 3


def test_only_ends_are_counted() -> None:
    fates = {
        dict(labels).get("fate")
        for name, labels in _read(metrics_text(FULL))
        if name == "nb2pkg_ticks_total"
    }

    assert fates == {fate.value for fate in Fate if fate.is_over}


def test_what_is_not_known_is_left_out() -> None:
    told = _read(metrics_text(Health(started_at=5.0, version="0", reason="it is not")))

    assert _of(told, "daemon_healthy") == 0
    names = {name for name, _ in told}
    assert "nb2pkg_last_claim_late_seconds" not in names
    assert "nb2pkg_next_due_timestamp_seconds" not in names


@pytest.mark.parametrize("text", [metrics_text(FULL), status_metrics([churn()], [daemon()], NOW)])
def test_each_metric_says_what_it_is(text: str) -> None:
    families = list(text_string_to_metric_families(text))

    assert len({family.name for family in families}) == len(families)
    for family in families:
        assert family.name.startswith("nb2pkg_")
        assert family.type in ("gauge", "counter")
        assert family.documentation.endswith((".", "0."))
    assert text.endswith("\n") and "\n\n" not in text


@given(st.dictionaries(st.text(), st.floats(), max_size=5))
def test_any_name_and_number_comes_back(values: dict[str, float]) -> None:
    text = prometheus_text(
        [Family("x", "gauge", 'a\\b\n"c"', [({"name": n}, v) for n, v in values.items()])]
    )
    text.encode()

    told = {
        sample.labels["name"]: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }

    assert set(told) == set(values)
    for name, value in values.items():
        assert told[name] == value or (math.isnan(told[name]) and math.isnan(value))


def test_half_a_character_does_not_stop_it() -> None:
    text = prometheus_text([Family("x", "gauge", "X.", [({"schedule": "\ud800<"}, 1.0)])])

    assert _of(_read(text), "x", schedule="\ufffd<") == 1


@pytest.mark.parametrize(
    ("silent", "trouble", "said"),
    [
        (5.0, "", ""),
        (31.0, "", "it has not looked for what is due in 31 s"),
        (5.0, "no answer", "the records cannot be used: no answer"),
    ],
)
def test_a_daemon_is_unwell_when_it_is_silent_or_its_records_are_away(
    silent: float, trouble: str, said: str
) -> None:
    why = why_unwell(now=100.0, last_look_at=100 - silent, most_seconds=30, store_trouble=trouble)

    assert why == said
    assert Health(started_at=0, version="0", reason=why).is_ok is (not said)


# -- what the records tell


def test_schedules_are_told_from_the_records() -> None:
    source = usual()

    told = _read(status_metrics(source.jobs(), [daemon(), daemon(host="b", is_late=True)], NOW))

    assert _of(told, "daemons", state="alive") == 1
    assert _of(told, "daemons", state="late") == 1
    assert _of(told, "schedule_paused", owner="ada", schedule="backfill") == 1
    assert _of(told, "schedule_paused", owner="ada", schedule="churn") == 0
    assert _of(told, "schedule_last_good", owner="ada", schedule="churn") == 1
    assert _of(told, "schedule_last_good", owner="ada", schedule="prices") == 0
    assert _of(told, "schedule_next_due_timestamp_seconds", owner="ada", schedule="churn") > NOW
    names = {dict(labels).get("schedule") for name, labels in told if "next_due" in name}
    assert "backfill" not in names


def test_two_owners_may_have_a_schedule_of_one_name() -> None:
    states = [state(job("churn")), state(job("churn", id="other", owner="bob"))]

    told = _read(status_metrics(states, [], NOW))

    assert _of(told, "schedule_paused", owner="bob", schedule="churn") == 0


def test_hostile_names_stay_labels() -> None:
    source = hostile_source('x"} 1\nnb2pkg_evil 1\\')

    told = _read(status_metrics(source.jobs(), source.daemons(), NOW))

    assert "nb2pkg_evil" not in {name for name, _ in told}
