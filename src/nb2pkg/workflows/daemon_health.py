"""Is a daemon that runs schedules well, and what has it done so far?

Times are seconds since 1970 in UTC, durations seconds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from nb2pkg.scheduling import Fate

MOST_SCHEDULES = 5_000
_UNFIT = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a daemon is.

    reason: why it is not well, in a sentence; empty where it is
    last_look_at: when it last looked for what is due
    running: how many of its runs there are now
    ticks: how many due moments have come to which end since it began
    last_success: schedule → when the last moment was due that succeeded
    late_seconds: how late the last moment that it claimed began
    next_due: when something is due next
    store_errors: how often the records could not be read or written since it began
    """

    started_at: float
    version: str
    reason: str = ""
    last_look_at: float | None = None
    running: int = 0
    ticks: Mapping[Fate, int] = field(default_factory=dict)
    last_success: Mapping[str, float] = field(default_factory=dict)
    late_seconds: float | None = None
    next_due: float | None = None
    store_errors: int = 0

    @property
    def is_ok(self) -> bool:
        """Whether there is no reason to look after it."""
        return not self.reason


def why_unwell(
    *, now: float, last_look_at: float, most_seconds: float, store_trouble: str = ""
) -> str:
    """Say why a daemon is not well; empty where it is.

    most_seconds: how long it may take from one look to the next, with much to spare
    store_trouble: why the records cannot be used for now
    """
    if store_trouble:
        return f"the records cannot be used: {store_trouble}"
    silent = now - last_look_at
    if silent > most_seconds:
        return f"it has not looked for what is due in {silent:.0f} s"
    return ""


def metrics_text(health: Health) -> str:
    """Give all of it in the text format of Prometheus."""
    ticks = [({"fate": fate.value}, float(health.ticks.get(fate, 0))) for fate in Fate]
    successes = sorted(health.last_success.items())[:MOST_SCHEDULES]
    return prometheus_text(
        [
            gauge("daemon_info", "Which nb2pkg this is.", [({"version": health.version}, 1.0)]),
            gauge("daemon_healthy", "Whether it is well: 1 or 0.", float(health.is_ok)),
            gauge("daemon_start_timestamp_seconds", "When it began.", health.started_at),
            gauge(
                "daemon_last_look_timestamp_seconds",
                "When it last looked for what is due.",
                health.last_look_at,
            ),
            gauge("runs_running", "How many runs there are now.", float(health.running)),
            Family(
                "ticks_total",
                "counter",
                "How many due moments came to which end since it began.",
                [(labels, value) for labels, value in ticks if Fate(labels["fate"]).is_over],
            ),
            gauge(
                "last_claim_late_seconds",
                "How late the last due moment that it claimed began.",
                health.late_seconds,
            ),
            gauge("next_due_timestamp_seconds", "When something is due next.", health.next_due),
            gauge(
                "schedule_last_success_timestamp_seconds",
                "When the last moment was due that succeeded.",
                [({"schedule": schedule}, at) for schedule, at in successes],
            ),
            Family(
                "store_errors_total",
                "counter",
                "How often the records could not be read or written since it began.",
                [({}, float(health.store_errors))],
            ),
        ]
    )


# -- the format


Sample = tuple[Mapping[str, str], float]


@dataclass(frozen=True, slots=True)
class Family:
    """Values of one metric. name: without the prefix; samples: labels and values."""

    name: str
    kind: Literal["counter", "gauge"]
    about: str
    samples: Sequence[Sample]


def gauge(name: str, about: str, values: float | Sequence[Sample] | None) -> Family:
    """A metric that goes up and down: a value without labels, or several with; None where it is not known."""
    if isinstance(values, float):
        return Family(name, "gauge", about, [({}, values)])
    return Family(name, "gauge", about, values or [])


def prometheus_text(families: Iterable[Family]) -> str:
    """Write metrics in Prometheus's text format, version 0.0.4; those without any value are left out."""
    lines = []
    for family in families:
        if not family.samples:
            continue
        name = f"nb2pkg_{family.name}"
        about = family.about.replace("\\", "\\\\").replace("\n", "\\n")
        lines += [f"# HELP {name} {about}", f"# TYPE {name} {family.kind}"]
        lines += [f"{name}{_labels(labels)} {_number(value)}" for labels, value in family.samples]
    return "".join(f"{line}\n" for line in lines)


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{key}="{_escaped(value)}"' for key, value in labels.items()) + "}"


def _escaped(text: str) -> str:
    plain = _UNFIT.sub("\ufffd", text)
    return plain.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
