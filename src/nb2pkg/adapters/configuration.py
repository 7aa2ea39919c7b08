"""Which settings hold for a folder? The nearest `nb2pkg.toml` or `[tool.nb2pkg]`, then `NB2PKG_*`."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from nb2pkg.problems import UsageError

_OWN_FILE = "nb2pkg.toml"
_PROJECT_FILE = "pyproject.toml"
_TEXTS = ("output", "package", "python")
_SECTIONS = {"": (*_TEXTS, "max-size", "effects"), "effects": ("pure",)}
_SIZE = re.compile(r"(\d{1,15})\s*([KMG]?)B?", re.IGNORECASE)
_FACTORS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9}
_DOTTED = re.compile(r"(?:\*\.)?[^\W\d]\w*(?:\.[^\W\d]\w*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What the configuration says; None where it says nothing.

    output: an absolute folder, in which `{package}` stands for the package's name
    max_bytes: the largest notebook to read; pure_calls: functions that only look at their arguments
    origin: the file that was read
    python_from: the file that names `python`; None where the user does, by a variable
    """

    output: str | None = None
    package: str | None = None
    python: str | None = None
    max_bytes: int | None = None
    pure_calls: tuple[str, ...] = ()
    origin: str | None = None
    python_from: str | None = None


def read_configuration(folder: str) -> Configuration:
    """Read the settings that hold for notebooks in `folder`.

    Raises:
        UsageError: a file cannot be read, or says something that is no setting (NB010).
    """
    found = Configuration()
    for file in _candidates(Path(folder)):
        table = _table_of(file)
        if table is not None:
            found = _from_table(file, *table)
            break
    return _with_environment(found)


def _candidates(folder: Path) -> Iterator[Path]:
    for place in (folder, *folder.parents):
        for name in (_OWN_FILE, _PROJECT_FILE):
            if (place / name).is_file():
                yield place / name


def _table_of(file: Path) -> tuple[Mapping[str, Any], str] | None:
    """Give our table and the file's text, or None when the file says nothing to us."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("NB010", f"{file}: cannot be read: {error}") from error
    if file.name == _PROJECT_FILE and "nb2pkg" not in text:
        return None
    document = _parsed(file, text)
    if file.name == _OWN_FILE:
        return document, text
    tool = document.get("tool")
    table = tool.get("nb2pkg") if isinstance(tool, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        _refuse(file, text, "nb2pkg", "'tool.nb2pkg' must be a table")
    return table, text


def _parsed(file: Path, text: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        where = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        place = f":{where[1]}:{where[2]}" if where else ""
        reason = re.sub(r" \(at .*\)", "", str(error))
        raise UsageError(
            "NB010", f"{file.name}{place}: not TOML: {reason}", notebook=None
        ) from error


def _from_table(file: Path, table: Mapping[str, Any], text: str) -> Configuration:
    _refuse_unknown(file, text, table, "")
    found = Configuration(origin=str(file))
    for key in _TEXTS:
        if key in table:
            value = table[key]
            if not isinstance(value, str) or not value or "\0" in value:
                _refuse(file, text, key, f"'{key}' must be a text")
            found = _with_text(found, key, _resolved(key, value, file.parent), str(file))
    if "max-size" in table:
        size = _size_of(table["max-size"])
        if size is None:
            _refuse(file, text, "max-size", "'max-size' must be a size such as \"500MB\"")
        found = replace(found, max_bytes=size)
    effects = table.get("effects", {})
    if not isinstance(effects, dict):
        _refuse(file, text, "effects", "'effects' must be a table")
    _refuse_unknown(file, text, effects, "effects")
    pure = effects.get("pure", [])
    if not isinstance(pure, list) or not all(
        isinstance(p, str) and _DOTTED.fullmatch(p) for p in pure
    ):
        _refuse(file, text, "pure", "'effects.pure' must be a list of names such as \"lib.report\"")
    return replace(found, pure_calls=tuple(pure))


def _refuse_unknown(file: Path, text: str, table: Mapping[str, Any], section: str) -> None:
    for key in table:
        if key not in _SECTIONS[section]:
            close = difflib.get_close_matches(key, _SECTIONS[section], n=1)
            known = (
                f"did you mean '{close[0]}'?"
                if close
                else f"known: {', '.join(_SECTIONS[section])}"
            )
            _refuse(file, text, key, f"unknown key '{key}' ({known})")


def _refuse(file: Path, text: str, key: str, problem: str) -> NoReturn:
    raise UsageError("NB010", f"{file.name}{_place_of(text, key)}: {problem}", hint=f"in {file}")


def _place_of(text: str, key: str) -> str:
    """Where a key stands. The TOML readers at hand do not say, so it is looked for below our table."""
    start = max(text.find("[tool.nb2pkg"), 0)
    spelled = rf"(?:{re.escape(key)}|\"{re.escape(key)}\"|'{re.escape(key)}')"
    match = re.compile(rf"^[ \t]*\[?(?:[\w.\"-]*\.)?({spelled})\s*[=\].]|[{{,]\s*({spelled})\s*=", re.MULTILINE).search(text, start)  # fmt: skip
    if match is None:
        return ""
    at = match.start(1) if match[1] else match.start(2)
    line = text.count("\n", 0, at) + 1
    return f":{line}:{at - text.rfind(chr(10), 0, at)}"


def _with_environment(found: Configuration) -> Configuration:
    for key in _TEXTS:
        value = os.environ.get(f"NB2PKG_{key.upper()}")
        if value:
            found = _with_text(found, key, _resolved(key, value, Path.cwd()), None)
    size = os.environ.get("NB2PKG_MAX_SIZE")
    if size:
        max_bytes = _size_of(size)
        if max_bytes is None:
            raise UsageError("NB010", f"NB2PKG_MAX_SIZE={size!r} is not a size such as 500MB")
        found = replace(found, max_bytes=max_bytes)
    return found


def _with_text(found: Configuration, key: str, value: str, file: str | None) -> Configuration:
    match key:
        case "output":
            return replace(found, output=value)
        case "package":
            return replace(found, package=value)
    return replace(found, python=value, python_from=file)


def _resolved(key: str, value: str, folder: Path) -> str:
    """Paths are meant from the file that they stand in; a bare `python3.12` is a command."""
    if key == "output" or (key == "python" and re.search(r"[/\\]", value)):
        return os.path.join(folder, os.path.expanduser(value))
    return value


def _size_of(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value > 0 else None
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    return int(match[1]) * _FACTORS[match[2].upper()] or None if match else None
