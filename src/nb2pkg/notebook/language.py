"""Which language is a notebook written in?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from nb2pkg.notebook.ipynb_structure import shown
from nb2pkg.notebook.notebook import Json, Notebook
from nb2pkg.problems import BadNotebook

_PYTHON = re.compile(r"i?python(?:[ -]?[23](?:\.\d+)*)?")


def spelled_language(metadata: Mapping[str, Json]) -> str | None:
    """Give the language as the file spells it, or None when the file doesn't say."""
    for owner, key in (("kernelspec", "language"), ("language_info", "name")):
        section = metadata.get(owner)
        if isinstance(section, Mapping):
            name = section.get(key)
            if isinstance(name, str) and name.strip():
                return name.strip()
    # Format 3 had the language beside the name; an upgraded notebook keeps it there.
    name = metadata.get("language")
    return name.strip() if isinstance(name, str) and name.strip() else None


def language_of(metadata: Mapping[str, Json]) -> str:
    """Give the language in lower case, `python` for every Python, and when nothing is said."""
    spelled = spelled_language(metadata)
    if spelled is None or _PYTHON.fullmatch(spelled.lower()):
        return "python"
    return shown(spelled.lower())


def kernel_name_of(metadata: Mapping[str, Json]) -> str | None:
    """Give the name of the kernel that the file asks for, if it names one."""
    section = metadata.get("kernelspec")
    name = section.get("name") if isinstance(section, Mapping) else None
    if not isinstance(name, str) or not name.isprintable():
        return None
    return name or None


def require_python(notebook: Notebook) -> None:
    """Stop with NB111 when the notebook is written in another language than Python."""
    if notebook.language != "python":
        spelled = shown(spelled_language(notebook.metadata) or notebook.language)
        raise BadNotebook("NB111", f"language '{spelled}' isn't supported by extract (run works)")
