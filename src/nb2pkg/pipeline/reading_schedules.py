"""When is a pipeline to run by itself, as its section `schedule` says, and what is wrong with that?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TypeVar

from nb2pkg.pipeline.parameter_types import NotOfType, checked_value
from nb2pkg.pipeline.pipeline import Json, Parameter, Schedule
from nb2pkg.pipeline.reading_values import ValueReader, can_name_files, quoted
from nb2pkg.pipeline.yaml_text import Entries, Node, Scalar, plain
from nb2pkg.scheduling import (
    BadExpression,
    BadNotify,
    BadZone,
    CatchUpPolicy,
    CronExpression,
    Notify,
    NoZones,
    OverlapPolicy,
    Timing,
    read_expression,
    read_notify,
    zone_named,
)

SCHEDULE_KEYS = (
    "cron", "timezone", "parameters", "overlap", "catch_up", "retries", "jitter", "grace", "notify",
)  # fmt: skip
_NOTIFY_KEYS = ("command", "webhook", "email")
_ZONE_HINT = "write timezone: Europe/Stockholm, say, or timezone: UTC"

_Policy = TypeVar("_Policy", bound=Enum)


def read_schedules(
    node: Node | None, parameters: Sequence[Parameter], reader: ValueReader
) -> tuple[Schedule, ...]:
    """The schedules of a pipeline with these parameters; those that say no time are left out, and noted."""
    known = {parameter.name: parameter for parameter in parameters}
    found = (
        _schedule(key, value, known, reader) for key, value in reader.entries(node, "'schedule'")
    )
    return tuple(schedule for schedule in found if schedule is not None)


def _schedule(
    key: Scalar, node: Node, known: Mapping[str, Parameter], reader: ValueReader
) -> Schedule | None:
    name = f"schedule {quoted(key.text)}"
    if not can_name_files(key.text):
        said = "letters, digits, '_' and '-'; it names files"
        reader.note_key("NB309", f"{quoted(key.text)} cannot be a schedule's name: {said}", key)
    if not isinstance(node, Entries):
        reader.note("NB309", f"{name} must be a mapping", node.place)
        return None
    reader.refuse_unknown(node, SCHEDULE_KEYS, name)
    cron = node.get("cron")
    expression = _expression(cron, key, reader)
    timezone = _timezone(node.get("timezone"), key, reader)
    schedule_parameters = _parameters(node.get("parameters"), name, known, reader)
    overlap = _policy(node.get("overlap"), "'overlap'", OverlapPolicy.SKIP, reader)
    catch_up = _policy(node.get("catch_up"), "'catch_up'", CatchUpPolicy.LATEST, reader)
    retries = reader.count(node.get("retries"), "'retries'")
    jitter = reader.seconds(node.get("jitter"), "'jitter'")
    grace = reader.seconds(node.get("grace"), "'grace'")
    notify = _notify(node.get("notify"), name, reader)
    if expression is None or timezone is None:
        return None
    assert isinstance(cron, Scalar)
    timing = Timing(
        cron=cron.text,
        expression=expression,
        timezone=timezone,
        overlap=overlap,
        catch_up=catch_up,
        retries=retries,
        jitter_seconds=jitter or 0.0,
        grace_seconds=grace,
    )
    return Schedule(
        name=key.text,
        timing=timing,
        parameters=schedule_parameters,
        notify=notify,
        line=key.place.line,
    )


def _expression(node: Node | None, key: Scalar, reader: ValueReader) -> CronExpression | None:
    if node is None:
        reader.note_key("NB309", f"schedule {quoted(key.text)} has no 'cron'", key)
        return None
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        said = "'cron' must be a text, such as \"0 2 * * *\""
        reader.note("NB306", said, node.place)
        return None
    try:
        return read_expression(node.value)
    except BadExpression as error:
        reader.note_within(
            "NB306", error.message, node, error.offset, length=error.length, hint=error.hint
        )
        return None


def _timezone(node: Node | None, key: Scalar, reader: ValueReader) -> str | None:
    if node is None:
        said = f"schedule {quoted(key.text)} has no 'timezone'"
        reader.note_key("NB307", said, key, hint=_ZONE_HINT)
        return None
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        reader.note("NB307", "'timezone' must be a text", node.place, hint=_ZONE_HINT)
        return None
    try:
        zone_named(node.value)
    except NoZones:
        # Nothing can be said of it here. Whoever needs the zone will say so; a run does not.
        return node.value
    except BadZone as error:
        reader.note_within("NB307", error.message, node, 0, length=len(node.value), hint=error.hint)
        return None
    return node.value


def _parameters(
    node: Node | None, schedule: str, known: Mapping[str, Parameter], reader: ValueReader
) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key, value in reader.entries(node, f"the parameters of {schedule}"):
        if key.text not in known:
            said = f"{schedule}: the pipeline has no parameter {quoted(key.text)}"
            reader.note_key("NB304", said, key, hint=reader.close(key.text, known))
            continue
        try:
            found[key.text] = checked_value(plain(value), known[key.text].type)
        except NotOfType as error:
            reader.note("NB304", f"{schedule}: {quoted(key.text)} {error}", value.place)
    return found


def _policy(node: Node | None, what: str, default: _Policy, reader: ValueReader) -> _Policy:
    if node is None:
        return default
    value = plain(node)
    policies = list(type(default))
    for policy in policies:
        if policy.value == value:
            return policy
    *others, last = (str(policy.value) for policy in policies)
    reader.note("NB309", f"{what} must be {', '.join(others)} or {last}", node.place)
    return default


def _notify(node: Node | None, schedule: str, reader: ValueReader) -> Notify:
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return Notify()
    if not isinstance(node, Entries):
        reader.note("NB309", f"'notify' of {schedule} must be a mapping", node.place)
        return Notify()
    reader.refuse_unknown(node, _NOTIFY_KEYS, f"'notify' of {schedule}")
    noted = len(reader.problems)
    command, webhooks, emails = (_texts(node.get(key), f"'{key}'", reader) for key in _NOTIFY_KEYS)
    words = [word for _, word in command]
    # Each by itself, so that what is wrong is marked where it stands.
    for at, alone in (
        *((at, (words, (), ())) for at, _ in command[:1]),
        *((at, ((), (webhook,), ())) for at, webhook in webhooks),
        *((at, ((), (), (email,))) for at, email in emails),
    ):
        _note_unfit(at, alone, schedule, reader)
    for at, _ in webhooks[1:2]:
        reader.note_within("NB309", f"{schedule}: there is more than one webhook", at, 0)
    if len(reader.problems) > noted:
        return Notify()
    return read_notify(words, [webhook for _, webhook in webhooks], [email for _, email in emails])


def _texts(node: Node | None, what: str, reader: ValueReader) -> list[tuple[Scalar, str]]:
    """The texts of a list, or a single one, each with where it stands."""
    is_one = isinstance(node, Scalar) and node.value is not None
    found = []
    for item in (node,) if is_one else reader.items(node, what):
        text = reader.text_of(item, what)
        if isinstance(item, Scalar) and text is not None:
            found.append((item, text))
    return found


def _note_unfit(
    at: Scalar,
    alone: tuple[Sequence[str], Sequence[str], Sequence[str]],
    schedule: str,
    reader: ValueReader,
) -> None:
    try:
        read_notify(*alone)
    except BadNotify as bad:
        reader.note_within("NB309", f"{schedule}: {bad}", at, 0, length=len(at.text))
