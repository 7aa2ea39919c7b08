"""What JSON value does this text hold, and if none, what went wrong where?"""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import NoReturn

from nb2pkg.notebook.limits import Limits
from nb2pkg.notebook.notebook import Json
from nb2pkg.problems import BadNotebook, Diagnostic, Severity

_STRING = re.compile(rb'"[^"]*"')
_NO_STRUCTURE = bytes(byte for byte in range(256) if byte not in b'"[]{}')
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_CONFLICT = re.compile(r"^<{7}(?: |\r?$)", re.MULTILINE)
_HTML = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml|!--)", re.IGNORECASE)
_WORDS = ("true", "false", "null", "NaN", "Infinity", "-Infinity")


class RepeatedKeys(dict[str, Json]):
    """A JSON object in which `repeated` stood more than once; the last value won."""

    repeated: str = ""


def parse_json(text: str, limits: Limits, notes: list[Diagnostic]) -> Json:
    """Read JSON text; objects with a key given twice come back as `RepeatedKeys`.

    NaN and the infinities, which JSON doesn't have, are read as floats and noted once (NB194).

    Raises:
        BadNotebook: not JSON (NB102), a number too large (NB103), nested too deeply (NB107).
    """
    if nesting_depth(text.encode("utf-8")) > limits.depth:
        _refuse_depth(limits)
    constants: list[str] = []

    def constant(name: str) -> float:
        constants.append(name)
        return float(name)

    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=constant)
    except json.JSONDecodeError as error:
        _refuse_text(text, error)
    except RecursionError:
        _refuse_depth(limits)
    except ValueError as error:
        # Python refuses to read a whole number of more than 4,300 digits.
        raise BadNotebook("NB103", "the file holds a number too large to read") from error
    if constants:
        notes.append(
            Diagnostic(
                code="NB194",
                severity=Severity.NOTE,
                message=f"the file holds {constants[0]}, which is not JSON; "
                "it is kept out of packages",
            )
        )
    return value


def nesting_depth(data: bytes) -> int:
    """Count how deep the arrays and objects of JSON text nest, in time linear in its size."""
    # With escaped characters taken out, every quote left is a string's edge. Two edges side by
    # side can go: whatever else stands inside a string still does. That leaves few strings, so
    # that only the bytes' own fast methods see the whole file.
    plain = data.replace(rb"\\", b"").replace(rb"\"", b"") if b"\\" in data else data
    structure = plain.translate(None, _NO_STRUCTURE).replace(b'""', b"")
    steps = _STRING.sub(b"", structure).translate(_STEPS, b'"')
    return max(accumulate(memoryview(steps).cast("b")), default=0)


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    repeated = RepeatedKeys(found)
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            repeated.repeated = key
            break
        seen.add(key)
    return repeated


def _refuse_depth(limits: Limits) -> NoReturn:
    raise BadNotebook("NB107", f"the file is nested too deeply (limit {limits.depth})")


def _refuse_text(text: str, error: json.JSONDecodeError) -> NoReturn:
    if text.startswith("version https://git-lfs"):
        raise BadNotebook(
            "NB102",
            "the file is a Git LFS pointer; run git lfs pull",
            hint="run git lfs pull",
        ) from error
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        raise BadNotebook(
            "NB102",
            f"unresolved merge conflict at line {line}",
            hint="resolve the conflict, for instance with nbdime",
        ) from error
    if _HTML.match(text):
        raise BadNotebook(
            "NB102",
            "the file looks like HTML (download the raw file)",
            hint="download the raw file instead of the page that shows it",
        ) from error
    if _ends_early(text, error):
        end = json.JSONDecodeError("", text, len(text))
        raise BadNotebook(
            "NB102",
            f"the file ends early at line {end.lineno} col {end.colno}",
            hint="the download or the last save was cut short; get the file again",
        ) from error
    raise BadNotebook(
        "NB102", f"not JSON, line {error.lineno} col {error.colno}: {error.msg}"
    ) from error


def _ends_early(text: str, error: json.JSONDecodeError) -> bool:
    if error.msg.startswith("Unterminated string"):
        return True
    rest = text[error.pos : error.pos + 20].strip()
    if not rest:
        return not text[error.pos :].strip()
    if error.msg.startswith("Invalid \\"):
        return len(text) - error.pos < 6
    return len(text) - error.pos < 10 and any(
        word != rest and word.startswith(rest) for word in _WORDS
    )
