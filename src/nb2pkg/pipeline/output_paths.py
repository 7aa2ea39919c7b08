"""What does a path with `{parameter}` in it stand for in this run?"""

from __future__ import annotations

import string
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from nb2pkg.problems import UsageError

_FORMATTER = string.Formatter()


def filled_path(
    path: str, values: Mapping[str, Any], hidden: Collection[str], run: str, moment: datetime
) -> str:
    """A path with the values of parameters in the places of their names, as papermill writes it.

    `{region}` is a parameter; `{run}` the run's id, where no parameter is called so; `{pm[run_uuid]}`,
    `{pm[current_datetime_utc]:%Y-%m-%d}` and `{pm[current_datetime_local]}` are papermill's names for that and for
    when the run began. A brace itself is written twice.

    hidden: parameters whose values are secret; moment: when the run begins, with its time zone

    Raises:
        UsageError: there is no such parameter, or its value cannot be part of a path (NB304).
    """
    if "{" not in path and "}" not in path:
        return path
    own = {
        "pm[run_uuid]": run,
        "pm[current_datetime_utc]": moment,
        "pm[current_datetime_local]": moment.astimezone().replace(tzinfo=None),
        "run": run,
    }
    parts = []
    for text, name, spec, conversion in _parsed(path):
        parts.append(text)
        if name is None:
            continue
        if conversion or name not in {**own, **values}:
            known = ", ".join(sorted({*values, "run"} - set(hidden)))
            raise _unfit(path, f"there is no parameter {name!r}; known here: {known}")
        if name in hidden:
            raise _unfit(path, f"the value of {name!r} is secret, and a path is not")
        parts.append(_part(path, name, values[name] if name in values else own[name], spec or ""))
    return "".join(parts)


def _parsed(path: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(_FORMATTER.parse(path))
    except ValueError as error:
        raise _unfit(path, str(error).lower()) from error


def _part(path: str, name: str, value: Any, spec: str) -> str:
    try:
        text = format(value, spec)
    except (ValueError, TypeError) as error:
        raise _unfit(path, f"{name!r} is {value!r}, which {spec!r} does not fit") from error
    if not text or "\0" in text or ".." in text.replace("\\", "/").split("/"):
        raise _unfit(path, f"{name!r} is {value!r}, which is nothing that a path can hold")
    return text


def _unfit(path: str, why: str) -> UsageError:
    return UsageError(
        "NB304",
        f"output {path}: {why}",
        hint="write {{ and }} for braces that stand for themselves",
    )
