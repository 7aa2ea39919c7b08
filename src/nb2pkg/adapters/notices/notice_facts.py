"""What is told of a notice?"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timezone, tzinfo

from nb2pkg.adapters.notices.hidden_secrets import one_line, without_secrets
from nb2pkg.ports.scheduling import Notice
from nb2pkg.scheduling import BadZone, zone_named

# By name. Names stay, and what they mean; new ones may come.
Facts = Mapping[str, str | int | None]

_VERSION = 1
_LONGEST_NAME = 200
_LONGEST_REASON = 2000
_VERBS = {"missed": "was missed"}


def facts_of(notice: Notice, *, host: str, secrets: Collection[str]) -> Facts:
    """What is told, each as one line: nothing that a run was given, and none of the secrets.

    host: the machine that tells
    """
    job, tick = notice.job, notice.tick
    what = one_line(notice.what, _LONGEST_NAME)
    schedule = one_line(job.name, _LONGEST_NAME)
    zone, zone_name = _zone(job.timing.timezone)
    due = datetime.fromtimestamp(tick.due, timezone.utc)
    until = None if tick.until is None else datetime.fromtimestamp(tick.until, timezone.utc)
    often = f" {tick.count:,} times" if tick.count > 1 else ""
    when = _clock(due, zone)
    if until is not None:
        when = f"{when} to {_clock(until, zone)}"
    return {
        "schema_version": _VERSION,
        "id": one_line(notice.id, _LONGEST_NAME),
        "what": what,
        "text": f"{schedule} {_VERBS.get(what, what)}{often} (due {when} {zone_name})",
        "schedule": schedule,
        "target": _path(job.target),
        "due": _utc(due),
        "due_local": due.astimezone(zone).isoformat(timespec="seconds"),
        "timezone": zone_name,
        "until": None if until is None else _utc(until),
        "count": tick.count,
        "fate": tick.fate.value,
        "why": one_line(without_secrets(tick.why, secrets), _LONGEST_REASON),
        "run": None if tick.run is None else one_line(tick.run, _LONGEST_NAME),
        "tries": len(tick.tries),
        "host": one_line(host, _LONGEST_NAME),
    }


def json_of(facts: Facts) -> bytes:
    """Facts as JSON in UTF-8: the same bytes each time."""
    return json.dumps(facts, ensure_ascii=False).encode("utf-8")


def _path(path: str) -> str:
    """A path as it is, but for what cannot be shown or sent."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in path)


def _zone(name: str) -> tuple[tzinfo, str]:
    """The zone, and what it is called; a machine that does not know it tells all the same."""
    try:
        return zone_named(name), name
    except BadZone:
        return timezone.utc, "UTC"


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _clock(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")
