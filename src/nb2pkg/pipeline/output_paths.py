"""What does a path with `{parameter}` in it stand for in this run?"""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from nb2pkg.problems import UsageError

_FORMATTER = string.Formatter()
# No part of a path is that wide, and a width of nine digits would fill the memory.
_WIDEST = 100
_NUMBER = re.compile(r"\d+")
_NUMBER_OF_TIME = re.compile(r"%[-_^#+]*(\d+)")


def filled_path(
    path: str, values: Mapping[str, Any], hidden: Collection[str], run: str, moment: datetime
) -> str:
    """A path with the values of parameters in the places of their names, as papermill writes it.

    `{region}` is a parameter; `{run}` the run's id, where no parameter is called so; `{pm[run_uuid]}`,
    `{pm[current_datetime_utc]:%Y-%m-%d}` and `{pm[current_datetime_local]}` are papermill's names for that and for
    when the run began. A brace itself is written twice. Whoever gives values does not choose the folder: none of them
    makes a `.` or `..` of a part.

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
    pieces = []
    for text, name, spec, conversion in _parsed(path):
        pieces.append((text, False))
        if name is None:
            continue
        if conversion or name not in {**own, **values}:
            known = ", ".join(sorted({*values, "run"} - set(hidden)))
            raise _unfit(path, f"there is no parameter {name!r}; known here: {known}")
        if name in hidden:
            raise _unfit(path, f"the value of {name!r} is secret, and a path is not")
        value = values[name] if name in values else own[name]
        pieces.append((_part(path, name, value, spec or ""), True))
    _refuse_climbing(path, pieces)
    return "".join(text for text, _ in pieces)


def _parsed(path: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(_FORMATTER.parse(path))
    except ValueError as error:
        raise _unfit(path, str(error).lower()) from error


def _part(path: str, name: str, value: Any, spec: str) -> str:
    if _is_too_wide(value, spec):
        raise _unfit(path, f"{name!r} is to be wider than {_WIDEST} characters")
    try:
        text = format(value, spec)
    except (ValueError, TypeError) as error:
        raise _unfit(path, f"{name!r} is {value!r}, which {spec!r} does not fit") from error
    if not text or "\0" in text or not _is_encodable(text):
        raise _unfit(path, f"{name!r} is {value!r}, which is nothing that a path can hold")
    return text


def _is_encodable(text: str) -> bool:
    """Whether the names of files may hold a text; of surrogates, they hold those that stand for bytes."""
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _is_too_wide(value: Any, spec: str) -> bool:
    """Whether a format asks for more characters than a path has; that of a moment holds text, too."""
    numbers = (_NUMBER_OF_TIME if hasattr(value, "strftime") else _NUMBER).findall(spec)
    significant = [number.lstrip("0") or "0" for number in numbers]
    return any(len(one) > len(str(_WIDEST)) or int(one) > _WIDEST for one in significant)


def _refuse_climbing(path: str, pieces: Sequence[tuple[str, bool]]) -> None:
    """Stop where a part of the path is dots, and not all of them were written there. pieces: text, is it filled in?"""
    whole = "".join(text for text, _ in pieces).replace("\\", "/")
    are_filled = [is_filled for text, is_filled in pieces for _ in text]
    start = 0
    for part in whole.split("/"):
        end = start + len(part)
        if part in (".", "..") and any(are_filled[start:end]):
            raise _unfit(path, f"what is filled in makes {part!r} of a part of it")
        start = end + 1


def _unfit(path: str, why: str) -> UsageError:
    return UsageError(
        "NB304",
        f"output {path}: {why}",
        hint="write {{ and }} for braces that stand for themselves",
    )
