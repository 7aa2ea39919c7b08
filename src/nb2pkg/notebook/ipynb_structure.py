"""Which shape does a notebook file promise, and where does this one break the promise?"""

from __future__ import annotations

from nb2pkg.notebook.json_text import RepeatedKeys
from nb2pkg.notebook.notebook import Json
from nb2pkg.problems import BadNotebook

SUPPORTED_FORMATS = (3, 4)
_LONGEST_SHOWN = 60


def format_version(document: Json) -> tuple[int, int]:
    """Give the (major, minor) format version of a notebook document.

    Raises:
        BadNotebook: it has no readable version (NB103), or one we don't know (NB105).
    """
    top = as_object(document, "the top level")
    if "nbformat" not in top:
        raise BadNotebook(
            "NB103", "missing 'nbformat'", hint="this JSON file doesn't look like a notebook"
        )
    major = _as_version(top["nbformat"], "nbformat", least=1)
    minor = _as_version(top.get("nbformat_minor", 0), "nbformat_minor", least=0)
    if major > max(SUPPORTED_FORMATS):
        raise BadNotebook(
            "NB105",
            f"the notebook has the newer format {major} (supported 3–4)",
            hint="save it as format 4, or get a newer nb2pkg",
        )
    if major < min(SUPPORTED_FORMATS):
        raise BadNotebook(
            "NB105",
            f"the notebook has the old format {major} (supported 3–4); convert first",
            hint="convert it first: jupyter nbconvert --to notebook --inplace FILE",
        )
    return major, minor


def as_object(value: Json, path: str) -> dict[str, Json]:
    """Give `value` when it is a JSON object in which no key stands twice; stop otherwise."""
    if not isinstance(value, dict):
        raise BadNotebook("NB103", f"{path} must be an object, found {json_type(value)}")
    if isinstance(value, RepeatedKeys):
        place = "" if path == "the top level" else f" in {path}"
        raise BadNotebook(
            "NB106",
            f"duplicate key '{shown(value.repeated)}'{place}",
            hint="a merge may have left it; keep one of the two",
        )
    return value


def as_array(value: Json, path: str) -> list[Json]:
    """Give `value` when it is a JSON array; stop otherwise."""
    if not isinstance(value, list):
        raise BadNotebook("NB103", f"{path} must be an array, found {json_type(value)}")
    return value


def as_text(value: Json, path: str) -> str:
    """Give the text of a string or of a list of strings, the two ways notebooks write text."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        raise BadNotebook(
            "NB103", f"{path} must be a string or an array of strings, found {json_type(value)}"
        )
    for index, line in enumerate(value):
        if not isinstance(line, str):
            raise BadNotebook("NB103", f"{path}[{index}] must be a string, found {json_type(line)}")
    return "".join(value)


def member(owner: dict[str, Json], key: str, path: str) -> Json:
    """Give a member that must be there; stop when it isn't."""
    if key not in owner:
        raise BadNotebook("NB103", f"{path}.{key} is missing")
    return owner[key]


def json_type(value: Json) -> str:
    """Name the type of a JSON value as JSON does."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    names = {dict: "object", list: "array", str: "string"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "number")


def shown(text: str) -> str:
    """Give text from a file in a form safe to print: short, with nothing a terminal would obey."""
    short = text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in short
    )


def _as_version(value: Json, name: str, *, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadNotebook("NB103", f"'{name}' must be an integer, found {json_type(value)}")
    if value < least:
        raise BadNotebook("NB103", f"'{name}' must be an integer of at least {least}")
    return value
