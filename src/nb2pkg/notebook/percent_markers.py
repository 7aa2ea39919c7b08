"""What does the line `# %%` that begins a cell say about it?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from nb2pkg.notebook.notebook import CellKind, Json

# `# %%time` is a commented magic, so a marker ends in a space or ends the line.
_MARKER = re.compile(r"#[ \t]*%%+(?:[ \t]+(?P<rest>.*))?$")
_KIND = re.compile(r"\[(markdown|md|raw)\]")
_KINDS = {"markdown": CellKind.MARKDOWN, "md": CellKind.MARKDOWN, "raw": CellKind.RAW}
_OPTION = re.compile(r"(?:^|(?<=\s))([A-Za-z_][\w.-]*)=|(?=\{)")
_QUOTED_LIST = re.compile(r"\[\s*(?:'[^'\"\\]*'\s*(?:,\s*|(?=\])))*\]")
_PLAIN_TITLE = re.compile(r"[^\s=\[\]{}\"](?:[^=\[\]{}\"\n\r]*[^\s=\[\]{}\"])?")
# Options are looked for in lines that a person could have written.
_LONGEST_READ = 10_000
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """What the first line of a cell says: its kind, and its metadata, with the title as `title`."""

    kind: CellKind = CellKind.CODE
    metadata: Mapping[str, Json] = field(default_factory=dict)


def is_marker(line: str) -> bool:
    """Whether a line, without its line end, begins a cell."""
    return line.startswith("#") and _MARKER.match(line) is not None


def parse_marker(line: str) -> Marker:
    """Read a line for which `is_marker` holds; what isn't an option is part of the title."""
    found = _MARKER.match(line)
    rest = ((found["rest"] if found else None) or "").strip()
    title, metadata = (rest, {}) if len(rest) > _LONGEST_READ else _take_options(rest)
    kind = CellKind.CODE
    if named := _KIND.search(title):
        kind = _KINDS[named[1]]
        title = title[: named.start()] + " " + title[named.end() :]
    title = " ".join(title.split())
    if title:
        metadata.setdefault("title", title)
    return Marker(kind=kind, metadata=metadata)


def marker_line(marker: Marker) -> str:
    """Write the line that begins a cell, without a line end."""
    options = dict(marker.metadata)
    words = ["# %%"]
    title = options.get("title")
    if isinstance(title, str) and _PLAIN_TITLE.fullmatch(title):
        words.append(title)
        del options["title"]
    if marker.kind is not CellKind.CODE:
        words.append(f"[{marker.kind.value}]")
    plain = {key: value for key, value in options.items() if _OPTION.fullmatch(f"{key}=")}
    words += [f"{key}={json.dumps(value)}" for key, value in plain.items()]
    if len(plain) < len(options):
        words.append(json.dumps({key: options[key] for key in options if key not in plain}))
    return " ".join(words)


def _take_options(rest: str) -> tuple[str, dict[str, Json]]:
    metadata: dict[str, Json] = {}
    left = []
    place = 0
    while found := _OPTION.search(rest, place):
        value, end = _value_at(rest, found.end())
        key = found[1]
        left.append(rest[place : found.start()])
        if value is None:
            end = found.end() + (key is None)
            left.append(rest[found.start() : end])
        elif key is not None:
            metadata[key] = value.value
        elif isinstance(value.value, dict):
            metadata.update(value.value)
        place = end
    left.append(rest[place:])
    return "".join(left), metadata


@dataclass(frozen=True, slots=True)
class _Value:
    value: Json


def _value_at(text: str, place: int) -> tuple[_Value | None, int]:
    if quoted := _QUOTED_LIST.match(text, place):
        return _Value(json.loads(quoted.group().replace("'", '"'))), quoted.end()
    try:
        value, end = _DECODER.raw_decode(text, place)
    except (ValueError, RecursionError):
        return None, place
    return _Value(value), end
